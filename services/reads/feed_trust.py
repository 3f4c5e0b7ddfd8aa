"""How far a feed can be trusted: its volume, its matches, what it sends back, month by month.

Volume is compared with what is usual, as the check that holds a shrunken delivery does: the median
of the six periods before; the very first brings the stock and is never usual. A row is matched
when its person (or household) stands in the population register as known by then.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from statistics import median

import ibis
import pandas as pd

from data.contracts import load_contract
from data.deliveries.kinds import FEWEST_LOADS, USUAL_LOADS
from data.manifest import Batch
from services.reads import base

REGISTER = "population_register"
BEFORE = 3  # periods beside which a township's newest one is shown
MONTHS = 24


@base.cached
def months(home: str, as_of: date, feed: str) -> pd.DataFrame:
    """One row a period of the feed in force as of the month, oldest first, at most 24.

    period (YYYY-MM), delivered_on (the first delivery's day), files, received, rows (in force),
    usual (received rows; None for the first periods), change (share of usual; None), matched
    (share of rows whose person or household is registered; None where neither is told),
    quarantined (share of received), reasons (rows by code), flags.
    """
    lake = base.lake_at(home)
    periods: dict[str, list[Batch]] = {}
    for batch in lake.current(feed, as_of):
        periods.setdefault(batch.period, []).append(batch)
    matched = _matched(home, as_of, feed)
    rows = [_month(period, periods[period], matched) for period in sorted(periods)]
    frame = pd.DataFrame(rows)
    if frame.empty:
        return frame
    loads = frame["received"].tolist()
    usual = [_usual(loads[1:place]) for place in range(len(loads))]
    change = [n / one - 1 if one else None for n, one in zip(loads, usual, strict=True)]
    frame = frame.assign(usual=usual, change=change)
    return frame.tail(MONTHS).reset_index(drop=True)


def _month(period: str, batches: list[Batch], matched: dict[str, tuple[int, int]]) -> dict:
    received = sum(b.received for b in batches)
    told = [matched[b.batch] for b in batches if b.batch in matched]
    count, known = sum(c for c, _ in told), sum(k for _, k in told)
    quarantined = sum(b.quarantined for b in batches)
    reasons: Counter[str] = Counter()
    for batch in batches:
        reasons.update(batch.reasons)
    return {
        "period": f"{period[:4]}-{period[4:]}",
        "delivered_on": min(b.delivered_on for b in batches),
        "files": len(batches),
        "received": received,
        "rows": sum(b.accepted for b in batches),
        "matched": known / count if count else None,
        "quarantined": quarantined / received if received else 0.0,
        "reasons": dict(reasons.most_common()),
        "flags": sorted({flag for b in batches for flag in b.flags}),
    }


def _usual(before: list[int]) -> float | None:
    loads = before[-USUAL_LOADS:]
    return median(loads) if len(loads) >= FEWEST_LOADS else None


def _matched(home: str, as_of: date, feed: str) -> dict[str, tuple[int, int]]:
    """Rows and registered rows by batch; empty for a feed that names nobody."""
    lake, engine, key = base.lake_at(home), ibis.duckdb.connect(threads=2), _key(home, feed)
    table, register = lake.table(engine, feed, as_of), lake.table(engine, REGISTER, as_of)
    if table is None or register is None or key is None:
        return {}
    known = register.select(key).distinct().mutate(registered=True)
    counted = (
        table.filter(table[key].notnull())
        .left_join(known, key)
        .group_by("batch")
        .agg(rows=ibis._.count(), known=ibis._.registered.sum().fill_null(0))
        .execute()
    )
    return {
        str(b): (int(r), int(k))
        for b, r, k in zip(counted["batch"], counted["rows"], counted["known"], strict=True)
    }


def _key(home: str, feed: str) -> str | None:
    """By what a row is matched: its person, else its household."""
    columns = base.lake_at(home).schema(feed).names
    return next((k for k in ("person", "household") if k in columns), None)


@base.cached
def townships(home: str, as_of: date, feed: str) -> pd.DataFrame:
    """The newest period beside the three before, by the township where people are registered.

    township (code; None for rows of nobody registered), rows, usual (mean of the three periods
    before), change (share; None without usual). Empty for a feed that names nobody.
    """
    lake = base.lake_at(home)
    periods = sorted({b.period for b in lake.current(feed, as_of)})[-BEFORE - 1 :]
    engine, key = ibis.duckdb.connect(threads=2), _key(home, feed)
    table, register = lake.table(engine, feed, as_of), lake.table(engine, REGISTER, as_of)
    if table is None or register is None or key is None or len(periods) <= 1:
        return pd.DataFrame()
    names = {b.batch: b.period for b in lake.current(feed, as_of) if b.period in periods}
    where = register.order_by(ibis.desc("known_on")).distinct(on=[key], keep="first")
    where = where.select(key, "township_code")
    counted = (
        table.filter(table.batch.isin(list(names)))
        .select(key, "batch")
        .left_join(where, key)
        .group_by(["township_code", "batch"])
        .agg(rows=ibis._.count())
        .execute()
    )
    counted = counted.assign(period=counted["batch"].map(names))
    wide = counted.pivot_table(
        index=counted["township_code"].fillna(""),
        columns="period",
        values="rows",
        aggfunc="sum",
        fill_value=0,
    )
    wide = wide.reindex(columns=periods, fill_value=0)
    usual = wide[periods[:-1]].mean(axis=1)
    rows = wide[periods[-1]]
    change = (rows / usual - 1).where(usual > 0)
    frame = pd.DataFrame({"rows": rows.astype(int), "usual": usual, "change": change})
    return frame.rename_axis("township").reset_index()


def limit(feed: str) -> float | None:
    """The fall (share) from which a delivery of the feed waits for a person; None: none does."""
    percent = load_contract(feed).drift_percent
    return None if percent is None else percent / 100
