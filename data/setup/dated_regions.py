"""A region table with dates (merged towns, changed codes): read from a file, checked, put in place.

One row a place and name. Beside what a table of townships and villages holds
(`data.setup.regions_table`) it has 启用日期 (first day), 停用日期 (first day on which the code
holds no more) and 变更为 (the code or codes that took it over).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from core.atomic import write_text
from core.errors import Told
from core.home import Home
from core.words import Text
from data.region_table import ALWAYS, BETWEEN, COLUMNS, LEVELS, Entry, RegionTable, differences
from data.regions import Regions, RegionsError, today_of
from data.setup import codes, writing
from data.setup.regions_table import HEADERS, SIDES, TableError, rows_of

DATED: Mapping[str, tuple[str, ...]] = {
    **HEADERS,
    "valid_from": ("启用日期", "生效日期", "valid_from"),
    "valid_to": ("停用日期", "失效日期", "撤销日期", "valid_to"),
    "became": ("变更为", "并入", "现代码", "became"),
}
_DAY = re.compile(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?")
_SHOWN = 20


class RegionsRefused(Told):
    """A region table cannot be put in place; the message says what would be right."""


@dataclass(frozen=True)
class Checked:
    """A file's region table: what forbids it, and what it would change against what stands.

    `counts` is the number of places in force today by level, `ended` that of codes that hold no
    more.
    """

    entries: tuple[Entry, ...]
    problems: tuple[Text, ...]
    changes: Mapping[str, int]
    counts: Mapping[str, int]
    ended: int


def check(home: Home, content: bytes) -> Checked:
    """What importing a file would do; nothing is written. Raises TableError for no table."""
    wrong: list[Text] = []
    entries = tuple(_entries(content, wrong))
    today = today_of(home)
    if not entries and not wrong:
        raise TableError("表中没有任何区划", "the table holds no place")
    wrong = wrong or list(problems(entries, today))
    table = RegionTable(entries)
    counts = {level: len(table.in_force(today, level)) for level in LEVELS.values()}
    changes = differences(_standing(home), entries)
    more = len(wrong) - _SHOWN
    if more > 0:
        wrong = [*wrong[:_SHOWN], Text(f"另有 {more} 处问题", f"and {more} more")]
    return Checked(entries, tuple(wrong), changes, counts, len(table.ended(today)))


def put(home: Home, content: bytes, by: str, at: datetime) -> Checked:
    """Put a file's region table in place of the one that stands, which is kept with the set-up.

    A code that stood in the old table must stand in the new one: past months name it. Raises
    RegionsRefused with the first problem, TableError for what is no table.
    """
    found = check(home, content)
    if found.problems:
        raise RegionsRefused(found.problems[0].zh, found.problems[0].en)
    table = RegionTable(found.entries)
    lost = sorted({e.code for e in _standing(home)} - {e.code for e in table.entries})
    if lost:
        raise RegionsRefused(
            f"现有的 {lost[0]} 等 {len(lost)} 个代码不在新表中；撤销的区划请保留一行并填停用日期",
            f"{lost[0]} and {len(lost) - 1} more codes that stand now are not in the new table; "
            "keep the row of a place that is gone and give it an end",
        )
    writing.keep(home, by, at)
    write_text(home.region_table, table.text())
    return found


def sheet(entries: Sequence[Entry]) -> str:
    """A table of places as a file that can be changed and imported, with Chinese headers."""
    body = RegionTable(entries).text().split("\n", 1)[1]
    return ",".join(DATED[name][0] for name in COLUMNS) + "\n" + body


def _standing(home: Home) -> Sequence[Entry]:
    """The places a home knows now, those of regions.geojson where it has no table with dates."""
    try:
        return Regions.load(home).table.entries
    except RegionsError:
        return ()


def _entries(content: bytes, wrong: list[Text]) -> Iterator[Entry]:
    for number, cell in rows_of(content, DATED):
        side = cell.get("urban_rural", "")
        code = _plain(cell["code"])
        days = {}
        for name in ("valid_from", "valid_to"):
            try:
                days[name] = _day(cell.get(name, ""))
            except ValueError:
                wrong.append(_at(
                    number,
                    f"“{cell[name]}”不是日期，请写成 2025-01-01",
                    f"'{cell[name]}' is no date; write it like 2025-01-01",
                ))  # fmt: skip
        if len(code) not in LEVELS or not code.isdigit():
            wrong.append(_at(
                number,
                f"代码“{cell['code']}”不对；省 2、市 4、县 6、乡镇 9、村 12 位数字",
                f"'{cell['code']}' is no code; a province has 2 digits, a city 4, a county 6, a "
                "township 9, a village 12",
            ))  # fmt: skip
            continue
        yield Entry(
            code,
            cell.get("name", ""),
            cell.get("name_en", ""),
            _plain(cell.get("parent", "")),
            SIDES.get(side.lower(), side),
            days.get("valid_from"),
            days.get("valid_to"),
            tuple(_plain(c) for c in re.split(r"[;；,，、\s]+", cell.get("became", "")) if c),
            number,
        )


def _plain(code: str) -> str:
    """A code without the zeros that fill a province's or city's up to six digits."""
    text = codes.plain(code)
    if re.fullmatch(r"\d{2}0000", text):
        return text[:2]
    return text[:4] if re.fullmatch(r"\d{4}00", text) else text


def _day(text: str) -> date | None:
    if not text:
        return None
    found = _DAY.fullmatch(text.split(" ")[0])
    if found is None:
        raise ValueError(text)
    return date(*map(int, found.groups()))


def _at(row: int, zh: str, en: str) -> Text:
    return Text(f"第 {row} 行：{zh}", f"row {row}: {en}")


def problems(entries: Sequence[Entry], today: date) -> Iterator[Text]:
    """What keeps a region table from being used, one line each with its row."""
    table = RegionTable(entries)
    for entry in entries:
        yield from _of_itself(entry)
        yield from _of_its_end(entry, table)
        yield from _of_its_place(entry, table)
    yield from _overlaps(table)
    yield from _namesakes(table, today)
    if not table.in_force(today, "township"):
        yield Text("表中没有今天有效的乡镇", "the table holds no township that is in force today")


def _of_itself(entry: Entry) -> Iterable[Text]:
    if not entry.name_zh:
        yield _at(entry.row, f"{entry.code} 没有名称", f"{entry.code} has no name")
    if entry.urban_rural not in ("urban", "rural", None):
        yield _at(
            entry.row,
            f"城乡一列请填“城镇”或“农村”，填写的是“{entry.urban_rural}”",
            f"write 城镇 (urban) or 农村 (rural), not '{entry.urban_rural}'",
        )
    if entry.valid_to is not None and entry.valid_to <= (entry.valid_from or ALWAYS):
        yield _at(
            entry.row,
            f"停用日期 {entry.valid_to} 不晚于启用日期 {entry.valid_from}",
            f"the end {entry.valid_to} is not after the beginning {entry.valid_from}",
        )
    if entry.parent and not entry.code.startswith(entry.parent):
        yield _at(
            entry.row,
            f"{entry.code} 的上级代码写的是 {entry.parent}，按代码应为 {_around(entry.code)}",
            f"the parent of {entry.code} is given as {entry.parent}; by its code it is "
            f"{_around(entry.code)}",
        )


def _around(code: str) -> str:
    """The code a place lies in; '' for a province."""
    return next((code[:n] for n in (9, 6, 4, 2) if n < len(code)), "")


def _of_its_end(entry: Entry, table: RegionTable) -> Iterable[Text]:
    if entry.became and entry.valid_to is None:
        yield _at(
            entry.row,
            f"{entry.code} 写了变更为 {BETWEEN.join(entry.became)}，却没有停用日期",
            f"{entry.code} became {BETWEEN.join(entry.became)} but has no end; give it valid_to",
        )
        return
    for successor in entry.became:
        if len(successor) != len(entry.code):
            yield _at(
                entry.row,
                f"{entry.code} 不能变更为另一级的 {successor}",
                f"{entry.code} cannot become {successor}, which is of another level",
            )
        elif entry.valid_to is not None and table.holding(successor, entry.valid_to) is None:
            yield _at(
                entry.row,
                f"{entry.code} 变更为的 {successor} 在 {entry.valid_to} 无效或不在表中",
                f"{successor}, which {entry.code} became, is not in the table or not in force on "
                f"{entry.valid_to}",
            )


def _of_its_place(entry: Entry, table: RegionTable) -> Iterable[Text]:
    """A village lies in a township of the table, and ends when that ends."""
    if entry.level != "village":
        return
    town = _around(entry.code)
    newest, last = table.newest(town), table.newest(entry.code)
    if newest is None:
        yield _at(
            entry.row,
            f"村（社区）{entry.code} 所在的乡镇 {town} 不在表中",
            f"the township {town} of village {entry.code} is not in the table",
        )
    elif (
        newest.valid_to is not None
        and last is entry
        and (entry.valid_to is None or entry.valid_to > newest.valid_to)
    ):
        yield _at(
            entry.row,
            f"乡镇 {town} 已于 {newest.valid_to} 停用，"
            f"其村（社区）{entry.code} 也请填停用日期和变更为",
            f"township {town} ended on {newest.valid_to}; give its village {entry.code} an end and "
            "what it became",
        )


def _overlaps(table: RegionTable) -> Iterable[Text]:
    for one, other in zip(table.entries, table.entries[1:], strict=False):
        if one.code == other.code and (
            one.valid_to is None or (other.valid_from or ALWAYS) < one.valid_to
        ):
            yield _at(
                other.row,
                f"代码 {one.code} 与第 {one.row} 行的有效期重叠",
                f"{one.code} stands in row {one.row} already for some of the same days",
            )


def _namesakes(table: RegionTable, today: date) -> Iterable[Text]:
    named: dict[tuple[str, str], Entry] = {}
    for entry in table.in_force(today):
        key = (_around(entry.code), re.sub(r"\s", "", entry.name_zh))
        if (other := named.setdefault(key, entry)) is not entry:
            yield _at(
                entry.row,
                f"“{entry.name_zh}”与第 {other.row} 行同名，同一上级内名称不能重复",
                f"'{entry.name_zh}' is also in row {other.row}; names differ within one parent",
            )
