"""Measurements, each beside a baseline from the same run."""
