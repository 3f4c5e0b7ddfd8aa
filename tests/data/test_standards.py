"""Dated standards by region and urban or rural, and the regions they belong to."""

from __future__ import annotations

import json
from datetime import date

import pytest

from core.home import Home
from data.regions import Regions, RegionsError
from data.standards import NAMES, Standards, StandardsError

YAML = """
"990321":
  rural:
    S:
      unit: yuan/person/month
      values:
        2024-01-01: {value: 625, reference: Notice 1}
        2025-07-01: {value: 655, reference: Notice 2}
    theta: {values: {2024-01-01: 0.6, 2026-01-01: {value: null}}}
  urban:
    S: {values: {2024-01-01: 695}}
"990321101":
  rural:
    S: {values: {2025-01-01: 700}}
"""


@pytest.fixture
def standards(tmp_path) -> Standards:
    path = tmp_path / "standards.yaml"
    path.write_text(YAML, encoding="utf-8")
    return Standards.read(path)


def test_a_value_holds_from_its_date_until_the_next(standards):
    assert standards.value("S", "990321", "rural", date(2025, 6, 30)) == 625
    assert standards.value("S", "990321", "rural", date(2025, 7, 1)) == 655
    assert standards.entry("S", "990321", "rural", date(2025, 7, 1)).reference == "Notice 2"
    assert standards.value("S", "990321", "urban", date(2026, 6, 30)) == 695


def test_a_township_takes_its_countys_value_unless_it_has_its_own(standards):
    assert standards.value("S", "990321102", "rural", date(2025, 7, 1)) == 655
    assert standards.value("S", "990321101007", "rural", date(2025, 7, 1)) == 700
    assert standards.value("S", "990321101007", "rural", date(2024, 7, 1)) == 625


@pytest.mark.parametrize(
    ("name", "side", "on", "message"),
    [
        ("S", "rural", date(2023, 12, 31), r"no value on 2023-12-31: its first starts 2024-01-01"),
        ("theta", "rural", date(2026, 6, 30), r"no value on 2026-06-30: its series ended"),
        ("W", "rural", date(2026, 6, 30), r"W has no value for region 990321, rural"),
        ("Z", "rural", date(2026, 6, 30), r"no standard 'Z'; the standards are S, D, M"),
    ],
)
def test_a_missing_value_says_why(standards, name, side, on, message):
    with pytest.raises(StandardsError, match=message):
        standards.value(name, "990321", side, on)


def test_the_table_has_a_row_for_each_side_and_null_where_nothing_is_in_force(standards):
    rows = standards.table(date(2026, 6, 30)).to_pyarrow().to_pylist()
    assert [(r["county_code"], r["urban_rural"], r["S"], r["theta"]) for r in rows] == [
        ("990321", "urban", 695.0, None),
        ("990321", "rural", 655.0, None),
        ("990321101", "urban", 695.0, None),  # its county's
        ("990321101", "rural", 700.0, None),
    ]
    assert list(rows[0]) == ["county_code", "urban_rural", *NAMES]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "standards.yaml is empty"),
        ("'99': {town: {}}", "99.town: use 'urban' or 'rural'"),
        ("'99': {rural: {Q: {values: {}}}}", r"99.rural.Q: use one of S, D"),
        ("'99': {rural: {S: {values: {soon: 1}}}}", "'soon' is not a date"),
        ("'99': {rural: {S: {values: {2024-01-01: much}}}}", "'much' is not a number"),
        ("'99': {rural: {S: {values: {2025-01-01: 1, 2024-01-01: 2}}}}", "dates must rise"),
        ("'99': [1]", r"99 must be a mapping"),
        ("a: [", "is not YAML"),
    ],
)
def test_a_wrong_file_is_refused_with_its_key(tmp_path, text, message):
    path = tmp_path / "standards.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(StandardsError, match=message):
        Standards.read(path)


def test_a_home_without_standards_or_regions_says_so(home: Home):
    with pytest.raises(StandardsError, match=r"no standards.yaml"):
        Standards.load(home)
    with pytest.raises(RegionsError, match=r"no regions.geojson"):
        Regions.load(home)


def test_regions_have_names_in_both_languages(home: Home):
    village = {"code": "990321101001", "name_zh": "东湾村", "name_en": "Dongwan"}
    about = {"code": "990321101", "name_zh": "青禾街道", "name_en": "Qinghe", "villages": [village]}
    collection = {"type": "FeatureCollection", "features": [{"properties": about}]}
    home.data.mkdir(parents=True)
    home.regions_file.write_text(json.dumps(collection), encoding="utf-8")
    regions = Regions.load(home)
    assert regions.name("990321101", "en") == "Qinghe"
    assert regions.name("990321101001") == "东湾村"
    assert regions.name("000") == "000"
    assert [v.code for v in regions.villages_of("990321101")] == ["990321101001"]
    assert regions.townships["990321101"].parent == "990321"


def test_a_region_without_a_name_is_refused(home: Home):
    home.data.mkdir(parents=True)
    home.regions_file.write_text('{"features": [{"properties": {"code": "1"}}]}', encoding="utf-8")
    with pytest.raises(RegionsError, match="name_zh"):
        Regions.load(home)
