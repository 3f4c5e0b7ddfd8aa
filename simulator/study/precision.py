"""Of the alerts raised, how many found a family in need: recorded, by truth, promised."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from simulator.study.ledger import CONCLUDED, month_numbers
from simulator.study.reading import Record, as_numbers
from simulator.study.shares import share
from simulator.world.clock import month_text

STEADY = 6
BANDS = ("red", "orange", "yellow", "blue", "none")
SOURCES = ("event", "rule", "risk", "secured", "audit", "explore", "report")


def found(alerts: pd.DataFrame, outcome: str = "outcome") -> tuple[int, int]:
    """Confirmed, and concluded: confirmed, false alarm, not eligible, covered or referred."""
    result = alerts[outcome]
    return int((result == "confirmed").sum()), int(result.isin(CONCLUDED).sum())


def steady(record: Record) -> pd.DataFrame:
    """Alerts of the last six months whose visits are due.

    The run of the last day has none yet, nor has a month whose visits all lie after the record.
    """
    year = record.alerts
    visited = year.loc[year["visited_on"].notna() & (year["month"] < record.months[-1]), "month"]
    last = int(visited.max()) if len(visited) else record.months[-1] - 1
    return year[year["month"].between(last - STEADY + 1, last)]


def answering(alerts: pd.DataFrame) -> pd.Series:
    """Alerts that say: there is need now. Not the coming ones, nor the sample that measures."""
    now = (alerts["question"] != "coming") | (alerts["source"] == "event")
    return now & (alerts["source"] != "audit")


def precision(record: Record) -> dict[str, Any]:
    """precision_steady and its neighbours; precision by month, band and source.

    `precision_steady` pools the alerts that answer "existing" or an event; `_all` has every lane.
    `_first` counts what the first visit found, where the others count the result that stands.
    """
    late = steady(record)
    now = late[answering(late)]
    year = record.alerts
    measured = {
        **share("precision_steady", *found(now)),
        **share("precision_steady_all", *found(late)),
        **share("precision_steady_first", *found(now, "first_outcome")),
        **share("precision_year_all", *found(year)),
        "precision_by_month": [by_month(year[year["month"] == m], m) for m in record.months],
    }
    measured |= _groups(now, "band", BANDS) | _groups(late, "source", SOURCES)
    ordered = [measured[f"precision_{band}"] for band in BANDS[:4]]
    known = [p for p in ordered if p is not None]
    measured["precision_falls_by_band"] = float(known == sorted(known, reverse=True))
    return measured | _year_groups(year)


def _groups(alerts: pd.DataFrame, column: str, names: tuple[str, ...]) -> dict[str, Any]:
    parts = {name: alerts[alerts[column] == name] for name in names}
    found_by = {name: share(f"precision_{name}", *found(part)) for name, part in parts.items()}
    return {key: value for shares in found_by.values() for key, value in shares.items()}


def _year_groups(year: pd.DataFrame) -> dict[str, Any]:
    """The same by band and lane over the whole year, as the issue's first table had it."""
    table = {}
    for column, names in (("band", BANDS), ("source", SOURCES)):
        for name in names:
            hits, n = found(year[year[column] == name])
            table[name] = {"precision": hits / n if n else None, "n": n}
    return {"precision_year_by_group": table}


def by_month(alerts: pd.DataFrame, month: int) -> dict[str, Any]:
    """One month's alerts: how many, how they ended, precision of the concluded."""
    hits, n = found(alerts)
    ends = alerts["outcome"].value_counts()
    return {
        "month": month_text(month),
        "raised": len(alerts),
        **share("precision", hits, n),
        "unreachable": int(ends.get("unreachable", 0)),
        "refused": int(ends.get("refused", 0)),
        "not_visited": int(alerts["visited_on"].isna().sum()),
    }


def precision_truth(record: Record) -> dict[str, Any]:
    """Share of alerts whose family is in unmet need in the month of the visit.

    An alert that nobody visited is judged in the month after its run. Beside it, how often the
    visitors wrote down what was true.
    """
    late = steady(record)
    month = month_numbers(late["met_on"].fillna(late["visited_on"])).fillna(late["month"] + 1)
    true = record.truth.at(late["household"], month)
    now = answering(late).to_numpy()
    said = late["outcome"].eq("confirmed").to_numpy()
    settled = late["outcome"].isin(CONCLUDED).to_numpy()
    return {
        **share("precision_truth", int(true[now].sum()), int(now.sum())),
        **share("precision_truth_all", int(true.sum()), len(true)),
        **share(
            "true_need_confirmed", int((said & true & settled).sum()), int(true[settled].sum())
        ),
        **share("confirmed_is_true", int((said & true).sum()), int(said.sum())),
    }


def promised(record: Record) -> dict[str, Any]:
    """promised_minus_realised: mean probability promised at raising minus the share found.

    Over concluded alerts of the steady months that were raised with a probability: `expected`
    where the alert has it, else (older homes) the risk of the model's own lane.
    """
    late = steady(record)
    late = late[late["outcome"].isin(CONCLUDED)]
    promise = as_numbers(late["expected"])
    if np.isnan(promise).all():
        promise = np.where(late["source"] == "risk", as_numbers(late["risk"]), np.nan)
    known = ~np.isnan(promise)
    real = late["outcome"].eq("confirmed").to_numpy()[known]
    gap = float(promise[known].mean() - real.mean()) if known.any() else None
    return {
        "promised_minus_realised": gap,
        "promised": float(promise[known].mean()) if known.any() else None,
        "promised_n": int(known.sum()),
    }


def visits(record: Record) -> dict[str, Any]:
    """visits, found and visits_per_found: what a found family costs, over the whole year."""
    year = record.alerts
    made = int(year["n_visits"].fillna(0).sum())
    confirmed = int((year["outcome"] == "confirmed").sum())
    return {
        "alerts": len(year),
        "visits": made,
        "found": confirmed,
        "visits_per_found": made / confirmed if confirmed else None,
    }
