"""A sender's own form of file: unknown the first month, understood ever after."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

from core.home import Home
from data.ingest import ingest_directory, ingest_file
from data.lake import Lake
from data.mapping import LEFT_OUT, Mapping, save
from tests.data.offices import number

HEADERS = {
    "流水": "settlement_no",
    "参保人证件": "id_number",
    "参保人": "name",
    "类别": "visit_type",
    "总额(万元)": "total_cost",
    "自己出": "self_paid",
    "日子": "settled_on",
    "备注": LEFT_OUT,
}


def write(folder: Path, name: str, month: int, rows: int = 4) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="gb18030", newline="") as file:
        out = csv.writer(file)
        out.writerow(HEADERS)
        for n in range(rows):
            who = number(n + 1, "19600101")
            day = f"2026-{month:02d}-{n + 1:02d}"
            out.writerow([f"{month}-{n}", who, "王小明", "住院", "1.2", "300", day, "张三经办"])
    return path


def test_next_months_file_is_taken_in_without_a_word(tmp_path: Path) -> None:
    home, folder = Home(tmp_path / "home"), tmp_path / "files"
    june = write(folder, "医保中心结算明细2026年6月.csv", 6)
    first = ingest_directory(home, folder)
    assert [u.reason for u in first.unrecognised] == ["unknown_name"]
    save(home, Mapping(june.name, "medical_claims", HEADERS, "医保中心", date(2026, 7, 1)))
    write(folder, "医保中心结算明细2026年7月.csv", 7)
    second = ingest_directory(home, folder)
    assert [(b.feed, b.period, b.accepted) for b in second.batches] == [
        ("medical_claims", "202606", 4),
        ("medical_claims", "202607", 4),
    ]


def test_the_headers_are_read_under_any_name_of_the_file(tmp_path: Path) -> None:
    import ibis

    home = Home(tmp_path / "home")
    save(home, Mapping("医保中心结算明细2026年6月.csv", "medical_claims", HEADERS))
    path = write(tmp_path, "医保结算_202606_20260628.csv", 6)
    [batch] = ingest_file(home, path).batches
    assert (batch.status, batch.accepted) == ("accepted", 4)
    rows = Lake(home).table(ibis.duckdb.connect(), "medical_claims").to_pyarrow()
    assert set(rows["total_cost"].to_pylist()) == {12_000.0}


def test_a_supplement_of_the_same_sender_adds_to_the_month(tmp_path: Path) -> None:
    home, folder = Home(tmp_path / "home"), tmp_path / "files"
    june = write(folder, "医保中心结算明细2026年6月.csv", 6)
    save(home, Mapping(june.name, "medical_claims", HEADERS))
    ingest_directory(home, folder)
    write(folder, "医保中心结算明细2026年6月-补报.csv", 5, rows=2)
    [late] = ingest_directory(home, folder).batches
    assert late.period == "202606"
    in_force = [b.accepted for b in Lake(home).current("medical_claims")]
    assert sorted(in_force) == [2, 4]
