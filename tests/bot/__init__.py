"""The network and the wiring."""
