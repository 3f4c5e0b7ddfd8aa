"""Reading an opened file under the headers that its feed knows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from data.mapping.saved import Mapping
from data.readers.raw import Chunk, RawTable


def under_known_headers(raw: RawTable, mapping: Mapping | None) -> RawTable:
    """The same rows, their columns called as the contract calls them.

    Columns that were left out keep their place under a header that no contract knows, so that
    a row that goes back to its owner is still whole.
    """
    changed = mapping.renamed(raw.headers) if mapping else {}
    if not changed:
        return raw
    headers = [changed.get(h, h) for h in raw.headers]
    return replace(raw, headers=headers, source=_renamed(raw.source, changed))


def _renamed(source: Iterator[Chunk], changed: dict[str, str]) -> Iterator[Chunk]:
    for chunk in source:
        names = [changed.get(n, n) for n in chunk.table.column_names]
        yield replace(chunk, table=chunk.table.rename_columns(names))
