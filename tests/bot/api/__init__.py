"""Tests of the API for ward systems."""
