"""Deliveries told apart: what a file is to its month, and what of several files is in force."""
