"""Tests of what residents chose."""
