"""Income and rigid spending of one household by month, as departments recorded them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from core.access.areas import Area
from core.home import add_months
from data.standards import Standards, StandardsError
from services.reads import base, history


@base.cached_lake
def money(home: str, as_of: date, scope: Area, household: str, members: int) -> pd.DataFrame:
    """24 months, yuan a head: month, income, spending, standard, edge, visited.

    `income` is what departments recorded for the month (wages, pensions, unemployment benefit):
    null in months for which nothing is recorded, because informal income may exist. `spending` is
    medical self-payment, school fees and rent of the month. `visited` is what a home visit found.
    """
    found = history.facts(home, as_of, scope, household)
    days = [add_months(as_of, -back) for back in range(history.MONTHS - 1, -1, -1)]
    heads = max(1, members)
    work, claims, school, homes, visits = (
        _rows(found, feed)
        for feed in ("employment", "medical_claims", "school_rolls", "housing", "home_visits")
    )
    rows = []
    for day in days:
        income, spending = _income(work, day), _spending(claims, school, homes, day)
        visited = _visited(visits, day)
        rows.append(
            {
                "month": f"{day:%Y-%m}",
                "income": None if income is None else income / heads,
                "spending": None if spending is None else spending / heads,
                "visited": None if visited is None else visited / heads,
            }
        )
    frame = pd.DataFrame(rows).astype(
        {"income": "float64", "spending": "float64", "visited": "float64"}
    )
    lines = _lines(home, as_of, household, days)
    return frame.assign(standard=[s for s, _ in lines], edge=[e for _, e in lines])


Rows = list[dict[str, Any]]


def _rows(found: dict[str, pd.DataFrame], feed: str) -> Rows | None:
    """A feed's dated rows about the household, oldest first; None when it never delivered."""
    if feed not in found:
        return None
    rows = [r for r in found[feed].to_dict("records") if r["happened_on"] is not None]
    return sorted(rows, key=lambda row: row["happened_on"])


def _in_month(rows: Rows, day: date) -> Rows:
    first = day.replace(day=1)
    return [row for row in rows if first <= row["happened_on"] <= day]


def _latest(rows: Rows, day: date) -> Rows:
    """Each person's newest row up to a day."""
    return list({row.get("person"): row for row in rows if row["happened_on"] <= day}.values())


def _sum(rows: Rows, name: str) -> float:
    values = (row.get(name) for row in rows)
    return float(sum(value for value in values if value is not None and value == value))


def _income(work: Rows | None, day: date) -> float | None:
    """Recorded income of the household in a month; None when no department recorded any."""
    month = _in_month(work or [], day)
    paid = [row for row in month if row["record_type"] in {"contribution", "benefit"}]
    pensions = _latest([row for row in work or [] if row["record_type"] == "pension"], day)
    running = [
        row
        for row in pensions
        if _missing(row["ended_on"]) or row["ended_on"] >= day.replace(day=1)
    ]
    if not paid and not running:
        return None
    return _sum(paid, "amount") + _sum(running, "amount")


def _missing(value: Any) -> bool:
    return value is None or value != value


def _spending(claims: Rows | None, school: Rows | None, homes: Rows | None, day: date) -> Any:
    """Rigid spending that the month's records show; None when no such feed ever delivered."""
    if claims is None and school is None and homes is None:
        return None
    total = _sum(_in_month(claims or [], day), "self_paid")
    studying = [r for r in _latest(school or [], day) if r["status"] == "enrolled"]
    total += _sum(studying, "annual_fee") / 12
    lived_in = [row for row in homes or [] if row["happened_on"] <= day]
    return max(0.0, total + _sum(lived_in[-1:], "monthly_rent"))


def _visited(visits: Rows | None, day: date) -> float | None:
    known = [r for r in _in_month(visits or [], day) if not _missing(r["income_month"])]
    return float(known[-1]["income_month"]) if known else None


def _lines(
    home: str, as_of: date, household: str, days: list[date]
) -> list[tuple[float | None, float | None]]:
    """S and the edge line of each month, where the household lives."""
    try:
        region, side = _where(home, as_of, household)
        standards = Standards.load(base.home_at(home))
    except StandardsError:
        return [(None, None)] * len(days)
    found: list[tuple[float | None, float | None]] = []
    for day in days:
        low, multiple = (standards.entry(name, region, side, day) for name in ("S", "k"))
        bar = low.value if low else None
        edge = bar * multiple.value if bar and multiple and multiple.value else None
        found.append((bar, edge))
    return found


def _where(home: str, as_of: date, household: str) -> tuple[str, str]:
    path = base.needed_file(home, "profile", as_of, "household.parquet")
    row = base.query(
        "SELECT coalesce(township_code, county_code) AS region, urban_rural "
        "FROM read_parquet($path) WHERE household = $household",
        {"path": str(path), "household": household},
    ).iloc[0]
    return str(row["region"]), str(row["urban_rural"] or "rural")
