"""Ingesting, encoding, building."""
