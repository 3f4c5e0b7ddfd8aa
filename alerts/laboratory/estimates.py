"""What a trial is expected to find, and how sure that is.

An alert whose household was really visited soon after counts with what was found; every other
with the corrected probability (`chances`). "Found" is an unmet need confirmed, or referred
elsewhere with a need, at the visit; for the coming a need on record within six months. The naive
share among all visits, whoever asked for them, stands beside.

A cut-off chosen on the months on which it is reported flatters itself: the older two thirds of
the months are for choosing, the rest for reporting, each with a curve of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from alerts.laboratory.below import Below, Recall, as_alerts, below, recall
from alerts.laboratory.chances import Chances, learn
from alerts.laboratory.fates import RIPE_MONTHS
from alerts.laboratory.links import HORIZON_DAYS, as_days, following, outcomes
from alerts.laboratory.material import Material
from alerts.laboratory.months import Bools, Floats, Ints
from alerts.laboratory.record import QUESTIONS, STILL_OPEN, ByMonth
from alerts.laboratory.replay import Raised, Replayed
from alerts.sampling import Estimate
from alerts.sampling import Share as Sampled
from alerts.states import Question
from alerts.wilson import wilson
from models.scorecard.fitting import FOLLOW_DAYS

_COMING = QUESTIONS.index(Question.COMING.value)
ASKED = {**{q.value: QUESTIONS.index(q.value) for q in Question}, "event": QUESTIONS.index("")}
_DAYS_A_MONTH = 365.25 / 12


@dataclass(frozen=True)
class Evidence:
    """What was learned of a material, once for many trials; months as places."""

    whole: Chances
    choosing: Chances
    reporting: Chances
    choosing_months: tuple[int, ...]
    reporting_months: tuple[int, ...]
    below: Below | None


@dataclass(frozen=True)
class Found:
    """Alerts of one question, and what their visits find.

    `visited` alerts have a visit on record, `found_there` of them found a need. `expected`: needs
    that the visits of all are expected to find, those never reached taken out. `precision`: share
    of the settled visits that find one, with its 95 % interval; None without an alert. `naive`:
    the plain share of `n_naive` visits on record, those that the family asked for included.
    """

    alerts: int
    visited: int
    found_there: int
    expected: float
    precision: Estimate | None
    naive: Estimate | None
    n_naive: int


@dataclass(frozen=True)
class Lead:
    """Months from a household's first alert to its first need on record after it.

    `n` of `households` have one; quartiles are null without any.
    """

    households: int
    n: int
    quarter: float | None
    median: float | None
    three_quarters: float | None


@dataclass(frozen=True)
class Estimates:
    """A trial over some months. `questions`: existing, coming, event, and all together as 'all'.

    `distinct`: households alerted; `repeat`: share of alerts about a household alerted before in
    these months. `visits`: by month and township (places in `Material.townships`); the random
    draws, `drawn` a month, belong to no township.
    """

    months: tuple[date, ...]
    alerts: int
    distinct: int
    repeat: float | None
    questions: Mapping[str, Found]
    recall: Recall | None
    lead: Lead
    visits: Ints
    drawn: Ints


@dataclass(frozen=True)
class Report:
    """A trial on all months, on those for choosing and on those for reporting."""

    whole: Estimates
    choosing: Estimates
    reporting: Estimates


def gather(material: Material) -> Evidence:
    """Learn what visits find from all months, from those for choosing and those for reporting."""
    choosing, reporting = split(len(material.months))
    return Evidence(
        learn(material),
        learn(material, choosing),
        learn(material, reporting),
        choosing,
        reporting,
        below(material),
    )


def split(months: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Places of the months for choosing (the older two thirds) and for reporting.

    A single month serves both, and says so by being the same.
    """
    if months < 2:
        return tuple(range(months)), tuple(range(months))
    edge = max(1, round(months * 2 / 3))
    return tuple(range(edge)), tuple(range(edge, months))


def report(replayed: Replayed, evidence: Evidence) -> Report:
    """The trial's figures on all months, on those for choosing and those for reporting."""
    seen = _seen(replayed)
    known = evidence.below
    return Report(
        _estimates(replayed, seen, evidence.whole, None, known),
        _estimates(replayed, seen, evidence.choosing, evidence.choosing_months, known),
        _estimates(replayed, seen, evidence.reporting, evidence.reporting_months, known),
    )


def estimates(
    replayed: Replayed,
    chances: Chances,
    months: Collection[int] | None = None,
    known: Below | None = None,
) -> Estimates:
    """The trial's figures on some months (places; default: all)."""
    return _estimates(replayed, _seen(replayed), chances, months, known)


@dataclass(frozen=True)
class _Seen:
    """What visits on record say of each alert: 1, 0, or NaN where nobody went.

    `lost`: alerts really raised that were never reached. `alerts`: the same in the form in which
    recall reads it.
    """

    found: Floats
    naive: Floats
    lost: Bools
    alerts: pd.DataFrame | None = None


def _seen(replayed: Replayed) -> _Seen:
    material, raised = replayed.material, replayed.raised
    found = outcomes(material, raised, FOLLOW_DAYS)
    alerts = as_alerts(material, raised, found)
    naive = outcomes(material, raised, FOLLOW_DAYS, asked=True)
    coming = raised.question == _COMING
    ripe = _ripe(material, raised)
    recorded = _recorded(material, raised)
    # A visit without a find does not yet say that no need comes; the months must have passed.
    for told in (found, naive):
        visited = ~np.isnan(told)
        told[coming] = np.where(visited & ripe, recorded | (told == 1), np.nan)[coming]
    return _Seen(found, naive, _lost(material, raised), alerts)


