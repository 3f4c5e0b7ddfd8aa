"""The page of feeds and their deliveries."""
