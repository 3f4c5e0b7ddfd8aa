"""The challenger in shadow: scores each month beside the champion and never raises an alert."""
