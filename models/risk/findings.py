"""What visits found, as it was known on a day: the one table every label of a visit comes from.

Two sources are one here. The home-visits feed of the lake says why a worker came (`visit_reason`)
and whether an unmet need was found. The ledger that alerts write (`home.outcomes`) says the same
of the visits to alerts, with the probability of having been drawn where the household was drawn
at random. A ledger row and a feed row of one household within a week are one visit; the ledger,
which knows how the visit came about, is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir

from core.home import Home, add_months
from data.lake import Lake

_ = ibis._
FILE = "findings.parquet"
# A ledger row and a feed row so many days apart are the same visit, written down twice.
SAME_VISIT_DAYS = 7
# Drawn by lot: who was drawn does not depend on how the family fares.
RANDOM = ("survey", "audit", "explore")
# The family itself came to ask: its need is the reason for the visit.
ASKED = ("application", "report")
# How long a family stays in process after an application check and after a finding of need.
APPLICATION_MONTHS, FOUND_MONTHS = 3, 6
# A finding of no need says "not in need now" for so many months: long enough to find some hundred
# families seen again, short enough that few have changed.
FRESH_MONTHS = 6

SCHEMA = {
    "household": "string",
    "visited_on": "date",
    "known_on": "date",
    "reason": "string",
    "found": "boolean",
    "stratum": "string",
    "inclusion": "float64",
}


def read_findings(home: Home, con: Any, known_by: date | None = None) -> ir.Table:
    """Visits with a finding, known by the end of `known_by` (all when None); see SCHEMA.

    One row per household and day. `reason` is round, application, alert, audit, survey, explore
    or report; `inclusion` the probability of having been drawn, null where nobody drew.
    """
    lake = Lake(home)
    visits = lake.table(con, "home_visits", as_of=known_by)
    feed = from_feed(lake.empty("home_visits") if visits is None else visits)
    path = home.outcomes / FILE
    if not path.exists():
        return feed
    ledger = from_ledger(con.read_parquet(str(path)))
    if known_by is not None:
        ledger = ledger.filter(ledger.known_on <= ibis.literal(known_by))
    return merge(ledger, feed)


def from_feed(visits: ir.Table) -> ir.Table:
    """Rows of the home-visits feed that say what was found; one per household and day."""
    known = visits.filter(visits.household.notnull(), visits.unmet_need.notnull())
    reason = known.visit_reason if "visit_reason" in known.columns else ibis.literal("round")
    dated = known.select(
        household=known.household,
        visited_on=known.happened_on,
        known_on=known.known_on,
        reason=reason.fill_null("round"),
        found=known.unmet_need,
        stratum=ibis.null("string"),
        inclusion=ibis.null("float64"),
    )
    return _one_a_day(dated)


def from_ledger(ledger: ir.Table) -> ir.Table:
    """Rows of the alerts' ledger in the same form; a lane that is not random counts as alert."""
    kept = ledger.filter(ledger.household.notnull(), ledger.found.notnull())
    reason = ibis.ifelse(
        kept.source.isin(["audit", "explore", "report"]), kept.source, ibis.literal("alert")
    )
    dated = kept.select(
        household=kept.household.cast("string"),
        visited_on=kept.visited_on.cast("date"),
        known_on=kept.known_on.cast("date"),
        reason=reason.fill_null("alert"),
        found=kept.found.cast("boolean"),
        stratum=kept.stratum.cast("string"),
        inclusion=kept.inclusion.cast("float64"),
    )
    return _one_a_day(dated)


def _one_a_day(rows: ir.Table) -> ir.Table:
    """Two entries of one household and day are one visit: need found by either was found."""
    return rows.group_by("household", "visited_on").agg(
        known_on=_.known_on.min(),
        reason=_.reason.min(),
        found=_.found.any(),
        stratum=_.stratum.min(),
        inclusion=_.inclusion.min(),
    )


def merge(ledger: ir.Table, feed: ir.Table) -> ir.Table:
    """Both sources, each visit once; the ledger's row where both have it."""
    near = ledger.select("household", ledger_day=ledger.visited_on)
    days = ibis.interval(days=SAME_VISIT_DAYS)
    alone = feed.anti_join(
        near,
        [
            feed.household == near.household,
            feed.visited_on >= near.ledger_day - days,
            feed.visited_on <= near.ledger_day + days,
        ],
    )
    columns = list(SCHEMA)
    return ibis.union(ledger.select(columns), alone.select(columns))


def in_process(findings: ir.Table, months: Sequence[date]) -> ir.Table:
    """Households in process at each month end: household, as_of.

    An application visit within three months or a visit that found need within six, known by
    then. For profiles without the column `in_process`, and for cases that the ledger alone knows.
    """
    return _recent(
        findings,
        months,
        {
            APPLICATION_MONTHS: lambda rows: rows.reason.isin(ASKED),
            FOUND_MONTHS: lambda rows: rows.found,
        },
    )


def seen_without_need(findings: ir.Table, months: Sequence[date]) -> ir.Table:
    """Households whose latest known finding, at most six months old, was no need."""
    spans = _edges(months, FRESH_MONTHS)
    rows = findings.join(spans, _known_inside(findings, spans))
    latest = rows.group_by("household", "as_of").agg(found=_.found.argmax(_.visited_on))
    return latest.filter(~_.found).select("household", "as_of")


def _recent(findings: ir.Table, months: Sequence[date], rules: dict[int, Any]) -> ir.Table:
    parts = []
    for age, rule in rules.items():
        chosen = findings.filter(rule(findings))
        spans = _edges(months, age)
        joined = chosen.join(spans, _known_inside(chosen, spans))
        parts.append(joined.select("household", "as_of"))
    return ibis.union(*parts, distinct=True)


def _edges(months: Sequence[date], age: int) -> ir.Table:
    return ibis.memtable(
        {"as_of": list(months), "since": [add_months(m, -age) for m in months]},
        schema={"as_of": "date", "since": "date"},
    )


def _known_inside(rows: ir.Table, spans: ir.Table) -> list[Any]:
    return [
        rows.visited_on > spans.since,
        rows.visited_on <= spans.as_of,
        rows.known_on <= spans.as_of,
    ]
