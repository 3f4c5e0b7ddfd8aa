"""The page of report cards: which indicator earns its points, and what the mean passes over."""
