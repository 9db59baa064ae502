"""Tests: they mirror the four packages, and hold the golden questions and the house rules."""