def _only(seen: _Seen, mask: Bools) -> _Seen:
    return _Seen(seen.found[mask], seen.naive[mask], seen.lost[mask], seen.alerts)


def _lost(material: Material, raised: Raised) -> Bools:
    """Alerts that the record holds too, whose case ended or grew old without a settled visit."""
    recorded = ByMonth(material.record.alerts)
    places = np.array([material.place(n) for n in range(len(material.months))])
    real, at = recorded.find(raised.household, places[raised.month])
    alerts = recorded.alerts
    old = (alerts.closed < STILL_OPEN) | (alerts.month <= places[-1] - RIPE_MONTHS)
    lost = np.zeros(len(raised), bool)
    lost[real] = (old & ~alerts.verified)[at]
    return lost


def _ripe(material: Material, raised: Raised) -> Bools:
    """Alerts whose six months have passed by the last visit on record."""
    days = material.record.visits.day
    last = int(days.max()) if len(days) else 0
    ripe: Bools = as_days(material)[raised.month] + HORIZON_DAYS <= last
    return ripe


def _recorded(material: Material, raised: Raised) -> Bools:
    """Alerts with a need on record within six months."""
    needs = material.record.needs
    place = following(needs, material, raised)
    found = place >= 0
    ends = as_days(material)[raised.month]
    found[found] = needs.day[place[found]] <= ends[found] + HORIZON_DAYS
    return found


def _estimates(
    replayed: Replayed,
    seen: _Seen,
    chances: Chances,
    months: Collection[int] | None,
    known: Below | None,
) -> Estimates:
    material, raised = replayed.material, replayed.raised
    wanted = sorted(range(len(material.months)) if months is None else months)
    inside = np.isin(raised.month, wanted)
    kept, told = raised.only(inside), _only(seen, inside)
    distinct = len(np.unique(kept.household))
    town = len(material.townships)
    place = np.searchsorted(wanted, kept.month) * town + kept.township
    visits = np.bincount(place, minlength=len(wanted) * town).reshape(len(wanted), town)
    return Estimates(
        months=tuple(material.months[m].as_of for m in wanted),
        alerts=len(kept),
        distinct=distinct,
        repeat=1 - distinct / len(kept) if len(kept) else None,
        questions=_questions(replayed, kept, told, chances),
        recall=None if known is None else recall(replayed, known, wanted, seen.alerts),
        lead=_lead(material, kept),
        visits=visits,
        drawn=np.array([replayed.counts[m].drawn for m in wanted]),
    )


def chance_of(material: Material, raised: Raised, chances: Chances) -> Floats:
    """Corrected probability of a find for each alert."""
    found = np.empty(len(raised))
    for number in np.unique(raised.month):
        here = raised.month == number
        month = material.months[int(number)]
        found[here] = chances(month, raised.row[here], raised.question[here])
    return found


def _questions(
    replayed: Replayed, kept: Raised, told: _Seen, chances: Chances
) -> Mapping[str, Found]:
    chance = chance_of(replayed.material, kept, chances)
    masks = {name: kept.question == place for name, place in ASKED.items()}
    masks["all"] = np.ones(len(kept), bool)
    return {
        name: _found(replayed, kept, told, chance, chances, mask) for name, mask in masks.items()
    }


def _found(
    replayed: Replayed, kept: Raised, told: _Seen, chance: Floats, chances: Chances, mask: Bools
) -> Found:
    seen = told.found[mask]
    known = ~np.isnan(seen)
    sure, rest = float(np.nansum(seen)), chance[mask][~known]
    still = chance[mask][~known & ~told.lost[mask]]
    naive = told.naive[mask]
    n_naive = int((~np.isnan(naive)).sum())
    share = float((sure + rest.sum()) / mask.sum()) if mask.any() else 0.0
    open_to = kept.only(np.flatnonzero(mask)[~known])
    doubt = chances.variance(replayed.material, open_to)
    variance = (int(known.sum()) * share * (1 - share) + doubt) / max(1, int(mask.sum())) ** 2
    return Found(
        alerts=int(mask.sum()),
        visited=int(known.sum()),
        found_there=int(sure),
        expected=sure + replayed.fates.reach * float(still.sum()),
        precision=_precision(share, variance) if mask.any() else None,
        naive=_naive(float(np.nansum(naive)), n_naive) if n_naive else None,
        n_naive=n_naive,
    )


def _precision(share: float, variance: float) -> Estimate:
    """The share with a Wilson interval on the number of visits that would say as much."""
    spread = share * (1 - share)
    low, high = Sampled(share, spread / variance if variance > 0 else 0.0).interval()
    return Estimate(share, low or 0.0, 1.0 if high is None else high)


def _naive(hits: float, n: int) -> Estimate:
    low, high = wilson(hits, n)
    return Estimate(hits / n, low or 0.0, 1.0 if high is None else high)


def _lead(material: Material, kept: Raised) -> Lead:
    _, first = np.unique(kept.household, return_index=True)
    firsts = kept.only(first)
    needs = material.record.needs
    place = following(needs, material, firsts)
    known = place >= 0
    days = needs.day[place[known]] - as_days(material)[firsts.month[known]]
    if not len(days):
        return Lead(len(first), 0, None, None, None)
    quartiles = np.quantile(days / _DAYS_A_MONTH, [0.25, 0.5, 0.75])
    return Lead(len(first), len(days), *(round(float(q), 1) for q in quartiles))
