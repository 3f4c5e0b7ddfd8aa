"""Explanations of the risk model: a stored version as a whole, and one household more closely.

Figures of a version are for who may see the model. What is told of one household, similar past
families included, is for who may see what raised alerts: it would tell a visitor what to expect.
"""

from __future__ import annotations

from core.access.roles import Action
from services import making, works
from services.context import Context
from services.reads import explanations as reads
from services.reads.base import home_at
from services.reads.explanations import Asked, Lowering, Offered, Similar, Steady
from services.use_case import acting, reading

__all__ = [
    "Asked",
    "Lowering",
    "Offered",
    "Similar",
    "Steady",
    "ask",
    "asked",
    "explain",
    "keep_going",
    "lowering",
    "offered",
    "overview",
    "similar",
    "steadiness",
]

offered = reading(Action.SEE_MODEL, reads.offered)
overview = reading(Action.SEE_MODEL, reads.overview)
asked = reading(Action.SEE_MODEL, reads.asked)
explain = reading(Action.SEE_MODEL, reads.explain)
steadiness = reading(Action.SEE_ORIGINS, reads.steadiness, household=True)
lowering = reading(Action.SEE_ORIGINS, reads.lowering, household=True)
similar = reading(Action.SEE_ORIGINS, reads.similar, household=True)


@acting(Action.SEE_MODEL)
def ask(context: Context, question: str, version: str) -> int:
    """Put the explanation of a version in the queue, once however often asked; its number.

    Raises NothingYet when the month has no profile.
    """
    reads.can_explain(context.home, context.as_of)
    before = reads.asked(context.home, context.as_of, question, version)
    about = reads.configuration(context.as_of, question, version)
    title = f"Explanation {question} v{version}".replace("  ", " ")
    return making.ask_once(context, reads.KIND, title, about, before)


@acting(Action.SEE_MODEL)
def keep_going(context: Context) -> bool:
    """Start the runner again where an explanation waits and it is gone, as after a restart."""
    return works.start(home_at(context.home))
