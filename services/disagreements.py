"""Households on which scorecard and model differ most, and later who was right."""

from __future__ import annotations

from core.access.roles import Action
from services.reads import disagreements as reads
from services.reads.disagreements import SHOWN, Disagreements
from services.use_case import reading

__all__ = ["SHOWN", "Disagreements", "disagreements", "who_was_right"]

# They name households by what raised them: who may not see the origins of alerts may not see these.
disagreements = reading(Action.SEE_ORIGINS, reads.disagreements)
who_was_right = reading(Action.SEE_ORIGINS, reads.who_was_right)
