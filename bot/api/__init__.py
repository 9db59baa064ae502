"""The API for ward systems: notices to one person, links to residents, and what a system may use."""
