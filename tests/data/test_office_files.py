"""Files as offices really send them end as the study says, and mean what was meant."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from core.home import Home
from data.lake import Lake
from data.quarantine import quarantined
from tests.data import office_files
from tests.data.books import OldSheet, compound, old_book
from tests.data.office_files import CASES, Files, deliver, fresh_home, grid, ingest, one, row
from tests.data.offices import csv_bytes

STUDY = Path("docs/studies/0006-office-files.md")
HABITS = "医保结算_202606_20260628.csv"


@pytest.mark.slow
def test_every_file_ends_as_the_study_says(tmp_path):
    told = [ln for ln in STUDY.read_text(encoding="utf-8").splitlines() if ln.startswith("|")]
    fresh = fresh_home(tmp_path)
    assert told[2 : len(CASES) + 2] == [row(case, tmp_path, fresh) for case in CASES]


def taken(tmp_path: Path, files: Files) -> tuple[Home, int, dict, str]:
    deliver(files, tmp_path / "came")
    home = tmp_path / "home"
    return Home(home), *ingest(tmp_path / "came", home)


def lake(home: Home, feed: str) -> list[dict]:
    paths = [
        home.lake / feed / f"batch={b.batch}" / "part-0.parquet" for b in Lake(home).current(feed)
    ]
    return [r for path in paths for r in pq.ParquetFile(path).read().to_pylist()]


@pytest.mark.slow
def test_a_unit_in_a_title_multiplies(tmp_path):
    home, _, _, _ = taken(tmp_path, office_files.title_unit())
    assert {r["total_cost"] for r in lake(home, "medical_claims")} == {12_500.0}


def test_a_dwelling_never_shows_its_household(tmp_path):
    home, _, _, _ = taken(tmp_path, office_files.dwelling_is_household())
    rows = lake(home, "housing")
    assert len(rows) == 40
    homes, dwellings = ({r[n] for r in rows} for n in ("household", "dwelling"))
    assert {h[1:] for h in homes}.isdisjoint(d[1:] for d in dwellings)


@pytest.mark.slow
def test_a_refused_row_has_the_number_that_a_spreadsheet_shows(tmp_path):
    home, _, told, _ = taken(tmp_path, office_files.blank_lines())
    (batch,) = told["batches"]
    assert quarantined(home, batch["feed"], batch["batch"])["row_no"].to_pylist() == [7]


@pytest.mark.slow
@pytest.mark.parametrize("zeros", ["0", "00"])
def test_a_day_that_went_through_a_column_of_numbers_is_that_day(tmp_path, zeros):
    content = csv_bytes("medical_claims", one(settled_on=f"20260603.{zeros}"))
    home, code, _, _ = taken(tmp_path, {HABITS: content})
    assert code == 0
    assert {str(r["happened_on"]) for r in lake(home, "medical_claims")} == {"2026-06-03"}


@pytest.mark.slow
def test_cells_past_the_header_that_say_something_are_not_dropped(tmp_path):
    header, *cells = grid(one())
    files = {HABITS: office_files.csv_of([header, *([*c, "", "x"] for c in cells)])}
    _, code, told, _ = taken(tmp_path, files)
    assert (code, told["totals"]["quarantined"]) == (2, 3)
    empty = office_files.trailing_commas_below()
    assert taken(tmp_path / "empty", empty)[2]["totals"]["accepted"] == 3


@pytest.mark.parametrize(
    "content",
    [
        compound("EncryptedPackage", bytes(5000)),
        old_book([OldSheet("数据", grid(one()))]).replace(
            b"\xe0\x00\x14\x00", b"\x2f\x00\x14\x00", 1
        ),
    ],
    ids=["new", "old"],
)
def test_a_password_is_named(tmp_path, content):
    _, code, told, _ = taken(tmp_path, {"医保结算_202606_20260628.xls": content})
    assert code == 2
    assert "取消密码" in told["batches"][0]["message_zh"]


@pytest.mark.slow
def test_an_archive_is_named(tmp_path):
    _, code, told, _ = taken(tmp_path, office_files.zipped())
    assert code == 2
    assert "解压" in told["unrecognised"][0]["message_zh"]
