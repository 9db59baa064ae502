"""Tests of disaster mode and the network."""
