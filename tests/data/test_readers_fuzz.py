"""Thousands of damaged files: each ends by itself, and no line of it vanishes."""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections import Counter
from collections.abc import Callable
from functools import cache

import pytest

from data.readers import RawFile, ReadError
from data.readers.raw import Ending
from data.readers.stream import ROWS, open_content, read_whole
from tests.data.books import OldSheet, book, old_book

KNOWN = frozenset({"结算号", "姓名", "总费用", "地址"})
HEADER = ["结算号", "姓名", "总费用", "地址"]
KEY = re.compile(r"J\d{5}")
LINE = re.compile(r"\r\r\n|\r\n|\r|\n")
# What hands, programs and networks put into files or tear out of them.
ODD = ['"', '"', "\r", "\n", "\r\n", ",", "\t", "，", "\u2028", "\x85", "\ufeff", "\x00", "\x1a"]
ODD += ['""', '",', ',"', "'", " ", "\n\n", "\x1f", ",".join(HEADER) + "\n", "\ufeff结算号,"]


def good_text(rng: random.Random, separator: str) -> str:
    """A file without fault: quoted cells, some with separators, quotes and line ends inside."""
    end = rng.choice(["\n", "\r\n"])
    lines = (
        ["医保结算清单", separator.join(HEADER)] if rng.random() < 0.3 else [separator.join(HEADER)]
    )
    style = rng.random()
    for n in range(rng.randint(5, 60)):
        address = f"某镇{n}号"
        if style < 0.3 and rng.random() < 0.3:
            address = f'"某镇{separator}""东""{end}{n}号"'
        name = '"王测"' if style < 0.5 else "王测"
        lines.append(separator.join([f"J{n:05d}", name, f"{n}.50", address]))
    return end.join(lines) + (end if rng.random() < 0.7 else "")


def mutated_text(rng: random.Random, text: str) -> str:
    for _ in range(rng.randint(1, 6)):
        at = rng.randrange(max(len(text), 1))
        what = rng.randrange(4)
        if what == 0:
            text = text[:at] + rng.choice(ODD) + text[at:]
        elif what == 1:
            text = text[:at] + text[at + rng.randint(1, 30) :]
        elif what == 2:
            text = text[:at] + text[at : at + rng.randint(1, 80)] + text[at:]
        elif rng.random() < 0.3:
            text = text[:at]
    return text


def mutated_bytes(rng: random.Random, content: bytes) -> bytes:
    changed = bytearray(content)
    for _ in range(rng.randint(1, 6)):
        at = rng.randrange(max(len(changed), 1))
        what = rng.randrange(5)
        if what == 0 and changed:
            changed[at] = rng.randrange(256)
        elif what == 1:
            changed[at : at + 4] = bytes(rng.choice((0, 255, rng.randrange(256))) for _ in range(4))
        elif what == 2:
            del changed[at : at + rng.randint(1, 40)]
        elif what == 3:
            changed[at:at] = changed[at : at + rng.randint(1, 64)]
        elif rng.random() < 0.2:
            changed = changed[:at]
    return bytes(changed)


def read(content: bytes) -> tuple[RawFile, Ending] | None:
    """The table, or None for a file refused with a line in both languages."""
    try:
        with open_content(content, KNOWN, ROWS) as raw:
            return read_whole(raw), raw.ending()
    except ReadError as error:
        if not error.zh or "\n" in error.zh + error.en:
            raise
        return None


def physical_lines(text: str, above: int) -> list[str]:
    """Lines as an office counts them; a file glued to the one before begins a line of its own."""
    lines = LINE.split(text)
    header = re.match("结算号[^名]", lines[above - 1])
    begin = f"\ufeff{header[0]}" if header else "\ufeff\ufeff"
    glued = [part for line in lines[above:] for part in _parts(line, begin)]
    lines = lines[:above] + glued
    return lines[:-1] if lines and lines[-1] == "" else lines


def _parts(line: str, begin: str) -> list[str]:
    first, *others = line.removeprefix("\ufeff").split(begin)
    return [first, *(begin[1:] + other for other in others)]


