"""Stored months as the report cards and comparisons take them, cut to the area."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import pandas as pd
import pyarrow.parquet as pq

from core.access.areas import Area
from core.home import add_months
from data.backends import connect
from models.risk.findings import read_findings
from models.scorecard.rules import RuleSet, load_rules
from services.reads import base

YEAR = 12
_NEEDED = (("scores", "scores.parquet"), ("scores", "parts.parquet"),
           ("profile", "household.parquet"))  # fmt: skip


@dataclass(frozen=True)
class Stored:
    """One month: its households in the area by row, and their parts by that row.

    `households`: household, township, n_members, watched, in_process, rule_score, risk (null where
    the model gave none). Caps are left out of `parts`.
    """

    as_of: date
    households: pd.DataFrame
    parts: pd.DataFrame


def rules_on(home: str, as_of: date) -> RuleSet:
    """The rules that the home has in force on a day, fitted bars included."""
    return load_rules(as_of, home=base.home_at(home))


def scored_months(home: str, as_of: date) -> list[date]:
    """Of the twelve months up to `as_of` those that were scored, oldest first.

    Raises NothingYet when the month itself was not.
    """
    months = [add_months(as_of, -back) for back in range(YEAR - 1, -1, -1)]
    found = [m for m in months if all(base.monthly_file(home, k, m, n) for k, n in _NEEDED)]
    if as_of not in found:
        raise base.NothingYet("scores", as_of)
    return found


def households(home: str, month: date, scope: Area, watched: bool = False) -> pd.DataFrame:
    """The month's households in the area, ordered by key; with `watched` only those watched."""
    return base.query(f"{_households(home, month, scope, watched)} ORDER BY household",
                      _values(home, month, scope))  # fmt: skip


def stored(home: str, month: date, scope: Area) -> Stored:
    """The month's households in the area and what each indicator gave them: row, indicator,
    contribution."""
    wanted = "row, indicator, sum(contribution) AS contribution"
    return _stored(home, month, scope, False, f"{wanted} {_PARTS} GROUP BY ALL")


def watched_by_person(home: str, month: date, scope: Area) -> Stored:
    """The month's watched households in the area and each of their parts: row, person, category,
    points, contribution."""
    wanted = "row, person, category, points, contribution"
    return _stored(home, month, scope, True, f"{wanted} {_PARTS}")


_PARTS = "FROM read_parquet($parts) JOIN h USING (household) WHERE NOT ends_with(indicator, '_cap')"


def _stored(home: str, month: date, scope: Area, watched: bool, wanted: str) -> Stored:
    inner = _households(home, month, scope, watched)
    parts = base.query(
        "WITH h AS (SELECT household, row_number() OVER (ORDER BY household) - 1 AS row "  # noqa: S608 (ours)
        f"FROM ({inner})) SELECT {wanted}",
        {**_values(home, month, scope), "parts": _path(home, "scores", month, "parts.parquet")},
    )
    return Stored(month, households(home, month, scope, watched), parts)


def _households(home: str, month: date, scope: Area, watched: bool) -> str:
    """The query behind `households`; a profile from before `in_process` knows nobody to be so."""
    profile = base.needed_file(home, "profile", month, "household.parquet")
    process = "p.in_process" if "in_process" in _columns(str(profile)) else "false"
    risk = base.monthly_file(home, "risk", month, "risk.parquet")
    join = "LEFT JOIN read_parquet($risk) r USING (household)" if risk else ""
    chosen = f"{base.inside(scope)}{' AND p.watched' if watched else ''}"
    columns = (
        "p.household, p.township_code AS township, p.n_members, "
        f"coalesce(p.watched, false) AS watched, coalesce({process}, false) AS in_process, "
        f"s.rule_score, {'r.risk' if risk else 'CAST(NULL AS DOUBLE)'} AS risk"
    )
    tables = "read_parquet($profile) p JOIN read_parquet($scores) s USING (household)"
    return f"SELECT {columns} FROM {tables} {join} WHERE {chosen}"  # noqa: S608 (ours)


def _values(home: str, month: date, scope: Area) -> dict[str, object]:
    values = {
        "profile": _path(home, "profile", month, "household.parquet"),
        "scores": _path(home, "scores", month, "scores.parquet"),
        **base.scope_values(home, scope),
    }
    if risk := base.monthly_file(home, "risk", month, "risk.parquet"):
        values["risk"] = str(risk)
    return values


def _path(home: str, kind: str, month: date, name: str) -> str:
    return str(base.needed_file(home, kind, month, name))


@lru_cache(maxsize=64)
def _columns(path: str) -> frozenset[str]:
    return frozenset(pq.read_schema(path).names)


def findings(home: str, as_of: date) -> pd.DataFrame:
    """What visits of the county found, known by the month: household, visited_on, reason, found."""
    found = read_findings(base.home_at(home), connect(), as_of)
    rows = found.select("household", "visited_on", "reason", "found")
    # In one order, so that what is drawn by lot from them is drawn the same each time.
    return rows.order_by("household", "visited_on").execute()
