"""Department files of any size for the ingest benchmark: invented people, usual mistakes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from data.contracts import load_contract
from data.identity import CHECK_DIGITS, WEIGHTS

_PIECE = 250_000  # rows made at a time
_SURNAMES, _GIVEN = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高",
    "国建军秀英华明丽强敏杰娟涛艳勇芳伟静",
)
_KINDS = ("职工缴费", "停保", "失业登记", "就业登记", "养老金发放", "居民医保参保")
_RELATIONS = ("户主", "配偶", "子女")


def employment(folder: Path, rows: int, people: int, seed: int = 7) -> Path:
    """A month of the employment feed: `rows` records of `people` in any order.

    About 1 % of the rows have something wrong, 1 % something to repair, 0.3 % are repeated.
    """
    draw = np.random.default_rng(seed)

    def piece(start: int, count: int) -> dict[str, pa.Array]:
        who = draw.integers(0, people, count)
        who[1::331] = who[::331][: len(who[1::331])]
        days = 1 + draw.integers(0, 28, count)
        columns = {
            "id_number": _spoiled(_numbers(who), draw),
            "name": _names(who),
            "record_type": _chosen(_KINDS, who + days),
            "amount": _written(draw.integers(0, 9000, count)),
            "employer_kind": _chosen(("企业", "灵活就业", "机关"), who),
            "hard_to_employ": _chosen(("否", "否", "是"), who // 7),
            "ended_on": pa.nulls(count, pa.string()),
            "started_on": _dates(days),
        }
        return {name: _repeated(column) for name, column in columns.items()}

    return _write(folder, "employment", "202606", "20260628", rows, piece)


def register(folder: Path, households: int, seed: int = 7) -> Path:
    """The first delivery of the population register: 2.8 people a household, all with addresses."""
    draw, people = np.random.default_rng(seed), households * 28 // 10

    def piece(start: int, count: int) -> dict[str, pa.Array]:
        who = np.arange(start, start + count)
        home = who * 10 // 28
        first = np.concatenate(
            [[start == 0 or (start - 1) * 10 // 28 != home[0]], np.diff(home) > 0]
        )
        township = pc.add(pa.array(990321100 + home % 17), 1).cast(pa.string())
        return {
            "name": _names(who),
            "id_number": _spoiled(_numbers(who), draw),
            "household_no": _joined("9903210", pa.array(1_000_000 + home).cast(pa.string())),
            "relation": _chosen(_RELATIONS, np.where(first, 0, 1 + who % 2)),
            "sex": _chosen(("女", "男"), who % 2),
            "township_code": township,
            "village_code": _joined(township, "001"),
            "urban_rural": _chosen(("农村", "城镇"), home),
            "phone": _joined("100", pa.array(10_000_000 + who).cast(pa.string())),
            "change_type": _chosen(("在册",), who * 0),
            "changed_on": _dates(1 + who % 28),
            "address": _joined("云岭镇柳湾村", pa.array(home).cast(pa.string()), "号"),
        }

    return _write(folder, "population_register", "202606", "20260627", people, piece)


def _write(folder: Path, feed: str, period: str, day: str, rows: int, piece) -> Path:  # type: ignore[no-untyped-def]
    contract = load_contract(feed)
    path = folder / f"{contract.zh}_{period}_{day}.csv"
    folder.mkdir(parents=True, exist_ok=True)
    labels, writer = contract.labels("zh"), None
    with path.open("wb") as file:
        for start in range(0, rows, _PIECE):
            columns = piece(start, min(_PIECE, rows - start))
            table = pa.table({labels[name]: column for name, column in columns.items()})
            writer = writer or csv.CSVWriter(file, table.schema)
            writer.write_table(table)
        if writer:
            writer.close()
    return path


def _numbers(who: np.ndarray) -> pa.Array:
    """Valid 18-character numbers of an area that no place has, a different one for each person."""
    year, month, day = 1930 + who % 80, 1 + who // 80 % 12, 1 + who // 960 % 28
    serial, area = who // 26_880 % 1000, 990_300 + who // 26_880_000
    parts = ((area, 6), (year, 4), (month, 2), (day, 2), (serial, 3))
    digits = np.concatenate(
        [number[:, None] // 10 ** np.arange(width)[::-1] % 10 for number, width in parts], axis=1
    )
    check = np.frombuffer(CHECK_DIGITS.encode(), np.uint8)[digits @ np.array(WEIGHTS) % 11]
    text = np.concatenate([digits.astype(np.uint8) + ord("0"), check[:, None]], axis=1)
    return pa.array(np.ascontiguousarray(text).view("S18").ravel(), pa.binary()).cast(pa.string())


def _spoiled(numbers: pa.Array, draw: np.random.Generator) -> pa.Array:
    """One in a hundred to repair, one in a hundred beyond repair."""
    luck = draw.random(len(numbers))
    blank, short = pa.array(luck < 0.01), pa.array((luck > 0.5) & (luck < 0.51))
    repairable = pc.binary_join_element_wise(" ", numbers, "")
    numbers = pc.if_else(blank, repairable, numbers)
    return pc.if_else(short, pc.utf8_slice_codeunits(numbers, 0, 12), numbers)


def _repeated(column: pa.Array) -> pa.Array:
    """Every 331st row once more in place of the next one."""
    places = np.arange(len(column))
    places[1::331] = places[::331][: len(places[1::331])]
    return column.take(pa.array(places))


def _names(who: np.ndarray) -> pa.Array:
    names = [a + b + c for a in _SURNAMES for b in _GIVEN for c in _GIVEN]
    return _chosen(names, who * 7919)


def _chosen(words, places: np.ndarray) -> pa.Array:  # type: ignore[no-untyped-def]
    return pa.array(list(words), pa.string()).take(pa.array(places % len(words)))


def _written(numbers: np.ndarray) -> pa.Array:
    return pc.cast(pa.array(numbers / 4.0), pa.string())


def _dates(days: np.ndarray) -> pa.Array:
    return _chosen([f"2026-06-{day:02d}" for day in range(1, 29)], days - 1)


def _joined(*parts) -> pa.Array:  # type: ignore[no-untyped-def]
    return pc.binary_join_element_wise(*parts, "")
