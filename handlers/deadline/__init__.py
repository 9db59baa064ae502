"""Being reminded of a deadline, counted from a day the resident gives."""
