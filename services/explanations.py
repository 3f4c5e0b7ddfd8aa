"""Explanations of the risk model: a stored version as a whole, and one household more closely.

Figures of a version are for who may see the model. What is told of one household, similar past
families included, is for who may see what raised alerts: it would tell a visitor what to expect.
"""

from __future__ import annotations

from core.access.roles import Action
from services.reads import explanations as reads
from services.reads.explanations import Lowering, Offered, Similar, Steady
from services.use_case import reading

__all__ = [
    "Lowering",
    "Offered",
    "Similar",
    "Steady",
    "explain",
    "lowering",
    "offered",
    "overview",
    "similar",
    "steadiness",
]

offered = reading(Action.SEE_MODEL, reads.offered)
overview = reading(Action.SEE_MODEL, reads.overview)
explain = reading(Action.SEE_MODEL, reads.explain)
steadiness = reading(Action.SEE_ORIGINS, reads.steadiness, household=True)
lowering = reading(Action.SEE_ORIGINS, reads.lowering, household=True)
similar = reading(Action.SEE_ORIGINS, reads.similar, household=True)
