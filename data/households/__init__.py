"""Households that change: who belonged to which, when, and what became of a household's number."""
