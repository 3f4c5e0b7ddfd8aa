"""Files in any encoding and form become text columns; nothing is lost on the way."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
import xlsxwriter

from data.readers import ReadError, read_content
from data.readers.encoding import decode
from tests.data.offices import certificate, claim, csv_bytes, excel_bytes

KNOWN = frozenset(
    {"结算号", "身份证号", "姓名", "总费用", "个人负担"}
    | {"残疾人证号", "残疾等级", "办理类型", "发证日期"}
)


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig", "utf-16"])
def test_the_same_table_comes_out_of_every_encoding(encoding):
    read = read_content(csv_bytes("medical_claims", [claim(1), claim(2)], encoding), KNOWN)
    assert read.encoding == encoding
    assert read.table["姓名"].to_pylist() == ["王测1", "王测2"]
    assert read.table["row_no"].to_pylist() == [2, 3]


@pytest.mark.parametrize("separator", [",", "\t", ";", "|", "^", "，", "、", "\x01"])
@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_the_separator_is_found(separator, encoding):
    claims = [claim(1), claim(2, name=f"王{separator}测")]
    content = csv_bytes("medical_claims", claims, encoding, separator=separator)
    read = read_content(content, KNOWN)
    assert read.table["总费用"].to_pylist() == ["1,200.50", "1,200.50"]
    assert read.table["姓名"].to_pylist() == ["王测1", f"王{separator}测"]
    broken = content + f"J3{separator}王\r\n".encode(encoding)
    assert read_content(broken, KNOWN).broken["text"].to_pylist() == [f"J3{separator}王"]


def test_commas_in_a_title_or_in_amounts_do_not_make_the_separator():
    text = "医保,结算,清单,2026,年,6,月\n结算号;姓名;总费用\nJ1;王;4,32\nJ2;李;1,200,300.5\n"
    read = read_content(text.encode(), KNOWN)
    assert read.headers == ["结算号", "姓名", "总费用"]
    assert read.table["总费用"].to_pylist() == ["4,32", "1,200,300.5"]


def test_a_header_cell_of_two_lines_and_a_quote_in_a_title():
    text = '"医保"结算"清单,,\n结算号,姓名,"总费用\n（元）"\nJ1,王,5\n'
    read = read_content(text.encode(), KNOWN)
    assert read.headers == ["结算号", "姓名", "总费用\n（元）"]
    assert read.table["row_no"].to_pylist() == [3]


def test_a_separator_too_many_at_the_end_of_lines_is_no_broken_row():
    rows = read_content("结算号,姓名,总费用\nJ1,王,5,\nJ2,李,6,\n".encode(), KNOWN)
    assert (rows.table.num_rows, rows.broken.num_rows) == (2, 0)
    header = read_content("结算号,姓名,总费用,\nJ1,王,5\nJ2,李,6\n".encode(), KNOWN)
    assert header.headers == ["结算号", "姓名", "总费用"]
    assert (header.table.num_rows, header.broken.num_rows) == (2, 0)


def test_titles_above_the_header_are_passed_over():
    content = "医保结算清单,,\r\n2026年6月,,\r\n结算号,姓名,总费用\r\nJ1,王,5\r\n".encode("gb18030")
    read = read_content(content, KNOWN)
    assert read.headers == ["结算号", "姓名", "总费用"]
    assert read.table.to_pylist() == [{"结算号": "J1", "姓名": "王", "总费用": "5", "row_no": 4}]


def test_a_file_cut_off_in_the_middle_of_a_character_keeps_its_whole_rows():
    content = csv_bytes("medical_claims", [claim(n) for n in range(9)])
    read = read_content(content[: content.rfind("王".encode("gb18030")) + 1], KNOWN)
    assert (read.table.num_rows, read.broken.num_rows) == (8, 1)
    assert read.rows == 9


def test_rows_that_do_not_fit_the_header_are_kept_apart_with_their_number():
    content = "结算号,姓名,总费用\n1,甲,5\n2,乙\n3,丙,5,6\n4,丁,5\n".encode()
    read = read_content(content, KNOWN)
    assert read.table["row_no"].to_pylist() == [2, 5]
    assert read.broken.to_pylist() == [
        {"row_no": 3, "text": "2,乙"},
        {"row_no": 4, "text": "3,丙,5,6"},
    ]


def test_a_quoted_line_break_belongs_to_its_cell():
    read = read_content('结算号,姓名,总费用\n1,"甲\n乙",5\n'.encode(), KNOWN)
    assert read.table["姓名"].to_pylist() == ["甲\n乙"]


def test_one_damaged_character_does_not_change_the_encoding_found():
    text = "结算号,姓名,总费用\n" + "1,王小明,5\n" * 300
    content = text.encode().replace("王小明".encode(), "王小".encode() + b"\xe6", 1)
    decoded, encoding = decode(content)
    assert encoding == "utf-8"
    assert decoded.count("\ufffd") == 1
    assert "damaged_text" in read_content(content, KNOWN).flags


def test_excel_is_read_below_its_title_with_dates_and_numbers_as_text():
    rows = [certificate(1, rehab_cost_year=1200.5, issued_on=46182.0), certificate(2)]
    read = read_content(excel_bytes("disability_certificates", rows, title="2026年6月"), KNOWN)
    assert read.table["年康复自付费用"].to_pylist() == ["1200.5", None]
    assert read.table["发证日期"].to_pylist() == ["46182", "2026-06-09"]
    assert read.table["row_no"].to_pylist() == [3, 4]


def test_excel_shows_that_digits_were_lost_and_keeps_those_that_were_not():
    rows = [
        certificate(1, id_number=990321198001010017.0),
        certificate(2, id_number=990321800101002.0),
    ]
    read = read_content(excel_bytes("disability_certificates", rows), KNOWN)
    damaged, old = read.table["身份证号"].to_pylist()
    assert "e+17" in damaged
    assert old == "990321800101002"


def test_excel_dates_typed_as_dates_are_iso():
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet, style = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, ["残疾人证号", "发证日期", "办理类型"])
        sheet.write_string(1, 0, "Z1")
        sheet.write_datetime(1, 1, datetime(2026, 6, 9, tzinfo=UTC).replace(tzinfo=None), style)
        sheet.write_boolean(1, 2, True)
    read = read_content(content.getvalue(), KNOWN)
    assert read.table.to_pylist() == [
        {"残疾人证号": "Z1", "发证日期": "2026-06-09", "办理类型": "是", "row_no": 2}
    ]


def test_a_second_table_in_a_workbook_is_noted():
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        for sheet in (book.add_worksheet("说明"), book.add_worksheet("数据")):
            sheet.write_row(0, 0, ["说明", "内容"])
        sheet.write_row(0, 0, ["残疾人证号", "发证日期"])
        sheet.write_row(1, 0, ["Z1", "2026-06-09"])
    read = read_content(content.getvalue(), KNOWN)
    assert read.table["残疾人证号"].to_pylist() == ["Z1"]
    assert read.flags == ("extra_sheets",)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf\r\n \r\n", "empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "unreadable"),
        (bytes(range(128, 256)) * 40, "unreadable"),
        (b"PK\x03\x04 not really a workbook", "unreadable"),
        ("只有一列\n值\n".encode(), "no_header"),
    ],
)
def test_what_is_no_table_is_refused_with_a_reason_in_both_languages(content, reason):
    with pytest.raises(ReadError) as refused:
        read_content(content, KNOWN)
    assert refused.value.reason == reason
    assert refused.value.zh
    assert str(refused.value)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_workbook_cut_off_anywhere_is_refused_not_a_crash(share):
    content = excel_bytes("disability_certificates", [certificate(n) for n in range(50)])
    with pytest.raises(ReadError, match="cannot be opened"):
        read_content(content[: int(len(content) * share)], KNOWN)
