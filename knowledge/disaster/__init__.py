"""Disaster mode: the pack's records for it, the switch, the signed feed, announcements, shelters and alerts."""
