"""Households of a month whose place has no standards: what rests on one is unknown."""

from __future__ import annotations

from datetime import date

import pyarrow.parquet as pq

from core.engine import cursor
from core.home import Home
from core.words import Text


def unpriced(home: Home, as_of: date) -> dict[str, int]:
    """Households without a standard S by their county's code, most first ('' for no place)."""
    path = home.monthly("profile", as_of) / "household.parquet"
    if not path.exists() or "S" not in pq.read_schema(path).names:
        return {}
    sql = (
        "SELECT coalesce(county_code, ''), count(*) FROM read_parquet($path) WHERE S IS NULL "
        "GROUP BY 1 ORDER BY 2 DESC, 1"
    )
    with cursor() as con:
        rows = con.execute(sql, {"path": str(path)}).fetchall()
    return {str(code): int(n) for code, n in rows}


def told(home: Home, as_of: date, besides: str | None = None) -> Text | None:
    """The same in one line, the county `besides` left out; None where nobody lacks standards."""
    found = unpriced(home, as_of)
    if besides is not None:
        found.pop(besides, None)
    if not found:
        return None
    counties = [code or "–" for code in found]
    more = "" if len(counties) <= 3 else " …"
    named, n = ", ".join(counties[:3]) + more, sum(found.values())
    return Text(
        f"{n:,} 户所在县（{named}）没有登记标准，相关指标按未知处理；请登记该县标准",
        f"{n:,} households lie in a county without standards ({named}): what rests on them is "
        "unknown; enter that county's standards",
    )
