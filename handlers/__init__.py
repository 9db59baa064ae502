"""The conversation: an event or a text in, replies out."""
