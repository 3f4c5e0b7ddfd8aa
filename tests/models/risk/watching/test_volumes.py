"""A department that delivers less than it used to."""

from __future__ import annotations

from datetime import date

import pytest

from data.manifest import Batch
from models.risk.watching.volumes import volume


def batches(*rows: int, refused: int = 0) -> list[Batch]:
    """Monthly deliveries of so many accepted rows; the newest with refused ones beside."""
    made = []
    for number, accepted in enumerate(rows, 1):
        last = number == len(rows)
        quarantined = refused if last else 0
        made.append(
            Batch("medical_claims", f"b{number}", f"2025{number:02d}", date(2025, number, 28),
                  f"{number}.csv", "0", received=accepted + quarantined, accepted=accepted,
                  quarantined=quarantined)
        )  # fmt: skip
    return made


def test_a_shrunken_file_is_short() -> None:
    found = volume("medical_claims", batches(8000, 7900, 8100, 8050, 3000))
    assert found.fault == "short"
    assert found.change == pytest.approx(3000 / 8025 - 1)


def test_an_ordinary_month_is_not() -> None:
    assert volume("medical_claims", batches(8000, 7900, 8100, 8050, 7400)).fault is None


def test_rare_things_swing_by_themselves() -> None:
    """Fourteen deaths where there were twenty: less by 30 %, and nothing to speak of."""
    assert volume("deaths", batches(20, 24, 19, 21, 14)).fault is None


def test_a_month_no_smaller_than_one_before_is_not_short() -> None:
    assert volume("employment", batches(9000, 2000, 9000, 9100, 2100)).fault is None


def test_corrections_between_school_rolls_are_no_short_rolls() -> None:
    rows = batches(29000, 5, 7, 9, 28000, 6)
    found = volume("school_rolls", rows, bulk_percent=10)
    assert (found.rows, found.usual, found.fault) == (28000, 29000.0, None)


def test_silence_and_refused_rows_are_faults_too() -> None:
    assert volume("medical_claims", batches(8000, 8000), silent=True).fault == "silent"
    assert volume("medical_claims", batches(8000, 8000, 7000, refused=1500)).fault == "refused"
