"""A stand-in for the LINE platform on this machine: strict in what it accepts, faithful in what it does."""
