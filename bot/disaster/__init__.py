"""Disaster mode and the network: the signed feed, the rich menu that follows the mode, and word to those on call."""
