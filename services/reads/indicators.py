"""Reads of the page of report cards: every indicator, and the mean it is averaged into."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from alerts.checkup.advice import TOP, Advice, advise
from alerts.checkup.cards import Checkup, checkup
from alerts.checkup.causes import false_causes
from alerts.checkup.mean import Picked, compare, pick
from alerts.checkup.months import Month
from core.access.areas import Area
from core.home import Home
from core.words import Text
from data.backends import connect
from models.scorecard.engine import known_shares
from models.scorecard.files import read_awaited
from models.scorecard.fitting import FOLLOW_DAYS
from models.scorecard.month import read_profile
from models.scorecard.reading import ScorecardError
from models.scorecard.rules import RuleSet
from services.reads import base, checked

__all__ = ["TOP", "Indicators", "Mean", "Waiting", "causes", "indicators", "mean"]

CAUSES = ["indicator", "cause", "n", "false", "concluded"]


@dataclass(frozen=True)
class Waiting:
    """An indicator of the 55 that no feed supports yet, and what it waits for."""

    id: str
    label: Text
    waiting_for: Text


@dataclass(frozen=True)
class Indicators:
    """Everything that is known of the indicators in the twelve months up to a month.

    `known`: share of persons or households for which an indicator can be judged in that month; None
    where its profile cannot tell. `names`: labels by id.
    """

    checkup: Checkup
    advice: Advice | None
    known: dict[str, float] | None
    names: dict[str, Text]
    waiting: tuple[Waiting, ...]


@base.cached
def indicators(home: str, as_of: date, scope: Area) -> Indicators:
    """Report cards and advice for the indicators in force, and those that wait for a feed.

    Raises NothingYet when the month was not scored.
    """
    rules = checked.rules_on(home, as_of)
    months = [_month(home, m, scope, rules) for m in checked.scored_months(home, as_of)]
    visits = checked.findings(home, as_of)
    return Indicators(
        checkup(months, visits, rules),
        advise(months, visits, rules),
        _known(base.home_at(home), as_of, months[-1].households, rules),
        {i.id: i.label for i in rules.indicators.values()},
        tuple(
            Waiting(one.id, one.label, one.waiting_for)
            for one in read_awaited()
            if one.id not in rules.indicators
        ),
    )


def _month(home: str, month: date, scope: Area, rules: RuleSet) -> Month:
    found = checked.stored(home, month, scope)
    return Month.of(month, found.households, found.parts, rules)


def _known(
    home: Home, as_of: date, households: pd.DataFrame, rules: RuleSet
) -> dict[str, float] | None:
    con = connect()
    own = con.create_table("in_the_area", households[["household"]], temp=True)
    try:
        tables = [table.semi_join(own, "household") for table in read_profile(home, as_of, con)]
        row = known_shares(*tables, rules).execute().iloc[0]
    except ScorecardError:
        return None
    return {name: float(share) for name, share in row.items() if share == share}


@base.cached_alerts
def causes(home: str, as_of: date, scope: Area) -> pd.DataFrame:
    """Causes of the false alarms of twelve months by indicator (CAUSES); empty without alerts."""
    if not base.has_alerts(home):
        return pd.DataFrame(columns=CAUSES)
    since = base.months_back(as_of, checked.YEAR)
    with base.alert_session(home, scope) as session:
        return false_causes(session, since, as_of, base.known_at(home, as_of))


@dataclass(frozen=True)
class Mean:
    """Mean against worst-off member: `month` and `year` are rows of alerts.checkup.mean.compare.

    `visits` is what each was given in the month; `months` the number of months of the year.
    """

    visits: int
    months: int
    month: pd.DataFrame
    year: pd.DataFrame


@base.cached
def mean(home: str, as_of: date, scope: Area) -> Mean:
    """Whom only the mean, or only the worst-off member, would catch, by household size.

    Raises NothingYet when the month was not scored.
    """
    rules = checked.rules_on(home, as_of)
    picked = [_picked(home, m, scope, rules) for m in checked.scored_months(home, as_of)]
    visits = checked.findings(home, as_of)
    month = compare(picked[-1:], visits, FOLLOW_DAYS)
    return Mean(picked[-1].visits, len(picked), month, compare(picked, visits, FOLLOW_DAYS))


def _picked(home: str, month: date, scope: Area, rules: RuleSet) -> Picked:
    found = checked.watched_by_person(home, month, scope)
    return pick(month, found.households, found.parts, rules)
