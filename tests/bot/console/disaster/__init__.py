"""Tests of disaster mode at the console."""
