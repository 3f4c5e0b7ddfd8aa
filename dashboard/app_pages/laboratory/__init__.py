"""The page of the threshold laboratory."""
