"""Alembic migrations of the workflow tables."""
