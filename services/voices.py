"""The two voices about a household: the scorecard's points and the model's contributions."""

from __future__ import annotations

from core.access.roles import Action
from services.reads import voices as reads
from services.reads.voices import OTHERS, Voice, disagreement
from services.use_case import reading

__all__ = ["OTHERS", "Voice", "disagreement", "explain_now", "looked_at", "model_voice", "points"]

points = reading(Action.SEE_HOUSEHOLD, reads.points, household=True)
looked_at = reading(Action.SEE_HOUSEHOLD, reads.looked_at, household=True)
model_voice = reading(Action.SEE_HOUSEHOLD, reads.model_voice, household=True)
explain_now = reading(Action.SEE_HOUSEHOLD, reads.explain_now, household=True)
