"""The threshold laboratory."""
