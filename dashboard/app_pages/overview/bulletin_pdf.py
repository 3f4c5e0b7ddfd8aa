"""The bulletin as one A4 page of PDF.

Chinese is set in STSong-Light, a font that readers of PDF bring themselves, so that no font file is
needed on the server; Latin letters and digits in the standard Helvetica.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from contextlib import suppress
from itertools import groupby
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.pdfmetrics import registerFont, stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, KeepInFrame, Paragraph, Spacer
from reportlab.platypus import Table as Grid
from reportlab.platypus.doctemplate import LayoutError

from dashboard.app_pages.overview.bulletin import Bulletin, Part, Table

SONG, LATIN = "STSong-Light", "Helvetica"
ACCENT, INK, GREY, LINE = (HexColor(c) for c in ("#0F6E6E", "#1F2933", "#5B666D", "#C9D1D3"))
MARK, MARK_PALE, PALE = HexColor("#9A4A05"), HexColor("#FDF4EA"), HexColor("#EEF4F4")
MARGIN, GUTTER, FOOT = 13 * mm, 6 * mm, 9 * mm
MARK_WIDTH, MARK_GAP = 92, 8
SIDES = 3  # inner margins of a cell, left and right together
WIDTH, HEIGHT = A4[0] - 2 * MARGIN, A4[1] - 2 * MARGIN - FOOT
# Signs beside ASCII that the Latin font sets within Chinese text: Song lacks them, or sets them
# wide.
LATIN_SIGNS = "–›÷×·“”‘’"
# What a line of Chinese is broken into: a word or number, or one character, with the brackets and
# the punctuation that must not be parted from it.
PIECE = re.compile(r"\s*[（［“‘《]*(?:[!-~–]+|.)[，。；：！？、）］”’》]*")
# A page with little to tell is set larger.
SCALES = (1.16, 1.12, 1.08, 1.04, 1.0)

registerFont(UnicodeCIDFont(SONG))


# Tables: thin lines below the rows, little room around the cells.
LINED = [
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("VALIGN", (0, 0), (-1, 0), "BOTTOM"),
    ("LINEBELOW", (0, 0), (-1, 0), 0.6, LINE),
    ("LINEBELOW", (0, 1), (-1, -1), 0.25, LINE),
    ("TOPPADDING", (0, 0), (-1, -1), 0.8),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 1.6),
    ("LEFTPADDING", (0, 0), (-1, -1), 1),
    ("RIGHTPADDING", (0, 0), (-1, -1), SIDES - 1),
]


class Pen:
    """Styles of one size in one language."""

    def __init__(self, scale: float, language: str) -> None:
        """`scale` 1 is the smallest size that is set on purpose."""
        self._scale = scale
        self._chinese = language == "zh"
        self.gap = 2.2 * mm * scale
        self.title = self._style(15.5, textColor=ACCENT, spaceAfter=1.5 * mm)
        self.heading = self._style(9.2, textColor=ACCENT, spaceAfter=0.8 * mm)
        self.lead = self._style(8.6, backColor=PALE, borderPadding=(3, 5, 4, 5))
        self.text = self._style(7.7, spaceAfter=0.6 * mm)
        self.cell = self._style(7.5, 1.24)
        self.number = self._style(7.5, 1.24, alignment=TA_RIGHT)
        self.head = self._style(7, 1.24, textColor=GREY)
        self.head_number = self._style(7, 1.24, textColor=GREY, alignment=TA_RIGHT)
        self.small = self._style(6.8, textColor=GREY)
        self.mark = self._style(8.5, textColor=MARK, alignment=TA_CENTER)

    def _style(self, size: float, lines: float = 1.36, **more: object) -> ParagraphStyle:
        size *= self._scale
        given = {"fontName": LATIN, "fontSize": size, "leading": size * lines, "textColor": INK}
        return ParagraphStyle("bulletin", **{**given, **more})

    def said(self, text: str, style: ParagraphStyle, width: float) -> Paragraph:
        """Text with every run in a font that has its signs."""
        lines = _broken(text, width, style.fontSize) if self._chinese else [text]
        return Paragraph("<br/>".join(_marked(line) for line in lines), style)


def pdf(told: Bulletin) -> bytes:
    """The page, set as large as fits; what is too long even so is shrunk to it."""
    content = io.BytesIO()
    canvas = Canvas(content, pagesize=A4, lang="zh-CN" if told.language == "zh" else "en")
    canvas.setTitle(told.title)
    canvas.setAuthor("Doudi 兜底")
    canvas.setSubject(told.place)
    canvas.setKeywords(told.mark)
    page, used = _fitted(canvas, told)
    page.drawOn(canvas, MARGIN, A4[1] - MARGIN - used)
    _mark(canvas, told.mark)
    _foot(canvas, told)
    canvas.save()
    return content.getvalue()


def _fitted(canvas: Canvas, told: Bulletin) -> tuple[KeepInFrame, float]:
    """What stands on the page, and how high it is."""
    for scale in SCALES:
        mode = "shrink" if scale == SCALES[-1] else "error"
        page = KeepInFrame(WIDTH, HEIGHT, _story(told, Pen(scale, told.language)), mode=mode)
        with suppress(LayoutError):
            _, used = page.wrapOn(canvas, WIDTH, HEIGHT)
            break
    return page, used


def _story(told: Bulletin, pen: Pen) -> list[Flowable]:
    # The mark stands in the corner beside the title, however long the title is.
    room = WIDTH - (MARK_WIDTH + MARK_GAP if told.mark else 0)
    title = ParagraphStyle("title", parent=pen.title, rightIndent=WIDTH - room)
    found: list[Flowable] = [
        pen.said(told.title, title, room),
        pen.said(told.place, pen.small, WIDTH),
        Spacer(0, 2.4 * mm),
        pen.said(told.lead, pen.lead, WIDTH),
        Spacer(0, pen.gap),
    ]
    for row in told.rows:
        found += [_row(row, pen), Spacer(0, pen.gap)]
    return found[:-1]


def _mark(canvas: Canvas, mark: str) -> None:
    """The synthetic mark in the upper right corner."""
    if not mark:
        return
    pen, width, high = Pen(1, "en"), MARK_WIDTH, 16
    badge = pen.said(mark, pen.mark, width)
    canvas.setFillColor(MARK_PALE)
    canvas.setStrokeColor(MARK)
    left, low = A4[0] - MARGIN - width, A4[1] - MARGIN - high
    canvas.roundRect(left, low, width, high, 2, fill=1)
    badge.wrapOn(canvas, width, high)
    badge.drawOn(canvas, left, low + 2)


def _foot(canvas: Canvas, told: Bulletin) -> None:
    stop = "。" if told.language == "zh" else ". "
    pen = Pen(1, told.language)
    foot = pen.said(f"{told.made}{stop}{told.foot}", pen.small, WIDTH)
    _, high = foot.wrapOn(canvas, WIDTH, FOOT * 2)
    canvas.setStrokeColor(LINE)
    canvas.line(MARGIN, MARGIN + high + 3, A4[0] - MARGIN, MARGIN + high + 3)
    foot.drawOn(canvas, MARGIN, MARGIN)


def _row(columns: Sequence[Sequence[Part]], pen: Pen) -> Flowable:
    """One column over the whole width, or two beside each other."""
    width = (WIDTH - GUTTER * (len(columns) - 1)) / len(columns)
    widths = [width + GUTTER] * (len(columns) - 1) + [width]
    grid = Grid([[_column(parts, width, pen) for parts in columns]], colWidths=widths)
    grid.setStyle(
        [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("TOPPADDING", (0, 0), (-1, -1), 0),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 0),
            ("RIGHTPADDING", (0, 0), (-1, -1), 0),
            ("RIGHTPADDING", (0, 0), (-2, -1), GUTTER),
        ]
    )
    return grid


def _column(parts: Sequence[Part], width: float, pen: Pen) -> list[Flowable]:
    found: list[Flowable] = []
    for part in parts:
        if found:
            found.append(Spacer(0, pen.gap))
        found.append(pen.said(part.title, pen.heading, width))
        found += [pen.said(line, pen.text, width) for line in part.lines]
        if part.table is not None:
            found.append(_table(part.table, width, pen))
        if part.note:
            found.append(pen.said(part.note, pen.small, width))
    return found


def _table(table: Table, width: float, pen: Pen) -> Grid:
    whole, count = sum(table.widths), len(table.headers)
    widths = [width * share / whole for share in table.widths]

    def cells(row: Sequence[str], word: ParagraphStyle, number: ParagraphStyle) -> list[Flowable]:
        """One row of paragraphs, each as wide as its column."""
        return [
            pen.said(text, word if i in table.words else number, widths[i] - SIDES)
            for i, text in enumerate(row)
        ]

    rows: list[list[Flowable | str]] = [cells(table.headers, pen.head, pen.head_number)]
    style = list(LINED)
    for number, row in enumerate(table.rows, 1):
        if len(row) == 1:
            rows.append([pen.said(row[0], pen.head, width), *[""] * (count - 1)])
            style += [
                ("SPAN", (0, number), (-1, number)),
                ("BACKGROUND", (0, number), (-1, number), PALE),
                ("FONTSIZE", (0, number), (-1, number), 1),
                ("LEADING", (0, number), (-1, number), 1),
            ]
        else:
            rows.append(cells(row, pen.cell, pen.number))
    grid = Grid(rows, colWidths=widths)
    grid.setStyle(style)
    return grid


def _broken(text: str, width: float, size: float) -> list[str]:
    """Chinese text in lines: it breaks between any two pieces (PIECE)."""
    lines, line = [], ""
    for piece in PIECE.findall(text):
        if line and _reach(line + piece.rstrip(), size) > width:
            lines.append(line.rstrip())
            line = piece.lstrip()
        else:
            line += piece
    return [*lines, line]


def _runs(text: str) -> list[tuple[bool, str]]:
    """The text in runs of one font: whether it is Song, and the run."""
    return [(song, "".join(signs)) for song, signs in groupby(text, key=_needs_song)]


def _reach(text: str, size: float) -> float:
    return sum(stringWidth(run, SONG if song else LATIN, size) for song, run in _runs(text))


def _marked(text: str) -> str:
    return "".join(
        f'<font name="{SONG}">{escape(run)}</font>' if song else escape(run)
        for song, run in _runs(text)
    )


def _needs_song(sign: str) -> bool:
    return not (sign.isascii() or sign in LATIN_SIGNS)
