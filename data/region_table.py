"""The region table: province, city, county, township and village, each with its dates.

`regions.csv` of a home has a row for every place there is or was: code, name, what it lies in, from
when to when its code held, and what it became. A code is never reused here: where a town is merged
or a county gets another code, the old row gets an end and a successor, and stays.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from core.words import pick

# Digits of a code by level. Codes nest: a village's begins with its township's.
LEVELS = {2: "province", 4: "city", 6: "county", 9: "township", 12: "village"}
COLUMNS = (
    "code", "name", "parent", "name_en", "urban_rural", "valid_from", "valid_to", "became"
)  # fmt: skip
ALWAYS = date(1, 1, 1)
BETWEEN = ";"


class RegionTableError(Exception):
    """regions.csv of a home is damaged; the message says where and what to do."""


@dataclass(frozen=True)
class Entry:
    """One place under one code and name, in force from `valid_from` until before `valid_to`.

    None leaves an end open. `became` are the codes that took it over on `valid_to`: one after a
    merger or a change of code, several after a split, none where it was given up. `row` is the
    line of the file it was read from.
    """

    code: str
    name_zh: str
    name_en: str = ""
    parent: str = ""
    urban_rural: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    became: tuple[str, ...] = ()
    row: int = 0

    @property
    def level(self) -> str:
        """province, city, county, township or village."""
        return LEVELS[len(self.code)]

    def holds(self, on: date) -> bool:
        """Whether it is in force on a day."""
        return (self.valid_from or ALWAYS) <= on and (self.valid_to is None or on < self.valid_to)

    def name(self, language: str) -> str:
        """Name in 'zh' or 'en'."""
        return pick(self.name_zh, self.name_en or self.name_zh, language)


class RegionTable:
    """All places of a home by code and date."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = tuple(
            sorted(entries, key=lambda e: (e.code, e.valid_from or ALWAYS, e.name_zh))
        )
        self._by_code: dict[str, list[Entry]] = defaultdict(list)
        for entry in self.entries:
            self._by_code[entry.code].append(entry)

    @classmethod
    def read(cls, path: Path) -> RegionTable:
        """The table of a home's regions.csv, as `write` leaves it. Raises RegionTableError."""
        rows = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline=""))
        if set(rows.fieldnames or ()) != set(COLUMNS):
            raise RegionTableError(
                f"{path.name} has other columns than {', '.join(COLUMNS)}; "
                "import it again with 'doudi regions import FILE'"
            )
        try:
            return cls(_entry(row, number) for number, row in enumerate(rows, start=2))
        except (ValueError, KeyError) as error:
            raise RegionTableError(
                f"{path.name} is damaged ({error}); "
                "import it again with 'doudi regions import FILE'"
            ) from error

    def text(self) -> str:
        """The table as regions.csv holds it."""
        out = io.StringIO(newline="")
        rows = csv.writer(out, lineterminator="\n")
        rows.writerow(COLUMNS)
        for e in self.entries:
            days = ["" if d is None else d.isoformat() for d in (e.valid_from, e.valid_to)]
            about = [e.code, e.name_zh, e.parent, e.name_en, e.urban_rural or ""]
            rows.writerow([*about, *days, BETWEEN.join(e.became)])
        return out.getvalue()

    def holding(self, code: str, on: date) -> Entry | None:
        """The place a code stands for on a day; None where it stands for none."""
        return next((e for e in self._by_code.get(code, ()) if e.holds(on)), None)

    def newest(self, code: str) -> Entry | None:
        """The last that a code stood for; None for a code the table does not have."""
        found = self._by_code.get(code)
        return found[-1] if found else None

    def on(self, code: str, day: date) -> str | None:
        """The code that the place of `code` has on a day.

        Followed from one successor to the next. A code that had not ended by then, or that the
        table does not have, stays as it is. None where the place was split (several successors) or
        given up: then nobody can tell from the code.
        """
        seen = {code}
        while (entry := self.newest(code)) and entry.valid_to is not None and entry.valid_to <= day:
            if len(entry.became) != 1 or entry.became[0] in seen:
                return None
            code = entry.became[0]
            seen.add(code)
        return code

    def moves(self, on: date) -> dict[str, str | None]:
        """What codes that ended by a day are by then: code -> its code then, None for unknown."""
        found = {code: self.on(code, on) for code in self.ended(on)}
        return {code: now for code, now in found.items() if now != code}

    def ended(self, on: date = date.max) -> list[str]:
        """Codes that stand for nothing from some day on, which is not after `on`."""
        return [
            code
            for code, found in self._by_code.items()
            if found[-1].valid_to is not None and found[-1].valid_to <= on
        ]

    def in_force(self, on: date, level: str | None = None) -> list[Entry]:
        """The places of a day, by code."""
        return [e for e in self.entries if e.holds(on) and level in (None, e.level)]

    def codes(self, level: str) -> list[str]:
        """Every code of a level there is or was."""
        return [code for code in self._by_code if LEVELS[len(code)] == level]

    def formerly(self, code: str, on: date) -> list[str]:
        """The codes that are `code` on a day, itself first."""
        return [code, *(old for old, now in self.moves(on).items() if now == code)]

    def before(self, code: str, on: date) -> str | None:
        """The code a place had on a day before its own began; None where several were merged.

        A code in force then, or with no known beginning, stays as it is.
        """
        entry = self._by_code.get(code, [None])[0]
        if entry is None or entry.valid_from is None or entry.valid_from <= on:
            return code
        old = self._made_of.get(code, [])
        if len(old) != 1:
            return None
        return self.before(old[0], on) if old[0] != code else code

    @cached_property
    def _made_of(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for entry in self.entries:
            for successor in entry.became:
                if entry.code not in found[successor]:
                    found[successor].append(entry.code)
        return found


def _entry(row: dict[str, str], number: int) -> Entry:
    if len(row["code"]) not in LEVELS:
        raise ValueError(f"line {number}: '{row['code']}' is no code")
    return Entry(
        row["code"],
        row["name"],
        row["name_en"],
        row["parent"],
        row["urban_rural"] or None,
        *(date.fromisoformat(row[c]) if row[c] else None for c in ("valid_from", "valid_to")),
        became=tuple(row["became"].split(BETWEEN)) if row["became"] else (),
        row=number,
    )


def differences(before: Sequence[Entry], after: Sequence[Entry]) -> dict[str, int]:
    """Rows added, changed and left out between two tables, by code and first day."""

    def keyed(entries: Sequence[Entry]) -> dict[tuple[str, date | None], tuple[object, ...]]:
        return {
            (e.code, e.valid_from): (
                e.name("zh"),
                e.name("en"),
                e.urban_rural,
                e.valid_to,
                e.became,
            )
            for e in entries
        }

    old, new = keyed(before), keyed(after)
    return {
        "added": len(new.keys() - old.keys()),
        "changed": sum(old[key] != new[key] for key in old.keys() & new.keys()),
        "left_out": len(old.keys() - new.keys()),
    }
