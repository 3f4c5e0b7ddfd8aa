from __future__ import annotations

import csv
import gzip
import json
from datetime import date
from pathlib import Path

import pytest

from benchmarks.eph import PanelError, adapt
from benchmarks.eph.equivalence import adult_equivalent
from core.home import Home
from data.identity import is_valid
from data.standards import Standards
from tests.benchmarks.raw_panel import single, singles, write

pytestmark = pytest.mark.slow

VISITS, MEMBERS, REGISTER = "入户调查", "入户调查成员", "户籍人口"


@pytest.fixture
def panel(tmp_path: Path) -> Path:
    return tmp_path / "panel"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def delivered(home: Home, feed: str, period: str) -> list[dict[str, str]]:
    (path,) = home.incoming.rglob(f"{feed}_{period}_*.csv")
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    ("sex", "age", "weight"),
    [
        ("male", 0, 0.35),
        ("female", 9, 0.69),
        ("male", 10, 0.79),
        ("female", 17, 0.77),
        ("male", 17, 1.04),
        ("male", 29, 1.02),
        ("male", 30, 1.00),
        ("male", 61, 0.83),
        ("male", 76, 0.74),
        ("female", 18, 0.76),
        ("female", 45, 0.77),
        ("female", 46, 0.76),
        ("female", 75, 0.67),
        ("female", 98, 0.63),
    ],
)
def test_adult_equivalents_follow_the_published_scale(sex: str, age: int, weight: float) -> None:
    assert adult_equivalent(sex, age) == weight


def test_the_scale_refuses_a_sex_or_age_it_does_not_have() -> None:
    with pytest.raises(ValueError, match="no adult equivalent"):
        adult_equivalent("male", -1)


def test_the_line_is_sixty_percent_of_the_median_of_positive_incomes(panel, home) -> None:
    write(panel, "2010Q1", **singles({1: 0, 2: 500, 3: 1000, 4: 3000}))
    (quarter,) = adapt(panel, home).quarters
    assert quarter.line == pytest.approx(0.6 * 1000)
    assert Standards.load(home).value("S", "990032", "urban", date(2010, 3, 31)) == 600.0


def test_income_is_shared_over_adult_equivalents(panel, home) -> None:
    baby = {"COMPONENTE": 3, "CH03": 3, "CH04": 2, "CH06": -1, "ESTADO": 4, "P21": 0}
    wife = {"COMPONENTE": 2, "CH03": 2, "CH04": 2, "CH06": 35, "ESTADO": 3, "P21": 0}
    write(panel, "2010Q1", [{}], [{}, wife, baby])
    (visit,) = delivered_after(panel, home, VISITS, "201003")
    assert float(visit["等值人数"]) == pytest.approx(1.00 + 0.77 + 0.35)
    assert visit["共同生活人数"] == "3"


def delivered_after(panel: Path, home: Home, feed: str, period: str) -> list[dict[str, str]]:
    adapt(panel, home)
    return delivered(home, feed, period)


def test_decimal_commas_text_and_no_answer_are_understood(panel, home) -> None:
    write(panel, "2010Q1", [{"ITF": "1000,5", "IX_TOT": "1 ", "V13": "9", "II1": "99"}], [{}])
    (visit,) = delivered_after(panel, home, VISITS, "201003")
    assert float(visit["家庭月收入"]) == 1000.5
    assert visit["动用积蓄"] == ""
    assert visit["房间数"] == ""


def test_what_the_panel_never_asked_stays_unknown(panel, home) -> None:
    write(panel, "2010Q1", [{}], [{}], drop=["V13", "II8", "CH08"])
    (visit,) = delivered_after(panel, home, VISITS, "201003")
    assert visit["动用积蓄"] == visit["炊事燃料"] == ""
    assert "存在未满足困难" not in visit
    (member,) = delivered(home, MEMBERS, "201003")
    assert member["医疗保障"] == ""


def test_an_income_that_was_not_answered_is_unknown_not_zero(panel, home) -> None:
    write(panel, "2010Q1", [{"ITF": "0", "DECCFR": "12"}, {"CODUSU": 2}], [{}, {"CODUSU": 2}])
    first, second = delivered_after(panel, home, VISITS, "201003")
    assert (first["家庭月收入"], second["家庭月收入"]) == ("", "1000")


def test_later_editions_may_change_case_separator_encoding_and_columns(panel, home) -> None:
    hogar, indiv = single(7, 1500, IV1="1")
    write(
        *(panel, "2013Q2", [hogar], [indiv]),
        separator=";",
        encoding="latin-1",
        lower=True,
        extra={"CH15_ESP": "Córdoba", "NUEVA": "1"},
        drop=["REALIZADA", "PP05H"],
    )
    (visit,) = delivered_after(panel, home, VISITS, "201306")
    assert (visit["家庭月收入"], visit["住房形式"]) == ("1500", "独立住宅")


