"""What the list of alerts shows and does: filter, page, dispatch, download."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from alerts import digests
from alerts.filters import AlertFilter
from alerts.policy import load_policy
from alerts.service import BulkResult, dispatch_many
from alerts.states import Band, Question, Source, State
from core.access.roles import Action
from services import handing, record
from services.context import Context
from services.reads import base
from services.reads import cases as reads
from services.reads.cases import (
    BLIND_SORTS,
    EXPORT_LIMIT,
    SORTS,
    VISIT,
    CasePage,
    Place,
    bands,
    blind,
    blind_band,
    can_dispatch,
    choice,
    sources,
)
from services.roles import acting_role
from services.use_case import acting, reading

__all__ = [
    "BLIND_SORTS",
    "EXPORT_LIMIT",
    "SORTS",
    "VISIT",
    "AlertFilter",
    "Band",
    "CasePage",
    "Place",
    "Question",
    "Source",
    "State",
    "bands",
    "blind",
    "blind_band",
    "can_dispatch",
    "choice",
    "dispatch",
    "everything",
    "may_dispatch",
    "may_sight",
    "numbers",
    "options",
    "overdue",
    "page",
    "sources",
    "walk",
]

options = reading(Action.SEE_ALERTS, reads.options)
numbers = reading(Action.SEE_ALERTS, reads.numbers)
overdue = reading(Action.SEE_ORIGINS, reads.overdue)


def may_dispatch(context: Context) -> bool:
    """Whether the principal may dispatch alerts of the area."""
    return context.principal.may(Action.DISPATCH, context.scope)


def may_sight(context: Context) -> bool:
    """Whether the principal may know what raised an alert; whoever visits must not."""
    return context.principal.may(Action.SEE_ORIGINS, context.scope)


@acting(Action.SEE_ALERTS)
def page(
    context: Context, where: AlertFilter, number: int, sort: str, sighted: bool = False
) -> CasePage:
    """One page of alerts, as `reads.cases.page`; sighted only for who may know the sources."""
    place = (context.home, context.as_of, context.scope)
    where, sort = _asked(context, where, sort)
    return _shown(context, reads.page(*place, where, number, sort, sighted and may_sight(context)))


@acting(Action.SEE_ALERTS)
def walk(
    context: Context, where: AlertFilter, after: Place | None, size: int
) -> tuple[pd.DataFrame, Place | None]:
    """A part of the area's alerts for another system, as `reads.cases.walk`."""
    place = (context.home, context.as_of, context.scope)
    where, _ = _asked(context, where, BLIND_SORTS[0])
    found: tuple[pd.DataFrame, Place | None] = reads.walk(
        *place, where, after, size, may_sight(context)
    )
    return found


@acting(Action.EXPORT_ALERTS)
def everything(context: Context, where: AlertFilter, sort: str, sighted: bool = False) -> CasePage:
    """All alerts under a filter for a download, households masked; recorded."""
    place = (context.home, context.as_of, context.scope)
    where, sort = _asked(context, where, sort)
    found = reads.everything(*place, where, sort, sighted and may_sight(context))
    asked = {"as_of": context.as_of}
    record.write(context, "export", "alerts", rows=len(found.rows), detail=asked)
    return _shown(context, found)


def _asked(context: Context, where: AlertFilter, sort: str) -> tuple[AlertFilter, str]:
    """Filter and order as the principal may ask for them: neither may tell which were drawn."""
    if may_sight(context):
        return where, sort
    where = replace(where, questions=())  # only ranked visits ask about the coming
    if set(where.sources) & set(reads.BLINDED):
        where = replace(where, sources=tuple(sorted({*where.sources, *reads.BLINDED})))
    return where, sort if sort in BLIND_SORTS else BLIND_SORTS[0]


def _shown(context: Context, found: CasePage) -> CasePage:
    """The page without what tells drawn visits apart, for who may not know them."""
    if may_sight(context):
        return found
    rows = found.rows.assign(
        source=found.rows["source"].map(blind), **dict.fromkeys(reads.TELLING, float("nan"))
    )
    return replace(found, rows=rows)


@acting(Action.DISPATCH)
def dispatch(
    context: Context,
    seen_events: Mapping[int, int],
    area: str = "",
    account: str | None = None,
) -> BulkResult:
    """Dispatch alerts of the area, each given with its last event as the reader saw it.

    To a township, a village or a person there; without an area each goes to its own township.
    """
    to = handing.recipient(context, area, account) if area else None
    role = acting_role(context, Action.DISPATCH)
    now = base.moment_of(context.home, context.as_of)
    with base.alert_session(context.home, context.scope) as session:
        done = dispatch_many(
            session,
            [int(i) for i in seen_events],
            actor=context.principal.account,
            role=role,
            now=now,
            to=to,
            seen_events=seen_events,
            policy=load_policy(base.home_at(context.home), now.date()),
        )
        for alert in done.done:
            about = digests.vouched(session, int(seen_events[alert]), alert)
            record.add(context, session, "dispatch", "alert", str(alert), detail=about)
    base.forget()
    return done
