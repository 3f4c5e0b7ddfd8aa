"""Small months made by hand: households with what each indicator gave them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pandas as pd

from alerts.checkup.months import Month
from core.home import add_months
from models.scorecard.rules import RuleSet, load_rules

LAST = date(2026, 6, 30)
# Blue from 10 points, yellow from 20; the medical category stops at 40.
RULES = load_rules(LAST)


def back(months: int) -> date:
    """The month end so many months before the last."""
    return add_months(LAST, -months)


def month(
    as_of: date,
    given: Mapping[str, Mapping[str, float]],
    rules: RuleSet = RULES,
    towns: Mapping[str, str] | None = None,
    **about: object,
) -> Month:
    """A month of households, each with its points by indicator; the caps are applied."""
    households = pd.DataFrame(
        {
            "household": list(given),
            "township": [(towns or {}).get(one, "990321101") for one in given],
            "n_members": 1,
            "watched": True,
            "in_process": False,
            "rule_score": [score(points, rules) for points in given.values()],
        }
    ).assign(**about)
    parts = pd.DataFrame(
        [
            (row, code, float(points))
            for row, own in enumerate(given.values())
            for code, points in own.items()
        ],
        columns=["row", "indicator", "contribution"],
    )
    return Month.of(as_of, households, parts, rules)


def score(points: Mapping[str, float], rules: RuleSet) -> float:
    """What the scorecard would say: categories summed up to their caps."""
    sums: dict[str, float] = {}
    for code, given in points.items():
        sums[code[0]] = sums.get(code[0], 0.0) + given
    return sum(min(total, rules.caps.get(c, total)) for c, total in sums.items())


def visits(*rows: tuple[str, date, str, bool]) -> pd.DataFrame:
    """Findings: household, day, reason, whether need was found."""
    frame = pd.DataFrame(rows, columns=["household", "visited_on", "reason", "found"])
    return frame.assign(visited_on=pd.to_datetime(frame["visited_on"]))
