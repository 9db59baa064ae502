"""What the ward knows and remembers."""
