"""A table of townships and villages (code, name, parent): read, checked, handed out as a template.

One row a township or village, from CSV or Excel. Townships have nine digits, villages twelve; the
twelve-digit codes of the statistics (`421234101000` for a township) are understood.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import xlsxwriter
from python_calamine import CalamineError, CalamineWorkbook

from core.errors import Told
from core.words import Text
from data.setup import codes

# Larger files hold no table of one county.
LARGEST = 8_000_000
HEADERS = {
    "code": ("代码", "区划代码", "code"),
    "name": ("名称", "区划名称", "name"),
    "parent": ("上级代码", "上级区划代码", "parent"),
    "name_en": ("英文名称", "英文名", "name_en"),
    "urban_rural": ("城乡", "城乡分类", "urban_rural"),
}
SIDES = {
    "城镇": "urban",
    "城市": "urban",
    "urban": "urban",
    "农村": "rural",
    "乡村": "rural",
    "rural": "rural",
    "": None,
}
_SHOWN = 20
_LONGEST_NAME = 60
_REPLACE = "（请改写或删除）"


class TableError(Told):
    """A table of regions that cannot be read at all; the message says what would do."""


@dataclass(frozen=True)
class Place:
    """A township (nine digits) or a village (twelve) and the row of the table it stands in."""

    code: str
    name: str
    parent: str = ""
    name_en: str = ""
    urban_rural: str | None = None
    row: int = 0

    @property
    def is_village(self) -> bool:
        """Whether the code is that of a village."""
        return len(self.code) == codes.VILLAGE

    @property
    def around(self) -> str:
        """Code of what it lies in, as its own code says: the township or the county."""
        return self.code[: codes.TOWNSHIP if self.is_village else codes.COUNTY]


def read_places(content: bytes) -> list[Place]:
    """The rows of a table as they stand, the county's own row left out. Raises TableError."""
    found = []
    for number, cell in rows_of(content, HEADERS):
        code = cell["code"]
        if len(code) == codes.COUNTY:
            continue
        side = cell.get("urban_rural", "")
        found.append(
            Place(
                code,
                cell.get("name", ""),
                codes.plain(cell.get("parent", "")),
                cell.get("name_en", ""),
                SIDES.get(side.lower(), side),
                number,
            )
        )
    if not found:
        raise TableError("表中没有乡镇或村（社区）", "the table holds no township and no village")
    return found


def rows_of(
    content: bytes, headers: Mapping[str, tuple[str, ...]]
) -> Iterator[tuple[int, dict[str, str]]]:
    """The filled rows of a table with their numbers: text by column, codes in their plain form.

    Raises TableError for a file that is no such table.
    """
    rows = _rows(content)
    at, columns = _header(rows, headers)
    for number, row in enumerate(rows[at + 1 :], start=at + 2):
        cell = {name: _text(row[place]) for name, place in columns.items() if place < len(row)}
        if any(cell.values()):
            yield number, cell | {"code": codes.plain(cell.get("code", ""))}


def _rows(content: bytes) -> list[list[Any]]:
    if len(content) > LARGEST:
        raise TableError(
            f"文件超过 {LARGEST // 1_000_000} MB，不是一个县的区划表",
            f"the file is larger than {LARGEST // 1_000_000} MB: that is no county's table",
        )
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        try:
            book = CalamineWorkbook.from_filelike(io.BytesIO(content))
            return book.get_sheet_by_index(0).to_python(skip_empty_area=False)
        except (CalamineError, OSError, ValueError) as error:
            raise TableError(
                "Excel 文件损坏或无法打开，请另存为 .xlsx 后再试",
                "the workbook cannot be opened; save it anew as .xlsx",
            ) from error
    text = _decoded(content)
    delimiter = max(",\t;", key=text.partition("\n")[0].count)
    return [list(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)]


def _decoded(content: bytes) -> str:
    encodings = ["utf-16"] if content[:2] in (b"\xff\xfe", b"\xfe\xff") else []
    for encoding in (*encodings, "utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise TableError(
        "无法识别文件编码，请另存为 UTF-8 或 .xlsx",
        "the file's encoding is not known; save it as UTF-8 or .xlsx",
    )


