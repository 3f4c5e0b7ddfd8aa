"""The list of alerts: filter, page, download."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import select

from alerts.filters import ORDERS, AlertFilter, narrowed
from alerts.lifecycle import possible
from alerts.models import Alert
from alerts.queries import PAGE_SIZE, Page, event_counts, filter_options, list_alerts
from alerts.states import Action, State
from core.access.areas import Area
from services.names import LOWER_BAND, VISIT
from services.reads import base, people, standing

# Visits drawn at random measure what the thresholds miss: whoever visits must not know which they
# are. A blind list calls every source of the ranking and of the draws a visit, calls the blue band
# and none alike (what is drawn has none), and leaves out what would tell: figures, orders, and the
# question, since all that is drawn asks about now and the blue of the ranking about the coming.
BLINDED = ("secured", "rule", "risk", "explore", "audit")
_LOWER = ("blue", "none")
_TELLING_SORTS = ("expected", "expected_low", "score", "score_low", "risk", "risk_low")
TELLING = ("expected", "rule_score", "risk", "question")
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
        given["sources"] = (*given["sources"], *BLINDED)
    return AlertFilter(**given)


def blind(source: str) -> str:
    """What a source is called where the visitor may read it."""
    return VISIT if source in BLINDED else source


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
def options(home: str, as_of: date, scope: Area) -> dict[str, list[str]]:
    """Codes that occur in the area: townships, indicators, departments, sources."""
    with base.alert_session(home, scope) as session:
        return filter_options(session)


@base.cached_alerts
def page(
    home: str,
    as_of: date,
    scope: Area,
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


def everything(
    home: str, as_of: date, scope: Area, where: AlertFilter, sort: str, sighted: bool = False
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


def keys(home: str, as_of: date, scope: Area, alerts: Sequence[int]) -> dict[int, str]:
    """What other systems call alerts, such as 202606-h3f9a01c…: month of raising and family.

    Like `numbers`, it does not tell the place in the record, and it names one alert only.
    """
    stood = _with_keys(standing.stood(home, as_of, scope))
    called = stood[stood["id"].isin([int(i) for i in alerts])]
    return dict(zip(called["id"], called["key"], strict=True))


# Digits of a key's number: no household has so many alerts in a month.
_DIGITS = 5


def by_key(home: str, as_of: date, scope: Area, key: str) -> int | None:
    """The alert of the area that other systems call so.

    It is looked up by what the key says, without the list: a phone asks for each of its entries.
    """
    month, _, called = key.partition("-")
    household, _, again = called.partition("-")
    number = int(again) if again.isdecimal() and len(again) < _DIGITS else 1
    if key != f"{month}-{household}" + f"-{number}" * (number > 1):
        return None
    known = base.known_at(home, as_of)
    query = select(Alert.id, Alert.raised_on).where(Alert.household == household)
    if known is not None:
        query = query.where(Alert.raised_on <= known)
    with base.alert_session(home, scope) as session:
        raised = session.execute(query.order_by(Alert.id)).all()
    own = [int(alert) for alert, day in raised if f"{day:%Y%m}" == month]
    return own[number - 1] if number <= len(own) else None


def _with_keys(stood: pd.DataFrame) -> pd.DataFrame:
    stood = stood.sort_values("id")
    again = stood.groupby(["month", "household"]).cumcount()
    key = stood["month"].astype(str).str.replace("-", "") + "-" + stood["household"]
    return stood.assign(key=key.where(again == 0, key + "-" + (again + 1).astype(str)))


# In this order a list is walked through page by page: it never changes for an alert, and what is
# raised meanwhile comes behind (or, raised on the same day, is found on the next walk).
_WALK = ("raised_on", "household", "key")
Place = tuple[date, str, str]


def walk(
    home: str,
    as_of: date,
    scope: Area,
    where: AlertFilter,
    after: Place | None,
    size: int,
    sighted: bool = False,
) -> tuple[pd.DataFrame, Place | None]:
    """At most `size` alerts that come after a place of the walk, and the place of the last one
    where more follow.

    The columns of a page with `key`, `who` and `version`: how many events the alert has.
    """
    known, today = base.known_at(home, as_of), base.today_at(home, as_of)
    where = replace(where, today=today, as_at=known, month=as_of)
    stood = _with_keys(standing.stood(home, as_of, scope))
    if not sighted:
        stood = stood.assign(band=stood["band"].map(blind_band))
    with base.alert_session(home, scope) as session:
        found = narrowed(session, stood, where).sort_values(list(_WALK))
        if after is not None:
            found = found[[place > after for place in _places(found)]]
        part = found.head(size)
        rows = list_alerts(
            session,
            AlertFilter(today=today, as_at=known, month=as_of),
            size=max(1, size),
            stood=part,
            facts_only=not sighted,
        ).rows
        versions = event_counts(session, [int(i) for i in part["id"]])
    called = dict(zip(part["id"], part["key"], strict=True))
    names = people.heads(home, as_of, tuple(rows["household"]))
    rows = rows.assign(
        key=[called[i] for i in rows["id"]],
        who=[names.get(h, "") for h in rows["household"]],
        version=[versions[i] for i in rows["id"]],
    ).sort_values(list(_WALK), ignore_index=True)
    return rows, _places(part)[-1] if len(found) > len(part) else None


def _places(frame: pd.DataFrame) -> list[Place]:
    return list(zip(frame["raised_on"], frame["household"], frame["key"], strict=True))


def overdue(home: str, as_of: date, scope: Area, count: int) -> pd.DataFrame:
    """The alerts that are overdue for longest, with `number` and `days_late` beside a page's
    columns."""
    rows = page(home, as_of, scope, choice(due="late"), 1, "due").rows.head(count)
    today = base.today_at(home, as_of)
    return rows.assign(
        number=numbers(home, as_of, scope, tuple(rows["id"])),
        days_late=[(today - due).days for due in rows["due_on"]],
    )


def numbers(home: str, as_of: date, scope: Area, alerts: Sequence[int]) -> list[str]:
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
    scope: Area,
    where: AlertFilter,
    number: int,
    size: int,
    sort: str,
    sighted: bool,
) -> Page:
    known, today = base.known_at(home, as_of), base.today_at(home, as_of)
    until = None if known is None else as_of  # the newest month shows what was reported since
    where = replace(where, today=today, raised_to=until, as_at=known, month=as_of)
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
