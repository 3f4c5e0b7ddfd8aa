"""Emergency looks and their review."""
