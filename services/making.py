"""Asking for figures that a job makes apart from the page."""

from __future__ import annotations

from collections.abc import Mapping

from core import jobs
from core.db import open_session, upgrade
from services import record, works
from services.context import Context
from services.reads.asked import Asked
from services.reads.base import home_at


def ask_once(
    context: Context, kind: str, title: str, about: Mapping[str, str], before: Asked | None
) -> int:
    """Put a job in the queue and see that somebody works on it; its number.

    `before` is the newest job that was asked for the same: under way, it is not asked for twice.
    """
    home = home_at(context.home)
    if before is not None and before.under_way:
        works.start(home)
        return before.number
    upgrade(home)
    with open_session(home) as session:
        number = jobs.ask_within(session, kind, title, about, context.principal.account)
        record.add(context, session, works.ASKED[kind], "job", str(number), detail=dict(about))
    works.start(home)
    return number
