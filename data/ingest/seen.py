"""What was seen before, in memory that does not grow: hashes of rows, in arrays of a fixed size."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

_SLOTS = 1 << 20  # 16 MB a cache; a slot that two share only costs a second look
_IN_MEMORY = 4_000_000  # rows whose hashes stay in memory (64 MB); more lie in a file
Hashes = np.ndarray  # of unsigned 64-bit integers


class Hasher:
    """Hashes of rows, 64 bits each, column by column in DuckDB."""

    def __init__(self) -> None:
        self._engine = duckdb.connect(config={"threads": 1})

    def of(self, columns: Sequence[pa.Array], *orders: Sequence[int]) -> list[Hashes]:
        """One hash a row for each order of columns; two orders are as good as independent."""
        names = [f"c{n}" for n in range(len(columns))]
        wanted = (
            f"hash({', '.join(names[n] for n in order)}) AS h{at}"
            for at, order in enumerate(orders)
        )
        self._engine.register("rows", pa.table(list(columns), names))
        found = self._engine.execute(f"SELECT {', '.join(wanted)} FROM rows").fetchnumpy()  # noqa: S608
        return [np.asarray(found[f"h{at}"]) for at in range(len(orders))]


class Seen:
    """Remembers of many owners what was last said of each, as hashes; forgets some of them.

    A slot holds the owner that came last, so an answer of "yes" is right and "no" may be forgetful.
    """

    def __init__(self) -> None:
        self._owners = np.zeros(_SLOTS, np.uint64)
        self._said = np.zeros(_SLOTS, np.uint64)

    def same(self, owners: Hashes, said: Hashes | None = None) -> np.ndarray:
        """Which owners are known to have said just this."""
        slots = owners & np.uint64(_SLOTS - 1)
        hit = self._owners[slots] == owners
        return hit if said is None else hit & (self._said[slots] == said)

    def note(self, owners: Hashes, said: Hashes | None = None) -> None:
        """Remember what owners say; of one that comes twice the last."""
        slots = owners & np.uint64(_SLOTS - 1)
        self._owners[slots] = owners
        self._said[slots] = 0 if said is None else said


def last_of_each(keys: pa.Array) -> pa.Array:
    """Places of the last row of each key, in order."""
    codes = keys.dictionary_encode()
    places = np.empty(len(codes.dictionary), np.int64)
    places[codes.indices.to_numpy()] = np.arange(len(codes.indices))
    return pa.array(np.sort(places))


class Repeats:
    """Which rows of a delivery are repeats of earlier ones, by 128 bits a row.

    Hashes are kept in sorted runs, and runs of like size are merged. A run too long for memory is
    put into a file in `folder`.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._runs: list[np.ndarray] = []
        self._filed: list[np.ndarray] = []

    def first(self, one: Hashes, other: Hashes) -> np.ndarray:
        """Whether each row is the first of its kind in the whole delivery."""
        order = np.argsort(one, kind="stable")
        run = np.stack([one[order], other[order]])
        again = np.zeros(len(one), bool)
        again[order[1:]] = (run[:, 1:] == run[:, :-1]).all(axis=0)
        for earlier in (*self._runs, *self._filed):
            place = np.minimum(np.searchsorted(earlier[0], one), earlier.shape[1] - 1)
            again |= (earlier[0][place] == one) & (earlier[1][place] == other)
        if len(one):
            self._add(run)
        return ~again

    def _add(self, run: np.ndarray) -> None:
        while self._runs and self._runs[-1].shape[1] <= 2 * run.shape[1]:
            both = np.concatenate([self._runs.pop(), run], axis=1)
            run = both[:, np.argsort(both[0], kind="stable")]
        if run.shape[1] < _IN_MEMORY:
            self._runs.append(run)
            return
        path = self._folder / f".seen-{len(self._filed)}.npy"
        np.save(path, run)
        self._filed.append(np.load(path, mmap_mode="r"))
