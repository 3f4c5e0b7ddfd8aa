"""Two trials side by side: who enters, who leaves, what it means for groups and villages."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from alerts.errors import AlertsError
from alerts.laboratory.chances import Chances
from alerts.laboratory.estimates import chance_of
from alerts.laboratory.lanes import BANDS, rule_band
from alerts.laboratory.material import Material
from alerts.laboratory.months import GROUPS, Bools, Floats, Ints
from alerts.laboratory.record import QUESTIONS, SOURCES
from alerts.laboratory.replay import Replayed
from alerts.states import Band, Source
from models.scorecard import RuleSet

# Fewer households than this are shown in grey: a difference says nothing.
SMALL = 10


@dataclass(frozen=True)
class Moved:
    """A household that only one of two trials alerts, in the month of its first alert there.

    `before` and `after` are its rule scores under the two, `chance` the probability that a visit
    finds a need.
    """

    household: str
    township: str
    village: str
    month: int
    source: Source
    question: str
    before: float
    after: float
    chance: float


@dataclass(frozen=True)
class Effect:
    """A group or township: households of the newest month, households alerted under the two,
    those that enter and leave; `small`: too few to read a difference from."""

    name: str
    households: int
    current: int
    draft: int
    entering: int
    leaving: int

    @property
    def small(self) -> bool:
        """Whether so few are concerned that the difference says nothing."""
        return max(self.current, self.draft) < SMALL


@dataclass(frozen=True)
class Compared:
    """Current against draft: lists (largest chance first), and the effect on groups and places."""

    entering: tuple[Moved, ...]
    leaving: tuple[Moved, ...]
    staying: int
    groups: tuple[Effect, ...]
    townships: tuple[Effect, ...]


@dataclass(frozen=True)
class Placed:
    """One household of a sample village: score and band before and after."""

    household: str
    village: str
    before: float
    after: float
    band_before: Band
    band_after: Band


def compare(current: Replayed, draft: Replayed, chances: Chances) -> Compared:
    """Two trials on the same months. Raises AlertsError when the months are not the same."""
    ours, theirs = current.material, draft.material
    if [m.as_of for m in ours.months] != [m.as_of for m in theirs.months]:
        raise AlertsError(
            "两次试算的月份不同；请用同样的月份比较",
            "the two trials are of other months; compare trials of the same months",
        )
    size = len(ours.households)
    now, then = _alerted(current, size), _alerted(draft, size)
    return Compared(
        entering=_moved(draft, ours, theirs, then & ~now, chances),
        leaving=_moved(current, ours, theirs, now & ~then, chances),
        staying=int((now & then).sum()),
        groups=_groups(theirs, now, then),
        townships=_townships(theirs, now, then),
    )


def sample_villages(
    before: Material, after: Material, rules: tuple[RuleSet, RuleSet], villages: Collection[str]
) -> tuple[Placed, ...]:
    """Every household of some villages in the newest month, the largest change first.

    `rules` are those of `before` and of `after`. Raises AlertsError for an unknown village.
    """
    if unknown := sorted(set(villages) - set(after.villages)):
        raise AlertsError(
            f"没有村 {'、'.join(unknown)}；请给出本县村的代码",
            f"there is no village {', '.join(unknown)}; give codes of this county's villages",
        )
    old, new = before.months[-1], after.months[-1]
    wanted = [place for place, code in enumerate(after.villages) if code in villages]
    rows = np.flatnonzero(np.isin(new.village, wanted))
    bands = [rule_band(m.score[rows], r.bars) for m, r in zip((old, new), rules, strict=True)]
    found = [
        Placed(
            str(after.households[new.household[row]]),
            after.villages[new.village[row]],
            round(float(old.score[row]), 4),
            round(float(new.score[row]), 4),
            BANDS[first],
            BANDS[second],
        )
        for row, first, second in zip(rows, *bands, strict=True)
    ]
    return tuple(sorted(found, key=lambda p: (-abs(p.after - p.before), p.household)))


def _alerted(replayed: Replayed, size: int) -> Bools:
    flags = np.zeros(size, bool)
    flags[replayed.raised.household] = True
    return flags


def _moved(
    replayed: Replayed, before: Material, after: Material, wanted: Bools, chances: Chances
) -> tuple[Moved, ...]:
    raised = replayed.raised.only(wanted[replayed.raised.household])
    # Alerts stand in the order of months, so the first of each household is its first alert.
    _, first = np.unique(raised.household, return_index=True)
    raised = raised.only(first)
    chance = chance_of(replayed.material, raised, chances)
    scores = [_scores(material, raised.month, raised.row) for material in (before, after)]
    return tuple(
        Moved(
            str(after.households[raised.household[n]]),
            after.townships[raised.township[n]],
            after.villages[raised.village[n]],
            int(raised.month[n]),
            SOURCES[raised.source[n]],
            QUESTIONS[raised.question[n]],
            round(float(scores[0][n]), 4),
            round(float(scores[1][n]), 4),
            float(chance[n]),
        )
        for n in np.lexsort((raised.household, -chance))
    )


def _scores(material: Material, month: Ints, row: Ints) -> Floats:
    found = np.empty(len(row))
    for number in np.unique(month):
        here = month == number
        found[here] = material.months[int(number)].score[row[here]]
    return found


def _groups(material: Material, now: Bools, then: Bools) -> tuple[Effect, ...]:
    found = []
    for place, name in enumerate(GROUPS):
        members = [(month.groups >> place) & 1 > 0 for month in material.months]
        found.append(_effect(name, material, now, then, members))
    return tuple(found)


def _townships(material: Material, now: Bools, then: Bools) -> tuple[Effect, ...]:
    found = []
    for place, code in enumerate(material.townships):
        members = [month.township == place for month in material.months]
        found.append(_effect(code, material, now, then, members))
    return tuple(effect for effect in found if effect.households or effect.current or effect.draft)


def _effect(
    name: str, material: Material, now: Bools, then: Bools, members: Sequence[Bools]
) -> Effect:
    """Households that belonged in any month; those of the newest month are the denominator."""
    inside = np.zeros(len(now), bool)
    for month, mask in zip(material.months, members, strict=True):
        inside[month.household[mask]] = True
    counts = (now, then, then & ~now, now & ~then)
    return Effect(name, int(members[-1].sum()), *(int((mask & inside).sum()) for mask in counts))
