"""The bulletin as a Word file of one A4 page: real headings and tables, to be edited further."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Mm, Pt, RGBColor

from core.workflow.calendar import CHINA_TIME
from dashboard.app_pages.overview.bulletin import Bulletin, Part, Table

SONG, LATIN = "SimSun", "Arial"
ACCENT, GREY, MARK = (RGBColor.from_string(c) for c in ("0F6E6E", "5B666D", "9A4A05"))
PAGE, MARGIN, GUTTER = Mm(210), Mm(13), Mm(5)
WIDTH = PAGE - 2 * MARGIN
# Point sizes of text and cells: smaller when there is more to tell, for it must stay one page.
SIZES = ((48, 8.5), (56, 8.0), (64, 7.5), (10_000, 7.0))


def word(told: Bulletin) -> bytes:
    """The file."""
    document = Document()
    _page(document, told)
    title = document.add_heading(told.title, level=1)
    title.paragraph_format.space_after = Pt(2)
    place = _line(document, told.place, colour=GREY)
    if told.mark:
        run = place.add_run(f"   {told.mark}")
        run.font.bold, run.font.color.rgb = True, MARK
    lead = _line(document, told.lead)
    lead.paragraph_format.space_after = Pt(3)
    for row in told.rows:
        if len(row) == 1:
            for part in row[0]:
                _part(document, part, WIDTH)
        else:
            _side_by_side(document, row)
    stop = "。" if told.language == "zh" else ". "
    foot = document.sections[0].footer.paragraphs[0]
    run = foot.add_run(f"{told.made}{stop}{told.foot}")
    run.font.size, run.font.color.rgb = Pt(7), GREY
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


def _page(document: Any, told: Bulletin) -> None:
    """Size, margins, fonts, language and properties of the document."""
    section = document.sections[0]
    section.page_width, section.page_height = PAGE, Mm(297)
    section.left_margin = section.right_margin = MARGIN
    section.top_margin, section.bottom_margin = Mm(11), Mm(14)
    section.header_distance, section.footer_distance = Mm(5), Mm(6)
    size = _size(told)
    for name, points in (("Normal", size), ("Heading 1", 15.0), ("Heading 2", size + 1.5)):
        style = document.styles[name]
        style.font.name, style.font.size = LATIN, Pt(points)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for script in ("eastAsia", "ascii", "hAnsi", "cs"):
            fonts.set(qn(f"w:{script}"), SONG if script == "eastAsia" else LATIN)
        for script in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{script}"), None)
        style.paragraph_format.space_before = Pt(0)
        style.paragraph_format.space_after = Pt(1)
        style.paragraph_format.line_spacing = 1.0
        if name != "Normal":
            style.font.color.rgb = ACCENT
    document.styles["Heading 2"].paragraph_format.space_before = Pt(4)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "en-US")
    language.set(qn("w:eastAsia"), "zh-CN")
    document.styles["Normal"].element.get_or_add_rPr().append(language)
    about = document.core_properties
    about.title, about.author, about.subject = told.title, "Doudi 兜底", told.place
    about.keywords, about.comments = told.mark, told.made
    about.created = about.modified = datetime.now(CHINA_TIME).replace(tzinfo=None)
    about.language = "zh-CN" if told.language == "zh" else "en"


def _size(told: Bulletin) -> float:
    """The size at which everything stays on one page, by how many lines there are to tell."""
    lines = sum(max(sum(_height(part) for part in column) for column in row) for row in told.rows)
    return next(points for limit, points in SIZES if lines <= limit)


def _height(part: Part) -> int:
    rows = len(part.table.rows) + 1 if part.table is not None else 0
    return rows + 2 * len(part.lines) + 2


def _line(place: Any, text: str, style: Any = None, colour: RGBColor | None = None) -> Any:
    paragraph = place.add_paragraph(style=style)
    run = paragraph.add_run(text)
    if colour is not None:
        run.font.color.rgb = colour
    return paragraph


def _side_by_side(document: Any, columns: Sequence[Sequence[Part]]) -> None:
    """Columns of parts beside each other, in a table without lines."""
    width = int((WIDTH - GUTTER) / 2)
    outer = document.add_table(rows=1, cols=2)
    outer.autofit = False
    _margins(outer, 0)
    for place, parts in enumerate(columns):
        cell = outer.cell(0, place)
        outer.columns[place].width = cell.width = width + (GUTTER if place == 0 else 0)
        if place == 0:
            cell._tc.get_or_add_tcPr().append(_inner("w:tcMar", right=GUTTER))
        first = cell.paragraphs[0]._element
        for part in parts:
            _part(cell, part, width)
        first.getparent().remove(first)


def _part(place: Any, part: Part, width: int) -> None:
    _line(place, part.title, "Heading 2")
    for text in part.lines:
        _line(place, text)
    if part.table is not None:
        _table(place, part.table, width)
    if part.note:
        _line(place, part.note, colour=GREY)


def _table(place: Any, table: Table, width: int) -> None:
    shape = (len(table.rows) + 1, len(table.headers))
    grid = place.add_table(*shape)
    _thin_end(place)
    grid.alignment, grid.autofit = WD_TABLE_ALIGNMENT.LEFT, False
    _margins(grid, Pt(1.5))
    whole = sum(table.widths)
    shares = [int(width * share / whole) for share in table.widths]
    for column, share in zip(grid.columns, shares, strict=True):
        column.width = share
    for number, row in enumerate([table.headers, *table.rows]):
        cells = grid.rows[number].cells
        if len(row) == 1:
            cells[0].merge(cells[-1])
            _cell(grid.rows[number].cells[0], row[0], sum(shares), True, False)
            continue
        for column, text in enumerate(row):
            _cell(cells[column], text, shares[column], number == 0, column not in table.words)
    properties = grid.rows[0]._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:tblHeader"))


def _thin_end(place: Any) -> None:
    """Word wants a paragraph after a table in a cell: it takes hardly any room."""
    last = place.paragraphs[-1]
    if not last.text and hasattr(place, "merge"):
        last.paragraph_format.line_spacing = Pt(1)
        last.paragraph_format.space_after = Pt(0)


def _cell(cell: Any, text: str, width: int, head: bool, right: bool) -> None:
    cell.width = width
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_after = Pt(0)
    run = paragraph.add_run(text)
    if right:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    if head:
        run.font.color.rgb = GREY
    edge = OxmlElement("w:tcBorders")
    line = OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "6" if head else "2"), ("color", "C9D1D3")):
        line.set(qn(f"w:{name}"), value)
    edge.append(line)
    cell._tc.get_or_add_tcPr().append(edge)


def _margins(grid: Any, side: int) -> None:
    """Inner margins of a table's cells."""
    grid._tbl.tblPr.append(_inner("w:tblCellMar", left=side, right=side))


def _inner(tag: str, **sides: int) -> Any:
    margins = OxmlElement(tag)
    for name, width in sides.items():
        edge = OxmlElement(f"w:{name}")
        edge.set(qn("w:w"), str(Emu(width).twips))
        edge.set(qn("w:type"), "dxa")
        margins.append(edge)
    return margins
