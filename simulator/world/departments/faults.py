"""Mistakes planted in the files, each noted in a sealed list.

Identity-number mistakes belong to a person's record at a department, so they come back every
month, as they do in life; the worse a township reports, the more of them.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from simulator.world.clock import Frame
from simulator.world.names import CHECK

# Share of a department's records by kind of identity mistake, in a township of mean quality.
ID_FAULTS = {
    "bad_checksum": 0.009,
    "fifteen_digits": 0.003,
    "full_width": 0.003,
    "lower_case_x": 0.012,
    "spaced": 0.002,
    "excel_damaged": 0.001,
}
DUPLICATES = 0.003
WRONG_PHONE = 0.10
DATE_STYLES = ("compact", "slashes", "serial")
FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")


@dataclass
class Sealed:
    """The list of planted errors: file, row (from 1), field, kind, what it was, what is written."""

    rows: list[dict[str, np.ndarray]] = field(default_factory=list)

    def add(self, feed: str, file: str, row: np.ndarray, column: str, kind: str,
            was: np.ndarray | str, written: np.ndarray | str) -> None:  # fmt: skip
        """Note errors of one kind in one column of one file."""
        size = len(row)
        if size:
            self.rows.append({
                "feed": np.full(size, feed), "file": np.full(size, file),
                "row": np.asarray(row) + 1, "field": np.full(size, column),
                "kind": np.full(size, kind),
                "was": np.broadcast_to(np.asarray(was, dtype=str), size),
                "written": np.broadcast_to(np.asarray(written, dtype=str), size),
            })  # fmt: skip

    def resume(self, path: Path, month: str) -> None:
        """Take back the errors noted in files delivered up to `month`, like '2026-06'."""
        table = pq.read_table(path)
        old = {n: table[n].to_numpy(zero_copy_only=False) for n in table.column_names}
        day = np.array([f.rsplit("_", 1)[1][:6] for f in old["file"]], dtype=str)
        kept = day <= month.replace("-", "")
        self.rows.append(
            {n: v[kept] if n == "row" else v[kept].astype(str) for n, v in old.items()}
        )

    def table(self) -> dict[str, np.ndarray]:
        """All noted errors in one frame."""
        names = ("feed", "file", "row", "field", "kind", "was", "written")
        return {
            n: np.concatenate([r[n] for r in self.rows]) if self.rows else np.empty(0, "U1")
            for n in names
        }


def _spread(persons: np.ndarray, feed: str, seed: int) -> np.ndarray:
    """A number from 0 to 1 fixed by person, feed and world."""
    salt = zlib.crc32(f"{feed}{seed}".encode())
    x = persons.astype("u8") * np.uint64(0x9E3779B97F4A7C15) + np.uint64(salt)
    x ^= x >> np.uint64(31)
    x *= np.uint64(0xBF58476D1CE4E5B9)
    x ^= x >> np.uint64(29)
    return (x >> np.uint64(11)).astype("f8") / 2**53


def damage_id(kind: str, value: str) -> str:
    """One identity number with a mistake of `kind`."""
    if kind == "bad_checksum":
        return value[:-1] + str(CHECK[(int(np.flatnonzero(value[-1] == CHECK)[0]) + 3) % 11])
    if kind == "fifteen_digits":
        return value[:6] + value[8:17]
    if kind == "full_width":
        return value.translate(FULL_WIDTH)
    if kind == "lower_case_x":
        return value.lower()
    if kind == "spaced":
        return f"{value[:6]} {value[6:14]} {value[14:]}"
    if kind == "excel_damaged":
        return f"{float(value[:17] + '0'):.5E}"
    raise ValueError(f"no identity fault '{kind}'; known are {', '.join(ID_FAULTS)}")


TROUBLE, MISSING = "_trouble:", "_missing:"


def trouble(kind: str, field_name: str, hit: np.ndarray, was: np.ndarray | str) -> Frame:
    """A column for the sealed list: where `hit`, the row has a trouble of `kind` in a field, and
    `was` says what is true (never empty)."""
    return {f"{TROUBLE}{kind}:{field_name}": np.where(hit, was, "")}


def missing(kind: str, hit: np.ndarray, was: np.ndarray) -> Frame:
    """A column for the sealed list: where `hit`, the row never reaches the file."""
    return {f"{MISSING}{kind}:": np.where(hit, was, "")}


def leave_out(frame: Frame, feed: str, file: str, sealed: Sealed) -> Frame:
    """The frame without the rows that a department lacks, which are noted (as row 0)."""
    kept = np.ones(len(frame["due"]), bool)
    for name in [n for n in frame if n.startswith(MISSING)]:
        was = frame[name]
        gone = np.flatnonzero(was != "")
        kept[gone] = False
        kind = name.split(":")[1]
        sealed.add(feed, file, np.full(len(gone), -1), "", kind, was[gone], "")
    return {n: v[kept] for n, v in frame.items() if not n.startswith(MISSING)}


def note_troubles(frame: Frame, feed: str, file: str, sealed: Sealed) -> None:
    """Note the troubles that the offices' rows bring along."""
    for name in [n for n in frame if n.startswith(TROUBLE)]:
        _, kind, column = name.split(":")
        hit = np.flatnonzero(frame[name] != "")
        written = frame[column][hit].astype(str) if column in frame else ""
        sealed.add(feed, file, hit, column, kind, frame[name][hit], written)


