"""One module a format, and the steps that turn lines of plain text into blocks."""
