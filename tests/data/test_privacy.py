"""No name, number, phone or certificate outside the vault and the files as delivered."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from core.home import Home
from data.contracts import all_feeds, load_contract
from data.ingest import ingest_directory
from tests.data.offices import (
    certificate,
    claim,
    csv_bytes,
    death,
    excel_bytes,
    number,
    number15,
    post,
    resident,
)

SECRETS = (
    *(number(1), number(1)[6:14], number15(1), "王测1", "李试1"),
    *("13800001234", "S0001", "H0000", "柳湾村三组"),
)


@pytest.fixture
def filled(home: Home) -> Home:
    lives = "云岭镇柳湾村三组12号"
    register = [resident(1, address=lives), resident(2, id_number="bad", address=lives)]
    settlements = [claim(1), claim(2, name="王测1")]
    post(home.incoming, "population_register", csv_bytes("population_register", register))
    post(home.incoming, "medical_claims", csv_bytes("medical_claims", settlements))
    post(home.incoming, "deaths", csv_bytes("deaths", [death(1)], "utf-8-sig"))
    post(
        home.incoming,
        "disability_certificates",
        excel_bytes("disability_certificates", [certificate(1)]),
    )
    ingest_directory(home, home.incoming)
    return home


def readable_text(root: Path) -> Iterator[str]:
    """Everything under a folder, Parquet files opened."""
    for path in root.rglob("*"):
        if path.suffix == ".parquet":
            yield str(pq.ParquetFile(path).read().to_pydict())
        elif path.is_file():
            yield path.read_bytes().decode("utf-8", errors="replace")


def test_the_lake_holds_nothing_that_names_a_person(filled):
    everything = "\n".join(readable_text(filled.lake))
    assert "medical_claims" in everything
    assert [s for s in SECRETS if s in everything] == []


def test_nothing_outside_the_vault_and_the_files_as_delivered_names_one(filled, caplog):
    outside = [p for p in filled.data.iterdir() if p.name not in ("incoming", "vault")]
    for place in outside:
        kept = "\n".join(readable_text(place))
        assert [s for s in SECRETS if s in kept] == [], place
    sealed = "\n".join(readable_text(filled.vault))  # quarantined rows as well
    assert [s for s in SECRETS if s in sealed + caplog.text] == []


def test_no_personal_column_ever_reaches_the_lake(filled):
    for feed in all_feeds():
        personal = {f.name for f in load_contract(feed).fields if f.personal}
        for path in (filled.lake / feed).rglob("*.parquet"):
            assert personal.isdisjoint(pq.read_schema(path).names)


def test_quarantined_rows_are_for_the_owner_only(filled):
    folder = filled.vault / "quarantine"
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert len(files) == 1
    assert stat.S_IMODE(files[0].stat().st_mode) == 0o600
    assert all(stat.S_IMODE(p.stat().st_mode) == 0o700 for p in (folder, files[0].parent))
