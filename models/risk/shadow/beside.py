"""What months in shadow say: shared picks, what visits found of both, how far the scores differ.

Visits to alerts went where the champion sent them, so they see nearly all of its picks and few that
only the challenger chose. Figures therefore stand apart: shared, only the champion's, only the
challenger's, each with its n; comparing the last two is fair only where visits saw enough of both.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from core.home import Home, add_months
from data.intervals import wilson
from models.risk.findings import ASKED
from models.risk.rows import HORIZON, Question, read_labels
from models.risk.shadow.scoring import shadow_file

PARTS = ("shared", "champion_only", "challenger_only")
NEWEST = 12


def shadow_rows(
    home: Home, question: Question, known_by: date | None = None
) -> list[dict[str, Any]]:
    """One row a month in shadow, the newest twelve, oldest first; [] before the first.

    month, champion_version, challenger_version, slots, shared (picks in both), and for each part
    of PARTS: picks, <part>_seen (visited since), <part>_found, _low, _high (95 % Wilson, null
    where nobody was seen); champion_mean and challenger_mean risk, rank_correlation, and
    distance (largest gap between the two distributions of risk, 0 to 1). `known_by`: only visits
    known by then.
    """
    months = [m for m in home.months("risk") if shadow_file(home, m).exists()][-NEWEST:]
    months = [m for m in months if known_by is None or m <= known_by]
    tables = {m: table for m in months if len(table := _read(home, m, question))}
    if not tables:
        return []
    horizon = int(home.county.get("horizon_months", HORIZON))
    found = read_labels(home, question, list(tables), horizon, known_by or date.max).found
    return [_row(month, table, _firsts(found, month)) for month, table in tables.items()]


def totals(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The newest pair's months together: picks, shared, and per part seen, found, interval."""
    if not rows:
        return {}
    pair = (rows[-1]["champion_version"], rows[-1]["challenger_version"])
    same = [r for r in rows if (r["champion_version"], r["challenger_version"]) == pair]
    summed: dict[str, Any] = {"champion_version": pair[0], "challenger_version": pair[1],
                              "months": len(same)}  # fmt: skip
    for name in ("slots", "shared", *(f"{p}_{what}" for p in PARTS for what in ("seen", "need"))):
        summed[name] = sum(r[name] for r in same)
    for part in PARTS:
        summed |= _share(part, summed[f"{part}_need"], summed[f"{part}_seen"])
    return summed


def due(home: Home, question: Question, month: date) -> date:
    """The day by which what followed a month is known: a month later, or the horizon."""
    reach = int(home.county.get("horizon_months", HORIZON)) if question == "coming" else 1
    return add_months(month, reach)


def _read(home: Home, month: date, question: str) -> pd.DataFrame:
    asked = [("question", "==", question)]
    return pq.read_table(shadow_file(home, month), partitioning=None, filters=asked).to_pandas()


def _firsts(found: pd.DataFrame, month: date) -> pd.Series:
    """What the first later visit of each household found; visits the family asked for left out."""
    here = found[(found["as_of"] == month) & ~found["reason"].isin(ASKED)]
    if "visited_on" in here.columns:
        here = here.sort_values("visited_on")
    return here.drop_duplicates("household").set_index("household")["label"].dropna()


def _row(month: date, table: pd.DataFrame, label: pd.Series) -> dict[str, Any]:
    old = table["champion_pick"].to_numpy() > 0
    new = table["challenger_pick"].to_numpy() > 0
    seen = label.reindex(table["household"]).to_numpy(float)
    row: dict[str, Any] = {
        "month": month.isoformat(),
        "champion_version": str(table["champion_version"].iloc[0]),
        "challenger_version": str(table["challenger_version"].iloc[0]),
        "slots": int(old.sum()),
        "shared": int((old & new).sum()),
    }
    for part, mask in zip(PARTS, (old & new, old & ~new, new & ~old), strict=True):
        known = seen[mask & ~np.isnan(seen)]
        row |= {f"{part}_seen": len(known), f"{part}_need": int(known.sum())}
        row |= _share(part, int(known.sum()), len(known))
    return row | _difference(table)


def _share(part: str, need: int, seen: int) -> dict[str, Any]:
    low, high = wilson(need, seen)
    return {
        f"{part}_found": need / seen if seen else None,
        f"{part}_low": low,
        f"{part}_high": high,
    }


def _difference(table: pd.DataFrame) -> dict[str, Any]:
    """How far the two scores lie apart over all households at risk."""
    both = table[["champion", "challenger"]].dropna()
    if len(both) < 2:
        return {"champion_mean": None, "challenger_mean": None, "rank_correlation": None,
                "distance": None, "n": len(both)}  # fmt: skip
    ranks = both.rank()
    grid = np.sort(np.concatenate([both["champion"], both["challenger"]]))
    below = [np.searchsorted(np.sort(both[name]), grid, side="right") / len(both)
             for name in ("champion", "challenger")]  # fmt: skip
    return {
        "champion_mean": float(both["champion"].mean()),
        "challenger_mean": float(both["challenger"].mean()),
        "rank_correlation": float(ranks["champion"].corr(ranks["challenger"])),
        "distance": float(np.abs(below[0] - below[1]).max()),
        "n": len(both),
    }
