"""Sources and the exchange of guides, at the console."""
