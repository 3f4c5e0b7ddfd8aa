"""Workbooks mean what the office sees: several sheets, titles, merged cells, months, formats."""

from __future__ import annotations

import io
import random
import zipfile
from datetime import datetime

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from data.readers import ReadError, read_content, row_label
from data.readers import sheet as sheet_module
from data.readers.old_excel import _unpacked
from tests.data.books import OldSheet, book, old_book, with_part

KNOWN = frozenset({"残疾人证号", "姓名", "发证日期", "办理类型", "缴费月份", "总费用"})
HEADER = ["残疾人证号", "姓名", "总费用"]
SHEET1 = "xl/worksheets/sheet1.xml"


def one(name: str, rows: int, start: int = 1) -> list[list[str | float | None]]:
    return [HEADER, *([f"{name}{n}", "王", n + 0.5] for n in range(start, start + rows))]


@pytest.mark.parametrize("kind", ["xlsx", "xls"])
def test_one_sheet_per_town_is_one_delivery(kind: str) -> None:
    sheets = {"东镇": one("E", 3), "西镇": one("W", 2), "填表说明": [["说明"], ["请勿改动表头"]]}
    content = book(sheets)
    if kind == "xls":
        content = old_book([OldSheet(name, rows) for name, rows in sheets.items()])
    read = read_content(content, KNOWN)
    assert read.table["残疾人证号"].to_pylist() == ["E1", "E2", "E3", "W1", "W2"]
    labels = [row_label(n, read.sheets) for n in read.table["row_no"].to_pylist()]
    assert labels == ["东镇!2", "东镇!3", "东镇!4", "西镇!2", "西镇!3"]
    assert (read.lines, read.flags) == (5, ("several_sheets",))
    assert read.other_sheets == ("填表说明",)


def test_a_sheet_with_its_columns_in_another_order_is_read_by_its_headers() -> None:
    west = [["姓名", "总费用（元）", "残疾人证号"], ["李", 7, "W1"]]
    read = read_content(book({"东镇": one("E", 1), "西镇": west}), KNOWN)
    assert read.table.select(["残疾人证号", "姓名", "总费用"]).to_pylist() == [
        {"残疾人证号": "E1", "姓名": "王", "总费用": "1.5"},
        {"残疾人证号": "W1", "姓名": "李", "总费用": "7"},
    ]


def test_other_tables_and_hidden_sheets_are_named_and_not_read() -> None:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as made:
        for name in ("本月", "上月", "汇总"):
            sheet = made.add_worksheet(name)
            for at, row in enumerate(one(name, 2)):
                sheet.write_row(at, 0, row if name != "汇总" else [f"{row[0]}数", row[2]])
            if name == "上月":
                sheet.hide()
    read = read_content(content.getvalue(), KNOWN)
    assert read.table["残疾人证号"].to_pylist() == ["本月1", "本月2"]
    assert read.other_sheets == ("上月", "汇总")
    assert read.flags == ("extra_sheets",)


@pytest.mark.parametrize(
    ("title", "unit"),
    [
        ("单位：万元", "万元"),
        ("医保结算表（单位: 元）", "元"),
        ("金额单位 万元", "万元"),
        ("2026年6月医疗费用（万元）", "万元"),
        ("填报单位：某镇人民政府", None),
        ("填报单位：元谋镇卫生院", None),
    ],
)
def test_the_unit_in_a_title_is_told(title: str, unit: str | None) -> None:
    for content in (
        book({"数据": [[title], *one("E", 1)]}),
        f"{title},,\n残疾人证号,姓名,总费用\nE1,王,1.5\n".encode(),
    ):
        read = read_content(content, KNOWN)
        assert read.title_unit == unit
        assert ("title_unit" in read.flags) == (unit is not None)


@pytest.mark.parametrize("kind", ["xlsx", "xls"])
def test_cells_merged_downwards_stand_in_each_row(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheet_module, "BLOCK", 200)  # a range goes on over blocks
    rows = [HEADER, ["Z1", "王", 1.0], [None, "李", 2.0], [None, "赵", 3.0], ["Z2", "钱", 4.0]]
    if kind == "xls":
        content = old_book([OldSheet("数据", rows, merged=[(1, 3, 0, 0)])])
    else:
        made = io.BytesIO()
        with xlsxwriter.Workbook(made, {"in_memory": True}) as out:
            sheet = out.add_worksheet()
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, row)
            sheet.merge_range(1, 0, 3, 0, "Z1")
            for at in (2, 3):
                sheet.write_row(at, 1, rows[at][1:])
        content = made.getvalue()
    read = read_content(content, KNOWN)
    assert read.table["残疾人证号"].to_pylist() == ["Z1", "Z1", "Z1", "Z2"]
    assert "merged_cells" in read.flags


