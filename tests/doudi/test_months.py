"""Months on their way: each built once, in order, and waited for."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from core.home import Home
from doudi import months
from doudi.months import building

MAY, JUNE, JULY = date(2026, 5, 31), date(2026, 6, 30), date(2026, 7, 31)


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[tuple[date, bool]]:
    """Months as they are built, in this process."""
    done: list[tuple[date, bool]] = []
    monkeypatch.setattr(months, "WORKERS", 1)
    monkeypatch.setattr(months, "build_month", lambda _, m, scored: done.append((m, scored)))
    return done


def test_a_month_is_built_once_when_it_is_first_waited_for(
    tmp_path: Path, built: list[tuple[date, bool]]
) -> None:
    with building(Home(tmp_path), {MAY: False, JUNE: True}) as coming:
        assert built == []
        coming.wait([JUNE])
        coming.wait([MAY, JUNE])
    assert built == [(JUNE, True), (MAY, False)]


def test_what_exists_is_left_alone(tmp_path: Path, built: list[tuple[date, bool]]) -> None:
    home = Home(tmp_path)
    for kind, name in (("profile", "household.parquet"), ("scores", "scores.parquet")):
        file = home.monthly(kind, MAY) / name
        file.parent.mkdir(parents=True)
        file.touch()
    (home.monthly("profile", JUNE)).mkdir(parents=True)
    (home.monthly("profile", JUNE) / "household.parquet").touch()
    with building(home, {MAY: True, JUNE: True, JULY: False}) as coming:
        coming.wait([MAY, JUNE, JULY])
    assert built == [(JUNE, True), (JULY, False)]


def test_progress_counts_the_months_that_are_waited_for(
    tmp_path: Path, built: list[tuple[date, bool]]
) -> None:
    told: list[tuple[str, int, int]] = []
    with building(Home(tmp_path), {MAY: False, JUNE: False}) as coming:
        coming.wait([MAY, JUNE], lambda *step: told.append(step))
    assert told == [("2026-05", 0, 2), ("2026-06", 1, 2), ("", 2, 2)]
