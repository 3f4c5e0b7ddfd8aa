"""Departments send back the lists they were given: mostly in time, with the numbers put right."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from core.home import Home, add_months
from data.deliveries.tickets import tickets
from data.ingest import ingest_directory
from data.lake import Lake
from data.manifest import Batch
from simulator import replies
from simulator.world import simulate
from simulator.world.departments.faults import Sealed

pytestmark = pytest.mark.slow

SEED, BEGUN = 11, date(2025, 11, 30)


def a_batch(number: int) -> Batch:
    return Batch("deaths", f"b{number}", "202601", date(2026, 1, 28), f"{number}.csv", "")


def test_most_lists_are_answered_within_ten_working_days_some_late_some_never() -> None:
    asked, due = date(2026, 3, 2), date(2026, 3, 16)
    days = [replies.answered_on(a_batch(n), asked, SEED) for n in range(400)]
    told = [day for day in days if day is not None]
    assert 0.02 < 1 - len(told) / len(days) < 0.12
    assert 0.65 < np.mean([day <= due for day in told]) < 0.9
    assert asked < min(told) <= due < max(told) <= date(2026, 4, 20)


def test_old_lists_are_handed_out_after_the_new_ones_and_none_is_left() -> None:
    lived = date(2025, 9, 30)
    asked = [replies.asked_on(add_months(date(2025, 9, 28), -age), lived) for age in range(37)]
    assert asked == sorted(asked)
    assert asked[:7] == [lived] * 7
    # What came seven to nine months before waits for the second month of the year.
    assert asked[7:10] == [date(2025, 10, 31)] * 3
    assert asked[-1] == date(2026, 3, 31)  # answers come within the lived year
    assert replies.asked_on(date(2025, 10, 8), lived) == date(2025, 10, 8)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    made = Home(tmp_path_factory.mktemp("replies"))
    simulate(made, households=500, months=3, seed=SEED, end="2025-12")
    ingest_directory(made, made.incoming)
    made.monthly("scores", BEGUN).mkdir(parents=True)
    return made


def sealed_of(home: Home) -> Sealed:
    found = Sealed()
    found.resume(home.truth / "planted_errors.parquet", "2025-12")
    return found


def test_a_reply_closes_the_rows_it_puts_right_on_its_day(home: Home) -> None:
    before = tickets(Lake(home).batches(), date(2026, 1, 31), BEGUN)
    sent = replies.send(home, sealed_of(home), SEED, BEGUN, date(2026, 1, 31))
    assert sent
    assert {path.parent for path in sent} == {home.incoming / "2026-01"}
    ingest_directory(home, home.incoming / "2026-01")
    after = tickets(Lake(home).batches(), date(2026, 1, 31), BEGUN)
    assert sum(t.open for t in after) < sum(t.open for t in before)
    right = [t for t in after if t.right]
    assert right
    assert {b.kind for b in Lake(home).batches() if b.answers} <= {"correction", "supplement"}
    # The same month again answers nothing twice.
    open_now = sum(t.open for t in after)
    replies.send(home, sealed_of(home), SEED, BEGUN, date(2026, 1, 31))
    ingest_directory(home, home.incoming / "2026-01")
    assert sum(t.open for t in tickets(Lake(home).batches(), date(2026, 1, 31), BEGUN)) == open_now


def test_without_a_run_nobody_was_asked(tmp_path: Path) -> None:
    assert replies.send(Home(tmp_path), Sealed(), SEED, BEGUN, BEGUN) == []
