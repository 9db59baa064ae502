"""Disaster mode at the console: the switch of two people, announcements, the shelters' states."""
