"""The errors of the risk model."""

from __future__ import annotations

from core.errors import Told


class RiskError(Exception):
    """The risk model cannot do what was asked; the message says what is wrong and what helps."""


class RiskTold(Told, RiskError):
    """The same in both languages, where a page shows it."""
