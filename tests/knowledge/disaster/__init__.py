"""Tests of disaster mode."""
