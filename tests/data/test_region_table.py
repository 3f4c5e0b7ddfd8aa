"""Places with dates: a merged town, a changed county code, a split village, a name that changed."""

from __future__ import annotations

from datetime import date

import pytest

from core.atomic import write_text
from core.home import Home
from data.region_table import Entry, RegionTable, RegionTableError
from data.regions import Regions, RegionsError

NEW_YEAR = date(2025, 1, 1)
EVE = date(2024, 12, 31)
OLD, TOWN = "990321102", "990321101"


def place(code: str, name: str, **more: object) -> Entry:
    return Entry(code, name, name, **more)  # type: ignore[arg-type]


ENTRIES = (
    place(TOWN, "东镇"),
    place(OLD, "老乡", valid_to=NEW_YEAR, became=(TOWN,)),
    place(TOWN + "001", "柳湾村"),
    place(OLD + "001", "石桥村", valid_to=NEW_YEAR, became=(TOWN + "002",)),
    place(TOWN + "002", "石桥村", valid_from=NEW_YEAR),
    # A village that two others took over: its code tells nothing from then on.
    place(OLD + "002", "大村", valid_to=NEW_YEAR, became=(TOWN + "001", TOWN + "002")),
    # A county whose code changed, and with it everything in it.
    place("990322", "清县", valid_to=NEW_YEAR, became=("990305",)),
    place("990305", "清区", valid_from=NEW_YEAR),
    place("990306", "新区", valid_from=NEW_YEAR),
    place("990307", "甲县", valid_to=NEW_YEAR, became=("990306",)),
    place("990308", "乙县", valid_to=NEW_YEAR, became=("990306",)),
)


@pytest.fixture
def table() -> RegionTable:
    return RegionTable(ENTRIES)


def test_a_code_is_followed_to_the_place_of_the_day(table):
    assert table.on(OLD, EVE) == OLD  # history keeps what was
    assert table.on(OLD, NEW_YEAR) == TOWN
    assert table.on(OLD + "001", date(2026, 6, 30)) == TOWN + "002"
    assert table.on("999999999", NEW_YEAR) == "999999999"  # not ours to judge


def test_a_place_that_was_split_is_nobodys_guess(table):
    assert table.on(OLD + "002", NEW_YEAR) is None
    assert table.moves(NEW_YEAR)[OLD + "002"] is None


def test_today_a_place_answers_to_its_former_codes_too(table):
    assert table.formerly(TOWN, NEW_YEAR) == [TOWN, OLD]
    assert table.formerly(TOWN, EVE) == [TOWN]


def test_before_its_code_began_a_county_was_the_one_it_was_made_of(table):
    assert table.before("990305", EVE) == "990322"
    assert table.before("990305", NEW_YEAR) == "990305"
    assert table.before("990306", EVE) is None  # of two counties: neither's figures are its own
    assert table.before(TOWN, date(2000, 1, 1)) == TOWN


def test_a_table_that_runs_in_a_circle_ends(table):
    circle = RegionTable(
        [
            place("990311", "甲", valid_to=NEW_YEAR, became=("990312",)),
            place("990312", "乙", valid_to=NEW_YEAR, became=("990311",)),
        ]
    )
    assert circle.on("990311", NEW_YEAR) is None


def test_the_file_brings_back_what_was_written(table, tmp_path):
    path = tmp_path / "regions.csv"
    path.write_text(table.text(), encoding="utf-8")
    read = RegionTable.read(path)
    assert read.text() == table.text()
    assert read.on(OLD, NEW_YEAR) == TOWN


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("code,name\n1,2\n", "has other columns than code, name, parent"),
        ("code,name,parent,name_en,urban_rural,valid_from,valid_to,became\n123,x,,,,,,\n",
         "line 2: '123' is no code"),
        ("code,name,parent,name_en,urban_rural,valid_from,valid_to,became\n99,x,,,,soon,,\n",
         "is damaged"),
    ],
)  # fmt: skip
def test_a_damaged_file_is_told_with_what_to_do(home: Home, text, said):
    write(home, text)
    with pytest.raises(RegionTableError, match=said):
        RegionTable.read(home.region_table)
    with pytest.raises(RegionsError, match="doudi regions import FILE"):
        Regions.load(home)


def write(home: Home, text: str) -> None:
    home.data.mkdir(parents=True, exist_ok=True)
    write_text(home.region_table, text)


OUTLINES = {
    "features": [
        {"properties": {"code": code}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
        for code, ring in ((TOWN, [[0, 0]]), (OLD, [[1, 1]]))
    ]
}


def test_pages_show_todays_names_and_the_old_one_behind(table):
    regions = Regions.dated(table, OUTLINES, date(2026, 6, 30))
    assert regions.name(TOWN) == "东镇"
    assert regions.name(OLD) == "东镇（原老乡）"
    assert regions.name(OLD, "en") == "东镇 (formerly 老乡)"
    assert regions.name(OLD + "001") == "石桥村"  # another code, the same name
    assert regions.name(OLD + "002") == "大村（已撤销）"
    assert regions.name("990399") == "990399"
    assert list(regions.townships) == [TOWN]
    assert sorted(regions.villages) == [TOWN + "001", TOWN + "002"]
    assert regions.formerly(TOWN) == [TOWN, OLD]


def test_the_map_draws_todays_townships_a_new_one_from_what_it_was_made_of():
    merged = RegionTable(
        [
            place("990321101", "甲", valid_to=NEW_YEAR, became=("990321103",)),
            place("990321102", "乙", valid_to=NEW_YEAR, became=("990321103",)),
            place("990321103", "丙", valid_from=NEW_YEAR),
        ]
    )
    [drawn] = Regions.dated(merged, OUTLINES, NEW_YEAR).geojson["features"]
    assert drawn["id"] == "990321103"
    assert drawn["geometry"] == {"type": "MultiPolygon", "coordinates": [[[[0, 0]]], [[[1, 1]]]]}
    before = Regions.dated(merged, OUTLINES, EVE).geojson["features"]
    assert [f["geometry"]["type"] for f in before] == ["Polygon", "Polygon"]


def test_without_a_table_the_places_are_what_they_always_were(home: Home):
    home.data.mkdir(parents=True)
    about = {"code": TOWN, "name_zh": "东镇", "name_en": "East", "villages": []}
    regions = Regions.of({"features": [{"properties": about}]})
    assert regions.table.moves(date.max) == {}
    assert regions.formerly(TOWN) == [TOWN]
