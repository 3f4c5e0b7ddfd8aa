"""Parquet files and tables of a database are deliveries like any other."""

from __future__ import annotations

import io
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa

from data.readers import ReadError, open_table, read_content
from data.readers.database import open_database, source_url

KNOWN = frozenset({"结算号", "姓名", "总费用"})
COLUMNS = {
    "结算号": ["J1", "J2", ""],
    "姓名": pa.array(["王", None, "李"]).dictionary_encode(),
    "总费用": [1200.5, 300.0, None],
    "次数": [1, 2, 3],
    "金额": pa.array([Decimal("12.50"), None, Decimal("3.00")], pa.decimal128(12, 2)),
    "结算日期": [date(2026, 6, 9), None, date(2026, 6, 10)],
    "登记时间": [datetime(2026, 6, 9), datetime(2026, 6, 9, 8, 30), None],  # noqa: DTZ001
    "异地": [True, False, None],
}
TEXTS = {
    "结算号": ["J1", "J2", None],
    "姓名": ["王", None, "李"],
    "总费用": ["1200.5", "300", None],
    "次数": ["1", "2", "3"],
    "金额": ["12.5", None, "3"],
    "结算日期": ["2026-06-09", None, "2026-06-10"],
    "登记时间": ["2026-06-09", "2026-06-09 08:30:00", None],
    "异地": ["是", "否", None],
    "row_no": [1, 2, 3],
}


def parquet(tmp_path: Path) -> Path:
    path = tmp_path / "delivery.parquet"
    pq.write_table(pa.table(COLUMNS), path, row_group_size=2)
    return path


def test_a_parquet_file_is_read_in_pieces_as_text(tmp_path: Path) -> None:
    read = read_content(parquet(tmp_path).read_bytes(), KNOWN)
    assert read.table.to_pydict() == TEXTS
    assert (read.encoding, read.lines) == ("parquet", 3)
    with open_table(parquet(tmp_path), KNOWN, rows=2) as raw:
        assert [c.rows for c in raw.chunks()] == [2, 1]


@pytest.mark.parametrize("share", [0.1, 0.5, 0.95])
def test_a_parquet_file_that_was_cut_is_refused(tmp_path: Path, share: float) -> None:
    content = parquet(tmp_path).read_bytes()
    with pytest.raises(ReadError, match="cannot be opened"):
        read_content(content[: int(len(content) * share)], KNOWN)
    holed = content[:60] + bytes(60) + content[120:]
    with pytest.raises(ReadError, match="cannot be opened"):
        read_content(holed, KNOWN)


def database(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path}/office.db"
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(
            sa.text("CREATE TABLE claims (结算号 TEXT, 姓名 TEXT, 总费用 REAL, settled DATE)")
        )
        connection.execute(
            sa.text("INSERT INTO claims VALUES (:a, '王', :b, '2026-06-09')"),
            [{"a": f"J{n}", "b": n / 2} for n in range(25)],
        )
        connection.execute(sa.text("CREATE VIEW june AS SELECT 结算号, 姓名 FROM claims"))
    engine.dispose()
    return url


def test_a_table_and_a_view_are_read_in_pieces(tmp_path: Path) -> None:
    url = database(tmp_path)
    with open_database(url, "claims", rows=10) as raw:
        assert raw.headers == ["结算号", "姓名", "总费用", "settled"]
        chunks = list(raw.chunks())
        assert [c.rows for c in chunks] == [10, 10, 5]
        assert chunks[1].table.slice(0, 1).to_pylist() == [
            {
                "结算号": "J10",
                "姓名": "王",
                "总费用": "5",
                "settled": "2026-06-09",
                "row_no": 11,
            }
        ]
        assert raw.ending().lines == 25
    with open_database(url, "june") as view:
        assert sum(c.rows for c in view.chunks()) == 25


@pytest.mark.parametrize(
    ("url", "table", "said"),
    [
        (None, "nothing", "no table or view nothing"),
        ("sqlite:////nowhere/secret-pw/x.db", "claims", "cannot be reached"),
        ("nosuch://me:secret-pw@host/db", "claims", "cannot be reached"),
        ("secret-pw", "claims", "cannot be reached"),
        ("postgresql+psycopg://me:secret-pw@127.0.0.1:1/db", "claims", "cannot be reached"),
    ],
)
def test_what_cannot_be_read_is_told_without_the_address(
    tmp_path: Path, url: str | None, table: str, said: str
) -> None:
    with pytest.raises(ReadError, match=said) as refused:
        open_database(url or database(tmp_path), table)
    assert "secret-pw" not in refused.value.zh + refused.value.en
    assert refused.value.__cause__ is None


def test_the_address_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOUDI_SOURCE_MEDICAL", "sqlite://")
    assert source_url("medical") == "sqlite://"
    for name in ("housing", "no such", ""):
        with pytest.raises(ReadError, match="DOUDI_SOURCE_"):
            source_url(name)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\xff\xfe", "empty"),
        (b"\xe4", "no_header"),
        (b"\x00", "empty"),
        (bytes(5000), "unreadable"),
        (b"PAR1", "unreadable"),
        (b"PK\x03\x04", "unreadable"),
        (b"\xd0\xcf\x11\xe0", "unreadable"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "unreadable"),
        (("\ufeff" * 3).encode(), "empty"),
        ("<html><table><tr><td>结算号</td></tr></table></html>".encode(), "unreadable"),
        (b'\r\n<?xml version="1.0"?><Workbook/>', "unreadable"),
        (b'"' * 4000, "no_header"),
        (b"," * 600, "no_header"),
    ],
)
def test_whatever_comes_ends_with_one_line(content: bytes, reason: str) -> None:
    with pytest.raises(ReadError) as refused:
        read_content(content, KNOWN)
    assert refused.value.reason == reason
    assert io.StringIO(refused.value.en).read().count("\n") == 0
