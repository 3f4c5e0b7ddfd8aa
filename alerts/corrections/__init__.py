"""Corrections: a false alarm whose cause lies in the data goes back to the feed it came from."""
