"""What a delivery shares with what is in force: counted in one pass over both, by DuckDB."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from core.engine import cursor
from data.contracts import Contract
from data.deliveries.reading import (
    ASIDE_FILE,
    HELD_BY,
    content_columns,
    in_force_sql,
    key_columns,
    scan,
)
from data.lake import lake_schema
from data.manifest import Batch

NEAR_PERIODS = 12  # other periods looked at for the same rows, nearest first


@dataclass(frozen=True)
class Shared:
    """Of one delivery and its period: `rows` new ones against `before` in force.

    `shared` new rows tell of something in force, `covered` rows in force are told again, and
    `same` new rows say the very same. "Something" is the key; without one, whose row and what day.
    """

    rows: int
    before: int
    shared: int
    covered: int
    same: int


@dataclass(frozen=True)
class Echo:
    """How many rows of a delivery another period holds already, and which batch holds most."""

    rows: int = 0
    period: str = ""
    batch: str = ""


class Look:
    """A delivery's good rows beside the lake. `rows` are an Arrow table or a Parquet file."""

    def __init__(self, root: Path, contract: Contract, rows: pa.Table | Path) -> None:
        self._root, self._contract = root, contract
        self._columns = list(lake_schema(contract.feed).names)
        self.key = key_columns(contract, self._columns)
        self._con = cursor()
        if isinstance(rows, Path):
            text = str(rows).replace("'", "''")
            self._con.execute(f"CREATE TEMP VIEW new AS SELECT * FROM read_parquet('{text}')")  # noqa: S608
        else:
            self._con.register("new", rows)

    def close(self) -> None:
        """Let go of the rows."""
        self._con.close()

    def shared(self, batches: Sequence[Batch]) -> Shared:
        """What the delivery shares with the batches in force for its period."""
        standing = self._in_force(batches)
        key = self.key or self._subject()
        content = _hash(content_columns(self._columns))
        whole = " AND ".join(f'"{k}" IS NOT NULL' for k in key)
        own = f"CASE WHEN {whole} THEN {_hash(key)} ELSE {content} END"
        sql = f"""
            WITH fresh AS (SELECT {own} AS k, {content} AS c FROM new),
                 old AS (SELECT {own} AS k, {content} AS c FROM ({standing}))
            SELECT (SELECT count(*) FROM fresh), (SELECT count(*) FROM old),
                   (SELECT count(*) FROM fresh SEMI JOIN old USING (k)),
                   (SELECT count(*) FROM old SEMI JOIN fresh USING (k)),
                   (SELECT count(*) FROM fresh SEMI JOIN old USING (c))"""  # noqa: S608
        return Shared(*self._one(sql))

    def echo(self, batches: Sequence[Batch]) -> Echo:
        """The rows that the batches (of other periods) hold already, word for word."""
        if not batches:
            return Echo()
        content = _hash(content_columns(self._columns))
        sql = f"""
            WITH fresh AS (SELECT {content} AS c, count(*) AS n FROM new GROUP BY 1),
                 old AS (SELECT DISTINCT batch, {content} AS c FROM ({self._told(batches)}))
            SELECT batch, sum(n) AS n FROM old JOIN fresh USING (c)
            GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 1"""  # noqa: S608
        found = self._con.execute(sql).fetchone()
        if found is None:
            return Echo()
        period = next(b.period for b in batches if b.batch == found[0])
        return Echo(int(found[1]), period, found[0])

    def held(self, batches: Sequence[Batch]) -> dict[str, int]:
        """Rows whose number a batch of another period holds, by that batch."""
        if not batches or not self.key:
            return {}
        sql = f"SELECT {HELD_BY}, count(*) FROM ({self._holders(batches)}) GROUP BY 1 ORDER BY 1"  # noqa: S608
        return {name: int(n) for name, n in self._con.execute(sql).fetchall()}

    def changed(self, batches: Sequence[Batch]) -> int:
        """Of the rows held elsewhere, those that say something else there."""
        content = _hash(content_columns(self._columns))
        known = f"SELECT {content} AS c FROM ({self._told(batches)})"  # noqa: S608
        sql = f"""SELECT count(*) FROM (SELECT {content} AS c FROM ({self._holders(batches)}))
                  ANTI JOIN ({known}) USING (c)"""  # noqa: S608
        return self._one(sql)[0]

    def set_aside(self, batches: Sequence[Batch], folder: Path) -> None:
        """Divide the rows of `folder` into those that count and those another batch holds."""
        kept, aside = folder / "part-0.parquet", folder / ASIDE_FILE
        same = " AND ".join(f'new."{k}" = other."{k}"' for k in self.key)
        held = f"({self._holders(batches)})"
        self._write(f"SELECT * FROM {held} ORDER BY ALL", aside)  # noqa: S608
        # In the order of the file: a join keeps none.
        text = str(kept).replace("'", "''")
        numbered = f"read_parquet('{text}', file_row_number = true) AS new"
        rest = f"""SELECT {_names(self._columns)} FROM {numbered} ANTI JOIN {held} AS other
                   ON {same} ORDER BY file_row_number"""  # noqa: S608
        self._write(rest, kept.with_suffix(".rest"))
        kept.with_suffix(".rest").replace(kept)

    def _holders(self, batches: Sequence[Batch]) -> str:
        """The delivery's rows that batches hold, each with the name of the one that does."""
        names = _names(self.key)
        told = self._told(batches)
        first = f"SELECT {names}, min(batch) AS {HELD_BY} FROM ({told}) GROUP BY {names}"  # noqa: S608
        return f"SELECT new.*, {HELD_BY} FROM new JOIN ({first}) USING ({names})"  # noqa: S608

    def _write(self, sql: str, to: Path) -> None:
        text = str(to).replace("'", "''")
        self._con.execute(f"COPY ({sql}) TO '{text}' (FORMAT parquet, COMPRESSION zstd)")

    def _told(self, batches: Sequence[Batch]) -> str:
        """What batches hold, under the lake's columns of today."""
        return self._conformed(f"SELECT * FROM {scan(self._root, self._contract.feed, batches)}")  # noqa: S608

    def _in_force(self, batches: Sequence[Batch]) -> str:
        schema = lake_schema(self._contract.feed)
        sql = in_force_sql(self._root, self._contract.feed, self._contract, schema, batches)
        return self._conformed(sql)

    def _conformed(self, sql: str) -> str:
        """Older files lack columns of today: they are unknown there."""
        have = {row[0] for row in self._con.execute(f"DESCRIBE {sql}").fetchall()}
        listed = ", ".join(f'"{c}"' if c in have else f'NULL AS "{c}"' for c in self._columns)
        return f"SELECT {listed} FROM ({sql})"  # noqa: S608

    def _subject(self) -> list[str]:
        return [*(f.lake_name for f in self._contract.subjects), "happened_on"]

    def _one(self, sql: str) -> tuple[int, ...]:
        found = self._con.execute(sql).fetchone()
        return tuple(int(n) for n in found or ())


