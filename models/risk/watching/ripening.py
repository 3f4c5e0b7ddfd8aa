"""Whether past risks came true, month by month as visits make them ripe.

Of each scored month: households that a visit saw afterwards which the family had not asked for,
what the model had promised of them and what the visits found. Young months have few; the share
settles as visits arrive. Visits went mostly to alerts, so this is how far the model's word can be
taken among those visited, not of the whole county (the audit sample on the Precision page is).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from core.home import Home, add_months
from data.intervals import wilson
from models.risk import findings
from models.risk.rows import AGE, Question, read_labels
from models.risk.score import read_risk


@dataclass(frozen=True)
class Judged:
    """Scored households that an unasked visit saw (household, as_of, watch, risk, label; for the
    question 'existing' visited_on and known_on), and who was in process (household, as_of)."""

    rows: pd.DataFrame
    in_process: pd.DataFrame


def judged(
    home: Home, months: Sequence[date], known_by: date, question: Question, horizon: int
) -> Judged:
    """What visits say of a question's risks in some months, as known by `known_by`."""
    if not months:
        columns = ["household", "as_of", "watch", "risk", "label", "visited_on", "known_on"]
        return Judged(pd.DataFrame(columns=columns), pd.DataFrame(columns=["household", "as_of"]))
    if question == "existing":
        found, busy = _visits(home, months, known_by)
    else:
        named = read_labels(home, question, months, horizon, known_by)
        # A later need tells of coming only where the family was lately seen without.
        found = named.found.merge(named.without, on=["household", "as_of"], how="inner")
        busy = named.in_process
    parts = []
    for month in months:
        risk = read_risk(home, month)[["household", "watch", question]]
        here = found[found["as_of"] == month]
        parts.append(here.merge(risk.rename(columns={question: "risk"}), on="household"))
    rows = pd.concat(parts, ignore_index=True)
    known = rows["risk"].notna() & rows["label"].notna()
    return Judged(rows[known].reset_index(drop=True), busy)


def _visits(
    home: Home, months: Sequence[date], known_by: date
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The first unasked visit to each household after each month, and who was in process.

    A visit belongs to the newest of the months before it, if that is not too old.
    """
    from data.backends import connect

    con = connect()
    visits = con.create_table(
        "findings", findings.read_findings(home, con, known_by), temp=True, overwrite=True
    )
    busy = con.to_pandas(findings.in_process(visits, months))
    frame = con.to_pandas(visits.filter(~visits.reason.isin(list(findings.ASKED))))
    ends = pd.DataFrame({"as_of": pd.to_datetime(sorted(months))})
    frame = frame.assign(day=pd.to_datetime(frame["visited_on"])).sort_values("day")
    frame = pd.merge_asof(
        frame, ends, left_on="day", right_on="as_of", allow_exact_matches=False
    ).dropna(subset="as_of")
    frame["as_of"] = frame["as_of"].dt.date
    young = frame["visited_on"].map(_day) <= frame["as_of"].map(lambda m: add_months(m, AGE))
    frame = frame[young].drop_duplicates(["household", "as_of"])
    kept = frame.assign(label=frame["found"].astype(float), known_on=frame["known_on"].map(_day))
    busy = busy.assign(as_of=pd.to_datetime(busy["as_of"]).dt.date)
    return kept[["household", "as_of", "label", "visited_on", "known_on"]], busy


def _day(moment: Any) -> date:
    day: date = pd.Timestamp(moment).date()
    return day


def by_month(
    rows: pd.DataFrame, months: Sequence[date], known_by: date, need: int
) -> list[dict[str, Any]]:
    """One entry a month: as_of, n (visited), promised, found, low, high (Wilson 95 %), ripe
    (the `need` months in which it is judged have passed)."""
    found = []
    for month in months:
        part = rows[rows["as_of"] == month]
        hits, n = float(part["label"].sum()), len(part)
        low, high = wilson(hits, n)
        age = (known_by.year - month.year) * 12 + known_by.month - month.month
        found.append(
            {
                "as_of": month.isoformat(),
                "n": n,
                "promised": float(part["risk"].mean()) if n else None,
                "found": hits / n if n else None,
                "low": low,
                "high": high,
                "ripe": age >= need,
            }
        )
    return found


def delay(rows: pd.DataFrame) -> dict[str, Any] | None:
    """Days from a month's end to the visit that judged it: n, quartiles; None without a date."""
    if "visited_on" not in rows.columns or rows.empty:
        return None
    days = pd.to_datetime(rows["visited_on"]) - pd.to_datetime(rows["as_of"])
    quarter, median, three = np.quantile(days.dt.days, [0.25, 0.5, 0.75])
    return {"n": len(rows), "quarter": quarter, "median": median, "three_quarters": three}