def test_year_and_quarter_come_from_the_file_name_when_rows_lack_them(panel, home) -> None:
    write(panel, "2012Q3", [{}], [{}], drop=["ANO4", "TRIMESTRE"])
    (quarter,) = adapt(panel, home).quarters
    assert (quarter.name, quarter.ends) == ("2012Q3", date(2012, 9, 30))


def test_households_without_their_members_file_have_income_but_no_line(panel, home) -> None:
    write(panel, "2010Q1", hogar=[{}])
    (quarter,) = adapt(panel, home).quarters
    (visit,) = delivered(home, VISITS, "201003")
    assert (visit["家庭月收入"], visit["等值人数"]) == ("1000", "")
    assert quarter.line is None


def test_members_without_their_household_file_still_tell_its_income(panel, home) -> None:
    write(panel, "2010Q1", indiv=[{"ITF": "800"}])
    (visit,) = delivered_after(panel, home, VISITS, "201003")
    assert (visit["家庭月收入"], visit["居住方式"]) == ("800", "")


def test_a_missing_quarter_has_no_standard(panel, home) -> None:
    write(panel, "2010Q1", **singles({1: 1000}))
    write(panel, "2010Q3", **singles({1: 1000}))
    adapt(panel, home)
    standards = Standards.load(home)
    assert standards.entry("S", "990032", "urban", date(2010, 6, 30)) is None
    assert standards.entry("S", "990032", "urban", date(2010, 9, 30)) is not None


def test_a_damaged_file_is_named_and_stops_no_other(panel, home) -> None:
    write(panel, "2010Q1", **singles({1: 1000}))
    (panel / "hogar" / "hogar_a10t2.tsv.gz").write_bytes(gzip.compress(b"CODUSU\t" * 999)[:-20])
    (panel / "notes.txt").write_text("nothing here", encoding="utf-8")
    report = adapt(panel, home)
    assert [u.name for u in report.unread] == ["hogar_a10t2.tsv.gz", "notes.txt"]
    assert [q.name for q in report.quarters] == ["2010Q1"]


def test_a_folder_without_a_panel_is_refused_in_one_line(tmp_path: Path, home) -> None:
    with pytest.raises(PanelError, match="no folder"):
        adapt(tmp_path / "nowhere", home)
    (tmp_path / "empty").mkdir()
    with pytest.raises(PanelError, match=r"holds no \.tsv"):
        adapt(tmp_path / "empty", home)


def test_every_person_gets_a_valid_number_of_their_own_that_stays(panel, home) -> None:
    incomes = dict.fromkeys(range(1, 60), 1000.0)
    write(panel, "2010Q1", **singles(incomes))
    write(panel, "2010Q2", **singles(incomes))
    adapt(panel, home)
    first = {r["户号"]: r["身份证号"] for r in delivered(home, MEMBERS, "201003")}
    later = {r["户号"]: r["身份证号"] for r in delivered(home, MEMBERS, "201006")}
    assert first == later
    assert len(set(first.values())) == 59
    assert all(is_valid(n) and n.startswith("99") for n in first.values())


def test_the_register_follows_who_is_interviewed(panel, home) -> None:
    child = {"COMPONENTE": 2, "CH03": 3, "CH06": 12, "ESTADO": 3, "P21": 0, "P47T": 0}
    write(panel, "2010Q1", [{}, {"CODUSU": 2}], [{}, {"CODUSU": 2}])
    write(panel, "2010Q2", [{}], [{}, child])
    adapt(panel, home)
    assert [r["变动类型"] for r in delivered(home, REGISTER, "201003")] == ["在册", "在册"]
    moves = sorted((r["户号"], r["变动类型"]) for r in delivered(home, REGISTER, "201006"))
    assert moves == [("E1-1", "迁入"), ("E2-1", "迁出")]


def test_work_and_cover_become_employment_records(panel, home) -> None:
    jobless = {"CODUSU": 2, "ESTADO": 2, "CAT_OCUP": 3, "PP07H": 0, "P21": 0, "CH08": 4}
    write(panel, "2010Q1", [{}, {"CODUSU": 2}], [{}, jobless])
    rows = delivered_after(panel, home, "社保就业失业", "201003")
    assert sorted((r["记录类型"], r["月金额"]) for r in rows) == [
        ("失业登记", ""),
        ("职工缴费", "1000"),
    ]


def test_cities_are_townships_on_the_map_even_when_new(panel, home) -> None:
    write(panel, "2010Q1", [{"AGLOMERADO": 77}], [{"AGLOMERADO": 77}])
    adapt(panel, home)
    features = json.loads(home.regions_file.read_text(encoding="utf-8"))["features"]
    assert len(features) == 33
    codes = {f["properties"]["code"] for f in features}
    assert {r["乡镇代码"] for r in delivered(home, REGISTER, "201003")} == {"990032077"} < codes
