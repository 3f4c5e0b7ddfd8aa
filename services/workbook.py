"""Excel files that an office keeps: a cover that says what is inside, then the tables.

Cells carry values, not their looks: a date is a date, a share a number shown as per cent. Whatever
is text is a text cell and stays one, so that no spreadsheet reads an ID number as a number or a
note that begins with "=" as a formula. What is not known is an empty cell, never a zero.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from math import ceil
from typing import Any

import pandas as pd
import xlsxwriter

TEXT_FORMAT = "@"
LONGEST_TEXT = 32_767  # characters a cell can hold
TAB_LENGTH = 31
WIDEST, WIDEST_LONG, NARROWEST, WIDTH_SAMPLE = 44, 70, 9, 500
LABEL_WIDTH, TEXT_WIDTH = 24, 82  # columns of the cover
LINE_HEIGHT, MOST_LINES = 13.5, 30
FILLED = 0.88  # share of a line that text fills: fonts differ, and words are not broken
_NOT_IN_TABS = re.compile(r"[\[\]:*?/\\]")
A4 = 9
COMMENT = {"x_scale": 2, "y_scale": 1.2, "font_size": 9}
ACCENT, PALE, INK, MARK, MARK_PALE = "#0F6E6E", "#E7F1F1", "#1F2933", "#9A4A05", "#FDF4EA"


class Kind(Enum):
    """What a column holds: its number format, and whether long text is broken into lines."""

    TEXT = (TEXT_FORMAT, False)
    LONG = (TEXT_FORMAT, True)
    COUNT = ("#,##0", False)
    DECIMAL = ("#,##0.0", False)
    FINE = ("0.000", False)
    PERCENT = ("0%", False)
    SHARE = ("0.0%", False)
    DAY = ("yyyy-mm-dd", False)
    MONTH = ("yyyy-mm", False)


# How a formula begins in one program or another. Such text gets Excel's own mark of a text (an
# apostrophe that is not part of it): it stays text when somebody corrects the cell.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_TEXTS, _DATES = (Kind.TEXT, Kind.LONG), (Kind.DAY, Kind.MONTH)


@dataclass(frozen=True)
class Column:
    """One column of a table; `meaning` explains it on the cover where the title does not.

    `notes` marks cells by their row (0 is the first): a fill, and a comment that says why.
    """

    title: str
    values: Sequence[Any]
    kind: Kind = Kind.TEXT
    meaning: str = ""
    notes: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Sheet:
    """One table on a tab of its own."""

    name: str
    columns: Sequence[Column]

    @property
    def rows(self) -> int:
        """How many rows the table has below its header."""
        return len(self.columns[0].values) if self.columns else 0


@dataclass(frozen=True)
class Cover:
    """The first tab: a title, an optional mark below it, facts by label, meanings of columns."""

    name: str
    title: str
    facts: Sequence[tuple[str, str | int]]
    columns_title: str
    mark: str = ""
    font: str = "Calibri"


def workbook(cover: Cover, sheets: Sequence[Sheet]) -> bytes:
    """The file: cover first, every table with a frozen header and a filter, ready to print."""
    content = io.BytesIO()
    options = {
        "in_memory": True,
        "default_format_properties": {"font_name": cover.font, "font_size": 10},
    }
    with xlsxwriter.Workbook(content, options) as book:
        book.set_properties({"title": cover.title, "comments": cover.mark})
        _cover(book, cover, sheets)
        tabs = {cover.name}
        for sheet in sheets:
            _table(book, sheet, _tab(sheet.name, tabs), cover)
    return content.getvalue()


def _tab(name: str, taken: set[str]) -> str:
    """A name that a tab may have: short, without forbidden signs, unlike the others."""
    clean = _NOT_IN_TABS.sub(" ", name).strip()
    if len(clean) > TAB_LENGTH:
        clean = clean[: TAB_LENGTH + 1].rsplit(" ", 1)[0][:TAB_LENGTH]
    found, number = clean, 1
    while found.lower() in {one.lower() for one in taken}:
        number += 1
        found = f"{clean[: TAB_LENGTH - 4]} ({number})"
    taken.add(found)
    return found


def _cover(book: xlsxwriter.Workbook, cover: Cover, sheets: Sequence[Sheet]) -> None:
    page = book.add_worksheet(_tab(cover.name, set()))
    page.hide_gridlines(2)
    page.set_column(0, 0, LABEL_WIDTH)
    page.set_column(1, 1, TEXT_WIDTH)
    heading = {"bold": True, "font_color": ACCENT}
    page.set_row(0, 26)
    page.write_string(0, 0, cover.title, book.add_format({**heading, "font_size": 16}))
    row = 1
    if cover.mark:
        flag = {"bold": True, "font_color": MARK, "bg_color": MARK_PALE, "border": 1}
        page.write_string(row, 0, cover.mark, book.add_format({**flag, "border_color": MARK}))
        row += 1
    row = _lines(book, page, row + 1, cover.facts)
    meant = {c.title: c.meaning for sheet in sheets for c in sheet.columns if c.meaning}
    if meant:
        small = book.add_format({**heading, "font_size": 12})
        page.write_string(row + 1, 0, cover.columns_title, small)
        _lines(book, page, row + 2, list(meant.items()))
    _print(page, cover, landscape=False)


def _lines(
    book: xlsxwriter.Workbook, page: Any, row: int, pairs: Sequence[tuple[str, str | int]]
) -> int:
    """Labels with what they say, from a row on; returns the row below."""
    label = book.add_format(
        {"font_color": "#5B666D", "valign": "top", "bottom": 4, "text_wrap": True}
    )
    look = {"text_wrap": True, "valign": "top", "align": "left", "bottom": 4}
    text = book.add_format({**look, "num_format": TEXT_FORMAT})
    count = book.add_format({**look, "num_format": Kind.COUNT.value[0]})
    for number, (name, value) in enumerate(pairs, row):
        _height(page, number, [(name, LABEL_WIDTH), (value, TEXT_WIDTH)])
        page.write_string(number, 0, name, label)
        if isinstance(value, str):
            page.write_string(number, 1, value, text)
        else:
            page.write_number(number, 1, value, count)
    return row + len(pairs)


def _table(book: xlsxwriter.Workbook, sheet: Sheet, tab: str, cover: Cover) -> None:
    page = book.add_worksheet(tab)
    head = {"bold": True, "bg_color": PALE, "font_color": INK, "text_wrap": True}
    head |= {"valign": "vcenter", "bottom": 1, "bottom_color": ACCENT}
    long = [(column.values, _width(column)) for column in sheet.columns if column.kind.value[1]]
    for row in range(sheet.rows if long else 0):
        _height(page, row + 1, [(values[row], width) for values, width in long])
    for place, column in enumerate(sheet.columns):
        shown, wrap = column.kind.value
        side = _side(column.kind)
        page.write_string(0, place, column.title, book.add_format(head | side))
        look = {"num_format": shown, "text_wrap": wrap, "valign": "top"}
        cell = book.add_format(look | side)
        page.set_column(place, place, _width(column), cell)
        quoted = book.add_format({**look, **side, "quote_prefix": True})
        fill = {"bg_color": MARK_PALE, "border": 1, "border_color": MARK} if column.notes else {}
        marked = [book.add_format({**look, **side, **fill, "quote_prefix": q}) for q in (0, 1)]
        for row, value in enumerate(column.values, 1):
            formula = column.kind in _TEXTS and str(value).startswith(_FORMULA)
            noted = column.notes.get(row - 1)
            form = marked[formula] if noted else quoted if formula else cell
            _write(page, row, place, value, column.kind, form)
            if noted:
                page.write_comment(row, place, noted[:LONGEST_TEXT], COMMENT)
    if sheet.columns:
        page.autofilter(0, 0, sheet.rows, len(sheet.columns) - 1)
    page.freeze_panes(1, 1)
    page.repeat_rows(0)
    # Text that looks like a number is meant: no green corners on it.
    page.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
    _print(page, cover, landscape=True)


def _side(kind: Kind) -> dict[str, Any]:
    """Texts stand left, dates in the middle, numbers right, with air to the next column."""
    if kind in _DATES:
        return {"align": "center"}
    return {"align": "left", "indent": 1} if kind in _TEXTS else {"align": "right"}


def _height(page: Any, row: int, cells: Sequence[tuple[Any, float]]) -> None:
    """High enough for the longest text: not every program works this out by itself."""
    lines = 1
    for value, width in cells:
        told = str(value).split("\n") if isinstance(value, str) else []
        lines = max(lines, sum(max(1, ceil(_reach(one) / (width * FILLED))) for one in told))
    if lines > 1:
        page.set_row(row, LINE_HEIGHT * min(lines, MOST_LINES))


def _write(page: Any, row: int, place: int, value: Any, kind: Kind, cell: Any) -> None:
    if value is None or value is pd.NA or value != value:
        page.write_blank(row, place, None, cell)
    elif kind in _TEXTS:
        page.write_string(row, place, str(value)[:LONGEST_TEXT], cell)
    elif kind in _DATES:
        page.write_datetime(row, place, _day(value), cell)
    else:
        page.write_number(row, place, float(value), cell)


def _day(value: Any) -> date:
    return value if isinstance(value, date) else pd.Timestamp(value).date()


def _width(column: Column) -> float:
    """Wide enough to read: the longest value, the header broken into two lines if need be."""
    if column.kind in _DATES:
        longest = 11
    elif column.kind in _TEXTS:
        sample = [str(v) for v in list(column.values)[:WIDTH_SAMPLE] if v is not None]
        longest = max((_reach(line) for text in sample for line in text.split("\n")), default=0)
    else:
        longest = NARROWEST
    # The arrow of the filter stands in the header too.
    header = max(_longest_word(column.title), -(-_reach(column.title) // 2)) + 4
    widest = WIDEST_LONG if column.kind is Kind.LONG else WIDEST
    return float(min(widest, max(NARROWEST, longest + 2, header)))


def _longest_word(text: str) -> int:
    return max((_reach(word) for word in text.split() if word.isascii()), default=0)


def _reach(text: str) -> int:
    """How many letters wide a text is; a Chinese character takes the room of two.

    In GB 18030 it takes two bytes as well, which is counted at once.
    """
    return len(text.encode("gb18030", "replace"))


def _print(page: Any, cover: Cover, *, landscape: bool) -> None:
    if landscape:
        page.set_landscape()
    page.set_paper(A4)
    page.fit_to_pages(1, 0)
    page.set_margins(left=0.5, right=0.5, top=0.75, bottom=0.75)
    page.set_header(f"&L{_plain(cover.title)}&R{_plain(cover.mark)}")
    page.set_footer("&L&A&R&P / &N")


def _plain(text: str) -> str:
    """Text for a page header, in which & begins a command."""
    return text.replace("&", "&&")[:110]
