"""What the next quarter will find under a setting, with a 90 % interval; and whether it came true.

Counted are finds: alerts raised in the quarter whose visit finds an unmet need. The setting is
replayed on the newest quarters, each from what the record says at its beginning; every alert
counts with the corrected probability that its visit is made and finds a need. Two corrections and
four doubts go with it: the newest months of the record tell whether visits find more or less than
the curve says (followed as far as neighbouring quarters have been alike); and the interval
holds the chance of single visits, the doubt of the curve, the doubt of that drift with the
month-to-month spread, and the spread between quarters.

The naive promise (the plain share of past visits that found a need, times the alerts) stands
beside, with the chance of single visits alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from alerts.laboratory.chances import Chances
from alerts.laboratory.fates import fates
from alerts.laboratory.material import Material
from alerts.laboratory.months import Floats, Ints
from alerts.laboratory.record import SOURCES, ByMonth
from alerts.laboratory.replay import By, Replayed, replay
from alerts.policy import Policy
from alerts.states import Source
from models.scorecard import RuleSet

QUARTER = 3
# 95 % point of the normal distribution: one in ten lies outside, half of them above.
Z90 = 1.6448536269514722
# The newest quarters speak for the next; the older ones for how much quarters differ.
NEWEST, SPREAD_OVER = 3, 6
# Fewer visits than this in a month tell nothing about how months differ.
MIN_VISITS = 10
_DRAWS = [SOURCES.index(s) for s in (Source.AUDIT, Source.EXPLORE, Source.REPORT)]


@dataclass(frozen=True)
class Promise:
    """Finds promised for so many months, their 90 % interval, and where its width comes from.

    `alerts`: alerts expected. `drift`: finds ÷ what the curve said, in the newest months.
    `chance`, `curve`, `months_differ`, `quarters_differ`: standard deviations, in finds. `naive`
    with its interval is None where no visit to an alert is on record.
    """

    months: int
    alerts: float
    expected: float
    low: float
    high: float
    drift: float
    chance: float
    curve: float
    months_differ: float
    quarters_differ: float
    naive: tuple[float, float, float] | None


@dataclass(frozen=True)
class Kept:
    """A promise beside what came: finds, whether inside the interval, and by how much off.

    `error` is (promised - found) ÷ found, None when nothing was found; the same for the naive.
    """

    found: int
    inside: bool
    error: float | None
    naive_inside: bool | None
    naive_error: float | None


@dataclass(frozen=True)
class Came:
    """What the record says of some months: alerts raised (draws and reports left out), those with
    a settled visit, finds."""

    alerts: int
    settled: int
    found: int


def promise(
    material: Material,
    rules: RuleSet,
    policy: Policy,
    chances: Chances,
    *,
    by: By = "both",
    townships: Mapping[str, int] | None = None,
    months: int = QUARTER,
) -> Promise:
    """The finds of the next `months` under a setting; arguments as in `replay`."""
    length = min(months, len(material.months))
    last = len(material.months) - length
    starts = range(max(0, last - SPREAD_OVER + 1), last + 1)
    spans = [material.span(start, start + length) for start in starts]
    found = [
        replay(span, rules, policy, by=by, townships=townships, chance=chances) for span in spans
    ]
    known = fates(material.record.alerts, material.place(len(material.months) - 1))
    each = [chance_at_visit(one, chances) * known.reach for one in found]
    # Fewer months on record than asked for: as many again are expected to be like them.
    scale = months / length
    sums = np.array([one.sum() for one in each]) * scale
    newest = _newest(spans)
    base = float(sums[newest].mean())
    drift, drift_doubt, spread = _drift(material, chances)
    expected = base * drift
    alone = np.minimum(1.0, np.concatenate(each[newest]) * drift)
    share = scale / len(each[newest])
    chance = sqrt(float((alone * (1 - alone)).sum()) * share)
    doubt = chances.variance(found[-1].material, found[-1].raised, at_visit=True)
    curve = sqrt(doubt) * known.reach * drift * scale
    months_differ = base * sqrt(drift_doubt + spread / months)
    quarters_differ = float(np.std(sums, ddof=1)) * drift if len(sums) > 1 else 0.0
    width = Z90 * sqrt(chance**2 + curve**2 + months_differ**2 + quarters_differ**2)
    alerts = float(np.mean([len(one.raised) for one in found[newest]])) * scale
    return Promise(
        months,
        alerts,
        expected,
        max(0.0, expected - width),
        expected + width,
        drift,
        chance,
        curve,
        months_differ,
        quarters_differ,
        _naive(material, alerts),
    )


def _newest(spans: Sequence[Material]) -> slice:
    """The newest spans, those that the model in use answered throughout, if there is one."""
    version = spans[-1].months[-1].model
    same = [all(m.model == version for m in span.months) for span in spans]
    kept = 1
    while kept < min(NEWEST, len(spans)) and same[len(spans) - 1 - kept]:
        kept += 1
    return slice(len(spans) - kept, None)


def chance_at_visit(replayed: Replayed, chances: Chances) -> Floats:
    """Probability for each alert that a visit finds a need at once."""
    raised, found = replayed.raised, np.empty(len(replayed.raised))
    for number in np.unique(raised.month):
        here = raised.month == number
        month = replayed.material.months[int(number)]
        found[here] = chances.now(month, raised.row[here], raised.question[here])
    return found


def kept(promised: Promise, found: int) -> Kept:
    """The promise judged by the finds that came."""
    naive = promised.naive

    def off(value: float) -> float | None:
        return (value - found) / found if found else None

    return Kept(
        found,
        promised.low <= found <= promised.high,
        off(promised.expected),
        None if naive is None else naive[1] <= found <= naive[2],
        None if naive is None else off(naive[0]),
    )


def came(material: Material, first: int = 0, last: int | None = None) -> Came:
    """What alerts raised in the months from `first` up to, not including, `last` really found."""
    last = len(material.months) if last is None else last
    places = [material.place(number) for number in range(first, last)]
    alerts = material.record.alerts
    inside = np.isin(alerts.month, places) & ~np.isin(alerts.source, _DRAWS)
    return Came(
        int(inside.sum()),
        int((alerts.verified & inside).sum()),
        int((alerts.found & inside).sum()),
    )


def _drift(material: Material, chances: Chances) -> tuple[float, float, float]:
    """Finds ÷ what the curve said to expect in the next quarter, its variance, and that of months.

    A good quarter says something of the next one only as far as neighbouring quarters are alike.
    How far is read from the months on record: the mean product of what two months differ from
    the curve, over pairs as far apart as months of neighbouring quarters are (chance is left out
    of it by itself, because no two months share a visit). The newest months' ratio is drawn
    towards one by the best linear prediction; what is left of the months' spread is their own.
    """
    places, expected, found, noise = _recorded_months(material, chances)
    if not len(expected):
        # Nothing visited yet: months may well differ by a fifth.
        return 1.0, 0.0, 0.04
    apart, own = found / expected - 1, noise / expected**2
    spread = max(0.0, float(np.mean(apart**2 - own))) if len(apart) > 1 else 0.04
    shared = min(spread, _shared(places, apart))
    part = slice(max(0, len(expected) - QUARTER), None)
    total = float(expected[part].sum())
    newest, error = float(found[part].sum()) / total, float(noise[part].sum()) / total**2
    months = spread - shared
    if shared <= 0:
        return 1.0, 0.0, months
    weight = shared / (shared + months / len(expected[part]) + error)
    return 1 + (newest - 1) * weight, shared * (1 - weight), months


def _shared(places: Ints, apart: Floats) -> float:
    """Variance that neighbouring quarters have in common; 0 when none shows."""
    gap = np.abs(places[:, None] - places[None, :])
    # Of nine pairs of months of two neighbouring quarters one lies 1 apart, two 2, three 3, …
    weight = np.where(gap > 0, np.maximum(0, QUARTER - np.abs(gap - QUARTER)), 0)
    if not weight.sum():
        return 0.0
    return max(0.0, float((weight * apart[:, None] * apart[None, :]).sum() / weight.sum()))


def _recorded_months(material: Material, chances: Chances) -> tuple[Ints, Floats, Floats, Floats]:
    """By month with enough settled visits to alerts: place, expected finds, finds, variance by
    chance."""
    alerts, rows = ByMonth(material.record.alerts).alerts, []
    for number, month in enumerate(material.months):
        mine = (alerts.month == material.place(number)) & alerts.verified
        mine &= ~np.isin(alerts.source, _DRAWS)
        row = np.minimum(np.searchsorted(month.household, alerts.household), len(month) - 1)
        mine &= month.household[row] == alerts.household
        if mine.sum() < MIN_VISITS:
            continue
        share = chances.now(month, row[mine], alerts.question[mine])
        # A ratio to less than one expected find says nothing.
        if share.sum() < 1:
            continue
        rows.append((number, share.sum(), alerts.found[mine].sum(), (share * (1 - share)).sum()))
    table = np.array(rows, float).reshape(-1, 4)
    return table[:, 0].astype(int), table[:, 1], table[:, 2], table[:, 3]


def _naive(material: Material, alerts: float) -> tuple[float, float, float] | None:
    """The plain share of settled visits that found a need, times the alerts."""
    recorded = material.record.alerts
    mine = recorded.verified & ~np.isin(recorded.source, _DRAWS)
    if not mine.any():
        return None
    share = float(recorded.found[mine].mean())
    width = Z90 * sqrt(alerts * share * (1 - share))
    return alerts * share, max(0.0, alerts * share - width), alerts * share + width
