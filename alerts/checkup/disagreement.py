"""Where scorecard and model differ most, and later who was right.

Both are ranks among the same households: watched, not in process, scored by both in that month.
`rule_place` and `risk_place` run from 0 (last) to 1 (first); ties share their mean place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import pandas as pd

from alerts.checkup.visits import SHARE, tally
from core.home import add_months
from models.risk.findings import RANDOM

# The share of watched households that one list holds: as many as a county could see in a quarter.
LISTED = 0.05
# What is not found within so many months was not there, and did not come.
JUDGED_MONTHS = 6
RULES, MODEL, BOTH = "rules", "model", "both"
LISTS = (RULES, MODEL, BOTH)


def places(households: pd.DataFrame) -> pd.DataFrame:
    """Places of one month's households (household, watched, in_process, rule_score, risk).

    Returns the rows that both rank, with rule_place, risk_place and difference (rules - model).
    """
    judged = households["watched"].fillna(False) & ~households["in_process"].fillna(False)
    ranked = households[judged & households["risk"].notna() & households["rule_score"].notna()]
    rule_place = _place(ranked["rule_score"])
    risk_place = _place(ranked["risk"])
    return ranked.assign(
        rule_place=rule_place, risk_place=risk_place, difference=rule_place - risk_place
    )


def _place(values: pd.Series) -> pd.Series:
    return (values.rank(method="average") - 1) / max(1, len(values) - 1)


def lists(placed: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Three lists of equal length, LISTED of the households each, most telling first.

    rules: the rules shout and the model shrugs; model: the other way; both: both call it high. Only
    households on the shouting side's upper half are listed, and none with equal places.
    """
    length = max(1, round(len(placed) * LISTED)) if len(placed) else 0
    agreed = placed.assign(least=placed[["rule_place", "risk_place"]].min(axis=1))
    shout = {
        RULES: placed[(placed["difference"] > 0) & (placed["rule_place"] > 0.5)],
        MODEL: placed[(placed["difference"] < 0) & (placed["risk_place"] > 0.5)],
        BOTH: agreed[agreed["least"] > 0.5],
    }
    order = {RULES: ("difference", False), MODEL: ("difference", True), BOTH: ("least", False)}
    return {
        name: rows.sort_values([order[name][0], "household"], ascending=[order[name][1], True])
        .head(length)
        .drop(columns="least", errors="ignore")
        for name, rows in shout.items()
    }


def later(
    months: Mapping[date, pd.DataFrame], visits: pd.DataFrame, known_by: date
) -> pd.DataFrame:
    """What visits found within JUDGED_MONTHS in the households that past months listed.

    `months` are `places` by month end; only those whose months have passed by `known_by` count.
    `visits`: household, visited_on, reason, found. One row per list and kind of visit ('all', or
    'random': nobody chose them): list, visits, listed (households), months, and SHARE. A household
    counts once, from the first month that listed it.
    """
    usable = [m for m in sorted(months) if add_months(m, JUDGED_MONTHS) <= known_by]
    rows = []
    for name in LISTS:
        listed = _first([(m, lists(months[m])[name]["household"]) for m in usable])
        seen = listed.merge(visits, on="household")
        day, since = pd.to_datetime(seen["visited_on"]), pd.to_datetime(seen["since"])
        until = pd.to_datetime(seen["until"])
        seen = seen[(day > since) & (day <= until)]
        by_lot = seen[seen["reason"].isin(RANDOM)]
        for kind, own in (("all", seen), ("random", by_lot)):
            told = tally(own["household"].to_numpy(), own["found"].to_numpy(dtype=bool))
            rows.append(
                {"list": name, "visits": kind, "listed": len(listed), "months": len(usable)} | told
            )
    return pd.DataFrame(rows, columns=["list", "visits", "listed", "months", *SHARE])


def _first(listed: Sequence[tuple[date, pd.Series]]) -> pd.DataFrame:
    """Each household with the first month that listed it: household, since, until."""
    frames = [
        pd.DataFrame({"household": keys, "since": m, "until": add_months(m, JUDGED_MONTHS)})
        for m, keys in listed
    ]
    if not frames:
        return pd.DataFrame(columns=["household", "since", "until"])
    return pd.concat(frames).drop_duplicates("household", ignore_index=True)
