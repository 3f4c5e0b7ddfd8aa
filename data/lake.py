"""The lake: checked, pseudonymous rows of every feed, as they were known on any day.

Layout: `lake/<feed>/batch=<id>/part-0.parquet` and `lake/manifest.json`, which alone says what
is current. No name, ID number, phone or certificate number is ever here.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from threading import Lock

import ibis
import pyarrow as pa
from cachetools import LRUCache
from ibis.backends.duckdb import Backend

from core.home import Home, add_months, month_end
from data.contracts import Contract, Field, load_contract
from data.deliveries.naming import Named, naming_sql
from data.deliveries.reading import (
    ASIDE_FILE,
    HELD_BY,
    in_force,
    in_force_sql,
    key_columns,
    no_rows_sql,
    path,
    whole_sql,
)
from data.households.handing import COLUMNS, FAR, HandedOn, handed_on
from data.households.reading import as_written, families_sql, own_family
from data.manifest import Batch, Manifest, Unrecognised, by_period, current, read_manifest
from data.same_person import merges

REGISTER, DEATHS = "population_register", "deaths"
_TYPES = {
    "string": "string",
    "date": "date",
    "number": "float64",
    "integer": "int64",
    "boolean": "boolean",
}

# Asked for by nearly every read.
_door = Lock()
_handed: LRUCache[Hashable, HandedOn] = LRUCache(64)


def lake_fields(contract: Contract) -> list[Field]:
    """Fields whose values reach the lake under their own name."""
    return [
        f
        for f in contract.fields
        if not f.personal and f.name not in ("born_on", contract.happened_on)
    ]


@cache
def lake_schema(feed: str) -> ibis.Schema:
    """Columns of a feed's lake table: pseudonyms, the contract's fields, dates, batch.

    `person` stands for id_number (`person_<role>` where a row names several people), `household`
    for household_no, `dwelling` for dwelling_no, `asset` for the number of a plate, certificate,
    account or firm; the register keeps the registered and the living household apart, and
    `household` is the living one where known.
    """
    contract = load_contract(feed)
    columns: dict[str, str] = {f.lake_name: "string" for f in contract.people}
    if contract.identifying("household"):
        columns["household"] = "string"
    if contract.identifying("living_household"):
        columns |= {"household_registered": "string", "household_living": "string"}
    if contract.identifying("insured_household"):
        columns["household_insured"] = "string"
    if contract.identifying("dwelling"):
        columns["dwelling"] = "string"
    if contract.identifying("asset"):
        columns["asset"] = "string"
    columns |= {f.name: _TYPES[f.kind] for f in lake_fields(contract)}
    if "born_on" in contract.field_names:
        columns["born_month"] = "date"
    columns |= {"happened_on": "date", "known_on": "date", "batch": "string"}
    return ibis.schema(columns)


@lru_cache(maxsize=8)
def _manifest(path: Path, written: int, inode: int) -> Manifest:
    return read_manifest(path)


class Lake:
    """Reads one home's lake. Cheap to make; the manifest is read again when it has changed."""

    def __init__(self, home: Home) -> None:
        self._home, self._root = home, home.lake

    def manifest(self) -> Manifest:
        """Everything ever delivered."""
        stamp = self._stamp()
        return Manifest() if stamp is None else _manifest(self._root / "manifest.json", *stamp)

    def batches(self) -> list[Batch]:
        """Every delivery that belongs to a feed, good or bad, in the order taken in."""
        return list(self.manifest().batches)

    def unrecognised(self) -> list[Unrecognised]:
        """Files that belong to no feed."""
        return list(self.manifest().unrecognised)

    def schema(self, feed: str) -> ibis.Schema:
        """Columns and types of `feed` in the lake, whether or not it was ever delivered."""
        return lake_schema(feed)

    def empty(self, feed: str) -> ibis.Table:
        """A table with the feed's columns and no row."""
        schema = lake_schema(feed)
        return ibis.memtable(pa.table(schema.to_pyarrow().empty_table()), schema=schema)

    def current(self, feed: str, as_of: date | None = None) -> list[Batch]:
        """The batches in force as of a day: what was known then, nothing later.

        One a period, or several where parts, supplements or corrections make it up.
        """
        return current(self.manifest().of_feed(feed), feed, as_of)

    def present(self, feed: str, as_of: date | None = None) -> bool:
        """Whether the feed had delivered anything by then. Absent is unknown, never zero."""
        return bool(self.current(feed, as_of))

    def last_delivery(self, feed: str, as_of: date | None = None) -> date | None:
        """Day of the feed's last good delivery by then."""
        return max((b.delivered_on for b in self.current(feed, as_of)), default=None)

    def silent_since(self, feed: str, as_of: date) -> date | None:
        """Last day the feed tells of, once it has been silent for longer than its contract allows.

        None while it is fresh, and for a feed that was never delivered. What counts is the period
        a delivery covers: an old month delivered again makes no feed fresh.
        """
        contract = load_contract(feed)
        told = by_period(self.current(feed, as_of))
        if not told or contract.fresh_months is None:
            return None
        floor = max(b.accepted for b in told) * contract.bulk_percent / 100
        last = max(b.period for b in told if b.accepted >= floor)
        covered = month_end(f"{last[:4]}-{last[4:]}")
        return covered if add_months(covered, contract.fresh_months) < as_of else None

    def state(self, as_of: date | None) -> Hashable:
        """What every answer as of a day hangs on; it changes with a delivery that comes in or is
        undone, and with a decision about who is one person."""
        return self._state(merges(self._home, as_of))

    def _state(self, joined: Mapping[str, str]) -> Hashable:
        return str(self._root), self._stamp(), tuple(sorted(joined.items()))

    def _stamp(self) -> tuple[int, int] | None:
        path = self._root / "manifest.json"
        if not path.exists():
            return None
        stat = path.stat()
        return stat.st_mtime_ns, stat.st_ino

    def table(self, con: Backend, feed: str, as_of: date | None = None) -> ibis.Table | None:
        """The feed's rows known by the end of `as_of` (all when None).

        None when the feed never delivered by then. Replaced deliveries count until the day
        their replacement arrived.
        """
        batches = self.current(feed, as_of)
        if not batches:
            return None
        schema = lake_schema(feed)

        def read(some: Sequence[Batch], file: str) -> ibis.Table:
            return self._read(con, feed, some, file)

        key = key_columns(load_contract(feed), schema.names)
        rows = self._one_person(feed, in_force(read, key, schema.names, batches), as_of)
        rows = self._one_family(rows, as_of)
        return rows if as_of is None else rows.filter(rows.known_on <= ibis.literal(as_of))

    def rows_sql(self, feed: str, as_of: date, named: Named | None = None) -> str | None:
        """DuckDB's SELECT of the rows in force as of a day, for reads that join tables themselves;
        None when the feed never delivered by then. Callers cut on known_on.

        With `named`, columns and pseudonyms: of the rows alone that name one of those in one of the
        columns, with all of the feed's columns.
        """
        batches = self.current(feed, as_of)
        if not batches:
            return None
        schema, joined = lake_schema(feed), merges(self._home, as_of)
        asked = any(name in schema.names for name in COLUMNS)
        handed = self._handed_on(as_of, joined) if asked else HandedOn()
        written = None if named is None else as_written(named, handed, joined)
        rows = self._persons_sql(feed, batches, joined, written)
        rows = families_sql(rows, schema, handed)
        if named is None:
            return rows
        return f"SELECT * FROM ({self.whole_sql(feed, rows)}) WHERE {naming_sql(named)}"  # noqa: S608 (pseudonyms)

    def whole_sql(self, feed: str, rows: str) -> str:
        """Rows of `rows_sql` with every column of today's lake: older deliveries lack some."""
        return whole_sql(rows, lake_schema(feed))

    def no_rows_sql(self, feed: str) -> str:
        """A SELECT with the feed's columns and no row, for a feed that never delivered."""
        return no_rows_sql(lake_schema(feed))

    def handed_on(self, as_of: date | None = None) -> HandedOn:
        """Household numbers that another family has by now, as known by a day.

        Rows of `table` and `rows_sql` come under their own family's pseudonym (see
        `data.households.handing`).
        """
        return self._handed_on(as_of, merges(self._home, as_of))

    def _handed_on(self, as_of: date | None, joined: Mapping[str, str]) -> HandedOn:
        key = (self._state(joined), as_of)
        with _door:
            if key in _handed:
                return _handed[key]
        told = {feed: self.current(feed, as_of) for feed in (REGISTER, DEATHS)}
        plain = {
            feed: self.whole_sql(feed, self._persons_sql(feed, batches, joined))
            if batches
            else None
            for feed, batches in told.items()
        }
        found = handed_on(plain[REGISTER], plain[DEATHS], as_of or FAR)
        with _door:
            _handed[key] = found
        return found

    def _persons_sql(
        self,
        feed: str,
        batches: Sequence[Batch],
        joined: Mapping[str, str],
        named: Named | None = None,
    ) -> str:
        """SELECT of the rows in force, under the own pseudonym of each of their people."""
        contract, schema = load_contract(feed), lake_schema(feed)
        rows = in_force_sql(self._root, feed, contract, schema, batches, named)
        people = _people(feed)
        if not joined or not people:
            return rows
        pairs = ", ".join(f"('{record}', '{own}')" for record, own in sorted(joined.items()))
        named = ", ".join(f"coalesce(of_{c}.own, r.{c}) AS {c}" for c in people)
        known = " ".join(
            f"LEFT JOIN (VALUES {pairs}) of_{c}(record, own) ON of_{c}.record = r.{c}"
            for c in people
        )
        return f"SELECT r.* REPLACE ({named}) FROM ({rows}) r {known}"  # noqa: S608 (pseudonyms)

    def _one_person(self, feed: str, rows: ibis.Table, as_of: date | None) -> ibis.Table:
        """Rows under the own pseudonym of each of their people, by the decisions known by then."""
        people = _people(feed)
        joined = merges(self._home, as_of) if people else {}
        if not joined:
            return rows
        columns = rows.columns
        pairs = pa.table({"record": list(joined), "own": list(joined.values())})
        for person in people:
            known = ibis.memtable(pairs)
            both = rows.left_join(known, rows[person] == known.record)
            own = ibis.coalesce(both.own, both[person])
            rows = both.mutate(**{person: own}).select(columns)
        return rows

    def _one_family(self, rows: ibis.Table, as_of: date | None) -> ibis.Table:
        """Rows under the pseudonym of the family that had the household's number then."""
        homes = [name for name in COLUMNS if name in rows.columns]
        handed = self.handed_on(as_of) if homes else HandedOn()
        for home in homes if handed.families else ():
            rows = own_family(rows, home, handed)
        return rows

    def _read(self, con: Backend, feed: str, batches: Sequence[Batch], file: str) -> ibis.Table:
        """What batches hold, as written."""
        paths = [str(path(self._root, feed, b, file)) for b in batches]
        rows = con.read_parquet(paths, union_by_name=True, hive_partitioning=False)
        schema = lake_schema(feed)
        if file == ASIDE_FILE:
            schema = ibis.schema({**dict(schema.items()), HELD_BY: "string"})
        return _conform(rows, schema)


def _conform(rows: ibis.Table, schema: ibis.Schema) -> ibis.Table:
    """Batches written under an older contract get the columns they lack, as unknown."""
    have = rows.schema()
    if have == schema:
        return rows
    return rows.select(
        [
            (rows[name].cast(kind) if name in have else ibis.null(kind)).name(name)
            for name, kind in schema.items()
        ]
    )


def _people(feed: str) -> list[str]:
    """The columns of a feed that name people: `person`, or one for each role."""
    return [f.lake_name for f in load_contract(feed).people]
