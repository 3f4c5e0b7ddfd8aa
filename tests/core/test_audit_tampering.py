"""A thousand ways to tamper with the record: each is found, and placed where it was done.

The tamperer rules the SQLite file: triggers are dropped, hashes recomputed, the head set at will.
What is out of reach is the anchors file.
"""

from __future__ import annotations

import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.audit import Entry, record_many
from core.audit.anchors import AnchorBook, anchor, read_anchors
from core.audit.chain import COLUMNS, GENESIS, event_hash
from core.audit.findings import Verdict
from core.audit.models import EVENTS
from core.audit.verifying import verify
from core.db import engine_of, open_session
from core.home import Home

EVENTS_WRITTEN = 60
ANCHORED = (20, 40, 50)
SCRIPT = Path(__file__).parents[2] / "docs" / "check_record.py"
Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> tuple[Path, AnchorBook]:
    """A database of sixty events, three anchors on the way, its triggers already dropped."""
    home = Home(tmp_path_factory.mktemp("kept"))
    home.workflow_db.parent.mkdir(parents=True)
    shutil.copy(migrated, home.workflow_db)
    path = home.root / "anchors.jsonl"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DOUDI_AUDIT_ANCHOR", str(path))
        written = 0
        for upto in (*ANCHORED, EVENTS_WRITTEN):
            patch.setenv("DOUDI_AUDIT_ALGORITHM", "sm3" if upto == 40 else "sha256")
            with open_session(home) as session:
                record_many(session, [_entry(n) for n in range(written, upto)])
            written = upto
            if upto in ANCHORED:
                anchor(home)
    engine_of(home).dispose()
    with sqlite3.connect(home.workflow_db) as database:
        guards = database.execute("SELECT name FROM sqlite_master WHERE type='trigger'").fetchall()
        for (name,) in guards:
            database.execute(f"DROP TRIGGER {name}")
    database.close()  # writes the log back into the file, which is copied
    return home.workflow_db, read_anchors(path)


def _entry(n: int) -> Entry:
    return Entry(f"u{n % 7}", "look", object_kind="household", object=f"h{n}", detail={"n": n})


class Tamperer:
    """The record as rows in memory, and back into a copy of the file."""

    def __init__(self, source: Path, target: Path) -> None:
        shutil.copy(source, target)
        self.path = target
        with sqlite3.connect(target) as database:
            database.row_factory = sqlite3.Row
            found = database.execute("SELECT * FROM audit_event ORDER BY seq")
            self.rows: Rows = [dict(row) for row in found]
        self.head: tuple[int, str] | None = None
        """What to set the head to; None leaves it."""

    def chain_from(self, index: int) -> None:
        """Recompute every hash from a row on, and the head: a perfect rewrite."""
        previous = self.rows[index - 1]["hash"] if index else GENESIS
        for row in self.rows[index:]:
            row["previous"] = previous
            row["hash"] = previous = event_hash(row)
        self.head = (len(self.rows), previous)

    def renumber(self) -> None:
        for seq, row in enumerate(self.rows, 1):
            row["seq"] = seq

    def write(self) -> None:
        names = ", ".join(COLUMNS)
        marks = ", ".join(f":{name}" for name in COLUMNS)
        with sqlite3.connect(self.path) as database:
            database.execute("DELETE FROM audit_event")
            statement = f"INSERT INTO audit_event ({names}) VALUES ({marks})"
            database.executemany(statement, self.rows)
            if self.head:
                database.execute("UPDATE audit_head SET seq = ?, hash = ?", self.head)


def _changed(value: Any, chance: random.Random) -> Any:
    if isinstance(value, int):
        return value + chance.choice([-1, 1, 100])
    if value is None:
        return chance.choice([0, 7])
    return chance.choice([value + "x", "", "x" * 12, value[::-1] + "0"]) if value else "x"


# Each does its deed and returns the numbers of the events among which it was done.


def edit(book: Tamperer, at: int, chance: random.Random) -> set[int]:
    row = book.rows[at]
    name = chance.choice([name for name in COLUMNS if name != "seq"])
    row[name] = _changed(row[name], chance)
    return {at + 1}


