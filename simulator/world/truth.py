"""The sealed truth: who was in need, and whether help reached them, month by month.

`unmet` is money to live on that no adequate help reaches; `needs` lists every kind truly lacking,
also where `unmet` is false (a child out of school, a damaged home).
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from core.home import Home
from simulator.world import books
from simulator.world import codes as c
from simulator.world.clock import month_text
from simulator.world.needs import NEEDS, true_needs
from simulator.world.state import State
from simulator.world.visiting import known_hardship


class Truth:
    """Collects a row per living household and month; household numbers, not pseudonyms.

    Where households change, `family` tells who it is about, whatever number the office gives it.
    """

    def __init__(self, home: Home) -> None:
        self.home = home
        self.tables: list[pa.Table] = []

    def resume(self, month: str) -> None:
        """Take back what was written of the months up to `month`."""
        table = pq.read_table(self.home.truth / "need.parquet")
        kept = pc.less_equal(pc.cast(table["month"], pa.string()), month)
        self.tables.append(table.filter(kept))

    def note(self, state: State) -> None:
        """Keep the truth of the state's month."""
        h = state.h
        rows = np.flatnonzero(h.n > 0)
        watched = known_hardship(state)[rows]
        lacks = true_needs(state)[rows] @ (1 << np.arange(len(NEEDS)))
        kinds, code = np.unique(lacks, return_inverse=True)
        words = [",".join(n for i, n in enumerate(NEEDS) if k >> i & 1) for k in kinds]
        numbers = books.numbers(state, rows)
        month = pa.DictionaryArray.from_arrays(
            pa.array(np.zeros(len(rows), "i4")), [month_text(state.month)]
        )
        at_risk = watched & ~np.isin(h.roll[rows], (c.DIBAO, c.TEKUN))
        family = {"family": rows.astype("i4")} if books.change(state) else {}
        self.tables.append(pa.table({
            "household_no": pa.array(numbers), **family, "month": month,
            "in_need": h.in_need[rows], "unmet": h.unmet[rows],
            "income": np.round(h.income[rows]), "rigid": np.round(h.rigid[rows]),
            "members": h.n[rows], "watched": watched, "at_risk": at_risk,
            "needs": pa.DictionaryArray.from_arrays(code.astype("i4"), words),
        }))  # fmt: skip

    def write(self, name: str) -> None:
        """Write truth/<name>; months in order."""
        self.home.truth.mkdir(parents=True, exist_ok=True)
        table = pa.concat_tables(self.tables).unify_dictionaries()
        pq.write_table(table, self.home.truth / name, compression="zstd")
