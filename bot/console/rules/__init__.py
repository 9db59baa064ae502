"""Notices that follow data at the console: rules with a preview, and the days of collection they follow."""
