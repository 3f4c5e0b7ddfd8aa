"""Frames become the files departments deliver: headers, encodings, date styles, Excel."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv

from data.contracts import Contract, load_contract
from simulator.world.clock import Frame, delivery_day, month_text
from simulator.world.departments import faults
from simulator.world.departments.desk import QUALITY
from simulator.world.departments.excel import write_excel
from simulator.world.departments.offices import office
from simulator.world.settings import SETTINGS
from simulator.world.state import State


@dataclass
class Post:
    """The county's post: frames wait here until the month of their delivery."""

    incoming: Path
    seed: int
    delivered: Callable[[Path], None] | None = None
    sealed: faults.Sealed = field(default_factory=faults.Sealed)
    waiting: dict[str, list[Frame]] = field(default_factory=dict)
    truncated: dict[str, tuple[int, Frame]] = field(default_factory=dict)
    # Feeds whose department is late: their rows wait here for a later month.
    late: frozenset[str] = frozenset()
    # Feeds that the bureau never gets: their offices work as ever, no file of theirs is written.
    withheld: frozenset[str] = frozenset()
    # One clerk writes last month's files while the county lives this month.
    _clerk: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1), repr=False)
    _writing: list[Future[None]] = field(default_factory=list, repr=False)
    _folder: Path = field(default=Path(), repr=False)

    def settle(self) -> None:
        """Wait until every file handed to the clerk is written; raises what stopped one."""
        for file in self._writing:
            file.result()
        if self._writing and self.delivered:
            self.delivered(self._folder)
        self._writing.clear()

    def save(self, path: Path) -> None:
        """Keep what waits for later deliveries beside a saved state."""
        arrays = {
            f"wait|{feed}|{i}|{name}": column
            for feed, frames in self.waiting.items()
            for i, frame in enumerate(frames)
            for name, column in frame.items()
        }
        for feed, (period, rows) in self.truncated.items():
            arrays |= {f"cut|{feed}|{period}|{name}": column for name, column in rows.items()}
        np.savez(path, **arrays)

    def restore(self, path: Path) -> None:
        """Take back what `save` kept."""
        waiting: dict[tuple[str, int], Frame] = {}
        with np.load(path) as file:
            for key in file.files:
                kind, feed, number, name = key.split("|")
                if kind == "wait":
                    waiting.setdefault((feed, int(number)), {})[name] = file[key]
                else:
                    _, rows = self.truncated.setdefault(feed, (int(number), {}))
                    rows[name] = file[key]
        for (feed, _), frame in waiting.items():
            self.waiting.setdefault(feed, []).append(frame)

    def hand_in(self, feed: str, frames: list[Frame]) -> None:
        """Take frames of a feed; each row says in `due` when it is delivered."""
        for frame in frames:
            if len(frame["due"]):
                self.waiting.setdefault(feed, []).append(frame)

    def deliver(self, month: int, state: State) -> None:
        """Have every feed's file of the month written, once last month's are."""
        self.settle()
        self._folder = self.incoming / month_text(month)
        self._folder.mkdir(parents=True, exist_ok=True)
        for feed in sorted(self.waiting.keys() - self.late):
            rows = self._ripe(feed, month)
            if rows is not None:
                self._send(feed, month, month, rows, state)
        for feed, (period, rows) in list(self.truncated.items()):
            if period < month and feed not in self.late:
                del self.truncated[feed]
                self._send(feed, period, month, rows, state)

    def _ripe(self, feed: str, month: int) -> Frame | None:
        """Rows of a feed due by `month`, in order of arrival; the rest keeps waiting."""
        due, later = [], []
        for frame in self.waiting[feed]:
            now = frame["due"] <= month
            if now.all():
                due.append(frame)
            elif now.any():
                due.append({k: v[now] for k, v in frame.items()})
            if not now.all():
                later.append({k: v[~now] for k, v in frame.items()})
        self.waiting[feed] = later
        if not due:
            return None
        return {k: np.concatenate([f[k] for f in due]) for k in due[0]}

    def _send(self, feed: str, period: int, month: int, rows: Frame, state: State) -> None:
        """Plant this file's mistakes and write it; now and then a cut-off file goes first."""
        rng = np.random.default_rng([self.seed, period, month, zlib.crc32(feed.encode())])
        contract = load_contract(feed)
        excel = contract.file_format == "xlsx" and not office(feed).as_csv
        day = delivery_day(month)
        name = f"{contract.file_names[0]}_{month_text(period).replace('-', '')}_{day:%Y%m%d}"
        file = f"{name}.{'xlsx' if excel else 'csv'}"
        rows = faults.leave_out(rows, feed, file, self.sealed)
        cut = period == month and not excel and period > state.first and rng.random() < 0.02
        if cut:
            self.truncated[feed] = (period, rows)
            kept = int(len(rows["due"]) * rng.uniform(0.5, 0.8))
            self.sealed.add(feed, file, np.array([kept]), "", "truncated_file",
                            str(len(rows["due"])), str(kept))  # fmt: skip
            rows = {k: v[:kept] for k, v in rows.items()}
        elif state.first < period == month:
            self._note_late(feed, file, rows, contract, month)
        quality = QUALITY[state.h.town[state.p.hh[rows["_person"]]]]
        quality = quality * SETTINGS[state.setting].reporting
        rows = dict(rows)
        faults.note_troubles(rows, feed, file, self.sealed)
        faults.plant_ids(rows, feed, file, self.seed, quality, self.sealed)
        if "phone" in rows:
            faults.plant_phones(rows, file, rng, self.sealed)
        rows = faults.plant_duplicates(rows, feed, file, rng, self.sealed)
        columns = self._dress(contract, file, rows, rng, excel)
        if feed in self.withheld:
            return
        self._writing.append(
            self._clerk.submit(_write, self._folder / file, columns, contract, excel)
        )

    def _note_late(self, feed: str, file: str, rows: Frame, contract: Contract, month: int) -> None:
        on = rows[contract.happened_on].astype("datetime64[M]").astype("i8") + 1970 * 12
        late = np.flatnonzero(month - on >= 3)
        was = np.array([month_text(int(m)) for m in on[late]], dtype=str)
        self.sealed.add(feed, file, late, contract.happened_on, "late_row", was, month_text(month))

    def _dress(self, contract: Contract, file: str, rows: Frame, rng: np.random.Generator,
               excel: bool) -> dict[str, np.ndarray]:  # fmt: skip
        """Chinese headers and text forms; some months use other words or date styles."""
        style = "iso"
        if rng.random() < 0.2:
            style = faults.DATE_STYLES[rng.integers(3 if excel else 2)]
            self.sealed.add(contract.feed, file, np.array([-1]), "", f"date_style_{style}", "", "")
        rename = rng.random() < 0.15
        marks = office(contract.feed).thousands if rng.random() < 0.1 else None
        columns: dict[str, np.ndarray] = {}
        for spec in contract.fields:
            if spec.name not in rows:  # an optional column this county does not fill
                continue
            values = rows[spec.name]
            header = spec.zh
            if rename and spec.synonyms and rng.random() < 0.35:
                other = next((s for s in spec.synonyms if s not in columns), header)
                self.sealed.add(contract.feed, file, np.array([-1]), spec.name,
                                "header_synonym", header, other)  # fmt: skip
                header = other
            if values.dtype.kind == "M":
                values = faults.date_text(values, style)
                if style == "serial":
                    values = np.where(values == "", "nan", values).astype(float)
            elif spec.name == marks:
                self.sealed.add(
                    contract.feed, file, np.array([-1]), marks, "thousands_marks", "", ""
                )
                values = faults.thousands(values)
            columns[header] = values
        return columns


