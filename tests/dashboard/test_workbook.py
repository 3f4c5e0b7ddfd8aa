"""The builder of workbooks: what it writes, read back cell by cell."""

from __future__ import annotations

import io
from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from services.workbook import Column, Cover, Kind, Sheet, workbook

COVER = Cover(
    "说明",
    "预警列表",
    [("筛选条件", "等级：红\n状态：未办结"), ("行数", 3)],
    "各列含义",
    "合成数据 Synthetic",
)
DANGEROUS = ["=1+1", "+86", "-3", "@SUM(A1)", "\t=2", '=HYPERLINK("http://x")', "http://x.example"]


def sheets(*made: Sheet, cover: Cover = COVER) -> list[Worksheet]:
    return load_workbook(io.BytesIO(workbook(cover, made))).worksheets


def one(*columns: Column) -> Worksheet:
    return sheets(Sheet("表", columns))[1]


def test_values_are_values_and_formats_only_show_them() -> None:
    table = one(
        Column("编号", ["0042", "990321197001011234", "1E5"]),
        Column("日期", [date(2026, 6, 30), pd.Timestamp(2026, 5, 1), None], Kind.DAY),
        Column("月份", [date(2026, 6, 30), pd.NaT, date(2026, 4, 1)], Kind.MONTH),
        Column("占比", [0.5, np.float64(0.123), np.nan], Kind.PERCENT),
        Column("准确率", [0.5, pd.NA, 0.0], Kind.SHARE),
        Column("户数", np.array([1234567, 0, 3]), Kind.COUNT),
        Column("得分", [12.34, None, 0.0], Kind.DECIMAL),
    )
    first, second, third = ([_told(c.value) for c in row] for row in table.iter_rows(min_row=2))
    assert first == ["0042", "2026-06-30", "2026-06-30", 0.5, 0.5, 1234567, 12.34]
    assert second == ["990321197001011234", "2026-05-01", None, 0.123, None, 0, None]
    assert third == ["1E5", None, "2026-04-01", None, 0, 3, 0]
    shown = [cell.number_format for cell in table[2]]
    assert shown == ["@", "yyyy-mm-dd", "yyyy-mm", "0%", "0.0%", "#,##0", "#,##0.0"]


def _told(value: object) -> object:
    """A real date as text; text that looks like one is told apart."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}"
    return f"text {value}" if isinstance(value, str) and value.startswith("20") else value


def test_no_text_becomes_a_formula_or_a_link() -> None:
    table = one(Column("说明", DANGEROUS), Column("长", DANGEROUS, Kind.LONG))
    for column in ("A", "B"):
        cells = table[column][1:]
        assert [cell.value for cell in cells] == DANGEROUS
        # 's' is text; 'f' would be a formula. '@' keeps it text when somebody edits the cell.
        assert {(cell.data_type, cell.number_format) for cell in cells} == {("s", "@")}
        assert all(cell.hyperlink is None for cell in cells)


def test_the_cover_is_text_too() -> None:
    front = sheets(cover=Cover("说明", "=T(1)", [("=A", "=B"), ("+N", 7)], "", "=M"))[0]
    cells = [cell for row in front.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s", "n"}
    assert {"=T(1)", "=A", "=B", "=M", "+N", 7} == {cell.value for cell in cells}


def test_a_table_can_be_filtered_read_and_printed() -> None:
    long = "近12个月全家自付医疗费占家庭收入七成以上；" * 6
    table = one(
        Column("短", ["a", "b", "c"]),
        Column("理由", [long, "", "短"], Kind.LONG),
        Column("日期", [date(2026, 6, 30)] * 3, Kind.DAY),
    )
    assert table.auto_filter.ref == "A1:C4"
    assert table.freeze_panes == "B2"
    assert table.print_title_rows == "$1:$1"
    assert table.page_setup.orientation == "landscape"
    assert table["B2"].alignment.wrap_text
    assert not table["A2"].alignment.wrap_text
    heights = [table.row_dimensions[row].height for row in (2, 3, 4)]
    assert heights[0] > 50
    assert heights[1:] == [None, None]
    widths = {name: table.column_dimensions[name].width for name in "ABC"}
    assert 9 <= widths["A"] < widths["C"] < widths["B"] <= 71


def test_a_chinese_column_is_as_wide_as_its_characters() -> None:
    table = one(Column("村", ["西塘社区居民委员会"]), Column("v", ["abcdefghi"]))
    widths = [table.column_dimensions[name].width for name in "AB"]
    assert widths[0] >= 18 > widths[1]


def test_the_cover_tells_facts_mark_and_meanings() -> None:
    front = sheets(Sheet("表", [Column("覆盖率", [0.5], Kind.PERCENT, "数据齐全的比例")]))[0]
    rows = [tuple(cell.value for cell in row) for row in front.iter_rows(max_col=2)]
    assert rows[0] == ("预警列表", None)
    assert rows[1] == ("合成数据 Synthetic", None)
    assert ("筛选条件", "等级：红\n状态：未办结") in rows
    assert ("行数", 3) in rows
    filters = rows.index(("筛选条件", "等级：红\n状态：未办结")) + 1
    assert front.row_dimensions[filters].height > 25
    assert rows.index(("覆盖率", "数据齐全的比例")) > rows.index(("各列含义", None))


def test_a_real_county_has_no_mark() -> None:
    front = sheets(cover=Cover("说明", "标题", [("行数", 0)], ""))[0]
    assert "Synthetic" not in str([cell.value for row in front.iter_rows() for cell in row])


def test_a_table_without_rows_keeps_its_header() -> None:
    table = one(Column("编号", []), Column("日期", [], Kind.DAY))
    assert [cell.value for cell in table[1]] == ["编号", "日期"]
    assert table.max_row == 1


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Return to poverty and first entry", "Return to poverty and first"),
        ("a/b:c?[d]", "a b c  d"),
        ("按" * 40, "按" * 31),
        ("说明", "说明 (2)"),
    ],
)
def test_names_of_tabs_are_cut_and_kept_apart(name: str, told: str) -> None:
    assert [s.title for s in sheets(Sheet(name, [Column("x", [])]))] == ["说明", told]


def test_text_that_looks_like_a_formula_stays_text_when_somebody_corrects_it() -> None:
    page = one(Column("=1+1", [*DANGEROUS, "{=1+1}", "plain"]))
    cells = [page.cell(row, 1) for row in range(2, 11)]
    assert [c.value for c in cells][:6] == DANGEROUS[:6]
    assert {c.data_type for c in (*cells, page.cell(1, 1))} == {"s"}
    assert [bool(c.quotePrefix) for c in cells] == [True] * 6 + [False] * 3
