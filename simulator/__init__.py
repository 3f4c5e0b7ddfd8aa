"""The invented county: its world, departments, workers and sealed truth, and the demo's life.

No product room imports this one: what Doudi learns about a county comes from its files and visits.
"""
