"""The reads behind the use cases: they apply the area, and ask nobody."""
