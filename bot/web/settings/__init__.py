"""The settings page: what the chat's settings are, on one page, for whoever followed a link from the chat."""
