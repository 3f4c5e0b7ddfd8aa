"""Rows that name some people or households, read without reading the rows of everybody else.

A page about one family asks every feed for the rows of four people. Which of a feed's files hold
any is remembered as long as the program runs, so that the others are not opened: of each file and
column the short marks of its pseudonyms, not the pseudonyms. Two that share a mark cost a file read
for nothing, no more.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import lru_cache
from threading import Lock

import numpy as np
import pyarrow as pa
from cachetools import LRUCache

from core.engine import cursor

# Columns of a feed, and the pseudonyms of which a row must hold one in any of the columns.
Named = Mapping[str, Sequence[str]]
Marks = np.ndarray[tuple[int], np.dtype[np.uint32]]

MOST_BYTES = 128 * 2**20  # four a person and file
_MARK = "(hash({column}) >> 32)::UINTEGER"
_Key = tuple[str, int, int, str]
_door = Lock()
_marks: LRUCache[_Key, Marks] = LRUCache(MOST_BYTES, getsizeof=lambda marks: marks.nbytes + 1)


def naming_sql(named: Named) -> str:
    """The condition that a row names one of them: literals, which a scan of Parquet can use."""
    tests = [
        f'"{column}" IN ({", ".join(map(_literal, wanted))})'
        for column, wanted in named.items()
        if wanted
    ]
    return f"({' OR '.join(tests)})" if tests else "false"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def files_naming(files: Sequence[str], named: Named) -> set[str]:
    """Which of a feed's files may hold a row that names one of them; the others hold none."""
    written = [os.stat(file) for file in files]  # noqa: PTH116 (a Path a file is half the time)
    found: set[str] = set()
    for column, wanted in named.items():
        asked = _marks_of_names(tuple(wanted))
        # A file may be written anew under its name.
        keys = [(f, s.st_mtime_ns, s.st_ino, column) for f, s in zip(files, written, strict=True)]
        marks = _marks_in(keys)
        if marks is None:
            return set(files)
        found |= {key[0] for key, held in marks.items() if _any_in(asked, held)}
    return found


def _any_in(asked: Marks, held: Marks) -> bool:
    """Whether one of a few is among many, which are sorted."""
    if not len(held):
        return False
    places = np.minimum(np.searchsorted(held, asked), len(held) - 1)
    return bool((held[places] == asked).any())


@lru_cache(maxsize=1024)
def _marks_of_names(names: tuple[str, ...]) -> Marks:
    mark = _MARK.format(column="name")
    asked = f"SELECT {mark} AS mark FROM (SELECT unnest($1::VARCHAR[]) AS name)"  # noqa: S608 (ours)
    with cursor() as con:
        marks: Marks = con.execute(asked, [list(names)]).fetchnumpy()["mark"]
    return np.asarray(marks, dtype=np.uint32)


def _marks_in(keys: Sequence[_Key]) -> dict[_Key, Marks] | None:
    """The sorted marks of files' columns; None where there are more than may be remembered."""
    with _door:
        found = {key: _marks[key] for key in keys if key in _marks}
    missing = [key for key in keys if key not in found]
    if missing:
        new = _read(missing)
        if sum(marks.nbytes for marks in (*found.values(), *new.values())) > MOST_BYTES // 4:
            return None
        with _door:
            _marks.update(new)
        found |= new
    return found


def _read(keys: Sequence[_Key]) -> dict[_Key, Marks]:
    """Marks of one column in files; older files may lack it, and then name nobody."""
    column = keys[0][-1]
    mark = _MARK.format(column=f'"{column}"')
    scan = "read_parquet($1, union_by_name = true, hive_partitioning = false, filename = 'file_')"
    asked = f"""
        SELECT file_, list_sort(list(DISTINCT {mark})) AS marks
        FROM (SELECT NULL::VARCHAR AS "{column}", NULL::VARCHAR AS file_ WHERE false
              UNION ALL BY NAME SELECT * FROM {scan})
        WHERE "{column}" IS NOT NULL GROUP BY file_
    """  # noqa: S608 (our own names)
    with cursor() as con:
        told = con.sql(asked, params=[[key[0] for key in keys]]).to_arrow_table()
    lists = told.column("marks")
    held = {n: lists[i].values for i, n in enumerate(told.column("file_").to_pylist())}
    none = pa.array([], pa.uint32())
    return {key: held.get(key[0], none).to_numpy().copy() for key in keys}
