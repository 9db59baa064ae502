"""The stand-in for LINE."""
