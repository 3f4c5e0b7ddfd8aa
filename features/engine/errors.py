"""The one error of the features room."""

from __future__ import annotations


class FeatureError(Exception):
    """A feature is declared or asked for in a way that cannot be right; one line says what."""
