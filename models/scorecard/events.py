"""The event lane: the facts of a month that ask for an answer whatever the score.

A fact is a member (or household), an indicator and the day it happened. The lane lists all that
hold this month; which of them are fresh is for the reader, who compares with the month before.
"""

from __future__ import annotations

from datetime import date
from functools import reduce
from operator import or_
from typing import Any

import ibis
import ibis.expr.types as ir

from core.home import add_months
from models.scorecard.rules import Indicator, RuleSet

# Order of an event indicator that names none: after all that do.
LAST = 99
COLUMNS = ("household", "person", "indicator", "happened_on", "points", "urgent", "order", "held")


def columns(indicator: Indicator) -> set[str]:
    """Profile columns, beside the feature, that say whether and when an event happened."""
    event = indicator.source.event
    named = {tier.event for tier in indicator.tiers if isinstance(tier.event, str)}
    return named | ({event.happened} if event and event.happened else set())


def _lane(rules: RuleSet, scope: str) -> list[Indicator]:
    return [i for i in rules.indicators.values() if i.source.event_lane and i.scope == scope]


def _fires(row: Any, indicator: Indicator, as_of: date) -> Any:
    """Whether a part that gave points is an event: by its tier, and by how long ago it was."""
    quiet = [n for n, tier in enumerate(indicator.tiers) if tier.event is False]
    fires = (row.indicator == indicator.id) & ~row.tier.isin(quiet)
    for number, tier in enumerate(indicator.tiers):
        if isinstance(tier.event, str):
            fires &= (row.tier != number) | row[tier.event].cast("boolean").fill_null(False)
    event = indicator.source.event
    if event and event.happened and event.within_months:
        since = ibis.literal(add_months(as_of, -event.within_months))
        fires &= row[event.happened].isnull() | (row[event.happened] > since)
    return fires


def _day(row: Any, indicators: list[Indicator]) -> Any:
    days = [
        (row.indicator == i.id, row[i.source.event.happened].cast("date"))
        for i in indicators
        if i.source.event and i.source.event.happened
    ]
    return ibis.cases(*days) if days else ibis.null("date")


def _facts(
    parts: ir.Table, profile: ir.Table, key: list[str], indicators: list[Indicator], as_of: date
) -> ir.Table:
    """Parts of one scope's event indicators that are events, with the day of the fact."""
    told = sorted(set().union(*(columns(i) for i in indicators)))
    own = parts.filter(parts.indicator.isin([i.id for i in indicators]), parts.points > 0)
    row = own.left_join(profile.select(*key, *told), key)
    fires = reduce(or_, [_fires(row, i, as_of) for i in indicators], ibis.literal(False))
    fired = row.filter(fires)
    return fired.select(
        "household", "person", "indicator", happened_on=_day(fired, indicators), points="points"
    )


def _hold(parts: ir.Table, rules: RuleSet) -> ir.Table:
    """Households whose contrary facts together reach the hold."""
    contrary = parts.filter(parts.indicator.isin(list(rules.hold.indicators)))
    sums = contrary.group_by("household").agg(total=contrary.points.sum())
    return sums.filter(sums.total <= rules.hold.at_most).select(holder="household")


def events(
    parts: ir.Table, person: ir.Table, household: ir.Table, rules: RuleSet, as_of: date
) -> ir.Table:
    """One row per fact of the event lane, the most urgent kinds first.

    `held`: contrary facts of the household ask for caution, so the fact is watched, not alerted.
    An urgent kind is never held: wealth on paper is no shelter tonight and no parent to a child.
    """
    members, own = _lane(rules, "person"), _lane(rules, "household")
    found = ibis.union(
        _facts(parts, person, ["household", "person"], members, as_of),
        _facts(parts, household, ["household"], own, as_of),
    )
    kinds = {i.id: i.source.event for i in [*members, *own]}
    urgent = [id for id, event in kinds.items() if event and event.urgent]
    order = [(found.indicator == id, event.order) for id, event in kinds.items() if event]
    facts = found.mutate(
        urgent=found.indicator.isin(urgent),
        order=(ibis.cases(*order, else_=LAST) if order else ibis.literal(LAST)).cast("int64"),
    )
    held = _hold(parts, rules)
    marked = facts.left_join(held, facts.household == held.holder)
    return marked.mutate(held=marked.holder.notnull() & ~marked.urgent).select(*COLUMNS)
