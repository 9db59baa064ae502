"""The LINE channel: its limits, its messages, its wire."""
