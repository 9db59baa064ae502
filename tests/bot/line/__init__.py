"""The LINE channel."""