def edit_and_rehash(book: Tamperer, at: int, chance: random.Random) -> set[int]:
    row = book.rows[at]
    names = set(COLUMNS) - {"seq", "hash", "algorithm"}
    name = chance.choice(sorted(names))
    row[name] = _changed(row[name], chance)
    row["hash"] = event_hash(row)
    return {at + 1}


def delete(book: Tamperer, at: int, chance: random.Random) -> set[int]:
    count = chance.choice([1, 1, 2, 5])
    gone = book.rows[at : at + count]
    del book.rows[at : at + count]
    return {row["seq"] for row in gone}


def delete_and_renumber(book: Tamperer, at: int, chance: random.Random) -> set[int]:
    del book.rows[at]
    book.renumber()
    return {at + 1}


def swap(book: Tamperer, at: int, chance: random.Random) -> set[int]:
    other = chance.choice([n for n in range(EVENTS_WRITTEN) if n != at])
    one, two = book.rows[at], book.rows[other]
    one["seq"], two["seq"] = two["seq"], one["seq"]
    return {one["seq"], two["seq"]}


def truncate(book: Tamperer, at: int, chance: random.Random) -> set[int]:
    del book.rows[at:]
    return {at + 1}


def insert(book: Tamperer, at: int, chance: random.Random) -> set[int]:
    """A row between two others, well chained to the one before; the others move up."""
    made = dict(book.rows[at]) | {"account": "forged"}
    book.rows.insert(at, made)
    book.renumber()
    made["hash"] = event_hash(made)
    return {at + 1}


def append(book: Tamperer, at: int, chance: random.Random) -> set[int]:
    """A row after the last, well chained; the head is left alone."""
    last = book.rows[-1]
    made = last | {"seq": EVENTS_WRITTEN + 1, "previous": last["hash"], "account": "forged"}
    made["hash"] = event_hash(made)
    book.rows.append(made)
    return {EVENTS_WRITTEN + 1}


def set_head(book: Tamperer, at: int, chance: random.Random) -> set[int]:
    """The head alone is moved back, or given another hash."""
    if chance.random() < 0.5:
        book.head = (EVENTS_WRITTEN, "f" * 64)
        return {EVENTS_WRITTEN}
    book.head = (at, book.rows[at - 1]["hash"] if at else GENESIS)
    return {at + 1}


def rewrite(book: Tamperer, at: int, chance: random.Random) -> set[int]:
    """Edit, delete, insert or swap before the last anchor, and recompute everything after it."""
    at = min(at, ANCHORED[-1] - 2)
    how = chance.choice(["edit", "delete", "insert", "swap"])
    if how == "edit":
        book.rows[at]["account"] += "x"
    elif how == "delete":
        del book.rows[at]
    elif how == "insert":
        book.rows.insert(at, book.rows[at] | {"account": "forged"})
    else:
        book.rows[at], book.rows[at + 1] = book.rows[at + 1], book.rows[at]
    book.renumber()
    book.chain_from(at)
    return {at + 1}


def truncate_and_set_head(book: Tamperer, at: int, chance: random.Random) -> set[int]:
    at = min(at, ANCHORED[-1] - 1)
    del book.rows[at:]
    book.head = (at, book.rows[-1]["hash"] if at else GENESIS)
    return {at + 1}


Deed = Callable[[Tamperer, int, random.Random], set[int]]
DEEDS: list[Deed] = [
    edit,
    edit_and_rehash,
    delete,
    delete_and_renumber,
    swap,
    truncate,
    insert,
    append,
    set_head,
    rewrite,
    truncate_and_set_head,
]
TIMES = 91  # by eleven deeds: 1,001 tamperings


def checked(path: Path, book: AnchorBook) -> Verdict:
    url = f"sqlite:///{path}"
    try:
        with open_session(url) as session:
            return verify(session, book)
    finally:
        engine_of(url).dispose()


