"""Finding and reading the panel's raw files, whatever quarter they come from.

Every cell is read as text; only the columns the adapter knows are kept. Column case, separator,
compression, encoding and extra columns may vary from quarter to quarter. A column that a quarter
lacks is empty, which means unknown.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
from pyarrow import csv

KEYS = ("CODUSU", "NRO_HOGAR")
TIME = ("ANO4", "TRIMESTRE")
PLACE = ("REGION", "AGLOMERADO", "ITF", "DECIFR", "DECCFR")
HOUSEHOLD_COLUMNS = (
    *KEYS,
    *TIME,
    *PLACE,
    *("IV1", "IV2", "IV3", "IV4", "IV6", "IV8", "IV9", "IV10", "IV11"),
    *("IV12_1", "IV12_2", "IV12_3", "II1", "II2", "II7", "II8", "II9"),
    *("V5", "V6", "V7", "V11", "V12", "V13", "V14", "V15", "V16", "V17", "V18"),
    *("V19_A", "V19_B", "IX_TOT", "VII1_1", "IDIMPH"),
)
PERSON_COLUMNS = (
    *KEYS,
    "COMPONENTE",
    *TIME,
    *PLACE,
    *("CH03", "CH04", "CH06", "CH07", "CH08", "CH10", "CH11", "CH12", "CH13", "CH14"),
    *("NIVEL_ED", "ESTADO", "CAT_OCUP", "CAT_INAC", "INTENSI"),
    *("PP04A", "PP04B1", "PP05H", "PP07A", "PP07H"),
    *("P21", "TOT_P12", "P47T", "V2_M", "V3_M", "V4_M", "V5_M", "V8_M", "V9_M", "V10_M"),
    *("V11_M", "V12_M", "V18_M"),
)
SUFFIX = re.compile(r"\.(tsv|csv|txt)(\.gz)?$", re.I)
QUARTER_IN_NAME = re.compile(r"a(\d\d)t(\d)|t(\d)[_-]?(?:20)?(\d\d)", re.I)
SEPARATORS = ("\t", ";", ",", "|")


class PanelError(Exception):
    """The folder holds no usable panel; the message says what was looked for."""


@dataclass(frozen=True)
class RawTable:
    """One file: `kind` is 'household' or 'person', `broken` counts rows that did not fit."""

    name: str
    kind: str
    rows: pa.Table
    broken: int


@dataclass(frozen=True)
class Unread:
    """A file that could not be used, and why."""

    name: str
    why: str


def panel_files(directory: Path) -> list[Path]:
    """Every file below `directory` that may belong to the panel, by name.

    Raises PanelError when there is no such folder or nothing in it looks like a table.
    """
    if not directory.is_dir():
        raise PanelError(f"no folder {directory}; give the folder with the panel's hogar and indiv")
    found = sorted(p for p in directory.rglob("*") if p.is_file() and SUFFIX.search(p.name))
    if not found:
        raise PanelError(f"{directory} holds no .tsv, .csv or .txt table (.gz or not)")
    return found


def read_panel(directory: Path) -> Iterator[RawTable | Unread]:
    """Read the files below `directory` one by one; what cannot be read says why."""
    for path in panel_files(directory):
        try:
            yield read_file(path)
        except PanelError as error:
            yield Unread(path.name, str(error))


def read_file(path: Path) -> RawTable:
    """One file of the panel. Raises PanelError when it is damaged or belongs to no panel."""
    text = _text(path)
    header, _, body = text.partition("\n")
    separator = max(SEPARATORS, key=header.count)
    names = [c.strip().strip('"').upper() for c in header.strip("\r").split(separator)]
    if not set(KEYS) <= set(names):
        raise PanelError(f"has no columns {' and '.join(KEYS)}, so it is no file of the panel")
    kind = "person" if "COMPONENTE" in names else "household"
    wanted = PERSON_COLUMNS if kind == "person" else HOUSEHOLD_COLUMNS
    table, broken = _parse(body, names, separator, wanted)
    return RawTable(path.name, kind, _with_time(table, path.name), broken)


def _text(path: Path) -> str:
    content = path.read_bytes()
    if content[:2] == b"\x1f\x8b":
        try:
            content = gzip.decompress(content)
        except (OSError, EOFError, zlib.error) as error:
            raise PanelError("is damaged: the compressed content ends too early") from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # Older and newer editions alike come in Windows' western code page at times.
        return content.decode("cp1252", errors="replace")


def _parse(
    body: str, names: Sequence[str], separator: str, wanted: Sequence[str]
) -> tuple[pa.Table, int]:
    broken = 0

    def skip(row: csv.InvalidRow) -> str:
        nonlocal broken
        broken += 1
        return "skip"

    # A name that comes twice keeps its first column.
    unique = [n if n not in names[:i] else f"{n}#{i}" for i, n in enumerate(names)]
    present = [n for n in wanted if n in unique]
    if not body.strip():
        return pa.table({n: pa.array([], pa.string()) for n in wanted}), 0
    table = csv.read_csv(
        pa.py_buffer(body.encode("utf-8")),
        csv.ReadOptions(use_threads=False, column_names=unique, block_size=1 << 24),
        csv.ParseOptions(
            delimiter=separator,
            quote_char=False if separator == "\t" else '"',
            invalid_row_handler=skip,
        ),
        csv.ConvertOptions(
            column_types=dict.fromkeys(present, pa.string()), include_columns=present
        ),
    )
    columns = {
        n: table[n] if n in present else pa.nulls(table.num_rows, pa.string()) for n in wanted
    }
    return pa.table(columns), broken


def _with_time(table: pa.Table, name: str) -> pa.Table:
    """Year and quarter from the file's name where the rows do not tell."""
    match = QUARTER_IN_NAME.search(name)
    if match is None or any(table[c].null_count < table.num_rows for c in TIME):
        return table
    year, quarter = (match[1], match[2]) if match[1] else (match[4], match[3])
    for column, value in zip(TIME, (f"20{year}", quarter), strict=True):
        told = pa.repeat(pa.scalar(value), table.num_rows)
        table = table.set_column(table.column_names.index(column), column, told)
    return table
