"""Disaster mode in the conversation: canned answers by plain words and buttons, with neither index nor encoder."""
