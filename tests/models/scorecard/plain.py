"""The scorecard once more in plain Python, one household at a time: the engine must agree."""

from __future__ import annotations

import math
from typing import Any

from core.home import add_months
from models.scorecard import Indicator, RuleSet

from .factory import AS_OF, Facts, Family


def tier(indicator: Indicator, facts: Facts) -> int | str:
    """Number of the matching tier, 'unknown' or 'skipped'."""
    if indicator.source.unless is not None and facts.get(indicator.source.unless):
        return "skipped"
    if indicator.source.only_if is not None:
        applies = facts.get(indicator.source.only_if)
        if applies is None:
            return "unknown"
        if not applies:
            return "skipped"
    value = facts.get(indicator.feature)
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "unknown"
    return next(number for number, t in enumerate(indicator.tiers) if t.matches(value))


def fires(indicator: Indicator, facts: Facts, number: int | str) -> bool:
    """Whether a tier that gives points is an event of the lane, and recent enough."""
    if not indicator.source.event_lane or not isinstance(number, int):
        return False
    tier, event = indicator.tiers[number], indicator.source.event
    if tier.points <= 0 or tier.event is False:
        return False
    if isinstance(tier.event, str) and facts.get(tier.event) is not True:
        return False
    day = facts.get(event.happened) if event and event.happened else None
    if event is None or event.within_months is None or day is None:
        return True
    return day > add_months(AS_OF, -event.within_months)


def urgent(events: list[str], rules: RuleSet) -> bool:
    """Whether a kind that is never held is among them."""
    kinds = [rules.indicators[id].source.event for id in events]
    return any(kind is not None and kind.urgent for kind in kinds)


def score(family: Family, rules: RuleSet) -> dict[str, Any]:
    """Score, category sums, coverage, number of fully known indicators, events, hold."""
    n = len(family.persons)
    sums = dict.fromkeys(rules.categories, 0.0)
    shares, events, hold = [], [], 0.0
    for indicator in rules.indicators.values():
        holders = family.persons if indicator.scope == "person" else [family.household]
        tiers = [tier(indicator, facts) for facts in holders]
        points = [indicator.tiers[t].points if isinstance(t, int) else 0.0 for t in tiers]
        divisor = n if indicator.scope == "person" or rules.mode == "once" else 1
        sums[indicator.category] += sum(points) / divisor
        shares.append(sum(t != "unknown" for t in tiers) / len(tiers))
        hold += sum(points) if indicator.id in rules.hold.indicators else 0.0
        fired = [fires(indicator, f, t) for f, t in zip(holders, tiers, strict=True)]
        if any(fired):
            events.append(indicator.id)
    for category, cap in rules.caps.items():
        sums[category] = min(sums[category], cap)
    return {
        "rule_score": sum(sums.values()),
        "categories": sums,
        "coverage": sum(shares) / rules.n_indicators,
        "n_known": sum(share == 1 for share in shares),
        "events": events,
        "event_hold": hold <= rules.hold.at_most and bool(events) and not urgent(events, rules),
    }
