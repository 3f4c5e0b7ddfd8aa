"""Fitting the bands to visiting capacity, on past months and what visits found after them.

Bars are sized by capacity: a band holds as many watched households as can be answered in the time
its colour promises. What visits found afterwards decides nothing about the bars; it checks that
the finding falls from red to blue, and gives the curve from rule score to expected finding.

Only visits that the score, or nobody, chose can speak for a score: regular rounds, the random
survey, the audit, and alerts of the rule lane. Applications come by the family's own step, and
alerts of other lanes were chosen for what the score does not see.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import pairwise
from math import floor, sqrt
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
from sklearn.linear_model import LogisticRegression

from core.home import Home
from core.words import Text
from data.backends import connect
from data.lake import Lake
from models.scorecard import engine
from models.scorecard.bands import BandCheck, Expectation, Falls, Fit, write_fit
from models.scorecard.month import read_profile
from models.scorecard.reading import ScorecardError
from models.scorecard.rules import load_rules
from models.scorecard.schema import Bars

# Share of watched households at or above each bar. A county visits 1 to 2 % of its watched
# households a month. Red and orange together are what one month can answer; yellow what a quarter
# can; blue is the watch list, seen by the next regular round within the half-year.
SHARES = {"red": 0.006, "orange": 0.02, "yellow": 0.06, "blue": 0.15}
# A visit speaks for the newest score before it, if that is not older than this.
FOLLOW_DAYS = 92
# A visit to an alert stands in the lake and in the ledger of alerts: within a week it is one.
ONE_VISIT_DAYS = 7
RANDOM_REASONS = ("round", "survey", "audit")
SPEAKING_SOURCES = ("rule", "audit", "explore")
# Fewer visits or findings tell no curve.
MIN_VISITS, MIN_FOUND = 200, 20
ONE_SIDED = 1.645
REFERENCE = Text(
    zh="按走访能力定线，以本县既往月份评分与其后走访结果检验",
    en="Sized by visiting capacity; checked on past scores of the county and the visits after them",
)


def fit_bands(home: Home, known_by: date, months: Iterable[date], con: Any = None) -> Fit:
    """Fit bars and the curve on past months and put them in force from `known_by`.

    Writes data/bands.yaml of the home; see `fitted`.
    """
    fit = fitted(home, known_by, months, con)
    write_fit(home, known_by, fit)
    return fit


def fitted(home: Home, known_by: date, months: Iterable[date], con: Any = None) -> Fit:
    """Bars and the curve from rule score to expected finding, fitted on past months.

    `months` are month ends not after `known_by`; those without a profile are passed over. Nothing
    known after `known_by` is seen. Raises ScorecardError when no month is left, or nobody is
    watched.
    """
    con = con or connect()
    usable = [m for m in sorted(set(months)) if m <= known_by and home.has_profile(m)]
    if not usable:
        raise ScorecardError(
            f"no past month up to {known_by} has a profile: run 'doudi run' for some months first"
        )
    scored = con.create_table("fit_scores", _scores(home, con, usable), temp=True, overwrite=True)
    seen = np.asarray(scored.filter(scored.watched).rule_score.to_pyarrow())
    if len(seen) == 0:
        raise ScorecardError(f"nobody is watched in {', '.join(map(str, usable))}")
    bars = _bars(seen)
    visits = _visits(home, con, known_by, scored)
    check = _check(bars, seen, visits)
    return Fit(
        bars=bars,
        reference=REFERENCE,
        known_by=known_by,
        months=tuple(usable),
        household_months=len(seen),
        check=check,
        falling=falls(check),
        expected=_curve(visits),
    )


def _scores(home: Home, con: Any, months: list[date]) -> ir.Table:
    """Rule scores of every month by the rules of that month, with who the household is."""
    tables = []
    for month in months:
        person, household = read_profile(home, month, con)
        parts = engine.parts(person, household, load_rules(month, home=home))
        sums = parts.group_by("household").agg(score=parts.contribution.sum())
        joined = household.left_join(sums, "household")
        process = joined["in_process"] if "in_process" in joined.columns else ibis.literal(False)
        found = joined.select(
            household=joined.household,
            month=ibis.literal(month),
            rule_score=joined.score.fill_null(0.0).round(engine.DECIMALS),
            watched=joined.watched.fill_null(False),
            secured=joined.on_dibao_tekun.fill_null(False),
            in_process=process.fill_null(False),
        )
        tables.append(con.create_table(f"fit_{month:%Y%m}", found, temp=True, overwrite=True))
    return tables[0] if len(tables) == 1 else ibis.union(*tables)


def _bars(scores: np.ndarray) -> Bars:
    """The lowest score of each band, so that it and those above it do not exceed their share.

    Where many households share one score a band may stay empty: its bar then stands between the
    scores, for a household that comes later.
    """
    values, counts = np.unique(scores, return_counts=True)
    above = np.cumsum(counts[::-1])[::-1] / len(scores)
    bars: dict[str, float] = {}
    ceiling = float(values[-1]) + 2
    for band, share in SHARES.items():
        fitting = values[(above <= share) & (values < ceiling)]
        between = (ceiling + values[values < ceiling][-1]) / 2
        bar = float(fitting[0] if len(fitting) else between)
        # Rounded down: a bar must not shut out the score it was taken from.
        bars[band] = ceiling = floor(bar * 10_000) / 10_000
    return Bars(**bars)


def _lake_visits(home: Home, con: Any, known_by: date) -> ir.Table | None:
    visits = Lake(home).table(con, "home_visits", known_by)
    if visits is None:
        return None
    told = visits.visit_reason.isin(RANDOM_REASONS) & visits.unmet_need.notnull()
    return visits.filter(told, visits.household.notnull()).select(
        household="household", visited_on="happened_on", found="unmet_need"
    )


def _ledger_visits(home: Home, con: Any, known_by: date) -> ir.Table | None:
    path = home.outcomes / "findings.parquet"
    if not path.is_file():
        return None
    rows = con.read_parquet(path)
    known = rows.filter(rows.known_on.cast("date") <= ibis.literal(known_by), rows.found.notnull())
    return known.select(
        household="household",
        visited_on=known.visited_on.cast("date"),
        found="found",
        speaks=known.source.isin(SPEAKING_SOURCES),
    )


def _all_visits(home: Home, con: Any, known_by: date) -> ir.Table | None:
    """Visits of the lake and of the ledger of alerts, one row a visit."""
    lake, ledger = _lake_visits(home, con, known_by), _ledger_visits(home, con, known_by)
    if ledger is None:
        return lake
    chosen = ledger.filter(ledger.speaks).drop("speaks")
    if lake is None:
        return chosen
    days = lake.visited_on.epoch_days() - ledger.visited_on.epoch_days()
    same = [lake.household == ledger.household, days.abs() <= ONE_VISIT_DAYS]
    return lake.anti_join(ledger, same).union(chosen)


def _visits(home: Home, con: Any, known_by: date, scored: ir.Table) -> dict[str, np.ndarray]:
    """Columns of the visits, each with the newest score before it; none in process then."""
    visits = _all_visits(home, con, known_by)
    if visits is None:
        flags = {name: np.empty(0, bool) for name in ("watched", "secured", "found")}
        return {"rule_score": np.empty(0), **flags}
    visits = visits.mutate(visit=ibis.row_number())
    days = visits.visited_on.epoch_days() - scored.month.epoch_days()
    near = [visits.household == scored.household, days > 0, days <= FOLLOW_DAYS]
    pairs = visits.join(scored, near)
    newest = ibis.row_number().over(group_by=pairs.visit, order_by=ibis.desc(pairs.month))
    rows = pairs.mutate(place=newest).filter(lambda t: (t.place == 0) & ~t.in_process)
    table = rows.select("rule_score", "watched", "secured", "found").to_pyarrow()
    return {name: np.asarray(table[name]) for name in table.column_names}


def _check(bars: Bars, scores: np.ndarray, visits: dict[str, np.ndarray]) -> dict[str, BandCheck]:
    """Size and finding of every band among watched households."""
    watched = visits["watched"].astype(bool)
    score, found = visits["rule_score"][watched], visits["found"][watched].astype(bool)
    limits = [np.inf, bars.red, bars.orange, bars.yellow, bars.blue, -np.inf]
    table = {}
    for band, upper, lower in zip([*SHARES, "none"], limits, limits[1:], strict=False):
        inside = (score >= lower) & (score < upper)
        table[band] = BandCheck(
            share=round(float(((scores >= lower) & (scores < upper)).mean()), 6),
            visits=int(inside.sum()),
            found=int(found[inside].sum()),
        )
    return table


def falls(check: dict[str, BandCheck]) -> Falls:
    """Whether the share found falls from each visited band to the next.

    'unclear' where it rises by no more than chance explains (two shares, one-sided 95 %).
    """
    answer: Falls = "yes"
    visited = [row for row in check.values() if row.visits]
    for upper, lower in pairwise(visited):
        rise = lower.found / lower.visits - upper.found / upper.visits
        if rise <= 0:
            continue
        pooled = (lower.found + upper.found) / (lower.visits + upper.visits)
        error = sqrt(pooled * (1 - pooled) * (1 / lower.visits + 1 / upper.visits))
        if rise > ONE_SIDED * error:
            return "no"
        answer = "unclear"
    return answer


def _curve(visits: dict[str, np.ndarray]) -> Expectation | None:
    """The logistic curve over households that are not on Dibao or Tekun; None on too few."""
    own = ~visits["secured"].astype(bool)
    found = visits["found"][own].astype(bool)
    if len(found) < MIN_VISITS or not MIN_FOUND <= found.sum() <= len(found) - MIN_FOUND:
        return None
    unwatched = ~visits["watched"][own].astype(bool)
    # Hundreds of points as units keep the solver well scaled.
    rows = np.column_stack([visits["rule_score"][own].astype(float) / 100, unwatched])
    model = LogisticRegression(C=1e6, max_iter=1000).fit(rows, found)
    slope, shift = (float(c) for c in model.coef_[0])
    return Expectation(
        intercept=round(float(model.intercept_[0]), 6),
        slope=round(max(slope, 0.0) / 100, 8),
        unwatched=round(shift if unwatched.any() else 0.0, 6),
        visits=len(found),
        found=int(found.sum()),
    )
