"""Fairness: who is found and who is missed, by groups of households; figures, no households."""

from __future__ import annotations

from core.access.roles import Action
from models.risk.groups.report import label
from services.reads import fairness as reads
from services.reads.fairness import (
    FEW_FINDS,
    MEASURES,
    QUESTIONS,
    RULERS,
    SMALL,
    crossings,
    equal,
    frame,
    sentence,
    worst,
)
from services.use_case import reading

__all__ = [
    "FEW_FINDS",
    "MEASURES",
    "QUESTIONS",
    "RULERS",
    "SMALL",
    "crossings",
    "equal",
    "frame",
    "is_newest",
    "kept",
    "label",
    "measure",
    "names",
    "sentence",
    "worst",
]

kept = reading(Action.SEE_MODEL, reads.kept)
is_newest = reading(Action.SEE_MODEL, reads.is_newest)
measure = reading(Action.SEE_MODEL, reads.measure)
names = reading(Action.SEE_MODEL, reads.names)
