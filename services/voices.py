"""The two voices about a household: the scorecard's points and the model's contributions."""

from __future__ import annotations

from core.access.roles import Action
from services.reads import voices as reads
from services.reads.voices import OTHERS, Voice, disagreement
from services.use_case import reading

__all__ = [
    "OTHERS",
    "Voice",
    "disagreement",
    "explain_now",
    "fired",
    "looked_at",
    "model_voice",
    "points",
]

fired = reading(Action.SEE_HOUSEHOLD, reads.fired, household=True)
points = reading(Action.SEE_ORIGINS, reads.points, household=True)
looked_at = reading(Action.SEE_ORIGINS, reads.looked_at, household=True)
model_voice = reading(Action.SEE_ORIGINS, reads.model_voice, household=True)
explain_now = reading(Action.SEE_ORIGINS, reads.explain_now, household=True)
