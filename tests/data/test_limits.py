"""Files that would exhaust the machine are refused in one line, and the others go on."""

from __future__ import annotations

import io
import random
import time
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from core.home import Home
from data.ingest import ingest_directory
from data.readers import ReadError, limits, read_content
from tests.data.books import book, with_part
from tests.data.offices import claim, csv_bytes, excel_bytes, post

KNOWN = frozenset({"结算号", "姓名", "总费用"})


def packed(parts: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as book:
        for name, part in parts.items():
            book.writestr(name, part)
    return content.getvalue()


def refused(content: bytes) -> ReadError:
    with pytest.raises(ReadError) as caught:
        read_content(content, KNOWN)
    assert "\n" not in caught.value.zh + caught.value.en
    return caught.value


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = packed({"xl/workbook.xml": b"", "xl/worksheets/sheet1.xml": bytes(64 * 1024**2)})
    assert len(bomb) < 100_000
    began = time.monotonic()
    assert "unpacks to far too much" in refused(bomb).en
    assert time.monotonic() - began < 5


@pytest.mark.slow
def test_a_bomb_that_declares_a_small_size_is_refused_too() -> None:
    bomb = packed({"xl/workbook.xml": b"", "xl/worksheets/sheet1.xml": bytes(64 * 1024**2)})
    size = (64 * 1024**2).to_bytes(4, "little")
    assert bomb.count(size) == 2
    assert refused(bomb.replace(size, (1000).to_bytes(4, "little"))).reason == "unreadable"


def test_a_workbook_of_thousands_of_parts_is_refused() -> None:
    parts = {f"xl/{n}.xml": b"" for n in range(1_001)}
    assert "unpacks" in refused(packed({"xl/workbook.xml": b"", **parts})).en


@pytest.mark.slow
def test_one_cell_in_the_last_corner_is_a_row_of_its_own_and_costs_no_memory() -> None:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as made:
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, ["结算号", "姓名", "总费用"])
        sheet.write_row(1, 0, ["J1", "王", 5])
        sheet.write_string(1_048_575, 16_383, "x")
    read = read_content(content.getvalue(), KNOWN)
    assert read.table["结算号"].to_pylist() == ["J1"]
    assert read.broken.to_pylist() == [{"row_no": 1_048_576, "text": "x"}]
    assert read.flags == ("outside_cells",)


def test_one_long_text_shown_in_every_cell_is_refused() -> None:
    content = book({"数据": [["结算号", "姓名", "总费用"], ["长" * 16_000, "王", 5]]})
    more = b"".join(
        b'<row r="%d"><c r="A%d" t="s"><v>3</v></c></row>' % (n, n) for n in range(3, 9_000)
    )
    end = b"</sheetData>"
    content = with_part(content, "xl/worksheets/sheet1.xml", (end, more + end))
    assert refused(content).reason == "unreadable"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("part", "piece"),
    [
        ("sharedStrings", b"<si>"),
        ("sharedStrings", b"<si><rPh>"),
        ("worksheets/sheet1", b'<c r="A2"><is>'),
        ("worksheets/sheet1", b"<mergeCell "),
        ("worksheets/sheet1", b"<f "),
    ],
)
def test_beginnings_without_end_do_not_keep_the_reader_busy(part: str, piece: bytes) -> None:
    """Each end would be sought through all that follows: this test would not end."""
    content = book({"数据": [["结算号", "姓名", "总费用"], ["J1", "王", 5]]})
    many = random.Random(1).randbytes(40_000).hex().encode()  # noqa: S311 - packs badly
    ends = {"sharedStrings": b"</sst>", "worksheets/sheet1": b"</sheetData>"}
    change = ends[part], piece * 200_000 + many + ends[part]
    changed = with_part(content, f"xl/{part}.xml", change)
    try:
        assert read_content(changed, KNOWN).rows == 1  # what stands between rows is no cell
    except ReadError as error:
        assert "cannot be opened" in error.en  # noqa: PT017 - either will do


def test_a_packed_file_that_is_no_workbook_is_refused() -> None:
    assert "OpenDocument" in refused(packed({"content.xml": b"<table/>"})).en


@pytest.mark.slow
def test_two_million_columns_are_refused() -> None:
    header = ",".join(["结算号", "姓名", "总费用", *map(str, range(2_000_000))])
    assert "2,000,003 columns" in refused(f"{header}\n1,2,3\n".encode()).en


def test_more_rows_than_allowed_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_ROWS", 2)
    rows = "结算号,姓名,总费用\n" + "1,甲,5\n" * 3
    assert "rows" in refused(rows.encode()).en
    assert "rows" in refused(excel_bytes("medical_claims", [claim(n) for n in range(9)])).en


def test_an_ordinary_workbook_is_read() -> None:
    content = excel_bytes("medical_claims", [claim(n) for n in range(2_000)])
    assert read_content(content, KNOWN).rows == 2_000


def test_three_gigabytes_are_refused_unread_and_the_next_file_is_taken_in(
    home: Home, incoming: Path
) -> None:
    post(incoming, "medical_claims", b"", "202605", "20260528")
    (large,) = incoming.iterdir()
    with large.open("wb") as file:
        file.truncate(3 * 1024**3)  # declared, not filled
    post(incoming, "medical_claims", csv_bytes("medical_claims", [claim(1)]))
    refused_one, good = sorted(
        ingest_directory(home, home.incoming).batches, key=lambda batch: batch.period
    )
    assert "3,072 MB, more than the 2,048 MB allowed" in refused_one.message_en
    assert (refused_one.status, good.accepted) == ("unreadable", 1)
