"""Tests of what the ward knows."""
