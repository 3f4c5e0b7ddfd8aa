"""How far a feed can be trusted: its volume, its matches, what it sends back, month by month.

Volume is compared with what is usual, as the check that holds a shrunken delivery does: the median
of the six periods before; the very first brings the stock and is never usual. A row is matched
when its person (or household) stands in the population register as known by then; of several
people that a row names, one is enough.
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
    quarantined (share of received that goes back), reasons (rows by code), flags.
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
    quarantined = sum(b.returned for b in batches)
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
    lake, engine, whose = base.lake_at(home), ibis.duckdb.connect(threads=2), _whose(feed)
    table, register = lake.table(engine, feed, as_of), lake.table(engine, REGISTER, as_of)
    if table is None or register is None or not whose:
        return {}
    named = table.filter(ibis.coalesce(*(table[column] for column in whose)).notnull())
    counted = (
        _registered(named, register.select(*set(whose.values())), whose)
        .group_by("batch")
        .agg(rows=ibis._.count(), known=ibis._.registered.sum().fill_null(0))
        .execute()
    )
    return {
        str(b): (int(r), int(k))
        for b, r, k in zip(counted["batch"], counted["rows"], counted["known"], strict=True)
    }


def _whose(feed: str) -> dict[str, str]:
    """By what a row is matched: its column -> the register's, of its people, else its household."""
    return {
        f.lake_name: "person" if f.identifies == "person" else "household"
        for f in load_contract(feed).subjects
    }


def _registered(table: ibis.Table, register: ibis.Table, whose: dict[str, str]) -> ibis.Table:
    """Rows with `registered`, and with the register's other columns (township_code) of the first
    of whom a row names that is registered."""
    rows = table.select(*(c for c in table.columns if c in {"batch", *whose}))
    told: dict[str, list[str]] = {"registered": []}
    for place, (column, key) in enumerate(whose.items()):
        known = _newest(register, key).mutate(registered=True)
        names = {name: f"{name}_{place}" for name in known.columns}
        known = known.rename({new: old for old, new in names.items()})
        rows = rows.left_join(known, rows[column] == known[names[key]])
        for name in set(names) - {key}:
            told.setdefault(name, []).append(names[name])
    return rows.mutate(
        **{name: ibis.coalesce(*(rows[one] for one in found)) for name, found in told.items()}
    )


def _newest(register: ibis.Table, key: str) -> ibis.Table:
    """One row for each person or household of the register, the newest where it tells days."""
    if "known_on" not in register.columns:
        return register.select(key).distinct()
    newest = register.order_by(ibis.desc("known_on")).distinct(on=[key], keep="first")
    return newest.select(key, "township_code")


@base.cached
def townships(home: str, as_of: date, feed: str) -> pd.DataFrame:
    """The newest period beside the three before, by the township where people are registered.

    township (code; None for rows of nobody registered), rows, usual (mean of the three periods
    before), change (share; None without usual). Empty for a feed that names nobody.
    """
    lake = base.lake_at(home)
    periods = sorted({b.period for b in lake.current(feed, as_of)})[-BEFORE - 1 :]
    engine, whose = ibis.duckdb.connect(threads=2), _whose(feed)
    table, register = lake.table(engine, feed, as_of), lake.table(engine, REGISTER, as_of)
    if table is None or register is None or not whose or len(periods) <= 1:
        return pd.DataFrame()
    names = {b.batch: b.period for b in lake.current(feed, as_of) if b.period in periods}
    counted = (
        _registered(table.filter(table.batch.isin(list(names))), register, whose)
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
