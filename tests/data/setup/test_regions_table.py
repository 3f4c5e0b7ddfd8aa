"""A table of townships and villages: what is understood, what is refused and in which words."""

from __future__ import annotations

import io

import pytest
import xlsxwriter

from data.regions import Regions
from data.setup import codes, regions_table
from data.setup.regions_table import TableError, read_places
from tests.data.setup.made import TABLE


def problems(text: str) -> list[str]:
    places = read_places(text.encode())
    return [one.en for one in regions_table.problems(places, "421234")]


def test_a_good_table_has_no_problem_and_becomes_regions() -> None:
    places = read_places(TABLE.encode())
    assert problems(TABLE) == []
    known = Regions.of(regions_table.geojson(places))
    assert {t.name_zh for t in known.townships.values()} == {"城关街道", "清河镇"}
    assert known.villages["421234100201"].parent == "421234100"
    assert known.townships["421234001"].urban_rural == "urban"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_any_encoding_of_an_office_is_read(encoding: str) -> None:
    assert read_places(TABLE.encode(encoding))[0].name == "城关街道"


def test_a_workbook_with_a_title_numbers_and_statistical_codes_is_read() -> None:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "清河县行政区划表")
        sheet.write_row(1, 0, ["区划代码", "名称"])
        sheet.write_row(2, 0, [421234000000, "清河县"])
        sheet.write_row(3, 0, [421234100000, "清河镇"])
        sheet.write_row(4, 0, [421234100201, " 石桥村​"])
    places = read_places(content.getvalue())
    assert [(p.code, p.name, p.row) for p in places] == [
        ("421234100", "清河镇", 4),
        ("421234100201", "石桥村", 5),
    ]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("421234100201,同码村,421234100,", "row 7: 421234100201 stands in row 5 already"),
        ("421234100203,石 桥 村,421234100,", "row 7: '石 桥 村' is also in row 5"),
        ("421235100,邻县镇,421235,", "row 7: 421235100 does not lie within 421234"),
        ("421234200201,孤村,421234200,", "row 7: the township 421234200 of village"),
        ("421234100204,错村,421234001,", "row 7: the parent of 421234100204 is given as 421234001"),
        ("42123410,短码,,", "row 7: '42123410' is no code"),
        ("4.21234E+11,坏码,,", "row 7: Excel has turned the code"),
        ("421234100205,,,", "row 7: 421234100205 has no name"),
        ("421234100206,110101199003072316,,", "row 7: what stands in the column of names"),
        ("421234100207,新村,,郊区", "row 7: write 城镇 (urban) or 农村 (rural), not '郊区'"),
    ],
)
def test_every_slip_is_told_in_one_line_with_its_row(row: str, told: str) -> None:
    (found,) = problems(TABLE + row + "\n")
    assert found.startswith(told)


def test_a_thousand_slips_are_twenty_lines_and_a_count() -> None:
    rows = "".join(f"4212341002{n:02},,,\n" for n in range(10, 60))
    found = problems(TABLE + rows)
    assert (len(found), found[-1]) == (21, "and 30 more")


def test_the_template_is_read_back_and_its_pattern_must_go() -> None:
    places = read_places(regions_table.template("421234"))
    told = [one.en for one in regions_table.problems(places, "421234")]
    assert len(told) == 3
    assert all("delete it" in one for one in told)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("姓名,身份证\n甲,1\n".encode(), "no header row was found"),
        ("代码,名称\n".encode(), "no township and no village"),
        (b"PK\x03\x04broken", "cannot be opened"),
        (b"x" * 9_000_000, "larger than 8 MB"),
    ],
)
def test_what_is_no_table_is_refused(content: bytes, told: str) -> None:
    with pytest.raises(TableError, match=told):
        read_places(content)


@pytest.mark.parametrize(
    ("code", "odd"),
    [
        ("421234", False),
        ("110101", False),
        ("659001", False),
        ("990321", True),
        ("421200", True),
        ("428334", True),
    ],
)
def test_a_code_that_looks_unassigned_is_only_pointed_at(code: str, odd: bool) -> None:
    assert codes.county_problem(code) is None
    assert (codes.county_hint(code) is not None) == odd


@pytest.mark.parametrize("code", ["", "42123", "4212345", "42123a", "421234001"])
def test_a_code_of_another_shape_is_refused(code: str) -> None:
    told = codes.county_problem(code)
    assert told is not None
    assert "six digits" in told.en
