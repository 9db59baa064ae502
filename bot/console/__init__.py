"""The staff console, mounted at /staff: pages rendered on the server, one table of who may open which."""
