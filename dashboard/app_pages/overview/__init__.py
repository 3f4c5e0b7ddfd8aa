"""The Overview: figures, the ceiling and who waits, the bulletin."""
