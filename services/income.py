"""What is known of a household's income, and its 24 months of money."""

from __future__ import annotations

from core.access.roles import Action
from services.reads import income as reads
from services.reads.income import Income, Support
from services.use_case import reading

__all__ = ["Income", "Support", "income"]

income = reading(Action.SEE_HOUSEHOLD, reads.income, household=True)
