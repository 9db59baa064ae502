"""Notices at the console: written for a segment, approved by a second person, sent, stopped, corrected."""
