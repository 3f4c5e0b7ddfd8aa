"""Lakes from before: dwelling numbers become pseudonyms.

The housing feed's rows once held the dwelling's number as it was written. Often it is the
household's number with a prefix, which tells the household that the pseudonym hides.
"""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from core.atomic import atomic
from core.home import Home
from data.identity import household_number
from data.vault import Vault

OLD, NEW = "dwelling_no", "dwelling"


def hide_dwellings(home: Home, vault: Vault) -> int:
    """Rewrite what still holds plain dwelling numbers; gives the number of files rewritten.

    Each file is replaced in one step, so an interrupted run goes on where it stopped.
    """
    old = [p for p in sorted(home.lake.glob("housing/batch=*/*.parquet")) if _is_old(p)]
    for path in old:
        _rewrite(path, vault)
    return len(old)


def _is_old(path: Path) -> bool:
    return OLD in pq.read_schema(path).names


def _rewrite(path: Path, vault: Vault) -> None:
    rows = pq.ParquetFile(path).read()
    coded = rows[OLD].combine_chunks().dictionary_encode()
    numbers = map(household_number, coded.dictionary.to_pylist())
    hidden = [vault.dwelling_pseudonyms.of(n) if n else None for n in numbers]
    place = rows.column_names.index(OLD)
    rows = rows.set_column(place, NEW, pa.array(hidden, pa.string()).take(coded.indices))
    with atomic(path) as aside:
        pq.write_table(rows, aside, compression="zstd")