def test_a_header_of_two_rows_merged_downwards_is_read_in_its_second() -> None:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as out:
        sheet = out.add_worksheet()
        sheet.merge_range(0, 0, 1, 0, "残疾人证号")
        sheet.merge_range(0, 1, 0, 2, "本人情况")
        sheet.write_row(1, 1, ["姓名", "总费用"])
        sheet.write_row(2, 0, ["Z1", "王", 5])
    read = read_content(made.getvalue(), KNOWN)
    assert read.headers == HEADER
    assert read.table.to_pylist() == [
        {"残疾人证号": "Z1", "姓名": "王", "总费用": "5", "row_no": 3}
    ]


def months(number_format: str, kind: str) -> tuple[list[str | None], tuple[str, ...]]:
    values = [2026.10, 2026.09, 2026.1]
    if kind == "xls":
        rows = [["残疾人证号", "缴费月份"], *(["Z", v] for v in values)]
        content = old_book([OldSheet("数据", rows, {1: 1})], [number_format])
    else:
        made = io.BytesIO()
        with xlsxwriter.Workbook(made, {"in_memory": True}) as out:
            sheet, style = out.add_worksheet(), out.add_format({"num_format": number_format})
            sheet.write_row(0, 0, ["残疾人证号", "缴费月份"])
            for at, value in enumerate(values, start=1):
                sheet.write_string(at, 0, "Z")
                sheet.write_number(at, 1, value, style)
        content = made.getvalue()
    read = read_content(content, KNOWN)
    return read.table["缴费月份"].to_pylist(), read.flags


@pytest.mark.parametrize("kind", ["xlsx", "xls"])
def test_october_typed_as_a_number_does_not_become_january(kind: str) -> None:
    shown = ["2026.10", "2026.09", "2026.10"]
    for number_format in ("0.00", "0.00_ ", "#,##0.00", "0.00;[Red]0.00"):
        assert months(number_format, kind) == (shown, ())
    written, flags = months("General", kind)
    assert written == ["2026.1", "2026.09", "2026.1"]
    assert flags == ("lost_zero",)


@pytest.mark.parametrize(
    ("number_format", "value", "shown"),
    [
        ("yyyy-mm-dd", 46182.0, "2026-06-09"),
        ('yyyy"年"m"月"', 46296.0, "2026-10-01"),
        ("yyyy/m/d h:mm", 46182.354166666664, "2026-06-09 08:30:00"),
        ("[$-804]yyyy年m月d日;@", 46182.0, "2026-06-09"),
        ("h:mm", 0.5, "12:00:00"),
        ('0.00"元/day"', 46182.5, "46182.5"),
        ("General", 46182.0, "46182"),
        ("0", 990321800101002.0, "990321800101002"),
        ("yyyy-mm-dd", -3.0, "-3"),
    ],
)
def test_numbers_are_what_their_format_shows(number_format: str, value: float, shown: str) -> None:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as out:
        sheet, style = out.add_worksheet(), out.add_format({"num_format": number_format})
        sheet.write_row(0, 0, ["残疾人证号", "发证日期"])
        sheet.write_string(1, 0, "Z")
        sheet.write_number(1, 1, value, style)
    assert read_content(made.getvalue(), KNOWN).table["发证日期"].to_pylist() == [shown]


def test_days_counted_from_1904_are_the_same_days() -> None:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True, "date_1904": True}) as out:
        sheet, style = out.add_worksheet(), out.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, ["残疾人证号", "发证日期"])
        sheet.write_string(1, 0, "Z")
        sheet.write_datetime(1, 1, datetime(2026, 6, 9), style)  # noqa: DTZ001 - a day
    assert read_content(made.getvalue(), KNOWN).table["发证日期"].to_pylist() == ["2026-06-09"]


def test_formulas_links_and_rich_texts_give_what_they_show() -> None:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as out:
        sheet, bold = out.add_worksheet(), out.add_format({"bold": True})
        sheet.write_row(0, 0, HEADER)
        sheet.write_formula(1, 0, '="Z"&"1"', None, "Z1")
        sheet.write_rich_string(1, 1, "王", bold, "<小>", "&明")
        sheet.write_formula(1, 2, "=1+2", None, 3)
        sheet.write_url(2, 0, "https://example.org", string="Z2")
        sheet.write_string(2, 1, "a\nb\r_x000D_")
        sheet.write_formula(2, 2, "=1/0", None, "#DIV/0!")
    read = read_content(made.getvalue(), KNOWN)
    assert read.table.drop_columns(["row_no"]).to_pylist() == [
        {"残疾人证号": "Z1", "姓名": "王<小>&明", "总费用": "3"},
        {"残疾人证号": "Z2", "姓名": "a\nb\r_x000D_", "总费用": "#DIV/0!"},
    ]


