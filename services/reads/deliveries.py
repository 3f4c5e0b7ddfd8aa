"""Feeds and their deliveries: what came, what was kept, what went back."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, timedelta

import pandas as pd

from core.home import add_months, month_end
from core.words import Text
from data.awaited import awaited
from data.checks import FLAGS, REASONS
from data.contracts import all_feeds, load_contract
from data.manifest import Batch
from data.remarks import NOBODYS
from services.reads import base, membership, returned

MONTHS = 24
# Days after the end of its month from which a delivery counts as late.
GRACE_DAYS = 15
SUMS = ("received", "accepted", "quarantined", "duplicates", "repaired")


def _period_end(period: str) -> date:
    return month_end(f"{period[:4]}-{period[4:6]}")


@base.cached
def feeds(home: str, as_of: date) -> pd.DataFrame:
    """One row a feed: feed, state, last_period, last_delivery, expected_by, batches, SUMS.

    `state`: fresh, late (delivered, but the newest period is overdue), silent (for longer than its
    freshness limit: what it would have told is unknown to scores), missing (never delivered),
    not_awaited (never delivered, and the county does not get it: data.awaited).
    A feed without a freshness limit tells only when something happened: it is never late.
    Batches delivered after `as_of` are left out; whoever shows the table says so. Up to a county's
    first run nothing is late: nobody was waiting for it yet.
    """
    lake = base.lake_at(home)
    known = [b for b in lake.batches() if b.delivered_on <= as_of]
    run = base.home_at(home).months("scores")
    has_run = bool(run) and run[0] < as_of
    asked = awaited(base.home_at(home), as_of, lake)
    rows = []
    for feed in all_feeds():
        own = [b for b in known if b.feed == feed]
        good = [b for b in own if b.readable and not b.undone(as_of)]
        newest = max((b.period for b in good), default=None)
        due = _expected_by(feed, newest)
        late = has_run and due is not None and due < as_of
        state = "missing" if newest is None else "late" if late else "fresh"
        if lake.silent_since(feed, as_of) is not None:
            state = "silent"
        if not own and feed not in asked:
            state = "not_awaited"
        rows.append(
            {
                "feed": feed,
                "state": state,
                "last_period": f"{newest[:4]}-{newest[4:6]}" if newest else None,
                "last_delivery": max((b.delivered_on for b in good), default=None),
                "expected_by": due,
                "batches": len(own),
                **{name: sum(getattr(b, name) for b in own) for name in SUMS},
            }
        )
    frame = pd.DataFrame(rows)
    return frame.assign(last_period=frame["last_period"].fillna(""))


def _expected_by(feed: str, newest: str | None) -> date | None:
    """Until when the delivery after the newest one may come; None where none need come."""
    contract = load_contract(feed)
    if newest is None or contract.fresh_months is None:
        return None
    following = add_months(_period_end(newest), max(1, contract.every_months))
    return following + timedelta(days=GRACE_DAYS)


@base.cached
def strip(home: str, as_of: date, months: int = MONTHS) -> pd.DataFrame:
    """Freshness of 24 months of the feeds that the county gets: feed, month, state (delivered,
    late, waiting, rejected, missing, not_due), rows, delivered_on."""
    lake = base.lake_at(home)
    known = [b for b in lake.batches() if b.delivered_on <= as_of and not b.undone(as_of)]
    days = [add_months(as_of, -back) for back in range(months - 1, -1, -1)]
    asked = awaited(base.home_at(home), as_of, lake)
    rows = []
    for feed in all_feeds():
        if feed not in asked and not any(b.feed == feed for b in known):
            continue
        own = [b for b in known if b.feed == feed]
        force = lake.current(feed, as_of)
        for day in days:
            found = [b for b in own if b.period == f"{day:%Y%m}"]
            rows.append(
                {"feed": feed, "month": f"{day:%Y-%m}", **_mark(feed, day, found, own)}
                | _in_force(force, f"{day:%Y%m}")
            )
    return pd.DataFrame(rows)


def _in_force(force: list[Batch], period: str) -> dict[str, object]:
    """Rows of a month: of what is in force, not of what it replaced."""
    return {"rows": sum(b.accepted for b in force if b.period == period)}


def _mark(feed: str, day: date, found: list[Batch], own: list[Batch]) -> dict[str, object]:
    good = [b for b in found if b.readable]
    if good:
        delivered = min(b.delivered_on for b in good)
        late = delivered > day + timedelta(days=GRACE_DAYS)
        return {
            "state": "late" if late else "delivered",
            "delivered_on": delivered,
        }
    state = "waiting" if any(b.waits for b in found) else "rejected" if found else "missing"
    if not found and not _is_due(feed, day, own):
        state = "not_due"
    return {"state": state, "delivered_on": None}


def _is_due(feed: str, day: date, own: list[Batch]) -> bool:
    """Whether the feed's rhythm asks for this month: nothing came within one whole interval.

    Departments deliver quarters and terms in their own months, so no calendar is assumed. Of a feed
    without a freshness limit no month is due.
    """
    if load_contract(feed).fresh_months is None:
        return False
    good = [_period_end(b.period) for b in own if b.readable]
    if good and day < min(good):
        return False
    since = add_months(day, -max(1, load_contract(feed).every_months))
    return not any(since < period <= day for period in good)


def _until(home: str, as_of: date) -> date:
    """Up to which day deliveries are listed: those of the newest month's run and all after it, for
    whoever waits for a file looks before the next month is run; a past month as it was."""
    return base.known_at(home, as_of) or date.max


@base.cached
def batches(home: str, as_of: date, feed: str | None = None) -> pd.DataFrame:
    """Deliveries up to the month (up to now for the newest), newest first, reconciled each.

    `balanced` says whether received = accepted + quarantined + duplicates.
    """
    lake = base.lake_at(home)
    until = _until(home, as_of)
    rows = [asdict(b) for b in lake.batches() if b.delivered_on <= until]
    frame = pd.DataFrame(rows)
    if frame.empty:
        return frame
    if feed:
        frame = frame[frame["feed"] == feed]
    kept = frame["accepted"] + frame["quarantined"] + frame["duplicates"]
    frame = frame.assign(balanced=frame["received"] == kept)
    return frame.sort_values(["delivered_on", "feed"], ascending=[False, True], ignore_index=True)


def reason_words(code: str) -> Text:
    """A quarantine reason (or a flag of a delivery) in words; the code where there are none."""
    plain = code.split(":")[0]
    zh, en = {**FLAGS, **REASONS}.get(plain, (plain, plain))
    return Text(zh, en)


@base.cached
def quarantined(home: str, as_of: date) -> pd.DataFrame:
    """Batches with rows to give back: feed, batch, period, delivered_on, quarantined, reasons."""
    frame = batches(home, as_of)
    if frame.empty:
        return frame
    remarks = frame["reasons"].map(lambda told: sum(told.get(code, 0) for code in NOBODYS))
    frame = frame.assign(quarantined=frame["quarantined"] - remarks)
    frame = frame[frame["quarantined"] > 0]
    return frame[["feed", "batch", "period", "delivered_on", "file", "quarantined", "reasons"]]


@base.cached
def waiting(home: str, as_of: date) -> list[Batch]:
    """Deliveries that a person must say something about, oldest first."""
    until = _until(home, as_of)
    return [b for b in base.lake_at(home).batches() if b.waits and b.delivered_on <= until]


@base.cached
def standing(home: str, as_of: date) -> list[Batch]:
    """Deliveries in force, newest first; the first to be looked at when one has to be undone."""
    lake, day = base.lake_at(home), base.known_at(home, as_of)
    found = [b for feed in all_feeds() for b in lake.current(feed, day)]
    return sorted(found, key=lambda b: (b.delivered_on, b.feed, b.period), reverse=True)


@base.cached
def undone(home: str, as_of: date) -> list[Batch]:
    """Deliveries that stand as undone, newest first."""
    until = _until(home, as_of)
    known = [b for b in base.lake_at(home).batches() if b.undone() and b.delivered_on <= until]
    return known[::-1]


@base.cached
def odd(home: str, as_of: date) -> list[Batch]:
    """Deliveries in force that have a flag, and those refused, of the newest twelve months."""
    since, until = add_months(as_of, -12), _until(home, as_of)
    lake = base.lake_at(home)
    found = [b for b in lake.batches() if since < b.delivered_on <= until and not b.undone(until)]
    flagged = [b for b in found if b.flags and b.superseded_by is None and not b.waits]
    refused = [b for b in found if not b.useful and b.decided_on is None]
    return sorted({id(b): b for b in (*flagged, *refused)}.values(), key=_newest_first)


def _newest_first(batch: Batch) -> tuple[int, str, str]:
    return -batch.delivered_on.toordinal(), batch.feed, batch.batch


def runs_without(home: str, batch: Batch) -> list[str]:
    """Months that were run after a delivery came, like 2026-05: they were run without it, or with
    it, whatever has been decided since; run again they follow the decision."""
    folder = base.home_at(home)
    return [f"{m:%Y-%m}" for m in sorted(folder.months("scores")) if m >= batch.delivered_on]


def find(home: str, name: str) -> Batch | None:
    """A delivery by its name, or by feed/name; None where there is none or the name fits two."""
    feed, _, batch = name.rpartition("/")
    known = base.lake_at(home).batches()
    found = [b for b in known if b.batch == batch and feed in ("", b.feed)]
    return found[0] if len(found) == 1 else None


@base.cached
def unrecognised(home: str) -> pd.DataFrame:
    """Files that belong to no feed: file, reason, message_zh, message_en."""
    return pd.DataFrame([asdict(u) for u in base.lake_at(home).unrecognised()])


def forget() -> None:
    """Read everything about deliveries afresh; called when a file has come."""
    ours = (feeds, strip, batches, quarantined, unrecognised, waiting, standing, undone, odd)
    for read in (*ours, returned.tickets, membership.counted):
        read.clear()
