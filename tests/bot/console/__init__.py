"""The staff console, seen over HTTP and in the browser."""