@pytest.mark.parametrize(
    "change",
    [
        (b'<c r="A2"', b'<c  r="A2"'),  # a space more than usual
        (b"<sheetData>", b"<!-- by hand --><sheetData><!-- by hand -->"),
        (b'<c r="A2" t="s"><v>3</v></c>', b'<c r="A2" t="inlineStr"><is><t>E1</t></is></c>'),
        (b'<c r="B2" ', b"<c "),  # place not said: the next one
    ],
)
def test_however_it_is_written_it_is_the_same_sheet(change: tuple[bytes, bytes]) -> None:
    content = book({"数据": one("E", 3)})
    changed = read_content(with_part(content, SHEET1, change), KNOWN)
    assert changed.table.to_pylist() == read_content(content, KNOWN).table.to_pylist()


def test_a_sheet_whose_names_carry_a_prefix_is_the_same_sheet() -> None:
    content = book({"数据": one("E", 3)})
    plain = read_content(content, KNOWN).table.to_pylist()
    for name in (b"worksheet", b"sheetData", b"row", b"c", b"v"):
        for old, new in ((b"<%s>", b"<x:%s>"), (b"<%s ", b"<x:%s "), (b"</%s>", b"</x:%s>")):
            try:
                content = with_part(content, SHEET1, (old % name, new % name))
            except AssertionError:
                continue
    content = with_part(content, SHEET1, (b"xmlns=", b"xmlns:x="))
    assert read_content(content, KNOWN).table.to_pylist() == plain


def test_something_beside_the_table_is_told() -> None:
    rows = one("E", 300)
    rows[200] = [*rows[200], None, "备注：核实"]
    rows.append([None, None, None, None, None, "制表人：某某"])
    read = read_content(book({"数据": rows}), KNOWN)
    assert read.headers[:3] == HEADER
    assert read.rows == 301
    wide = book({"数据": [*one("E", 8_000), [None] * 5 + ["制表人"], ["E", "王", 1, None, "注"]]})
    read = read_content(wide, KNOWN)
    assert read.broken.to_pylist() == [{"row_no": 8_002, "text": "制表人"}]
    assert (read.rows, read.flags) == (8_002, ("outside_cells",))


def test_a_header_printed_on_every_page_is_no_row() -> None:
    rows = [*one("E", 2), HEADER, ["E3", "王", 5]]
    read = read_content(book({"数据": rows}), KNOWN)
    assert read.table["row_no"].to_pylist() == [2, 3, 5]
    assert read.flags == ("repeated_header",)


def test_columns_called_like_ours_do_not_collide() -> None:
    header = ["残疾人证号", "姓名", "reason_code", "ROW_NO", "duplicate_of", "sheet"]
    read = read_content(book({"数据": [header, ["Z", "王", "a", "b", "c", "d"]]}), KNOWN)
    assert read.headers[2:] == ["reason_code#3", "ROW_NO#4", "duplicate_of#5", "sheet#6"]
    text = ",".join(header) + "\nZ,王,a,b,c,d\n"
    assert read_content(text.encode(), KNOWN).headers == read.headers


@pytest.mark.parametrize("place", [(65_535, 255), (65_535, 65_535)])
def test_an_old_sheet_with_a_cell_far_outside_is_read(place: tuple[int, int]) -> None:
    read = read_content(old_book([OldSheet("数据", one("E", 1), far=place)]), KNOWN)
    assert read.table["残疾人证号"].to_pylist() == ["E1"]
    assert read.broken.to_pylist() == [{"row_no": 65_536, "text": "x"}]


def test_texts_that_old_books_share_are_whole_over_the_cuts_between_records() -> None:
    long = "很长的地址" * 1_000
    rows = [HEADER, ["Z1", long, 5.0], ["Z2", "plain", 5.0], ["Z3", long, 5.0]]
    read = read_content(old_book([OldSheet("数据", rows)], shared=True), KNOWN)
    assert read.table["姓名"].to_pylist() == [long, "plain", long]


def test_books_of_excel_95_are_read_in_their_code_page() -> None:
    read = read_content(old_book([OldSheet("东镇", one("E", 2))], unicode=False), KNOWN)
    assert read.headers == HEADER
    assert read.table["总费用"].to_pylist() == ["1.5", "2.5"]
    assert (read.sheets, read.encoding) == (("东镇",), "xls")


