"""The list of alerts: filter, page, dispatch, download."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pandas as pd

from alerts.filters import ORDERS, AlertFilter
from alerts.lifecycle import possible
from alerts.policy import load_policy
from alerts.queries import PAGE_SIZE, Page, filter_options, list_alerts
from alerts.service import BulkResult, dispatch_many
from alerts.states import Action, State
from dashboard.services import base, people, standing
from dashboard.services.names import LOWER_BAND

# Visits drawn at random measure what the thresholds miss: whoever visits must not know which they
# are. A blind list calls every source of the ranking and of the draws a visit, calls the blue band
# and none alike (what is drawn has none), and leaves out the figures and orders that would tell.
VISIT = "visit"
_BLINDED = ("secured", "rule", "risk", "explore", "audit")
_LOWER = ("blue", "none")
_TELLING_SORTS = ("expected", "expected_low", "score", "score_low", "risk", "risk_low")
SORTS = tuple(ORDERS)
BLIND_SORTS = tuple(sort for sort in ORDERS if sort not in _TELLING_SORTS)
EXPORT_LIMIT = 20_000


@dataclass(frozen=True)
class CasePage:
    """One page of alerts under a filter: the columns of `alerts.queries.Page`, who."""

    rows: pd.DataFrame
    total: int
    number: int
    pages: int
    where: AlertFilter


def choice(**chosen: Any) -> AlertFilter:
    """A filter from what a page's widgets hold; empty values restrict nothing."""
    given = {k: v for k, v in chosen.items() if v not in (None, "", [], ())}
    given = {k: tuple(v) if isinstance(v, list) else v for k, v in given.items()}
    if VISIT in given.get("sources", ()):
        given["sources"] = (*given["sources"], *_BLINDED)
    return AlertFilter(**given)


def blind(source: str) -> str:
    """What a source is called where the visitor may read it."""
    return VISIT if source in _BLINDED else source


def blind_band(band: str) -> str:
    """What a band is called where the visitor may read it."""
    return LOWER_BAND if band in _LOWER else band


def bands(codes: Sequence[str], sighted: bool) -> list[str]:
    """The bands to choose from, for the county team or for everybody."""
    return list(codes) if sighted else list(dict.fromkeys(blind_band(code) for code in codes))


def sources(codes: Sequence[str], sighted: bool) -> list[str]:
    """The sources to choose from, for the county team or for everybody."""
    return list(codes) if sighted else list(dict.fromkeys(blind(code) for code in codes))


@base.cached_alerts
def options(home: str, as_of: date, scope: str) -> dict[str, list[str]]:
    """Codes that occur in the area: townships, indicators, departments, sources."""
    with base.alert_session(home, scope) as session:
        return filter_options(session)


@base.cached_alerts
def page(
    home: str,
    as_of: date,
    scope: str,
    where: AlertFilter,
    number: int,
    sort: str,
    sighted: bool = False,
) -> CasePage:
    """One page of 50 alerts raised up to the month, as they stood at its end (in the newest month,
    as they stand now). Reasons are facts alone unless the county team reads it (`sighted`).

    Raises NothingYet without any alert ever.
    """
    found = _listed(home, as_of, scope, where, number, PAGE_SIZE, sort, sighted)
    names = people.heads(home, as_of, tuple(found.rows["household"]))
    rows = found.rows.assign(who=[names.get(h, "") for h in found.rows["household"]])
    return CasePage(rows, found.total, found.number, found.pages, where)


def can_dispatch(state: str) -> bool:
    """Whether an alert in this state can be dispatched."""
    return Action.DISPATCH in possible(State(state))


def dispatch(
    home: str, as_of: date, scope: str, seen_events: Mapping[int, int], actor: str, role: str
) -> BulkResult:
    """Dispatch alerts of the area, each given with its last event as the reader saw it."""
    with base.alert_session(home, scope) as session:
        done = dispatch_many(
            session,
            [int(i) for i in seen_events],
            actor=actor,
            role=role,
            now=base.moment_of(home, as_of),
            seen_events=seen_events,
            policy=load_policy(base.home_at(home)),
        )
    base.forget()
    return done


def everything(
    home: str, as_of: date, scope: str, where: AlertFilter, sort: str, sighted: bool = False
) -> CasePage:
    """All alerts under a filter for a download, household masked, at most EXPORT_LIMIT.

    The rows have `who` and `number` beside the columns of a page.
    """
    found = _listed(home, as_of, scope, where, 1, EXPORT_LIMIT, sort, sighted)
    names = people.heads(home, as_of, tuple(found.rows["household"]))
    rows = found.rows.assign(
        who=[names.get(h, "") for h in found.rows["household"]],
        number=numbers(home, as_of, scope, tuple(found.rows["id"])),
    )
    return CasePage(rows, found.total, 1, 1, where)


def overdue(home: str, as_of: date, scope: str, count: int) -> pd.DataFrame:
    """The alerts that are overdue for longest, with `number` and `days_late` beside a page's
    columns."""
    rows = page(home, as_of, scope, choice(due="late"), 1, "due").rows.head(count)
    today = base.today_at(home, as_of)
    return rows.assign(
        number=numbers(home, as_of, scope, tuple(rows["id"])),
        days_late=[(today - due).days for due in rows["due_on"]],
    )


def numbers(home: str, as_of: date, scope: str, alerts: Sequence[int]) -> list[str]:
    """What alerts are called on paper, such as 202606-3f9a01c: month of raising and family.

    The place in the record would tell which visits were drawn at random: they are raised last.
    """
    stood = standing.stood(home, as_of, scope).sort_values("id")
    again = stood.groupby(["month", "household"]).cumcount()
    called = {
        alert: f"{month.replace('-', '')}-{people.short(household)[1:]}" + f"-{n + 1}" * (n > 0)
        for alert, month, household, n in zip(
            stood["id"], stood["month"], stood["household"], again, strict=True
        )
    }
    return [called[alert] for alert in alerts]


def _listed(
    home: str,
    as_of: date,
    scope: str,
    where: AlertFilter,
    number: int,
    size: int,
    sort: str,
    sighted: bool,
) -> Page:
    known, today = base.known_at(home, as_of), base.today_at(home, as_of)
    where = replace(where, today=today, raised_to=as_of, as_at=known, month=as_of)
    stood = standing.stood(home, as_of, scope)
    if not sighted:
        stood = stood.assign(band=stood["band"].map(blind_band))
    with base.alert_session(home, scope) as session:
        return list_alerts(
            session,
            where,
            page=number,
            size=size,
            sort=sort,  # type: ignore[arg-type]
            stood=stood,
            facts_only=not sighted,
        )
