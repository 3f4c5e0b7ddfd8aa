"""Doudi on real households (`benchmarks.eph`), and timed comparisons.

No product room imports this one.
"""
