"""What the model learns, as expressions over the lake.

Kinds of label:

* `rolls` - within (as_of, as_of + horizon] the household starts an assistance class that it did
  not hold at as_of, receives an emergency grant, or a visit finds an unmet need.
* `visited_income` - the first visit in that window finds an income per adult equivalent below the
  standard S of the visit's month. Households that nobody visited have no label.
* `visits` - what visits found, for the two questions that are never mixed. *Existing*: one row a
  visit, features from the last profile before it, label = need found. *Coming*: one row per
  household and month, label = need found by a visit within the horizon. A household that nobody
  saw is no row: silence is not "no need".

Labels look back with hindsight: they may use everything known by `known_by`, and only that.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import ibis
import ibis.expr.types as ir

from core.home import add_months
from models.risk.errors import RiskError

CLASSES = ("dibao", "tekun", "edge", "rigid", "monitored")
KINDS = ("rolls", "visited_income", "visits")
_ = ibis._


def windows(months: Sequence[date], horizon: int, known_by: date) -> ir.Table:
    """One row a month: as_of, until, label_known (the horizon has closed by `known_by`)."""
    ends = [add_months(month, horizon) for month in months]
    return ibis.memtable(
        {
            "as_of": list(months),
            "until": ends,
            "label_known": [end <= known_by for end in ends],
        },
        schema={"as_of": "date", "until": "date", "label_known": "boolean"},
    )


def rolls_labels(rolls: ir.Table, visits: ir.Table, spans: ir.Table) -> ir.Table:
    """Cases of the kind `rolls`: one row per household and as_of with a need, no other rows.

    `rolls` and `visits` are lake tables already cut by what is known; `spans` from `windows`.
    """
    return ibis.union(
        recorded_need(rolls, spans),
        _within(visits.filter(_.unmet_need.fill_null(False)), spans),
        distinct=True,
    )


def recorded_need(rolls: ir.Table, spans: ir.Table) -> ir.Table:
    """Households that start a class they did not hold, or receive an emergency grant."""
    grants = rolls.filter(_.event == "grant", _.assistance_class == "emergency")
    return ibis.union(_new_classes(rolls, spans), _within(grants, spans), distinct=True)


def existing_labels(findings: ir.Table, spans: ir.Table) -> ir.Table:
    """One row a visit: household, as_of, visited_on, reason, inclusion, label (need found).

    `spans` (from `windows`) hold the months with a profile and how long one is good for. A visit
    belongs to the newest profile month before its day, so no profile contains the visit itself.
    """
    day = findings.visited_on
    inside = [day > spans.as_of, day <= spans.until]
    columns = ["household", "visited_on", "reason", "inclusion", "found", "as_of"]
    joined = findings.join(spans, inside).select(columns)
    newest = (
        joined.group_by("household", "visited_on")
        .order_by(ibis.desc("as_of"))
        .mutate(turn=ibis.row_number())
        .filter(_.turn == 0)
    )
    return newest.mutate(label=_.found.cast("float64")).drop("turn", "found")


def coming_labels(findings: ir.Table, spans: ir.Table) -> ir.Table:
    """Household-months that were seen again: household, as_of, label.

    label = need found by a visit in (as_of, until]. A household that nobody saw in the window is
    no row. What the rolls record is no label here: a record names cases only and no others, and
    most classes that start are not an unmet need; with them the model promised four times what
    came true.
    """
    day = findings.visited_on
    inside = [day > spans.as_of, day <= spans.until]
    seen = findings.join(spans, inside).group_by("household", "as_of").agg(found=_.found.any())
    return seen.mutate(label=_.found.cast("float64")).drop("found")


def _within(events: ir.Table, spans: ir.Table) -> ir.Table:
    """Households with an event inside each window."""
    rows = events.filter(events.household.notnull()).select("household", "happened_on")
    inside = [rows.happened_on > spans.as_of, rows.happened_on <= spans.until]
    return rows.join(spans, inside).select("household", "as_of").distinct()


def _new_classes(rolls: ir.Table, spans: ir.Table) -> ir.Table:
    """Households that start a class in the window which they did not hold at as_of."""
    moves = rolls.filter(
        rolls.household.notnull(),
        rolls.event.isin(["start", "end"]),
        rolls.assistance_class.isin(CLASSES),
    ).select("household", "assistance_class", "event", "happened_on")
    before = moves.join(spans, moves.happened_on <= spans.as_of)
    # The latest move up to as_of says whether the class was held; an end and a start on one day
    # are a renewal, so the start comes second.
    day = before.happened_on.cast("timestamp").epoch_seconds()
    order = day + (before.event == "start").cast("int64")
    held = (
        before.mutate(order=order)
        .group_by("household", "assistance_class", "as_of")
        .agg(last=_.event.argmax(_.order))
        .filter(_.last == "start")
        .select("household", "assistance_class", "as_of")
    )
    starts = moves.filter(moves.event == "start")
    inside = [starts.happened_on > spans.as_of, starts.happened_on <= spans.until]
    started = starts.join(spans, inside).select("household", "assistance_class", "as_of")
    fresh = started.anti_join(held, ["household", "assistance_class", "as_of"])
    return fresh.select("household", "as_of").distinct()


def visited_income_labels(
    visits: ir.Table, standard: ir.Table, where: ir.Table, spans: ir.Table
) -> ir.Table:
    """Labels of the kind `visited_income`: household, as_of, label (0/1) for visited households.

    `standard` has county_code, urban_rural, month (first day), S; `where` has household, as_of,
    county_code, urban_rural. A visit whose income was refused does not count as a visit.
    """
    seen = visits.filter(visits.household.notnull(), visits.income_month.notnull()).select(
        "household", "happened_on", "income_month", "consumption_units", "members"
    )
    inside = [seen.happened_on > spans.as_of, seen.happened_on <= spans.until]
    first = (
        seen.join(spans, inside)
        .select("household", "as_of", "happened_on", "income_month", "consumption_units", "members")
        .group_by("household", "as_of")
        .order_by("happened_on")
        .mutate(turn=ibis.row_number())
        .filter(_.turn == 0)
    )
    placed = first.join(where, ["household", "as_of"]).mutate(
        month=_.happened_on.truncate("M"),
        # Blank units mean one per member, as the visit form says.
        units=_.consumption_units.fill_null(_.members.cast("float64")),
    )
    priced = placed.join(standard, ["county_code", "urban_rural", "month"])
    poor = (priced.income_month / priced.units.nullif(0)) < priced.S
    return (
        priced.mutate(label=poor.cast("int64"))
        .filter(_.label.notnull())
        .select("household", "as_of", "label")
    )


def check_kind(kind: str) -> str:
    """The label kind itself; raises RiskError for a kind that does not exist."""
    if kind not in KINDS:
        raise RiskError(
            f"county.yaml 中 label 为 {kind}；应为 {'、'.join(KINDS)} 之一",
            f"county.yaml says label: {kind}; it must be one of {', '.join(KINDS)}",
        )
    return kind