def test_numbers_of_old_sheets_in_their_short_forms() -> None:
    assert _unpacked((12_345 << 2) | 3) == 123.45
    assert _unpacked(((1 << 30) - 5) << 2 | 2) == -5
    assert _unpacked(0x3FF00000) == 1.0


def seen_by_another(content: bytes) -> list[list[object]]:
    """The rows of the first sheet as calamine reads them, numbers as floats."""
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    return [list(row) for row in sheet.to_python(skip_empty_area=False)]


@pytest.mark.parametrize("shared", [True, False])
def test_another_reader_sees_the_same_old_sheet(shared: bool) -> None:
    rng = random.Random(7)  # noqa: S311 - the same sheet every time
    letters = "王李赵钱孙 ab,\"'12\n"
    rows = [HEADER] + [
        ["".join(rng.choices(letters, k=rng.randint(1, 3_000))) + "x", "王", rng.uniform(-1e9, 1e9)]
        for _ in range(60)
    ]
    content = old_book([OldSheet("数据", rows)], shared=shared)
    theirs = seen_by_another(content)[1:]
    ours = read_content(content, KNOWN).table.select(HEADER).to_pylist()
    assert [row["残疾人证号"] for row in ours] == [row[0] for row in theirs]
    assert [float(row["总费用"]) for row in ours] == [row[2] for row in theirs]


def renamed(content: bytes, names: dict[str, str]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            inside = old.read(name)
            for before, after in names.items():
                inside = inside.replace(before.encode(), after.encode())
                name = name.replace(before, after)
            new.writestr(name, inside)
    return made.getvalue()


@pytest.mark.parametrize(
    "names",
    [
        {"xl/": "book/"},
        {"sharedStrings.xml": "SharedStrings.xml"},
        {"worksheets/sheet1.xml": "worksheets/towns.xml"},
    ],
)
def test_parts_are_found_whatever_they_are_called(names: dict[str, str]) -> None:
    content = book({"数据": one("E", 3)})
    read = read_content(renamed(content, names), KNOWN)
    assert read.table.to_pylist() == read_content(content, KNOWN).table.to_pylist()


def test_backslashes_between_the_parts_of_a_workbook_do_no_harm() -> None:
    made = io.BytesIO()
    content = book({"数据": one("E", 3)})
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            new.writestr(name.replace("/", "\\").upper(), old.read(name))
    assert read_content(made.getvalue(), KNOWN).rows == 3


TWO_ROWS = [
    ["医保结算明细", None, None, None, None],
    ["姓名", "残疾人证号", "办理情况", None, "费用"],
    [None, None, "办理类型", "发证日期", "总费用"],
    ["王", "E1", "新办", "2026-06-01", "12"],
    ["李", "E2", "换发", "2026-06-02", "13"],
]


@pytest.mark.parametrize("kind", ["xlsx", "xls", "csv"])
def test_a_header_of_two_rows_that_nobody_merged_is_read_as_one(kind: str) -> None:
    if kind == "csv":
        lines = (",".join(cell or "" for cell in row) for row in TWO_ROWS)
        content = "\n".join(lines).encode()
    else:
        made = {
            "xlsx": lambda: book({"表": TWO_ROWS}),
            "xls": lambda: old_book([OldSheet("表", TWO_ROWS)]),
        }
        content = made[kind]()
    read = read_content(content, KNOWN)
    assert read.headers == ["姓名", "残疾人证号", "办理类型", "发证日期", "总费用"]
    assert read.table["总费用"].to_pylist() == ["12", "13"]
    assert read.table["row_no"].to_pylist() == [4, 5]


def test_a_header_of_one_row_takes_nothing_from_its_title_or_its_first_row() -> None:
    rows = [
        ["姓名表"],
        ["姓名", "残疾人证号", "附注"],
        ["王", "E1", "总费用见附件"],
        ["李", "E2", None],
    ]
    read = read_content(book({"表": rows}), KNOWN)
    assert read.headers == ["姓名", "残疾人证号", "附注"]
    assert read.table["姓名"].to_pylist() == ["王", "李"]


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"xl/workbook.bin": b"\x83\x01"}, "xlsb"),
        ({"mimetype": b"x", "content.xml": b"<a/>"}, "ods"),
        ({"word/document.xml": b"<a/>"}, "Word document"),
        ({"社保.csv": b"a,b"}, "archive"),
    ],
)
def test_a_packed_file_that_is_no_workbook_is_told_for_what_it_is(
    parts: dict[str, bytes], said: str
) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as made:
        for name, inside in parts.items():
            made.writestr(name, inside)
    with pytest.raises(ReadError, match=said) as refused:
        read_content(content.getvalue(), KNOWN)
    assert refused.value.reason == "unreadable"