def test_the_record_as_written_is_whole(kept: tuple[Path, AnchorBook]) -> None:
    verdict = checked(*kept)
    assert (verdict.findings, verdict.notes) == ([], [])
    assert (verdict.events, verdict.head[0], verdict.anchored) == (60, 60, 50)


@pytest.mark.slow
@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.__name__)
def test_every_tampering_is_found_where_it_was_done(
    deed: Deed, kept: tuple[Path, AnchorBook], tmp_path: Path
) -> None:
    source, anchors = kept
    chance = random.Random(deed.__name__)  # noqa: S311 - repeatable, no secret
    for turn in range(TIMES):
        book = Tamperer(source, tmp_path / f"{turn}.db")
        at = chance.randrange(EVENTS_WRITTEN)
        done_at = deed(book, at, chance)
        book.write()
        verdict = checked(book.path, anchors)
        told = set()
        for finding in verdict.findings:
            told |= set(range(finding.seq, finding.until + 1))
        missed = done_at - told
        assert not missed, f"{deed.__name__} at {at + 1}: {missed} not in {verdict.findings}"
        # The first finding begins no earlier than the last anchor before the deed.
        first = min(finding.seq for finding in verdict.findings)
        anchored_before = max([0, *[seq for seq in ANCHORED if seq < min(done_at)]])
        assert first > anchored_before or first >= min(done_at) - 1
        book.path.unlink()


@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.__name__)
def test_the_script_without_our_code_finds_them_too(
    deed: Deed, kept: tuple[Path, AnchorBook], tmp_path: Path
) -> None:
    source, anchors = kept
    book = Tamperer(source, tmp_path / "tampered.db")
    deed(book, 30, random.Random(3))  # noqa: S311 - repeatable, no secret
    book.write()
    done = subprocess.run(
        [sys.executable, "-I", SCRIPT, book.path, anchors.path],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert ": " in done.stdout
    assert done.stderr == ""


def test_a_rewrite_after_the_last_anchor_cannot_be_found(
    kept: tuple[Path, AnchorBook], tmp_path: Path
) -> None:
    """The limit of the method, stated: the verdict says how far the anchors reach."""
    source, anchors = kept
    book = Tamperer(source, tmp_path / "late.db")
    book.rows[ANCHORED[-1]]["account"] = "forged"
    book.chain_from(ANCHORED[-1])
    book.write()
    verdict = checked(book.path, anchors)
    assert verdict.ok
    assert verdict.anchored == ANCHORED[-1]


def test_text_that_is_no_text_is_an_edit_and_no_crash(
    kept: tuple[Path, AnchorBook], tmp_path: Path
) -> None:
    source, anchors = kept
    book = Tamperer(source, tmp_path / "bytes.db")
    book.write()
    with sqlite3.connect(book.path) as database:
        database.execute("UPDATE audit_event SET unit = CAST(x'ff' AS TEXT) WHERE seq = 7")
        database.execute("UPDATE audit_event SET area = x'00ff', rows = 1.5 WHERE seq = 8")
        database.execute("UPDATE audit_event SET algorithm = 'md5' WHERE seq = 9")
    (finding,) = checked(book.path, anchors).findings
    assert (finding.kind, finding.seq, finding.until) == ("edited", 7, 9)
    assert finding.en.startswith("events 7 to 9 changed")
    assert finding.zh.startswith("第 7 至 9 条的内容")


def test_a_head_that_was_removed_is_told(kept: tuple[Path, AnchorBook], tmp_path: Path) -> None:
    source, anchors = kept
    book = Tamperer(source, tmp_path / "headless.db")
    with sqlite3.connect(book.path) as database:
        database.execute("DELETE FROM audit_head")
    assert [f.kind for f in checked(book.path, anchors).findings] == ["head"]


def test_every_column_is_under_the_hash() -> None:
    row = dict.fromkeys(COLUMNS, "1") | {"algorithm": "sha256"}
    known = {event_hash(row)}
    for name in set(COLUMNS) - {"hash"}:
        known.add(event_hash(row | {name: "2" if name != "algorithm" else "sm3"}))
    assert len(known) == len(COLUMNS)
    assert {*COLUMNS} == {column.name for column in EVENTS.columns}
