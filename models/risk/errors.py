"""The one error of the risk model."""

from __future__ import annotations


class RiskError(Exception):
    """The risk model cannot do what was asked; the message says what is wrong and what helps."""
