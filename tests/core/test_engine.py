"""One engine a process: cursors share nothing, and a file written anew is read anew."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.engine import cursor

COUNT = "SELECT sum(n) FROM read_parquet($path)"


def test_what_one_registers_another_does_not_see() -> None:
    with cursor() as one, cursor() as other:
        one.register("told", pa.table({"n": [1, 2]}))
        one.execute("CREATE TEMP VIEW doubled AS SELECT n * 2 AS n FROM told")
        assert one.execute("SELECT sum(n) FROM doubled").fetchone() == (6,)
        for name in ("told", "doubled"):
            with pytest.raises(duckdb.CatalogException):
                other.execute(f"SELECT * FROM {name}")
        other.register("told", pa.table({"n": [5]}))
        assert one.execute("SELECT sum(n) FROM told").fetchone() == (3,)


def test_a_file_written_anew_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    for n in range(1, 5):
        pq.write_table(pa.table({"n": [n, 10 * n]}), path)
        with cursor() as asked:
            assert asked.execute(COUNT, {"path": str(path)}).fetchone() == (11 * n,)


def test_a_forked_child_asks_an_engine_of_its_own() -> None:
    with cursor() as asked:
        asked.execute("SELECT 1")
    child = os.fork()
    if not child:  # nothing but this: the child of a test must not go on as a test
        with cursor() as asked:
            right = asked.execute("SELECT sum(n) FROM range(100_000) t(n)").fetchone() == (
                4_999_950_000,
            )
        os._exit(0 if right else 1)
    assert os.waitpid(child, 0)[1] == 0
