"""The HTTP face of the simulated platform."""