@contextmanager
def look(root: Path, contract: Contract, rows: pa.Table | Path) -> Iterator[Look]:
    """A delivery beside the lake at `root`, for as long as the rows are there."""
    found = Look(root, contract, rows)
    try:
        yield found
    finally:
        found.close()


def conflicting(rows: pa.Table | Path, key: Sequence[str], content: Sequence[str]) -> pa.Array:
    """`row_no` of rows that share a key with another row of the file and say something else.

    `rows` have row_no, the key's and the content's columns. Rows without a whole key are left out.
    """
    con = cursor()
    try:
        name = "rows"
        if isinstance(rows, Path):
            name = f"read_parquet('{str(rows).replace(chr(39), chr(39) * 2)}')"
        else:
            con.register(name, rows)
        names = _names(key)
        whole = " AND ".join(f'"{k}" IS NOT NULL' for k in key)
        said = _hash(content)
        sql = f"""
            WITH torn AS (SELECT {names} FROM {name} WHERE {whole} GROUP BY {names}
                          HAVING min({said}) <> max({said}))
            SELECT row_no FROM {name} SEMI JOIN torn USING ({names}) ORDER BY row_no"""  # noqa: S608
        found = con.execute(sql).fetchall()
    finally:
        con.close()
    return pa.array([row[0] for row in found], pa.int64())


def _hash(columns: Sequence[str]) -> str:
    return f"hash({_names(columns)})"


def _names(columns: Sequence[str]) -> str:
    return ", ".join(f'"{c}"' for c in columns)
