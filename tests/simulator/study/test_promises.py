"""Counties are promised something on a day; what is asked is whether it came."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from alerts.laboratory.promise import Came, Promise
from core.home import Home
from simulator.study import promises
from simulator.study.promises import FIRST_SEED, compared, counties, keep_promises
from simulator.study.runs import Run

MADE = Promise(3, 50, 24, 18, 30, 1.0, 3, 1, 1, 1, (32, 28, 36))
CAME = Came(alerts=50, settled=45, found=18)


def test_each_county_has_a_seed_of_its_own_and_the_settings_take_turns() -> None:
    runs = counties(20, 3_000)
    assert len({run.seed for run in runs}) == 20
    assert {7, 12}.isdisjoint(run.seed for run in runs)
    assert [run.setting for run in runs[:5]] == ["calm", "normal", "recession", "poor_data", "calm"]
    assert min(run.seed for run in runs) == FIRST_SEED


def test_the_error_is_promised_minus_found_in_points_of_the_settled() -> None:
    row = compared(MADE, CAME)
    # 24 of 50 promised, 18 of 45 found: 48 - 40.
    assert row["error_points"] == pytest.approx(8)
    assert row["naive_error_points"] == pytest.approx(100 * (32 / 50 - 18 / 45))


def test_beside_it_stands_the_error_in_points_of_the_raised() -> None:
    row = compared(MADE, CAME)
    assert row["error_points_raised"] == pytest.approx(100 * (24 / 50 - 18 / 50))


def test_finds_at_the_ends_of_the_interval_are_inside_beyond_they_are_not() -> None:
    for found, inside in ((17, False), (18, True), (30, True), (31, False)):
        row = compared(MADE, replace(CAME, found=found))
        assert (row["inside"], row["found"]) == (inside, found)
    assert compared(MADE, replace(CAME, found=31))["naive_inside"] is True


def test_where_nothing_was_settled_or_visited_before_no_error_is_made_up() -> None:
    row = compared(replace(MADE, naive=None), Came(alerts=4, settled=0, found=0))
    assert row["error_points"] is None
    assert (row["naive"], row["naive_inside"], row["naive_error_points"]) == (None, None, None)
    assert row["error_points_raised"] == pytest.approx(48)


class Diary:
    """A life that only writes down what was asked of it, and when."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.workers = SimpleNamespace(plan=lambda day: self.lines.append(f"plan {day}"))
        self.county = SimpleNamespace(close=lambda: self.lines.append("close"))

    def live(self) -> date:
        self.lines.append("visits only")
        return date(2026, 7, 31)

    def months(self, *_: Any) -> Iterator[None]:
        for number in range(1, 13):
            self.lines.append(f"month {number}")
            yield None

    def promised(self, _: Home, day: date) -> Promise:
        self.lines.append(f"promise {day}")
        return MADE

    def outcome(self, _: Home, day: date) -> Came:
        self.lines.append(f"outcome {day}")
        return CAME


@pytest.fixture
def diary(monkeypatch: pytest.MonkeyPatch) -> Diary:
    told = Diary()
    monkeypatch.setattr(promises, "prepare", lambda *_, **__: None)
    monkeypatch.setattr(promises, "Life", SimpleNamespace(resume=lambda *_: told))
    monkeypatch.setattr(promises, "lived_months", told.months)
    monkeypatch.setattr(promises, "promised", told.promised)
    monkeypatch.setattr(promises, "outcome", told.outcome)
    return told


def test_the_promise_is_made_before_its_quarter_is_lived(tmp_path: Path, diary: Diary) -> None:
    row = promises.county(Home(tmp_path), Run(21, "calm", 500))
    at = diary.lines.index("promise 2026-03-31")
    assert diary.lines[at - 1 : at + 2] == ["month 9", "promise 2026-03-31", "month 10"]
    assert (row["seed"], row["promised_on"], row["synthetic"]) == (21, "2026-03-31", True)


def test_late_visits_are_made_before_the_quarter_is_judged(tmp_path: Path, diary: Diary) -> None:
    promises.county(Home(tmp_path), Run(21, "calm", 500))
    tail = diary.lines[diary.lines.index("month 12") :]
    two_months = ["visits only", "plan 2026-07-31"] * 2
    assert tail[1:6] == [*two_months, "close"]
    assert "outcome 2026-03-31" in tail[6:]


def test_a_county_with_a_result_is_not_lived_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lived: list[int] = []

    def county(home: Home, run: Run) -> dict[str, Any]:
        assert home.root.exists()
        lived.append(run.seed)
        return {"seed": run.seed, "home": str(home.root)}

    monkeypatch.setattr(promises, "county", county)
    first = keep_promises(counties(2, 500), tmp_path)
    again = keep_promises(counties(3, 500), tmp_path)
    assert lived == [21, 22, 23]
    assert again[:2] == first
    assert not any(Path(row["home"]).exists() for row in again)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """How the material was asked for: number of months, last month, known by."""
    calls: list[tuple[Any, ...]] = []

    def read_material(*given: Any, until: date, known_by: date | None = None) -> None:
        calls.append((*given[3:], until, known_by))

    monkeypatch.setattr(promises, "open_session", lambda _: nullcontext())
    monkeypatch.setattr(promises, "read_material", read_material)
    monkeypatch.setattr(promises, "learn", lambda _: None)
    monkeypatch.setattr(promises, "promise", lambda *_: MADE)
    monkeypatch.setattr(promises, "came", lambda _: CAME)
    return calls


def test_the_promise_knows_nothing_later_than_its_day(
    tmp_path: Path, asked: list[tuple[Any, ...]]
) -> None:
    promises.promised(Home(tmp_path), date(2026, 3, 31))
    assert asked == [(date(2026, 3, 31), date(2026, 3, 31))]


def test_it_is_judged_by_the_quarter_after_with_all_that_became_known(
    tmp_path: Path, asked: list[tuple[Any, ...]]
) -> None:
    promises.outcome(Home(tmp_path), date(2026, 3, 31))
    assert asked == [(3, date(2026, 6, 30), None)]