def _write(path: Path, columns: dict[str, np.ndarray], contract: Contract, excel: bool) -> None:
    """One file as its department would save it."""
    cells = {header: _plain(values) for header, values in columns.items()}
    if excel:
        write_excel(path, cells, contract.zh)
    else:
        write_csv(path, cells, contract.encoding or "utf-8-sig")


def _plain(values: np.ndarray) -> pa.Array:
    """Numbers without needless decimals, empty text as missing."""
    if values.dtype.kind == "f":
        rounded = np.round(values.astype("f8"), 2)
        missing = np.isnan(rounded)
        if np.all(rounded[~missing] == np.floor(rounded[~missing])):
            return pa.array(np.where(missing, 0, rounded).astype("i8"), mask=missing)
        return pa.array(rounded, mask=missing)
    if values.dtype.kind in "US":
        return pa.array(values, type=pa.string(), mask=values == "")
    return pa.array(values)


def write_csv(path: Path, columns: dict[str, pa.Array], encoding: str = "utf-8-sig") -> None:
    """A table as an office saves it: with Windows line ends, in its encoding."""
    buffer = pa.BufferOutputStream()
    pyarrow.csv.write_csv(pa.table(columns), buffer)
    # No field holds a line break.
    text = buffer.getvalue().to_pybytes().replace(b"\n", b"\r\n")
    if encoding == "utf-8-sig":
        path.write_bytes(b"\xef\xbb\xbf" + text)
    else:
        path.write_bytes(text.decode("utf-8").encode(encoding))