def _header(
    rows: Sequence[Sequence[Any]], headers: Mapping[str, tuple[str, ...]]
) -> tuple[int, dict[str, int]]:
    """Row of the headers (titles may stand above) and the column of each."""
    for number, row in enumerate(rows[:12]):
        cells = [re.sub(r"[\s*]", "", _text(cell)).lower() for cell in row]
        columns = {
            name: next(i for i, cell in enumerate(cells) if cell in known)
            for name, known in headers.items()
            if any(cell in known for cell in cells)
        }
        if {"code", "name"} <= set(columns):
            return number, columns
    raise TableError(
        "没有找到表头，表中应有“代码”“名称”“上级代码”三列",
        "no header row was found; the table has the columns 代码 (code), 名称 (name), "
        "上级代码 (parent)",
    )


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if isinstance(cell, datetime):
        cell = cell.date()
    # Invisible characters and full-width forms are another spelling of the same name.
    text = unicodedata.normalize("NFKC", "" if cell is None else str(cell))
    return "".join(c for c in text if unicodedata.category(c) != "Cf").strip()


def problems(places: Sequence[Place], county: str) -> list[Text]:
    """What keeps a table from being used, one line each with its row; [] where nothing does."""
    found: list[Text] = []
    for place in places:
        found += _own_problems(place, county)
    found += _doubles(places)
    townships = {p.code for p in places if len(p.code) == codes.TOWNSHIP}
    if not townships:
        found.append(Text("表中没有乡镇（街道）", "the table holds no township"))
    for place in places:
        if place.is_village and place.around not in townships and place.code.startswith(county):
            found.append(
                _at(
                    place,
                    f"村（社区）{place.code} 所在的乡镇 {place.around} 不在表中",
                    f"the township {place.around} of village {place.code} is not in the table",
                )
            )
    more = len(found) - _SHOWN
    if more > 0:
        found = [*found[:_SHOWN], Text(f"另有 {more} 处问题", f"and {more} more")]
    return found


def _at(place: Place, zh: str, en: str) -> Text:
    return Text(f"第 {place.row} 行：{zh}", f"row {place.row}: {en}")


def _own_problems(place: Place, county: str) -> Iterable[Text]:
    code = place.code
    if re.search(r"[eE][+]?\d", code):
        yield _at(
            place,
            f"代码“{code}”被 Excel 改成了科学计数，请把该列设为文本后重填",
            f"Excel has turned the code into '{code}'; make the column text and type it again",
        )
    elif not re.fullmatch(r"\d{9}|\d{12}", code):
        yield _at(
            place,
            f"代码“{code}”不对，乡镇应为 9 位，村（社区）应为 12 位数字",
            f"'{code}' is no code; a township has nine digits, a village twelve",
        )
    elif not code.startswith(county):
        yield _at(
            place, f"代码 {code} 不在本县 {county} 之内", f"{code} does not lie within {county}"
        )
    elif place.parent and place.parent != place.around:
        yield _at(
            place,
            f"{code} 的上级代码写的是 {place.parent}，按代码应为 {place.around}",
            f"the parent of {code} is given as {place.parent}; by its code it is {place.around}",
        )
    if _REPLACE.strip("（）") in place.name:
        yield _at(
            place, "这是模板里的示例行，请删除", "this row is the template's pattern; delete it"
        )
    elif not place.name:
        yield _at(place, f"{code} 没有名称", f"{code} has no name")
    elif re.search(r"\d{6,}|[<>{}]", place.name) or len(place.name) > _LONGEST_NAME:
        yield _at(
            place,
            "名称列里不是地名，请核对各列是否对齐",
            "what stands in the column of names is no place's name; are the columns shifted?",
        )
    if place.urban_rural not in ("urban", "rural", None):
        yield _at(
            place,
            f"城乡一列请填“城镇”或“农村”，填写的是“{place.urban_rural}”",
            f"write 城镇 (urban) or 农村 (rural), not '{place.urban_rural}'",
        )


