"""Adapters from real household panels to the feed contracts."""
