"""Looking at one household outside one's area in an emergency, and judging such looks."""

from __future__ import annotations

from core.access import glass
from core.access.glass import Verdict
from core.access.roles import Action
from core.db import open_session
from services import record
from services.context import Context
from services.reads import glass as reads
from services.reads.base import home_at
from services.reads.glass import Look
from services.use_case import acting, reading

__all__ = ["Look", "Verdict", "break_glass", "looks", "review"]

looks = reading(Action.REVIEW, reads.looks)


@acting(None)
def break_glass(context: Context, household: str, reason: str) -> None:
    """Open a household outside one's areas for an hour. Raises Refused or GlassError."""
    context.principal.require(Action.BREAK_GLASS)
    with open_session(home_at(context.home)) as session:
        made = glass.break_glass(session, context.principal.account, household, reason, context.now)
        record.add(
            context,
            session,
            "break_glass",
            "household",
            household,
            purpose=reason.strip(),
            detail={"until": made.until},
        )


@acting(Action.REVIEW)
def review(context: Context, number: int, verdict: Verdict | str, note: str) -> None:
    """Judge somebody else's emergency look. Raises GlassError."""
    with open_session(home_at(context.home)) as session:
        found = glass.review(session, number, context.principal.account, verdict, note, context.now)
        about = {"verdict": found.verdict, "account": found.account}
        record.add(
            context,
            session,
            "review",
            "household",
            found.household,
            purpose=note.strip(),
            detail=about,
        )
