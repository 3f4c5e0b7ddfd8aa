"""The errors of the risk model."""

from __future__ import annotations

from core.errors import Told


class RiskError(Told):
    """The risk model cannot do what was asked; told in both languages, with what helps."""
