"""Which groups are served worse than all other households, beyond what chance explains.

Every group is compared with everybody else. Many comparisons find something by chance alone, so
the p-values of a ruler are adjusted together by Benjamini and Hochberg (JRSS B 1995) at 5 %: where
no group is served worse, the chance that any is named stays at 5 %; where some are, about one
named in twenty is so by chance. Holm would keep the chance of a single false name at 5 % in every
case, and would pass over groups that are served worse: here a false name costs a look, a missed
one costs families. Single groups and crossings are adjusted apart, because crossings are many.
A small group is shown, and neither tested nor named; nor is one named for a difference too small
to act on (`least`), however sure it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from scipy.stats import false_discovery_control

from core.words import Bilingual
from models.risk.groups.rates import Difference, Rate, difference

ALPHA = 0.05
# Below so many visits (or households) behind a figure it is greyed and never named.
SMALL = 30
# Below so many finds a recall says nothing, however many visits went by.
FEW_FINDS = 10


@dataclass(frozen=True)
class Measure(Bilingual):
    """One thing measured.

    `worse`: +1 where more is worse, -1 where less is, 0: not judged. `least` is the smallest
    difference from all others that a group is named for.
    """

    zh: str
    en: str
    n_zh: str
    n_en: str
    worse: int = 0
    least: float = 0.0


MEASURES = {
    "alerted": Measure("预警率", "Share alerted", "户", "households"),
    "precision": Measure("准确率", "Precision", "已核实", "verified", -1, 0.05),
    "recall": Measure("发现率", "Recall", "走访", "visits", -1, 0.05),
    "missed": Measure("漏报率", "Miss rate", "走访", "visits"),
    "false_alarm": Measure(
        "误报率", "False-alarm rate", "走访无困难", "visits without need", +1, 0.02
    ),
    "gap": Measure("实际减预计", "Found minus promised", "走访", "visits", +1, 0.02),
}


@dataclass(frozen=True)
class Figure:
    """One measure of one group beside all other households, by one ruler.

    `rest` is the figure of everybody else, `difference` that of the group minus theirs with its
    interval; `p` as it stands, `adjusted` among all comparisons. `hits` are the finds among `n`.
    """

    ruler: str
    measure: str
    dimension: str
    group: str
    crossed: bool
    value: float | None
    low: float | None
    high: float | None
    n: int
    hits: int | None
    rest: float | None
    difference: float | None
    difference_low: float | None
    difference_high: float | None
    p: float | None
    small: bool
    adjusted: float | None = None
    worse: bool = False


def figure(
    ruler: str,
    measure: str,
    cell: tuple[str, str, bool],
    sides: Sequence[Rate],
    hits: int | None = None,
    told: Difference | None = None,
) -> Figure:
    """The figure of a cell (dimension, group, crossed).

    `sides`: the group's own figure and that of everybody else; `told` where their difference is
    known already.
    """
    own, rest = sides
    gap = told if told is not None else difference(own, rest)
    return Figure(
        ruler, measure, *cell, own.value, own.low, own.high, own.n, hits, rest.value,
        *((gap.value, gap.low, gap.high, gap.p) if gap else (None, None, None, None)),
        small=_small(measure, own.n, hits),
    )  # fmt: skip


def _small(measure: str, n: int, hits: int | None) -> bool:
    few = measure in ("recall", "missed") and (hits or 0) < FEW_FINDS
    return n < SMALL or few


def named(figures: Iterable[Figure]) -> list[Figure]:
    """The figures of a ruler with `adjusted` and `worse` filled in."""
    rows = list(figures)
    for crossed in (False, True):
        places = [i for i, one in enumerate(rows) if one.crossed == crossed and _tested(one)]
        if not places:
            continue
        found = false_discovery_control([rows[i].p for i in places], method="bh")
        for place, value in zip(places, found, strict=True):
            one = rows[place]
            judged = MEASURES[one.measure]
            badly = judged.worse * (one.difference or 0.0) >= max(judged.least, 1e-9)
            rows[place] = replace(one, adjusted=float(value), worse=bool(badly and value < ALPHA))
    return rows


def _tested(one: Figure) -> bool:
    return one.p is not None and not one.small and MEASURES[one.measure].worse != 0
