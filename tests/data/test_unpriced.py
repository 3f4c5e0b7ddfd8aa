"""Households whose county has no standards are told in one line, by county."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq

from core.home import Home
from data import unpriced

JUNE = date(2026, 6, 30)


def profile(home: Home, rows: list[dict]) -> None:
    folder = home.monthly("profile", JUNE)
    folder.mkdir(parents=True)
    types = pa.schema([("county_code", pa.string()), ("S", pa.float64())])
    pq.write_table(pa.Table.from_pylist(rows, schema=types), folder / "household.parquet")


def test_each_county_without_figures_is_named_with_all_its_households(home: Home) -> None:
    assert unpriced.told(home, JUNE) is None
    profile(
        home,
        [
            {"county_code": "990321", "S": 700},
            {"county_code": "990322", "S": None},
            {"county_code": "990322", "S": None},
            {"county_code": None, "S": None},
        ],
    )
    assert unpriced.unpriced(home, JUNE) == {"990322": 2, "": 1}
    line = unpriced.told(home, JUNE)
    assert line is not None
    assert line.en.startswith("3 households lie in a county without standards (990322, –)")
    assert line.zh.startswith("3 户所在县（990322, –）没有登记标准")


def test_nothing_is_said_where_every_household_has_its_countys_figures(home: Home) -> None:
    profile(home, [{"county_code": "990321", "S": 700}])
    assert unpriced.told(home, JUNE) is None


def test_the_homes_own_county_can_be_left_out(home: Home) -> None:
    profile(home, [{"county_code": "990321", "S": None}])
    assert unpriced.told(home, JUNE, besides="990321") is None
