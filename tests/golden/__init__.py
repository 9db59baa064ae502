"""Questions from life with what a right reply is, and the checks that keep them well formed."""