def check_text(content: bytes) -> bool:
    """Every line is counted once and every key comes out as often as it went in."""
    found = read(content)
    if found is None:
        return False
    raw, end = found
    text = content.decode(raw.encoding, "replace").removeprefix("\ufeff")
    lines = physical_lines(text, end.above)
    assert end.above + end.lines + end.blank + end.headers == len(lines)
    assert end.lines == raw.rows + end.joined
    cells = [c for name in raw.headers for c in raw.table[name].to_pylist() if c]
    out = Counter(KEY.findall("\n".join([*cells, *raw.broken["text"].to_pylist()])))
    assert out == Counter(k for line in lines[end.above :] for k in KEY.findall(line))
    numbers = raw.table["row_no"].to_pylist() + raw.broken["row_no"].to_pylist()
    assert len(set(numbers)) == len(numbers)
    return True


def text_mutant(seed: int) -> bytes:
    rng = random.Random(seed)  # noqa: S311 - the same mutants every time
    text = mutated_text(rng, good_text(rng, rng.choice([",", ",", "\t", ";", "|", "^"])))
    content = text.encode(rng.choice(["utf-8", "gb18030", "utf-8-sig", "utf-16"]), "replace")
    return mutated_bytes(rng, content) if rng.random() < 0.3 else content


def rows(name: str, count: int) -> list[list[str | float | None]]:
    return [[*HEADER], *([f"{name}{n:04d}", "王测", n + 0.5, "某镇"] for n in range(count))]


@cache
def good_book() -> bytes:
    return book({"东镇": rows("J1", 30), "西镇": rows("J2", 20)})


def whole_file(rng: random.Random) -> bytes:
    return mutated_bytes(rng, good_book())


def one_part(rng: random.Random) -> bytes:
    """A workbook whose container is whole and one part of which is not."""
    parts = ("worksheets/sheet1", "worksheets/sheet1", "sharedStrings", "styles", "workbook")
    damaged = f"xl/{rng.choice([*parts, '_rels/workbook'])}.xml"
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good_book())) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            inside = old.read(name)
            hit = name in (damaged, f"{damaged}.rels")
            new.writestr(name, mutated_bytes(rng, inside) if hit else inside)
    return made.getvalue()


def old_file(rng: random.Random) -> bytes:
    sheets = [OldSheet("东镇", rows("J1", 30), {2: 1}, [(1, 3, 3, 3)])]
    sheets.append(OldSheet("西镇", rows("J2", 20), hidden=rng.random() < 0.2))
    unicode = rng.random() < 0.7
    made = old_book(sheets, ["0.00", "yyyy-mm-dd"], rng.random() < 0.5 and unicode, unicode)
    return mutated_bytes(rng, made)


BOOKS = [whole_file, one_part, old_file]


def check_book(make: Callable[[random.Random], bytes], seed: int) -> bool:
    found = read(make(random.Random(seed)))  # noqa: S311 - the same mutants every time
    if found is None:
        return False
    raw, end = found
    assert end.lines == raw.rows
    return True


@pytest.mark.slow
@pytest.mark.parametrize("start", range(0, 1_000, 250))
def test_damaged_texts_lose_no_line(start: int) -> None:
    taken = sum(check_text(text_mutant(seed)) for seed in range(start, start + 250))
    assert taken > 125  # most are read; a fuzz that reads nothing shows nothing


@pytest.mark.slow
@pytest.mark.parametrize("make", BOOKS)
def test_damaged_workbooks_end_by_themselves(make: Callable[[random.Random], bytes]) -> None:
    assert sum(check_book(make, seed) for seed in range(60)) > 0


@pytest.mark.slow
def test_many_more_damaged_texts() -> None:
    assert sum(check_text(text_mutant(seed)) for seed in range(1_000, 9_000)) > 4_000


@pytest.mark.slow
@pytest.mark.parametrize("make", BOOKS)
def test_many_more_damaged_workbooks(make: Callable[[random.Random], bytes]) -> None:
    assert sum(check_book(make, seed) for seed in range(60, 1_500)) > 50
