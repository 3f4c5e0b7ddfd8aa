"""Files as offices really send them: each defect of the old ingest as a file that shows it.

`CASES` holds one entry a habit. `docs/studies/0006-office-files.md` is written from what
`doudi ingest` makes of them: `python -m tests.data.office_files docs/studies/0006-office-files.md`.
All people are invented; the region code is assigned to no place.
"""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data.contracts import load_contract
from tests.data.books import OldSheet, book, compound, old_book
from tests.data.offices import claim, csv_bytes, death, number, resident

Row = Mapping[str, Any]
Files = Mapping[str, bytes]
CLAIMS, JUNE = "医保结算", "医保结算_202606_20260628.csv"
SHEET = "医保结算_202606_20260628.xlsx"
DEATHS = "死亡殡葬_202606_20260628.csv"


@dataclass(frozen=True)
class OfficeFile:
    """A habit, what it did before, and its deliveries: each folder is ingested after the other."""

    defect: str
    key: str
    zh: str
    en: str
    before: str
    make: Callable[[], Sequence[Files]]


CASES: list[OfficeFile] = []


def case(defect: str, zh: str, en: str, before: str = "not tried") -> Callable[..., Any]:
    """Enter a maker of deliveries; a maker may return one delivery or a list of them."""

    def enter(make: Callable[[], Files | Sequence[Files]]) -> Callable[[], Any]:
        def listed() -> Sequence[Files]:
            made = make()
            return [made] if isinstance(made, Mapping) else made

        CASES.append(OfficeFile(defect, make.__name__, zh, en, before, listed))
        return make

    return enter


def claims(first: int, last: int, **changes: Any) -> list[dict[str, Any]]:
    """Settlements with their own number and cost."""
    return [
        claim(n, **({"total_cost": f"{n}.50", "self_paid": f"{n}.50"} | changes))
        for n in range(first, last + 1)
    ]


