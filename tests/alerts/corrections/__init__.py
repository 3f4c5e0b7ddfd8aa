"""Correction tickets."""
