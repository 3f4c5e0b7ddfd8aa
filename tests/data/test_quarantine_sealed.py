"""Refused rows hold names and numbers: at rest nobody reads them, no file passes for another."""

from __future__ import annotations

import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.home import Home
from data import quarantine
from data.ingest import ingest_directory
from data.quarantine import MAGIC, QuarantineError, files, quarantined, write_private
from data.vault import Vault
from data.vault_upkeep import rotate, status
from tests.data.offices import csv_bytes, post, resident

ROWS = pa.table(
    {"row_no": [4, 9], "身份证号": ["990321198001010017", "bad"], "姓名": ["王测试", "李"]}
)
BATCH = "202606-20260628-0123abcd"


@pytest.fixture
def kept(vault: Vault, home: Home) -> Path:
    write_private(vault, ROWS, "deaths", BATCH)
    return home.vault / "quarantine" / "deaths" / f"{BATCH}.sealed"


def test_nothing_can_be_read_from_the_file_and_everything_from_the_vault(kept, home):
    stored = kept.read_bytes()
    assert stored.startswith(MAGIC)
    for plain in ("990321198001010017", "王测试", "PAR1", "row_no"):
        assert plain.encode() not in stored
    assert quarantined(home, "deaths", BATCH).equals(ROWS)


def test_ingest_leaves_no_plain_row(home, incoming, each_database):
    post(
        incoming,
        "population_register",
        csv_bytes("population_register", [resident(1, id_number="bad")]),
    )
    batch = ingest_directory(home, home.incoming).batches[0]
    stored = [p for p in (home.vault / "quarantine").rglob("*") if p.is_file()]
    assert [p.name for p in stored] == [f"{batch.batch}.sealed"]
    assert "李试1".encode() not in stored[0].read_bytes()
    back = quarantined(home, batch.feed, batch.batch).to_pylist()
    assert [row["姓名"] for row in back] == ["李试1"]


def test_a_swapped_file_is_refused(kept, vault, home):
    other = "202607-20260728-0123abcd"
    write_private(vault, ROWS.slice(1), "deaths", other)
    shutil.copy(kept.with_name(f"{other}.sealed"), kept)
    with pytest.raises(QuarantineError, match=f"batch {BATCH} of deaths do not open: the file was"):
        quarantined(home, "deaths", BATCH)
    feed = kept.parent.with_name("housing")
    feed.mkdir()
    shutil.copy(kept.with_name(f"{other}.sealed"), feed)
    with pytest.raises(QuarantineError, match="belongs elsewhere"):
        quarantined(home, "housing", other)


@pytest.mark.parametrize("place", [0, len(MAGIC) + 3, len(MAGIC) + 4, -1])
def test_an_edited_file_is_refused(kept, home, place):
    stored = bytearray(kept.read_bytes())
    stored[place] ^= 1
    kept.write_bytes(stored)
    with pytest.raises(Exception, match=r"changed or belongs elsewhere|no longer kept"):
        quarantined(home, "deaths", BATCH)


def test_a_cut_off_file_is_refused(kept, home):
    for length in (0, 3, len(MAGIC) + 2, len(MAGIC) + 9, 60):
        kept.write_bytes(kept.read_bytes()[:length])
        with pytest.raises(QuarantineError, match="changed or belongs elsewhere"):
            quarantined(home, "deaths", BATCH)


def plain_file(home: Home) -> Path:
    path = home.vault / "quarantine" / "deaths" / f"{BATCH}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(ROWS, path)
    return path


def test_a_plain_file_from_before_is_read_and_sealed_by_the_next_rotation(vault, home):
    path = plain_file(home)
    vault.seals.ready()
    assert quarantined(home, "deaths", BATCH).equals(ROWS)
    assert [(u.seal, u.files) for u in status(home).under] == [(0, 1), (1, 0)]
    assert [(u.seal, u.files) for u in rotate(home, drop_old=True).under] == [(2, 1)]
    assert not path.exists()
    assert quarantined(home, "deaths", BATCH).equals(ROWS)


def test_a_sealed_file_goes_along_with_a_rotation(kept, vault, home):
    before = kept.read_bytes()
    rotate(home, drop_old=True)
    assert [number for _, number in files(vault)] == [2]
    assert kept.read_bytes() != before
    assert quarantined(home, "deaths", BATCH).equals(ROWS)


def test_a_plain_file_whose_removal_was_cut_short_never_outweighs_its_sealed_successor(kept, home):
    stale = kept.with_suffix(".parquet")
    pq.write_table(ROWS.slice(1), stale)
    assert quarantined(home, "deaths", BATCH).equals(ROWS)
    rotate(home)
    assert not stale.exists()
    assert quarantined(home, "deaths", BATCH).equals(ROWS)


def test_dying_between_two_files_leaves_both_readable(kept, vault, home, monkeypatch):
    write_private(vault, ROWS.slice(1), "housing", BATCH)
    real, done = quarantine.seal_anew, []

    def once(vault: Vault, path: Path) -> None:
        if done:
            raise KeyboardInterrupt
        done.append(path)
        real(vault, path)

    with monkeypatch.context() as patch:
        patch.setattr(quarantine, "seal_anew", once)
        with pytest.raises(KeyboardInterrupt):
            rotate(home, drop_old=True)
    assert sorted(number for _, number in files(vault)) == [1, 2]
    for _ in range(2):
        assert quarantined(home, "deaths", BATCH).equals(ROWS)
        assert quarantined(home, "housing", BATCH).equals(ROWS.slice(1))
        rotate(home, drop_old=True)
    assert {number for _, number in files(vault)} <= {2, 3}
