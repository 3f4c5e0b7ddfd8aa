"""Of the families in true unmet need, how many were reached, how early, and who was missed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from simulator.study.reading import Record
from simulator.study.shares import share
from simulator.study.truth import HORIZON

ONSET_WITHIN = 3


def recall(record: Record) -> dict[str, Any]:
    """recall_year, confirmed_year, recall_within_3m_of_onset and who the missed are."""
    truth, first, last = record.truth, record.months[0], record.months[-1]
    unmet = truth.rows(first, last)
    ever: np.ndarray = unmet.any(axis=0)
    raised = alert_months(record, record.alerts)
    # An alert counts in a month of need, or up to six months before one.
    timely: np.ndarray = (raised & within(unmet, HORIZON)).any(axis=0)
    outcomes = record.alerts[record.alerts["outcome"] == "confirmed"]
    confirmed = alert_months(record, outcomes).any(axis=0)
    spells = onsets(record)
    reached = _reached(raised, spells)
    alerted_at_all = raised.any(axis=0)
    return {
        "ever_unmet": int(ever.sum()),
        **share("recall_year", int((timely & ever).sum()), int(ever.sum())),
        **share("alerted_year", int((alerted_at_all & ever).sum()), int(ever.sum())),
        **share("confirmed_year", int((confirmed & ever).sum()), int(ever.sum())),
        **share("recall_within_3m_of_onset", int(reached.sum()), int(spells.any(axis=0).sum())),
        **_by_group(record, ever, timely),
    }


def alert_months(record: Record, alerts: pd.DataFrame) -> np.ndarray:
    """Months of the replayed year × households: an alert was raised in the month's run."""
    raised = np.zeros((len(record.months), len(record.truth.households)), dtype=bool)
    column = record.truth.columns(alerts["household"])
    row = alerts["month"].to_numpy(int) - record.months[0]
    raised[row[column >= 0], column[column >= 0]] = True
    return raised


def within(flag: np.ndarray, horizon: int) -> np.ndarray:
    """True in a month that is flagged or has a flagged month among the next `horizon`."""
    soon = flag.copy()
    for ahead in range(1, min(horizon, len(flag) - 1) + 1):
        soon[:-ahead] |= flag[ahead:]
    return soon


def onsets(record: Record) -> np.ndarray:
    """Months of the year × households: unmet need begins (the month before had none)."""
    first, last = record.months[0], record.months[-1]
    now, before = record.truth.rows(first, last), record.truth.rows(first - 1, last - 1)
    if len(before) < len(now):  # the truth begins with the year: nothing is known to begin
        before = np.vstack([now[:1], before])
    return now & ~before


def _reached(raised: np.ndarray, spells: np.ndarray) -> np.ndarray:
    """Households with an alert from six months before an onset to three after it."""
    reached = np.zeros(spells.shape[1], dtype=bool)
    for month in range(len(spells)):
        window = raised[max(month - HORIZON, 0) : month + ONSET_WITHIN + 1].any(axis=0)
        reached |= spells[month] & window
    return reached


def _by_group(record: Record, ever: np.ndarray, timely: np.ndarray) -> dict[str, Any]:
    """Family-months of unmet need by watch group, and the recall of each group."""
    truth, first, last = record.truth, record.months[0], record.months[-1]
    unmet = truth.rows(first, last)
    watched = truth.rows(first, last, "watched")
    at_risk = truth.rows(first, last, "at_risk")
    groups = {"at_risk": at_risk, "secured": watched & ~at_risk, "unwatched": ~watched}
    total = int(unmet.sum())
    measured: dict[str, Any] = {"unmet_family_months": total}
    for name, group in groups.items():
        months = unmet & group
        members = months.any(axis=0) & ever
        measured |= share(f"unmet_share_{name}", int(months.sum()), total)
        measured |= share(f"recall_{name}", int((timely & members).sum()), int(members.sum()))
    return measured


def lead(record: Record) -> dict[str, Any]:
    """lead_months_median and its distribution, for alerts that foresee.

    Months from the run to the true onset within the next twelve, and to the first recorded need
    (a visit that found it, of any reason, or the alert's own). Alerts to families already in need
    foresaw nothing and are counted apart; where need never came, it may have been averted.
    """
    year = record.alerts
    coming = year[year["question"] == "coming"]
    if year["question"].isna().all():
        coming = year[year["source"] == "risk"]
    already = record.truth.at(coming["household"], coming["month"])
    ahead = coming[~already]
    onset = np.array([_onset(record, *pair) for pair in _pairs(ahead)], dtype=float)
    recorded = _recorded(record, ahead)
    known = onset[~np.isnan(onset)]
    return {
        **share("coming_already_in_need", int(already.sum()), len(already)),
        **share("coming_came_true", int((known <= HORIZON).sum()), len(onset)),
        "lead_months_median": float(np.median(known)) if len(known) else None,
        "lead_months_n": len(known),
        "lead_months": _counts(known),
        "lead_recorded_median": float(np.median(recorded)) if len(recorded) else None,
        "lead_recorded_n": len(recorded),
        "lead_recorded": _counts(recorded),
    }


def _pairs(alerts: pd.DataFrame) -> list[tuple[str, int]]:
    return list(zip(alerts["household"], alerts["month"].astype(int), strict=True))


def _onset(record: Record, household: str, month: int) -> float:
    """Months until need begins; NaN when it does not within what is known."""
    column = record.truth.columns([household])[0]
    later = record.truth.rows(month + 1, month + 12)[:, column] if column >= 0 else np.zeros(0)
    return float(np.argmax(later) + 1) if later.any() else np.nan


def _recorded(record: Record, alerts: pd.DataFrame) -> np.ndarray:
    """Months to the first finding of need after the run, where there is one."""
    lake = record.visits.loc[record.visits["found"].fillna(False), ["household", "visited_on"]]
    own = record.ledger.alerts
    own = own.loc[own["outcome"] == "confirmed", ["household", "met_on"]]
    own = own.rename(columns={"met_on": "visited_on"})
    finds = pd.concat([lake, own], ignore_index=True)
    later = alerts[["alert", "household", "raised_on"]].merge(finds, on="household")
    later = later[later["visited_on"] > later["raised_on"]]
    first = later.groupby("alert").agg(raised_on=("raised_on", "min"), on=("visited_on", "min"))
    months = (first["on"].dt.year - first["raised_on"].dt.year) * 12
    return (months + first["on"].dt.month - first["raised_on"].dt.month).to_numpy(float)


def _counts(months: np.ndarray) -> dict[str, int]:
    values, counts = np.unique(months.astype(int), return_counts=True)
    return {str(v): int(c) for v, c in zip(values, counts, strict=True)}
