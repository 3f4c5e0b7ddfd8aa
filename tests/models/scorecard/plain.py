"""The scorecard once more in plain Python, one household at a time: the engine must agree."""

from __future__ import annotations

import math
from typing import Any

from models.scorecard import Indicator, RuleSet

from .factory import Facts, Family


def tier(indicator: Indicator, facts: Facts) -> int | str:
    """Number of the matching tier, 'unknown' or 'skipped'."""
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
        if indicator.source.event_lane and max(points) > 0:
            events.append(indicator.id)
    for category, cap in rules.caps.items():
        sums[category] = min(sums[category], cap)
    return {
        "rule_score": sum(sums.values()),
        "categories": sums,
        "coverage": sum(shares) / len(shares),
        "n_known": sum(share == 1 for share in shares),
        "events": events,
        "event_hold": bool(events) and hold <= rules.hold.at_most,
    }
