"""The random visits of a county, as a weighted sample of its households and months.

Two samples are read. Survey and audit visits that departments deliver are simple random within
their month: each stands for households of the month ÷ visits with a result. The audit lane of the
alerts draws below every threshold, by stratum, with stored probabilities: each visit stands for
1 ÷ inclusion, made larger by those of its stratum who could not be reached. Families who were not
reached are taken to be like the reached of the same month (survey) or stratum (lane).

Where both samples cover the same families they are averaged by their effective sizes. The lane
covers families without an open alert that are not in process; the delivered visits cover all.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.compute as pc
import pyarrow.parquet as pq

from alerts.sampling_places import highest_standard
from core.home import Home, add_months, month_end
from data.backends import connect
from data.lake import Lake

SURVEY, LANE = "survey", "lane"
RANDOM_REASONS = ("survey", "audit")
CHOSEN_REASONS = ("round", "application", "alert")
SAME_VISIT_DAYS = 7
WELL_OFF = 2.0  # times the standard S, a head, after rigid spending: above every line of the policy
_COLUMNS = ["household", "visited_on", "reason", "found", "well_off"]
SAMPLE = ["household", "visited_on", "month", "found", "well_off", "sample", "weight"]
FINDINGS = ["household", "visited_on", "known_on", "found", "source", "stratum", "inclusion"]


def delivered_visits(home: Home, known_by: date | None = None) -> pd.DataFrame:
    """Every visit that departments delivered: household, visited_on, reason, found, well_off.

    `found` is null where the visit has no result. `well_off` is true where the visit itself
    measured an income a head, after rigid spending, above twice the highest standard S (of town
    and country) of the place where the household lives: no line of the policy reaches so far.
    What was not measured, or has no standard, is not well off.
    """
    table = Lake(home).table(connect(), "home_visits", known_by)
    if table is None:
        none = pd.DataFrame(columns=_COLUMNS)
        return none.astype({"visited_on": "datetime64[us]", "found": "boolean", "well_off": bool})
    wanted = ["household", "happened_on", "visit_reason", "unmet_need"]
    rows = table.select(*wanted, "income_month", "rigid_month", "members").execute()
    rows = rows[rows["household"].notna()]
    month = pd.to_datetime(rows["happened_on"])
    a_head = (rows["income_month"] - rows["rigid_month"]) / rows["members"].where(
        rows["members"] > 0
    )
    line = highest_standard(home, rows["household"].astype(str), month)
    return pd.DataFrame(
        {
            "household": rows["household"].astype(str),
            "visited_on": month,
            "reason": rows["visit_reason"],
            "found": rows["unmet_need"].astype("boolean"),
            "well_off": (a_head > WELL_OFF * line).fillna(False).astype(bool),
        }
    ).reset_index(drop=True)


def lane_findings(home: Home, known_by: date | None = None) -> pd.DataFrame:
    """Results of visits to alerts, from `data/outcomes/findings.parquet`; empty without it."""
    path = home.outcomes / "findings.parquet"
    if not path.exists():
        days = pd.Series(dtype="datetime64[us]")
        return pd.DataFrame(columns=FINDINGS).assign(visited_on=days, known_on=days)
    rows = pq.read_table(path, columns=FINDINGS).to_pandas()
    for name in ("visited_on", "known_on"):
        rows[name] = pd.to_datetime(rows[name])
    return rows if known_by is None else rows[rows["known_on"] <= pd.Timestamp(known_by)]


def one_visit_once(delivered: pd.DataFrame, ledger: pd.DataFrame) -> pd.DataFrame:
    """The delivered visits without those that the ledger of alerts already holds.

    A visit of one household within seven days of a visit in the ledger is the same visit.
    """
    if ledger.empty:
        return delivered
    return delivered[~delivered.index.isin(_same_visit(delivered, ledger)["delivered"])]


def _same_visit(delivered: pd.DataFrame, ledger: pd.DataFrame) -> pd.DataFrame:
    """Pairs of rows that tell of one visit: labels `delivered` and `ledger`, and `well_off`."""
    left = delivered.reset_index(names="delivered")[
        ["delivered", "household", "visited_on", "well_off"]
    ]
    right = ledger.reset_index(names="ledger")[["ledger", "household", "visited_on"]]
    both = left.merge(right, on="household", suffixes=("", "_ledger"))
    apart = (both["visited_on"] - both["visited_on_ledger"]).abs()
    return both[apart <= timedelta(days=SAME_VISIT_DAYS)]


def survey_sample(delivered: pd.DataFrame, households: pd.Series) -> pd.DataFrame:
    """The simple random visits with a result: household, visited_on, found, well_off, weight.

    `households`: number of households by month ('2026-06'); the months of the period. The weights
    of a month add up to its share of the mean number of households, those of all to that mean.
    """
    rows = delivered[delivered["reason"].isin(RANDOM_REASONS) & delivered["found"].notna()].copy()
    rows["month"] = rows["visited_on"].dt.strftime("%Y-%m")
    rows = rows[rows["month"].isin(households.index)]
    if rows.empty:
        return pd.DataFrame(columns=SAMPLE)
    a_month = rows["month"].map(rows["month"].value_counts())
    months = max(1, rows["month"].nunique())
    rows["weight"] = rows["month"].map(households) / a_month / months
    return rows.assign(sample=SURVEY, found=rows["found"].astype(bool))


def lane_sample(
    ledger: pd.DataFrame, delivered: pd.DataFrame, drawn: pd.DataFrame, months: pd.Index
) -> pd.DataFrame:
    """The audit lane's visits with a result, in the form of `survey_sample`.

    `drawn`: every household drawn (household, month, stratum), reached or not. What the visit
    measured is read from the delivered row of the same visit, where there is one.
    """
    rows = ledger[(ledger["source"] == "audit") & ledger["inclusion"].notna()].copy()
    if rows.empty:
        return pd.DataFrame(columns=SAMPLE)
    measured = _same_visit(delivered, rows)
    well_off = measured.groupby("ledger")["well_off"].any()
    rows["well_off"] = well_off.reindex(rows.index).fillna(False).astype(bool)
    # The draw is of the month before the visit as often as of the visit's own: the latest draw
    # up to the visit is the one that led to it.
    rows = _with_draw(rows, drawn)
    rows = rows[rows["month"].isin(months)]
    # A month draws a handful in a stratum: who was reached is compared over the whole period.
    stratum = rows["stratum"].fillna("")
    reached = stratum.map(stratum.value_counts())
    inside = drawn[drawn["month"].isin(months)]
    asked = stratum.map(inside["stratum"].fillna("").value_counts()).fillna(0.0)
    answered = np.maximum(asked, reached) / reached
    rows["weight"] = answered / rows["inclusion"] / max(1, rows["month"].nunique())
    return rows.assign(sample=LANE, found=rows["found"].astype(bool))


def _with_draw(rows: pd.DataFrame, drawn: pd.DataFrame) -> pd.DataFrame:
    """The ledger rows with `month` of the draw that led to them."""
    draws = drawn[["household", "raised_on", "month"]]
    both = rows.reset_index(names="row").merge(draws, on="household", how="left")
    both = both[both["raised_on"].isna() | (both["raised_on"] <= both["visited_on"])]
    last = both.sort_values("raised_on").drop_duplicates("row", keep="last").set_index("row")
    own = rows["visited_on"].dt.strftime("%Y-%m")
    return rows.assign(month=last["month"].reindex(rows.index).fillna(own))


def combined(survey: pd.DataFrame, lane: pd.DataFrame, covered: pd.Series) -> pd.DataFrame:
    """Both samples as one; `covered` marks the survey visits that the lane's frame also covers.

    Each sample keeps a part of the weight of what both cover, by Kish's effective sizes, which
    depend on the design only: an average that leans on the findings would be biased. The lane's
    weights are first made to add up to what both cover as the larger sample counts it.
    """
    if lane.empty:
        return survey[SAMPLE].reset_index(drop=True)
    both = covered.reindex(survey.index).fillna(False).astype(bool)
    sizes = [_kish(survey.loc[both, "weight"]), _kish(lane["weight"])]
    part = sizes[1] / (sum(sizes) or 1.0)
    if both.any():
        size = survey.loc[both, "weight"].sum() / lane["weight"].sum()
        lane = lane.assign(weight=lane["weight"] * size)
    kept = survey.assign(weight=survey["weight"].where(~both, survey["weight"] * (1 - part)))
    frames = [kept[SAMPLE], lane.assign(weight=lane["weight"] * part)[SAMPLE]]
    return pd.concat(frames, ignore_index=True)


def _kish(weights: pd.Series) -> float:
    return float(weights.sum() ** 2 / (weights**2).sum()) if len(weights) else 0.0


def households_by_month(home: Home, since: date, until: date) -> pd.Series:
    """Households of the county in each month of the period, by '2026-06'.

    A month that was not run takes the number of the nearest one that was; empty when none was.
    """
    counts = {
        month: pq.read_metadata(home.monthly("profile", month) / "household.parquet").num_rows
        for month in home.months("profile")
        if home.has_profile(month)
    }
    found: dict[str, int] = {}
    month = month_end(since)
    while counts and month <= month_end(until):
        nearest = min(counts, key=lambda known: abs((known - month).days))
        found[f"{month:%Y-%m}"] = counts[nearest]
        month = add_months(month, 1)
    return pd.Series(found, dtype="float64")


def in_process(home: Home, month: date) -> frozenset[str]:
    """Households known to be in process at a month's end; empty where the profile cannot tell."""
    path = home.monthly("profile", month) / "household.parquet"
    return _in_process(path, path.stat().st_mtime_ns) if path.exists() else frozenset()


@lru_cache(maxsize=36)
def _in_process(path: Path, changed: int) -> frozenset[str]:
    """The same of one file, which only a new run changes."""
    if "in_process" not in pq.read_schema(path).names:
        return frozenset()
    table = pq.read_table(path, columns=["household", "in_process"], partitioning=None)
    return frozenset(table.filter(pc.field("in_process"))["household"].to_pylist())
