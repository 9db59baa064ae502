"""Notices at the console."""
