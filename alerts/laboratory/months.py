"""One past month of a county as compact arrays: every household as it was known then.

Scores are points, `existing` and `coming` probabilities (0..1, NaN where not known). They are
single precision: households whose scores differ by less than a ten-thousandth count as equal.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from alerts.selection import AT_RISK, SECURED, UNWATCHED
from core.words import Text

Ints = NDArray[np.integer]
Floats = NDArray[np.floating]
Bools = NDArray[np.bool_]
Lane = Literal["existing", "coming", "score", "alone"]

# `watch` holds the place in this list.
WATCHES = (AT_RISK, SECURED, UNWATCHED)
# Groups whose treatment is compared: a bit of `groups` each, in this order. Which profile columns
# say so, and how, stands in GROUP_SQL; a group whose column a profile lacks has no members.
GROUPS = {
    "aged": Text("有老年人", "With elders"),
    "disabled": Text("有残疾人", "With disabled members"),
    "children": Text("有未成年人", "With children"),
    "single": Text("单人户", "Living alone"),
    "woman_headed": Text("女性户主", "Headed by a woman"),
    "rural": Text("农村", "Rural"),
}
GROUP_SQL = {
    "aged": ("n_elders", "p.n_elders > 0"),
    "disabled": ("n_disabled", "p.n_disabled > 0"),
    "children": ("n_minors", "p.n_minors > 0"),
    "single": ("n_members", "p.n_members = 1"),
    "woman_headed": ("head_is_woman", "p.head_is_woman"),
    "rural": ("urban_rural", "p.urban_rural = 'rural'"),
}
# Ranked lists reach down to here at first; a lever moved below makes the longer list.
FLOORS: dict[Lane, float] = {"existing": 0.1, "coming": 0.1, "score": 30.0, "alone": 30.0}


def calendar_month(day: date) -> int:
    """Months since January 1970."""
    return (day.year - 1970) * 12 + day.month - 1


@dataclass(frozen=True)
class Facts:
    """Fresh facts of the event lane, one row each; `row` is the household's row in the month.

    `kind` numbers the indicator, `pair` the household and indicator over all months; `happened`
    is its calendar month (see `calendar_month`), `NEVER` where unknown.
    """

    row: Ints
    kind: Ints
    pair: Ints
    order: Ints
    urgent: Bools
    held: Bools
    happened: Ints

    def only(self, mask: Bools | Ints) -> Facts:
        """The facts under a yes/no mask."""
        return Facts(*(getattr(self, f.name)[mask] for f in fields(self)))

    @staticmethod
    def none() -> Facts:
        """No fact at all."""
        number, flag = np.empty(0, np.int32), np.empty(0, bool)
        return Facts(number, number, number, number, flag, flag, number)


@dataclass(frozen=True)
class Month:
    """One row a household, in order of `household` (a number that is the same in all months).

    `score` is the rule score under the rules looked at, `known_score` the one stored then.
    `model`: the version that answered `existing`.
    `in_process`: the bureau was on it. `by_alert` marks those of them who were in process only
    because a visit to an alert had found a need: without that alert they would not have been.
    """

    as_of: date
    household: Ints
    score: Floats
    known_score: Floats
    existing: Floats
    coming: Floats
    watch: Ints
    in_process: Bools
    by_alert: Bools
    township: Ints
    village: Ints
    groups: Ints
    facts: Facts
    rule_version: str = ""
    model: str = ""
    _ranked: dict[str, tuple[float, Ints, Floats]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def __len__(self) -> int:
        return len(self.household)

    @property
    def has_model(self) -> bool:
        """Whether the model had answered in this month."""
        return bool(len(self)) and not bool(np.isnan(self.existing).all())

    def ranked(self, lane: Lane, floor: float) -> Ints:
        """Rows at or above `floor`, best first: by the lane's figure, then score, then household.

        'alone' is the rule score of those whose need now the model did not answer.
        The sorted list is kept, so a cut-off moved within it costs one search.
        """
        kept = self._ranked.get(lane)
        if kept is None or floor < kept[0]:
            start = FLOORS[lane] if floor >= FLOORS[lane] else floor
            kept = self._ranked[lane] = (start, *self._sorted(lane, start))
        _, rows, falling = kept
        return rows[: np.searchsorted(falling, -np.float32(floor), side="right")]

    def _sorted(self, lane: Lane, floor: float) -> tuple[Ints, Floats]:
        """The rows from `floor` up, best first, and their figures negated: a rising list."""
        values: Floats = self.score if lane == "alone" else getattr(self, lane)
        reach = values >= np.float32(floor)
        if lane == "alone":
            reach &= np.isnan(self.existing)
        rows = np.flatnonzero(reach)
        order = np.lexsort((self.household[rows], -self.score[rows], -values[rows]))
        rows = rows[order].astype(np.int32)
        return rows, -values[rows]

    def rescored(self, score: Floats) -> Month:
        """The same month under other rule scores."""
        return replace(self, score=np.asarray(score, dtype=np.float32))

    def only(self, mask: Bools) -> Month:
        """The households under a yes/no mask."""
        place = np.cumsum(mask) - 1
        facts = self.facts.only(mask[self.facts.row])
        facts = replace(facts, row=place[facts.row].astype(np.int32))
        return replace(self, facts=facts, **{n: getattr(self, n)[mask] for n in COLUMNS})

    def size(self) -> int:
        """Bytes held, ranked lists included."""
        arrays = {id(getattr(self, name)): getattr(self, name).nbytes for name in COLUMNS}
        ranked = sum(rows.nbytes + keys.nbytes for _, rows, keys in self._ranked.values())
        return sum(arrays.values()) + ranked


COLUMNS = (
    "household",
    "score",
    "known_score",
    "existing",
    "coming",
    "watch",
    "in_process",
    "by_alert",
    "township",
    "village",
    "groups",
)
NEVER = np.iinfo(np.int16).min
