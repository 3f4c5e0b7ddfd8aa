"""Fairness: who is found and who is missed, by groups of households; figures, no households."""

from __future__ import annotations

from core.access.roles import Action
from models.risk.groups.report import label
from services import making, works
from services.context import Context
from services.reads import fairness as reads
from services.reads.base import home_at
from services.reads.fairness import (
    FEW_FINDS,
    MEASURES,
    QUESTIONS,
    RULERS,
    SMALL,
    Asked,
    crossings,
    equal,
    frame,
    sentence,
    worst,
)
from services.use_case import acting, reading

__all__ = [
    "FEW_FINDS",
    "MEASURES",
    "QUESTIONS",
    "RULERS",
    "SMALL",
    "Asked",
    "ask",
    "asked",
    "can_measure",
    "crossings",
    "equal",
    "frame",
    "is_newest",
    "keep_going",
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
can_measure = reading(Action.SEE_MODEL, reads.can_measure)
asked = reading(Action.SEE_MODEL, reads.asked)
names = reading(Action.SEE_MODEL, reads.names)


@acting(Action.SEE_MODEL)
def ask(context: Context, question: str) -> int:
    """Put the measurement of a month in the queue, once however often asked; its number.

    Raises NothingYet where the month was not run.
    """
    reads.can_measure(context.home, context.as_of)
    before = reads.asked(context.home, context.as_of, question)
    about = reads.configuration(context.as_of, question)
    return making.ask_once(context, reads.KIND, f"Fairness {question}", about, before)


@acting(Action.SEE_MODEL)
def keep_going(context: Context) -> bool:
    """Start the runner again where a measurement waits and it is gone, as after a restart."""
    return works.start(home_at(context.home))
