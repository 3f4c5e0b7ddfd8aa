"""The record as auditors read it."""