def grid(rows: Sequence[Row], feed: str = "medical_claims") -> list[list[Any]]:
    """Header and rows as lists of cells."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    labels = load_contract(feed).labels("zh")
    return [[labels.get(n, n) for n in names], *([row.get(n) for n in names] for row in rows)]


def text_of(cells: Sequence[Sequence[Any]], ends: str = "\r\n") -> str:
    """Cells as a CSV."""
    page = io.StringIO()
    csv.writer(page, lineterminator=ends).writerows(cells)
    return page.getvalue()


def csv_of(cells: Sequence[Sequence[Any]], encoding: str = "gb18030") -> bytes:
    """Cells as the bytes of a CSV."""
    return text_of(cells).encode(encoding)


def plain(rows: Sequence[Row]) -> bytes:
    """Rows as the CSV the contract asks for."""
    return csv_bytes("medical_claims", rows)


def one(number_of_rows: int = 3, **changes: Any) -> list[dict[str, Any]]:
    """Claims of which the first has something odd."""
    first, *others = claims(1, number_of_rows)
    return [first | changes, *others]


def gbk(text: str) -> str:
    """A name as an archive from Windows leaves it."""
    return os.fsdecode(text.encode("gb18030"))


GOOD = {DEATHS: csv_bytes("deaths", [death(1)])}


# 1. One bad file stops the whole ingest.


@case("1", "表外最后一格 XFD1048576 有字", "one cell in XFD1048576", "the process aborts")
def far_cell() -> Files:
    import xlsxwriter

    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as made:
        sheet = made.add_worksheet()
        for at, row in enumerate(grid(claims(1, 3))):
            sheet.write_row(at, 0, row)
        sheet.write_string(1_048_575, 16_383, "x")
    return GOOD | {SHEET: content.getvalue()}


@case("1", "文件只有 FF FE 两个字节", "a CSV of FF FE", "the whole ingest stops, every time")
def bytes_ff_fe() -> Files:
    return GOOD | {JUNE: b"\xff\xfe"}


@case("1", "文件只有一个字节 E4", "a CSV of one byte E4", "the whole ingest stops, every time")
def byte_e4() -> Files:
    return GOOD | {JUNE: b"\xe4"}


@case("1", "多一列 reason_code", "a column called reason_code", "the whole ingest stops")
def column_reason_code() -> Files:
    rows = [r | {"reason_code": "x", "row_no": "7", "batch": "b"} for r in one(total_cost="abc")]
    return GOOD | {JUNE: csv_of(grid(rows))}


@case("1", "文件名中月份为 000005", "a period 000005", "the whole ingest stops")
def period_000005() -> Files:
    return GOOD | {"医保结算_000005_20260628.csv": plain(claims(1, 3))}


@case(
    "1",
    "从 Windows 压缩包解出的 GBK 文件夹和文件名",
    "folder and file names in GBK bytes",
    "the whole ingest stops",
)
def names_in_gbk() -> Files:
    return GOOD | {gbk("东镇六月") + "/" + gbk(JUNE): plain(claims(1, 3))}


# 2. Supplements and parts replace the month.


@case("2", "-补报", "five late claims under -补报", "replaced June's 8,018 rows by 5")
def supplement() -> Sequence[Files]:
    late = plain(claims(8019, 8023))
    return [{JUNE: plain(claims(1, 8018))}, {"医保结算_202606_20260705-补报.csv": late}]


@case("2", "补报写在月份前", "补报 before the period")
def supplement_in_front() -> Sequence[Files]:
    late = plain(claims(81, 85))
    return [{JUNE: plain(claims(1, 80))}, {"医保结算-补报_202606_20260705.csv": late}]


@case(
    "2",
    "迟到的 5 行，文件名没有说明",
    "five late claims under the month's plain name",
)
def unsaid_supplement() -> Sequence[Files]:
    late = plain(claims(81, 85))
    return [{JUNE: plain(claims(1, 80))}, {"医保结算_202606_20260705.csv": late}]


@case("2", "_1 与 _2 两个文件", "two files _1 and _2", "the second replaced the first")
def parts_by_number() -> Files:
    return {
        "医保结算_202606_20260628_1.csv": plain(claims(1, 40)),
        "医保结算_202606_20260628_2.csv": plain(claims(41, 80)),
    }


@case("2", "（东镇）与（西镇）", "（东镇） and （西镇）", "the second replaced the first")
def parts_by_town() -> Files:
    return {
        "医保结算_202606_20260628（东镇）.csv": plain(claims(1, 40)),
        "医保结算_202606_20260628（西镇）.csv": plain(claims(41, 80)),
    }


# 3. The same rows under another period.


@case(
    "3",
    "六月数据又以七月名义报送",
    "June's rows again as July's",
    "counted twice: 13.0 became 17.9 million",
)
def another_period() -> Sequence[Files]:
    june = plain(claims(1, 80))
    return [{JUNE: june}, {"医保结算_202607_20260728.csv": june}]


@case("3", "七月文件夹带六月的 20 行", "20 of June's rows among July's")
def some_of_another_period() -> Sequence[Files]:
    both = plain([*claims(61, 80), *claims(81, 160, settled_on="2026-07-03")])
    return [{JUNE: plain(claims(1, 80))}, {"医保结算_202607_20260728.csv": both}]


# 4. Rows vanish before they are counted.


def _lines(count: int = 60) -> list[str]:
    return text_of(grid(claims(1, count))).splitlines()


@case(
    "4",
    "不加引号的 CSV 中有两个游离引号",
    "two stray quotes in 60 unquoted lines",
    "60 lines became 25 rows",
)
def two_stray_quotes() -> Files:
    lines = _lines()
    for at in (11, 46):
        cells = lines[at].split(",")
        cells[2] = '"' + cells[2]
        lines[at] = ",".join(cells)
    return {JUNE: "\r\n".join([*lines, ""]).encode("gb18030")}


@case("4", "引号没有收尾", "a quote that is never closed", "the rows below it vanished")
def unclosed_quote() -> Files:
    lines = _lines()
    cells = lines[30].split(",")
    cells[2] = '"' + cells[2]
    lines[30] = ",".join(cells)
    return {JUNE: "\r\n".join([*lines, ""]).encode("gb18030")}


@case("4", "只用 CR 换行", "line ends of CR only", "one line, no rows")
def cr_only() -> Files:
    return {JUNE: "\r".join([*_lines(), ""]).encode("gb18030")}


@case("4", "标题含 U+2028", "U+2028 in a title", "rows vanished")
def line_separator_in_title() -> Files:
    page = "医保结算\u2028二〇二六年六月\r\n" + "\r\n".join([*_lines(), ""])
    return {JUNE: page.encode("utf-8")}


@case("4", "姓名单元格内换行", "a line break inside a quoted cell")
def line_break_in_cell() -> Files:
    return {JUNE: csv_of(grid(one(name="王\r\n测")))}


# 5. Flags, sheets, exit code.


@case("5", "行数骤减", "a month of 30 rows after four of 100", "flag on no console, exit 0")
def fallen_month() -> Sequence[Files]:
    sent: list[Files] = []
    for month, count in ((1, 100), (2, 100), (3, 100), (4, 100), (5, 30)):
        rows = claims(month * 1000, month * 1000 + count - 1, settled_on=f"2026-{month:02d}-03")
        sent.append({f"医保结算_2026{month:02d}_2026{month:02d}28.csv": plain(rows)})
    return sent


@case("5", "只有表头", "a header and no rows", "flag on no console, exit 0")
def header_only() -> Files:
    return {JUNE: csv_of(grid(claims(1, 1))[:1])}


@case("5", "约定之外的列", "columns the contract does not know", "flag on no console")
def unknown_column() -> Files:
    return {JUNE: csv_of(grid([r | {"经办人编号": "7"} for r in claims(1, 3)]))}


@case("5", "工作簿另有说明表", "a workbook with another sheet", "flag on no console")
def other_sheet() -> Files:
    return {SHEET: book({"数据": grid(claims(1, 3)), "填表说明": [["请按月报送"]]})}


@case("5", "一个工作簿，每镇一张表", "a workbook with one sheet per town", "the first sheet only")
def sheet_per_town() -> Files:
    return {SHEET: book({"东镇": grid(claims(1, 3)), "西镇": grid(claims(4, 8))})}


@case("5", "不属于任何部门的文件", "a file of no feed", "exit 0")
def no_feed() -> Files:
    return GOOD | {"通知.docx": b"PK\x03\x04x", "备忘.csv": b"a,b\r\n1,2\r\n"}


# 6. Files and columns taken for others; personal data.


def visit(n: int) -> dict[str, Any]:
    return {
        "visit_no": f"V{n}",
        "household_no": f"H{n:04d}",
        "id_number": number(n),
        "name": "李某",
        "income_month": "1200",
        "visited_on": "2026-06-03",
    }


def member(n: int) -> dict[str, Any]:
    return {
        "visit_no": f"V{n}",
        "household_no": f"H{n:04d}",
        "id_number": number(n),
        "name": "李某",
        "age": "46",
        "visited_on": "2026-06-03",
    }


@case(
    "6",
    "入户调查与成员两个文件互换名字",
    "visits and members under each other's name",
    "taken for each other",
)
def visits_and_members_swapped() -> Files:
    visits = csv_of(grid([visit(n) for n in range(1, 9)], "home_visits"))
    members = csv_of(grid([member(n) for n in range(1, 9)], "home_visit_members"))
    return {"入户调查_202606_20260628.csv": members, "入户调查成员_202606_20260628.csv": visits}


def _swapped(one_header: str, other: str) -> Files:
    names = [
        f"{one}{two}" for one in "王李张刘陈" for two in ("小明", "建国", "秀英", "军", "桂兰")
    ]
    rows = [
        r | {"reversal_of": f"J{n}", "name": names[n % 25]} for n, r in enumerate(claims(1, 40))
    ]
    header, *cells = grid(rows)
    places = header.index(one_header), header.index(other)
    header[places[0]], header[places[1]] = other, one_header
    return {JUNE: csv_of([header, *cells])}


@case(
    "6",
    "表头“姓名”与“冲正结算号”写反",
    "two headers swapped: names in a free-text column",
    "names in the lake",
)
def names_in_free_text() -> Files:
    return _swapped("姓名", "冲正结算号")


@case(
    "6",
    "表头“身份证号”与“结算号”写反",
    "two headers swapped: ID numbers as settlement numbers",
    "ID numbers in the lake",
)
def numbers_in_free_text() -> Files:
    return _swapped("身份证号", "结算号")


@case(
    "6",
    "房屋编号就是户号加前缀",
    "dwelling_no is the household number with a prefix",
    "reversed the pseudonym in 259 of 259 rows",
)
def dwelling_is_household() -> Files:
    rows = [
        {
            "dwelling_no": f"F{20260000 + n}",
            "id_number": number(n),
            "name": "李某",
            "household_no": f"{20260000 + n}",
            "kind": "自有农村",
            "recorded_on": "2026-06-01",
        }
        for n in range(1, 41)
    ]
    return {"住房_202606_20260628.csv": csv_of(grid(rows, "housing"))}


# 7. Misread, or accepted though impossible.


@case("7", "Excel 数值 2026.10", "2026.10 as a number in Excel", "read as January")
def month_as_decimal() -> Files:
    rows = [r | {"settled_on": 2026.10} for r in claims(1, 3)]
    return {"医保结算_202610_20261028.xlsx": book({"数据": grid(rows)})}


@case("7", "4,32", "an amount 4,32", "read as 432")
def comma_432() -> Files:
    return {JUNE: plain(one(total_cost="4,32"))}


@case("7", "4321,50", "an amount 4321,50", "read as 432,150")
def comma_4321() -> Files:
    return {JUNE: plain(one(total_cost="4321,50"))}


@case("7", "标题写明 单位：万元", "单位：万元 in a title", "10,000 times too small")
def title_unit() -> Files:
    rows = [r | {"total_cost": "1.25", "self_paid": "0.5"} for r in claims(1, 3)]
    return {SHEET: book({"数据": [["医保结算表"], ["单位：万元"], *grid(rows)]})}


@case("7", "文件在最后一个日期中断", "a file cut inside its last date", "read as another day")
def cut_date() -> Files:
    return {JUNE: plain(claims(1, 60))[:-3]}


@case("7", "只有 3 行的文件在最后一个日期中断", "three rows, cut inside the last date")
def cut_date_of_few() -> Files:
    return {JUNE: plain(claims(1, 3))[:-3]}


@case("7", "身份证号出生于 2099 年", "an ID number born in 2099", "accepted")
def born_2099() -> Files:
    return {JUNE: plain(one(id_number=number(1, "20990101")))}


@case("7", "出院早于入院", "discharged before admitted", "accepted")
def discharge_first() -> Files:
    days = {"admitted_on": "2026-06-02", "discharged_on": "2026-06-01"}
    return {JUNE: plain([r | days if not n else r for n, r in enumerate(claims(1, 3))])}


@case("7", "各项支付大于总费用", "parts greater than the total", "accepted")
def parts_over_total() -> Files:
    return {JUNE: plain(one(total_cost="100", self_paid="300"))}


@case("7", "一万亿元", "10^12 yuan", "accepted")
def trillion() -> Files:
    return {JUNE: plain(one(total_cost="1000000000000", self_paid="0"))}


@case("7", "文件名中报送日为 2062 年", "a delivery of 2062 by its name", "accepted")
def delivered_2062() -> Files:
    return {"医保结算_202606_20620628.csv": plain(claims(1, 3))}


@case("7", "结算日期为 2062 年", "a settlement of 2062")
def settled_2062() -> Files:
    return {JUNE: plain(one(settled_on="2062-06-03"))}


@case("7", "同一结算号两个金额", "one settlement number with two amounts", "both accepted")
def two_amounts() -> Files:
    first, *others = claims(1, 3)
    return {JUNE: plain([first, first | {"total_cost": "9.50", "self_paid": "9"}, *others])}


# 8. What goes back.


@case("8", "公式样的文字", "text like formulas in refused rows", "live in the quarantine workbook")
def formulas() -> Files:
    rows = [r | {"name": '=HYPERLINK("http://x","y")', "total_cost": "=1+1"} for r in claims(1, 2)]
    return {JUNE: plain([*rows, claim(3, total_cost="3"), claim(4, total_cost="{=A1:A2}")])}


@case("8", "数据中有空行", "blank lines between rows", "row numbers ignored blank lines")
def blank_lines() -> Files:
    header, *cells = grid([*claims(1, 3), claim(4, total_cost="abc")])
    empty = [""] * len(header)
    return {JUNE: csv_of([header, cells[0], empty, empty, *cells[1:]])}


@case("8", "单元格中有零宽空格", "a zero-width space in a code", "not named as the cause")
def zero_width() -> Files:
    odd = {"visit_type": "住\u200b院", "total_cost": "1\u200b00", "self_paid": "1"}
    return {JUNE: csv_bytes("medical_claims", one(**odd), "utf-8")}


@case("8", "单元格中有控制字符", "a control character in a code", "not named as the cause")
def control_character() -> Files:
    return {JUNE: csv_bytes("medical_claims", one(visit_type="住\x07院"), "utf-8")}


# Ordinary habits that the list does not have.


@case("+", "表头单元格内换行", "line breaks in header cells")
def header_line_breaks() -> Files:
    header, *cells = grid(claims(1, 3))
    broken = [f"{h[:2]}\n{h[2:]}" if len(h) > 2 else h for h in header]
    return {SHEET: book({"数据": [broken, *cells]}), DEATHS: GOOD[DEATHS]}


@case("+", "CSV 表头单元格内换行", "line breaks in header cells of a CSV")
def header_line_breaks_csv() -> Files:
    header, *cells = grid(claims(1, 3))
    return {JUNE: csv_of([[f"{h[:2]}\n{h[2:]}" if len(h) > 2 else h for h in header], *cells])}


def _two_header_rows() -> tuple[list[int], list[list[Any]]]:
    """Where the amounts stand, and a table whose header names them in its second row."""
    header, *cells = grid(claims(1, 3))
    money = [header.index("总费用"), header.index("个人负担")]
    top = ["费用" if at == money[0] else None if at in money else h for at, h in enumerate(header)]
    below = [h if at in money else None for at, h in enumerate(header)]
    return money, [top, below, *cells]


@case("+", "两行表头，其余列上下合并", "a header of two rows, the other columns merged over both")
def two_header_rows_merged() -> Files:
    import xlsxwriter

    (money, rows), content = _two_header_rows(), io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as made:
        sheet = made.add_worksheet()
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
        for column, label in enumerate(rows[0]):
            if column not in money:
                sheet.merge_range(0, column, 1, column, label)
    return {SHEET: content.getvalue()}


@case("+", "两行表头，未合并单元格", "a header of two rows, nothing merged")
def two_header_rows_csv() -> Files:
    return {JUNE: csv_of(_two_header_rows()[1])}


@case("+", "末尾合计行", "a total row 合计 at the bottom")
def total_row() -> Files:
    header, *cells = grid(claims(1, 3))
    last = ["合计" if not at else None for at in range(len(header))]
    last[header.index("总费用")] = 7.5
    return {SHEET: book({"数据": [header, *cells, last]})}


@case("+", "户籍表末尾“合计 3 人”", "a total row in the register")
def total_row_register() -> Files:
    header, *cells = grid([resident(n) for n in range(1, 4)], "population_register")
    last = ["合计", "3人", *[""] * (len(header) - 2)]
    return {"户籍人口_202606_20260628.csv": csv_of([header, *cells, last])}


@case("+", "末尾制表人、审核人", "who made it, below the table")
def signed_below() -> Files:
    header, *cells = grid(claims(1, 3))
    return {SHEET: book({"数据": [header, *cells, [], ["制表人：张某", None, "审核人：李某"]]})}


@case("+", "序号列在前", "a column of numbers in front")
def numbered() -> Files:
    header, *cells = grid(claims(1, 3))
    return {SHEET: book({"数据": [["序号", *header], *([n, *c] for n, c in enumerate(cells, 1))]})}


@case("+", "隐藏的工作表", "a hidden sheet")
def hidden_sheet() -> Files:
    import xlsxwriter

    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as made:
        for name, rows in (("六月", claims(1, 3)), ("旧", claims(4, 9))):
            sheet = made.add_worksheet(name)
            for at, row in enumerate(grid(rows)):
                sheet.write_row(at, 0, row)
            if name == "旧":
                sheet.hide()
    return {SHEET: content.getvalue()}


@case("+", "有密码的工作簿", "a workbook with a password")
def with_password() -> Files:
    return {SHEET: compound("EncryptedPackage", b"\x00" * 5000), DEATHS: GOOD[DEATHS]}


@case("+", "WPS 另存的 CSV，行尾多逗号", "trailing commas")
def trailing_commas() -> Files:
    header, *cells = grid(claims(1, 3))
    empty = ["", "", ""]
    return {JUNE: csv_of([[*header, *empty], *([*c, *empty] for c in cells)])}


@case("+", "只有数据行多逗号", "trailing commas below a header without them")
def trailing_commas_below() -> Files:
    header, *cells = grid(claims(1, 3))
    return {JUNE: csv_of([header, *([*c, "", ""] for c in cells)])}


@case("+", "空列夹在中间", "empty columns between")
def empty_columns() -> Files:
    header, *cells = grid(claims(1, 3))
    wide = [[*c[:2], None, *c[2:4], None, *c[4:]] for c in (header, *cells)]
    return {SHEET: book({"数据": wide})}


@case("+", "同一文件两个名字", "the same file under two names")
def two_names() -> Files:
    content = plain(claims(1, 3))
    return {
        JUNE: content,
        "医保结算_202606_20260628(1).csv": content,
        "医保结算_202606_20260629-最终版.csv": content,
    }


@case("+", "压缩包", "a zip with the file inside")
def zipped() -> Files:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(JUNE, plain(claims(1, 3)))
    return {"医保结算_202606_20260628.zip": content.getvalue(), DEATHS: GOOD[DEATHS]}


@case("+", "压缩包改名为 .xlsx", "a zip called .xlsx")
def zip_called_xlsx() -> Files:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("data.csv", plain(claims(1, 3)))
    return {SHEET: content.getvalue()}


@case("+", ".xlsx 改名为 .xls", "an .xlsx called .xls")
def xlsx_called_xls() -> Files:
    return {"医保结算_202606_20260628.xls": book({"数据": grid(claims(1, 3))})}


@case("+", ".xls 改名为 .xlsx", "an .xls called .xlsx")
def xls_called_xlsx() -> Files:
    return {SHEET: old_book([OldSheet("数据", grid(claims(1, 3)))])}


@case("+", ".xlsx 改名为 .csv", "an .xlsx called .csv")
def xlsx_called_csv() -> Files:
    return {JUNE: book({"数据": grid(claims(1, 3))})}


@case("+", "日期写成 20260603.0", "dates as 20260603.0")
def date_with_point() -> Files:
    return {JUNE: plain([r | {"settled_on": "20260603.0"} for r in claims(1, 3)])}


@case("+", "Excel 数值 20260603", "dates as the number 20260603")
def date_as_number() -> Files:
    rows = [r | {"settled_on": 20260603.0} for r in claims(1, 3)]
    return {SHEET: book({"数据": grid(rows)})}


@case("+", "身份证号写成 9.90321E+17", "ID numbers as 9.90321E+17")
def id_as_power() -> Files:
    return {JUNE: plain(one(id_number="9.90321E+17"))}


@case("+", "Excel 把身份证号存成数值", "ID numbers as numbers in Excel")
def id_as_number() -> Files:
    rows = [r | {"id_number": float(number(n)[:17] + "0")} for n, r in enumerate(claims(1, 3), 1)]
    return {SHEET: book({"数据": grid(rows)})}


@case("+", "姓名中有空格", "names with blanks inside")
def names_with_blanks() -> Files:
    return {JUNE: plain([r | {"name": " 王　 测 "} for r in claims(1, 3)])}


@case("+", "没有数据的月份：零报告", "a month without a row: 零报告")
def empty_month() -> Files:
    return {"死亡殡葬_202606_20260628-零报告.csv": csv_of(grid([death(1)], "deaths")[:1])}


@case("+", "没有数据的月份：“本月无”", "a month without a row: 本月无 below the header")
def nothing_this_month() -> Files:
    header = grid([death(1)], "deaths")[0]
    return {DEATHS: csv_of([header, ["本月无", *[""] * (len(header) - 1)]])}


@case("+", "单元格前有单引号", "cells with an apostrophe in front")
def apostrophes() -> Files:
    rows = [r | {"id_number": f"'{r['id_number']}"} for r in claims(1, 3)]
    return {JUNE: plain(rows)}


@case("+", "空值写成 / 、 - 、 无", "nothing written as /, - or 无")
def marks_for_nothing() -> Files:
    odd = ("/", "-", "无", "—", "NULL")
    return {
        JUNE: plain(
            [r | {"admitted_on": o, "fund_paid": o} for r, o in zip(claims(1, 5), odd, strict=True)]
        )
    }


@case("+", "表头有星号和括号说明", "headers with a star and a note in brackets")
def starred_headers() -> Files:
    header, *cells = grid(claims(1, 3))
    return {JUNE: csv_of([[f"*{h}（必填）" for h in header], *cells])}


@case("+", "金额前有 ￥ 或后有 元", "amounts as ￥1,200.50 and 300元")
def money_marks() -> Files:
    return {JUNE: plain(one(total_cost="￥1,200.50", self_paid="300元"))}


@case("+", "UTF-16 文本（Excel 的 Unicode 文本）", "Excel's Unicode text, tabs in UTF-16")
def unicode_text() -> Files:
    page = text_of(grid(claims(1, 3))).replace(",", "\t")
    return {"医保结算_202606_20260628.txt": page.encode("utf-16")}


# What became of a file, in one line, and the study made of all lines.


def deliver(files: Files, folder: Path) -> None:
    """Write a delivery's files into a folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def ingest(folder: Path, home: Path) -> tuple[int, dict[str, Any], str]:
    """Exit code of `doudi ingest`, its figures, and what it writes on the console."""
    from typer.testing import CliRunner

    from doudi.cli import app

    words = ["ingest", str(folder), "--home", str(home)]
    done = CliRunner().invoke(app, [*words, "--json"])
    assert done.exit_code in (0, 2), done.output
    return done.exit_code, json.loads(done.stdout), done.output


