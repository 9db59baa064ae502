"""The commands of `pocket`, one module a noun."""
