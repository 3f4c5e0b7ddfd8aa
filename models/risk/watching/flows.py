"""How often things happen, by the kind of record: the newest half year against the months before.

Losing a job is rare: in a recession that doubles it, one household in a hundred changes and no
feature of the county moves by any usual size. The department's own records say it: more insurance
stopped, more people registered jobless, while the contributions of all others arrive as ever. What
a kind of record usually varies by is its own past; nothing else sets the bound.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from math import sqrt
from statistics import mean, variance
from typing import Any

from core.home import add_months
from core.words import Text
from data.backends import connect
from data.contracts import all_feeds, load_contract
from data.lake import Lake
from models.risk.watching.volumes import DEVIATIONS, SHORT

# Those that tell of a recession first: jobs that were lost.
JOBS_LOST = (("employment", "stopped"), ("employment", "unemployed"), ("employment", "benefit"))
SPAN = 6
# Two blocks before the newest, or there is no past to vary.
LEAST = 2 * SPAN


@dataclass(frozen=True)
class Flow:
    """One kind of record: rows known in the newest half year, and what the past lets expect.

    `usual` is the mean of half years before, `low` and `high` the least and the most of any six
    months running, `doubt` the standard deviation of the newest count around `usual`.
    """

    feed: str
    kind: str
    rows: int
    usual: float
    low: int
    high: int
    doubt: float

    @property
    def words(self) -> Text:
        """What the kind is called."""
        field = load_contract(self.feed).event_kind
        codes = load_contract(self.feed).field(field).codes if field else ()
        return next((Text(c.zh, c.en) for c in codes if str(c.value) == self.kind),
                    Text(self.kind, self.kind))  # fmt: skip

    @property
    def change(self) -> float:
        """Rows ÷ usual - 1."""
        return self.rows / self.usual - 1 if self.usual else 0.0

    @property
    def moved(self) -> bool:
        """By 30 % of what is usual, beyond every earlier half year, and beyond chance."""
        beyond = self.rows < self.low or self.rows > self.high
        far = abs(self.rows - self.usual) > DEVIATIONS * self.doubt
        return beyond and far and abs(self.change) >= SHORT

    @property
    def least_rise(self) -> float | None:
        """The smallest rise, as a share of what is usual, that would be told; None where nothing is
        usual. Rare records, as of a small county, vary by much, and a real change hides in that."""
        if not self.usual:
            return None
        return max(SHORT, DEVIATIONS * self.doubt / self.usual, self.high / self.usual - 1)

    def as_dict(self) -> dict[str, Any]:
        """Plain values for the report."""
        told = {"change": self.change, "moved": self.moved, "least_rise": self.least_rise}
        lost = (self.feed, self.kind) in JOBS_LOST
        return {**asdict(self), "zh": self.words.zh, "en": self.words.en, **told, "jobs_lost": lost}


def flows(lake: Lake, as_of: date) -> list[Flow]:
    """Every kind of record of the feeds that tell of events, as known by `as_of`.

    Those are the feeds whose contract names the field that says which (`eventKind`). Rolls and
    visits name none: they are the bureau's own doing and move with its campaigns.
    """
    found = []
    for feed in all_feeds():
        field = load_contract(feed).event_kind
        if field is None:
            continue
        for kind, months in sorted(_monthly(lake, feed, field, as_of).items()):
            one = flow(feed, kind, months)
            if one is not None:
                found.append(one)
    return found


def flow(feed: str, kind: str, months: Sequence[int]) -> Flow | None:
    """The newest half year of monthly counts, oldest first; None with too little past.

    A month varies at least as counts of rare things do (Poisson), and as much more as this kind's
    months did: what comes once a year in bulk varies by so much that it never speaks.
    """
    before, newest = months[:-SPAN], months[-SPAN:]
    if len(before) < LEAST or not sum(before):
        return None
    usual = mean(before)
    blocks = [sum(before[i : i + SPAN]) for i in range(len(before) - SPAN + 1)]
    month = max(usual, variance(before))
    # The usual count is itself only known from so many months.
    doubt = sqrt(SPAN * month * (1 + SPAN / len(before)))
    return Flow(feed, kind, sum(newest), SPAN * usual, min(blocks), max(blocks), doubt)


def _monthly(lake: Lake, feed: str, field: str, as_of: date) -> dict[str, list[int]]:
    """Rows by kind and the month they became known in; the first delivery, which brings what
    happened long before, is left out."""
    con = connect()
    table = lake.table(con, feed, as_of)
    if table is None:
        return {}
    month = table.known_on.truncate("M").cast("date")
    counted = con.to_pandas(
        table.mutate(month=month, kind=table[field].cast("string"))
        .group_by("month", "kind")
        .aggregate(rows=lambda t: t.count())
    )
    first = min(counted["month"])
    months, one = [], as_of.replace(day=1)
    while one > _day(first):
        months.append(one)
        one = add_months(one, -1).replace(day=1)
    place = {day: i for i, day in enumerate(reversed(months))}
    found: dict[str, list[int]] = {}
    for day, kind, rows in counted.itertuples(index=False, name=None):
        if kind is not None and _day(day) in place:
            found.setdefault(str(kind), [0] * len(place))[place[_day(day)]] = int(rows)
    return found


def _day(value: Any) -> date:
    return date(value.year, value.month, 1)