def _doubles(places: Sequence[Place]) -> Iterable[Text]:
    first: dict[str, Place] = {}
    named: dict[tuple[str, str], Place] = {}
    for place in places:
        if (before := first.setdefault(place.code, place)) is not place:
            yield _at(
                place,
                f"代码 {place.code} 与第 {before.row} 行重复",
                f"{place.code} stands in row {before.row} already",
            )
            continue
        spelled = (place.around, re.sub(r"\s", "", place.name))
        if place.name and (other := named.setdefault(spelled, place)) is not place:
            yield _at(
                place,
                f"“{place.name}”与第 {other.row} 行同名，同一乡镇内名称不能重复",
                f"'{place.name}' is also in row {other.row}; names differ within one township",
            )


def hints(places: Sequence[Place]) -> list[Text]:
    """What looks odd in a table and may be right all the same."""
    found = [
        hint
        for place in places
        if len(place.code) == codes.TOWNSHIP and (hint := codes.township_hint(place.code))
    ]
    villages = Counter(place.around for place in places if place.is_village)
    for place in places:
        if len(place.code) == codes.TOWNSHIP and not villages[place.code]:
            found.append(
                Text(
                    f"“{place.name}”没有村（社区），其家庭只能归到乡镇",
                    f"'{place.name}' has no village: its families are known by township only",
                )
            )
    return found[:_SHOWN]


def geojson(places: Sequence[Place], before: dict[str, Any] | None = None) -> dict[str, Any]:
    """The collection that `data.regions` reads; outlines known `before` stay with their code."""
    outlines = {
        str(one["properties"]["code"]): one.get("geometry")
        for one in (before or {}).get("features", [])
    }
    townships = sorted((p for p in places if not p.is_village), key=lambda p: p.code)
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": town.code,
                "geometry": outlines.get(town.code),
                "properties": _properties(town)
                | {
                    "level": "township",
                    "villages": [
                        _properties(p) for p in places if p.is_village and p.around == town.code
                    ],
                },
            }
            for town in townships
        ],
    }


def _properties(place: Place) -> dict[str, Any]:
    names = {"code": place.code, "name_zh": place.name, "name_en": place.name_en or place.name}
    return names | ({"urban_rural": place.urban_rural} if place.urban_rural else {})


def template(county: str = "421234") -> bytes:
    """An .xlsx to fill in: the columns, three rows as a pattern, codes as text."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet("区划 regions")
        text, bold = book.add_format({"num_format": "@"}), book.add_format({"bold": True})
        for place, (name, spellings) in enumerate(HEADERS.items()):
            sheet.write_string(0, place, spellings[0], bold if place < 2 else None)
            sheet.write_comment(0, place, _COMMENTS[name])
            sheet.set_column(place, place, 22, text)
        sheet.data_validation(1, 4, 5_000, 4, {"validate": "list", "source": ["城镇", "农村"]})
        for row, cells in enumerate(_pattern(county), start=1):
            for place, cell in enumerate(cells):
                sheet.write_string(row, place, cell, text)
        sheet.freeze_panes(1, 0)
    return content.getvalue()


_COMMENTS = {
    "code": "乡镇 9 位，村（社区）12 位，文本格式\ntownship 9 digits, village 12, as text",
    "name": "乡镇或村（社区）名称\nname of the township or village",
    "parent": "乡镇填县代码，村填乡镇代码\ncounty of a township, township of a village",
    "name_en": "可空 may be empty",
    "urban_rural": "城镇或农村，可空\nurban or rural, may be empty",
}


def _pattern(county: str) -> list[list[str]]:
    return [
        [f"{county}101", f"示例镇{_REPLACE}", county, "", "农村"],
        [f"{county}101001", f"示例社区{_REPLACE}", f"{county}101", "", "城镇"],
        [f"{county}101200", f"示例村{_REPLACE}", f"{county}101", "", "农村"],
    ]
