"""Which indicators of the event lane had no data in which months: what is new to us is not news.

A feed that is delivered for the first time brings years of facts at once. They are no more fresh
than what a county's first run finds.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cached_property

import pyarrow.parquet as pq

from core.engine import cursor
from core.home import Home
from models.scorecard.rules import load_rules

# No day lies after it: the data was there in none of the months looked at.
NEVER = date.max


class Silence:
    """The months looked at, oldest first, and in which of them each indicator had data."""

    def __init__(self, home: Home, months: Sequence[date]) -> None:
        self._home, self._months = home, list(months)

    def ended(self, indicator: str, month: date) -> date | None:
        """None where the indicator had data in the run before `month`.

        Else the last month before it in which it had some, `NEVER` where it had none. Where that
        cannot be told (an older month's profile is gone) it counts as having had data.
        """
        before = [m for m in self._months if m < month]
        if not before or self._spoke(indicator, before[-1]):
            return None
        return next((m for m in reversed(before) if self._spoke(indicator, m)), NEVER)

    def _spoke(self, indicator: str, month: date) -> bool:
        known = self._known.get(month, {})
        return known.get(indicator, True)

    @cached_property
    def _known(self) -> dict[date, dict[str, bool]]:
        """Month -> indicator -> whether anybody's value was known."""
        rules = load_rules(self._months[-1], home=self._home)
        lane = [i for i in rules.indicators.values() if i.source.event_lane]
        found: dict[date, dict[str, bool]] = {}
        for month in self._months[:-1]:
            found[month] = {}
            for scope in ("person", "household"):
                wanted = {i.id: i.feature for i in lane if i.scope == scope}
                found[month] |= self._any_known(month, scope, wanted)
        return found

    def _any_known(self, month: date, scope: str, wanted: dict[str, str]) -> dict[str, bool]:
        path = self._home.monthly("profile", month) / f"{scope}.parquet"
        if not path.exists():
            return {}
        there = set(pq.read_schema(path).names)
        asked = {id: name for id, name in wanted.items() if name in there}
        if not asked:
            return {}
        counts = ", ".join(f'count("{name}") > 0' for name in asked.values())
        con = cursor()
        try:
            sql = f"SELECT {counts} FROM read_parquet($path)"  # noqa: S608 - names of our features
            row = con.execute(sql, {"path": str(path)}).fetchone() or ()
        finally:
            con.close()
        return dict(zip(asked, map(bool, row), strict=True))
