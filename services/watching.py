"""Watching the model live: what moved, whether it keeps its promises; figures, no households."""

from __future__ import annotations

from core.access.roles import Action
from services import making, works
from services.context import Context
from services.reads import watching as reads
from services.reads.base import home_at
from services.reads.watching import Asked
from services.use_case import acting, reading

__all__ = ["Asked", "ask", "asked", "keep_going", "watch", "watched"]

watched = reading(Action.SEE_MODEL, reads.watched)
watch = reading(Action.SEE_MODEL, reads.watch)
asked = reading(Action.SEE_MODEL, reads.asked)


@acting(Action.SEE_MODEL)
def ask(context: Context) -> int:
    """Put the watch of the month in the queue, once however often asked; its number.

    Raises NothingYet for a month without risks.
    """
    reads.can_watch(context.home, context.as_of)
    before = reads.asked(context.home, context.as_of)
    about = reads.configuration(context.as_of)
    return making.ask_once(context, reads.KIND, f"Watch {context.as_of:%Y-%m}", about, before)


@acting(Action.SEE_MODEL)
def keep_going(context: Context) -> bool:
    """Start the runner again where a watch waits and it is gone, as after a restart."""
    return works.start(home_at(context.home))