ROLE = "_person:"


def plant_ids(
    frame: Frame, feed: str, file: str, seed: int, quality: np.ndarray, sealed: Sealed
) -> None:
    """Damage identity numbers of some persons' records in place, in each role of a row."""
    numbered = {"id_number": "_person"} if "id_number" in frame else {}
    numbered |= {f"{n.removeprefix(ROLE)}_id": n for n in frame if n.startswith(ROLE)}
    for column, whose in numbered.items():
        dice = _spread(frame[whose], feed, seed)
        frame[column] = _damaged(frame[column], column, dice, quality, feed, file, sealed)


def _damaged(
    numbers: np.ndarray,
    column: str,
    dice: np.ndarray,
    quality: np.ndarray,
    feed: str,
    file: str,
    sealed: Sealed,
) -> np.ndarray:
    """One column of identity numbers with its mistakes, which are noted."""
    ids = numbers.astype("U20")
    # Fewer in the police's own register, more where reporting is poor.
    weight = (0.35 if feed == "population_register" else 1.0) * np.clip(2.4 - 1.7 * quality, 0.4, 3)
    low = np.zeros(len(ids))
    whole = np.char.str_len(ids) == 18  # else it is missing, or an old one already
    for kind, share in ID_FAULTS.items():
        high = low + share * weight
        hit = np.flatnonzero(whole & (dice >= low) & (dice < high))
        low = high
        if kind == "lower_case_x":
            hit = hit[np.char.endswith(ids[hit], "X")] if len(hit) else hit
        if kind == "fifteen_digits":  # only numbers issued before 2000 ever had 15 digits
            hit = hit[np.array([v[6:8] == "19" for v in ids[hit]], dtype=bool)]
        was = ids[hit]
        written = np.array([damage_id(kind, v) for v in was], dtype="U20")
        ids[hit] = written
        sealed.add(feed, file, hit, column, kind, was, written)
    return ids


def plant_phones(frame: Frame, file: str, rng: np.random.Generator, sealed: Sealed) -> None:
    """A tenth of the phone numbers lost a digit."""
    phones = frame["phone"]
    hit = np.flatnonzero((rng.random(len(phones)) < WRONG_PHONE) & (phones != ""))
    was = phones[hit]
    phones[hit] = was.astype("U10")
    sealed.add("population_register", file, hit, "phone", "wrong_phone", was, phones[hit])


def plant_duplicates(frame: Frame, feed: str, file: str, rng: np.random.Generator,
                     sealed: Sealed) -> Frame:  # fmt: skip
    """Append a few rows a second time."""
    size = len(frame["due"])
    again = np.flatnonzero(rng.random(size) < DUPLICATES)
    if not len(again):
        return frame
    sealed.add(feed, file, size + np.arange(len(again)), "", "duplicate_row",
               (again + 1).astype(str), "")  # fmt: skip
    return {name: np.concatenate([col, col[again]]) for name, col in frame.items()}


def date_text(days: np.ndarray, style: str) -> np.ndarray:
    """Dates as text; missing dates stay empty. Styles: iso, compact, slashes, serial (Excel)."""
    if not len(days):  # a small county's file of a quiet month; numpy replaces nothing in nothing
        return days.astype("U10")
    missing = np.isnat(days)
    safe = np.where(missing, np.datetime64("2000-01-01"), days).astype("datetime64[D]")
    text = _iso(safe)
    if style == "compact":
        text = np.char.replace(text, "-", "")
    elif style == "slashes":
        text = np.char.replace(np.char.replace(text, "-0", "/"), "-", "/")
    elif style == "serial":
        text = (safe.astype("i8") + 25569).astype("U10")
    return np.where(missing, "", text)


def _iso(days: np.ndarray) -> np.ndarray:
    """Dates as 2026-06-30. Many dates of few days are written once a day and looked up."""
    if not len(days):
        return days.astype("U10")
    first, last = days.min(), days.max()
    if (last - first).astype("i8") >= len(days):
        return days.astype("U10")
    calendar = np.arange(first, last + 1).astype("U10")
    return calendar[(days - first).astype("i8")]


def thousands(values: np.ndarray) -> np.ndarray:
    """Amounts with thousands marks, as someone's spreadsheet saved them."""
    return np.array(["" if np.isnan(v) else f"{v:,.2f}" for v in values])
