"""A region table with dates: what is refused, with its row; what importing keeps."""

from __future__ import annotations

from datetime import datetime

import pytest

from core.atomic import write_text
from core.home import Home
from data.regions import Regions
from data.setup import dated_regions, writing
from data.setup.dated_regions import RegionsRefused
from data.setup.regions_table import TableError
from tests.data.setup.made import answers

HEADER = "代码,名称,上级代码,英文名称,城乡,启用日期,停用日期,变更为\n"
TABLE = (
    HEADER
    + """420000,某省,,,,,,
429900,某市,42,,,,,
421234,清河县,4212,,,,,
421234001,城关街道,421234,,城镇,,,
421234001001,东门社区,421234001,,城镇,,,
421234100,清河镇,421234,,农村,,,
421234100201,石桥村,421234100,,农村,,,
421234100202,柳林村,421234100,,农村,,,
421234200,老乡,421234,,农村,,2025-01-01,421234100
421234200201,石桥村,421234200,,农村,,2025年1月1日,421234100201
"""
)
AT = datetime.fromisoformat("2026-06-30T09:00")


@pytest.fixture
def county(tmp_path) -> Home:
    home = Home(tmp_path)
    writing.save(home, answers(), "os-clerk", AT)
    return home


def said(home: Home, table: str) -> list[str]:
    return [p.en for p in dated_regions.check(home, table.encode()).problems]


def test_a_good_table_is_counted_against_what_stands(county):
    found = dated_regions.check(county, TABLE.encode("gb18030"))
    assert found.problems == ()
    assert found.counts == {"province": 1, "city": 1, "county": 1, "township": 2, "village": 3}
    assert found.ended == 2
    assert found.changes == {"added": 5, "changed": 0, "left_out": 0}


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("2025-01-01,421234100\n", "someday,421234100\n", "row 10: 'someday' is no date"),
        ("421234200,老乡", "4212342001,老乡", "row 10: '4212342001' is no code"),
        ("421234200,老乡", "421234200,", "row 10: 421234200 has no name"),
        (",2025-01-01,421234100\n", ",,421234100\n", "became 421234100 but has no end"),
        ("2025-01-01,421234100\n", "2025-01-01,421234100201\n", "which is of another level"),
        ("2025-01-01,421234100\n", "2025-01-01,421234300\n", "is not in the table or not in force"),
        ("2025年1月1日,421234100201", ",", "township 421234200 ended on 2025-01-01; give its vill"),
        ("农村,,2025-01-01", "农村,2025-01-01,2025-01-01", "is not after the beginning"),
        ("421234100202,柳林村", "421234100202,石桥村", "is also in row 8; names differ"),
        ("421234100202,柳林村,421234100", "421234100202,柳林村,421234001", "parent of 42123410020"),
        ("421234100202,柳林村", "421234100201,柳林村", "421234100201 stands in row"),
        ("421234001,城关街道,421234,,城镇,,,\n", "", "township 421234001 of village 421234001001"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_row(county, old, new, told):
    assert old in TABLE
    assert any(told in line for line in said(county, TABLE.replace(old, new)))


def test_a_file_that_is_no_table_is_refused(county):
    with pytest.raises(TableError, match="no header row was found"):
        dated_regions.check(county, b"hello")


def test_importing_keeps_what_stood_and_can_be_undone(county):
    dated_regions.put(county, TABLE.encode(), "os-clerk", AT)
    assert Regions.load(county).name("421234200") == "清河镇（原老乡）"
    assert list(Regions.load(county).townships) == ["421234001", "421234100"]
    [kept] = writing.previous(county)
    writing.bring_back(county, kept.number, "os-clerk", AT)
    assert not county.region_table.exists()
    assert Regions.load(county).name("421234200") == "421234200"


def test_a_code_that_stood_may_end_but_not_vanish(county):
    lines = TABLE.splitlines(keepends=True)
    less = "".join(line for line in lines if not line.startswith("421234100202"))
    with pytest.raises(RegionsRefused, match="421234100202 and 0 more codes"):
        dated_regions.put(county, less.encode(), "os-clerk", AT)
    assert not county.region_table.exists()


def test_once_there_is_a_table_the_set_up_no_longer_changes_places(county):
    dated_regions.put(county, TABLE.encode(), "os-clerk", AT)
    same = writing.current(county)
    assert writing.preview(county, same).problems == ()
    fewer = answers(places=same.places[:-1])
    [problem] = writing.preview(county, fewer).problems
    assert "doudi regions import FILE" in problem.en
    outlines = county.regions_file.read_text(encoding="utf-8")
    writing.save(county, same, "os-clerk", AT)
    assert county.regions_file.read_text(encoding="utf-8") == outlines


def test_the_table_handed_out_can_be_imported_again(county):
    dated_regions.put(county, TABLE.encode(), "os-clerk", AT)
    sheet = dated_regions.sheet(Regions.load(county).table.entries)
    assert sheet.startswith("代码,名称,上级代码")
    again = dated_regions.check(county, sheet.encode("utf-8-sig"))
    assert again.problems == ()
    assert set(again.changes.values()) == {0}


def test_a_damaged_table_is_replaced_all_the_same(county):
    write_text(county.region_table, "nothing\n")
    dated_regions.put(county, TABLE.encode(), "os-clerk", AT)
    assert Regions.load(county).name("421234200") == "清河镇（原老乡）"
