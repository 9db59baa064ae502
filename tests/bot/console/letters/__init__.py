"""Tests of notices to one person and of rules at the console."""