def fresh_home(folder: Path) -> Path:
    """A home in which an ingest of nothing has made the database."""
    (folder / "nothing").mkdir(parents=True)
    ingest(folder / "nothing", folder / "home")
    return folder / "home"


def outcome(entry: OfficeFile, folder: Path, fresh: Path) -> str:
    """What the last delivery of a case became in a home of its own, a copy of `fresh`."""
    sent = entry.make()
    shutil.copytree(fresh, folder / "home")
    for at, files in enumerate(sent):
        deliver(files, folder / f"came{at}")
        code, told, _ = ingest(folder / f"came{at}", folder / "home")
        assert told["balanced"], entry.key
    others = GOOD if len(sent[-1]) > 1 else {}
    lines = [_line(b) for b in told["batches"] if b["file"] not in others]
    lines += [f"refused ({u['reason']}): {u['message_en']}" for u in told["unrecognised"]]
    lines += [f"known already: {len(told['skipped'])}"] if told["skipped"] else []
    return "; ".join([*lines, f"exit {code}"]).replace("|", "/")


def _line(batch: Mapping[str, Any]) -> str:
    sums = "{received:,} = {accepted:,} + {quarantined:,} + {duplicates:,}".format(**batch)
    doubt, status = batch["doubt"], batch["status"]
    if status not in ("accepted", "waiting", "repeat", "rejected"):
        return f"refused ({status}): {batch['message_en']}"
    kind = " ".join(filter(None, (batch["kind"].replace("_", " "), batch["part"])))
    said = [f"{status}, {kind}" + (f" ({doubt})" if doubt else ""), sums]
    said += [f"`{reason}` {count}" for reason, count in batch["reasons"].items()]
    said += [f"flag `{flag}`" for flag in batch["flags"]]
    held = sum(batch["already"].values())
    return ", ".join(said + ([f"{held} held by another month"] if held else []))


def row(entry: OfficeFile, folder: Path, fresh: Path) -> str:
    """The line of a case in the study."""
    habit = f"{entry.zh} · {entry.en}"
    now = outcome(entry, folder / entry.key, fresh)
    return f"| {entry.defect} | {habit} | `{entry.key}` | {entry.before} | {now} |"


def write_study(page: Path, folder: Path) -> None:
    """Replace the lines of the study's table by what is seen now; a new case adds a line."""
    fresh = fresh_home(folder)
    kept = page.read_text(encoding="utf-8").splitlines()
    at = kept.index("|---|---|---|---|---|") + 1
    end = next((n for n in range(at, len(kept)) if not kept[n].startswith("|")), len(kept))
    kept[at:end] = [row(c, folder, fresh) for c in CASES]
    page.write_text("\n".join(kept) + "\n", encoding="utf-8")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        os.environ |= {"XDG_CONFIG_HOME": made, "XDG_STATE_HOME": made}
        write_study(Path(sys.argv[1]), Path(made))
