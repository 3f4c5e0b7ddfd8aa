"""The interface for other systems: REST over the use cases, nothing of its own."""
