"""Notices to one person at the console: their templates, and the ward systems that use them."""
