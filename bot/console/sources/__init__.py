"""Sources: documents handed in, looked at by a second person, used, withdrawn; and pages that changed."""
