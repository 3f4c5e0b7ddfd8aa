"""A household number that another family gets hands nothing of the first family on."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest

from data.backends import connect
from data.households.handing import HandedOn, own_pseudonym
from data.lake import Lake
from tests.data.households.register import APRIL, MAY


@pytest.fixture(scope="module")
def con():
    return connect()


def homes(offices, con, feed, as_of=MAY, column="household"):
    """Person -> household of a feed's rows, newest last."""
    rows = Lake(offices.home).table(con, feed, as_of)
    told = rows.order_by("happened_on").select("person", column).to_pyarrow().to_pylist()
    return {row["person"]: row[column] for row in told}


def in_sql(offices, feed, as_of=MAY):
    """The same by the reads in SQL."""
    told = Lake(offices.home).rows_sql(feed, as_of)
    asked = f"SELECT person, household FROM ({told}) ORDER BY happened_on"
    return dict(duckdb.connect().execute(asked).fetchall())


def test_a_family_that_gets_a_used_number_has_a_pseudonym_of_its_own(handed, con):
    number = handed.household("H1")
    found = homes(handed, con, "population_register")
    assert found[handed.person(1)] == number
    assert found[handed.person(3)] == found[handed.person(4)] == own_pseudonym(number, 2)
    assert found[handed.person(5)] == handed.household("H5")


@pytest.mark.slow
def test_reads_in_sql_say_the_same(handed, con):
    for feed in ("population_register", "assistance_rolls"):
        assert in_sql(handed, feed) == homes(handed, con, feed)


def test_before_it_was_known_nothing_is_handed_on(handed, con):
    assert Lake(handed.home).handed_on(APRIL) == HandedOn()
    assert handed.household("H1") in set(homes(handed, con, "assistance_rolls", APRIL).values())


@pytest.mark.slow
def test_rows_follow_the_person_they_name_and_else_the_day(handed, con):
    first, second = handed.household("H1"), own_pseudonym(handed.household("H1"), 2)
    # Stopped late, when the number was another family's: still the first family's row.
    handed.says(
        "assistance_rolls", household_no="H1", id_number=handed.number(1), name="李试1",
        assistance_class="低保", event="终止", end_reason="迁出", effective_on="2026-06-01",
    )  # fmt: skip
    member = {"household_no": "H1", "relation": "子女", "age": 1, "name": "李小"}
    handed.says("home_visit_members", visit_no="V1", visited_on="2025-02-03", **member)
    handed.says("home_visit_members", visit_no="V2", visited_on="2026-06-03", **member)
    handed.deliver("2026-06")
    june = date(2026, 6, 30)
    assert set(homes(handed, con, "assistance_rolls", june).values()) == {first}
    met = Lake(handed.home).table(con, "home_visit_members", june).order_by("happened_on")
    assert met.household.to_pyarrow().to_pylist() == [first, second]


@pytest.mark.slow
def test_a_family_that_comes_back_is_the_family_it_was(offices, con):
    offices.register(1, "H1", "在册", "2024-01-10")
    offices.deliver("2024-01")
    offices.register(1, "H1", "迁出", "2024-03-02")
    offices.register(3, "H1", "迁入", "2024-05-11")
    offices.deliver("2024-05")
    offices.register(3, "H1", "迁出", "2025-03-02")
    offices.register(1, "H1", "迁入", "2025-05-11")
    offices.deliver("2025-05")
    assert homes(offices, con, "population_register")[offices.person(1)] == offices.household("H1")


@pytest.mark.slow
def test_who_comes_to_somebody_the_register_does_not_show_is_no_new_family(offices, con):
    offices.register(1, "H1", "在册", "2024-01-10")
    offices.deliver("2024-01")
    offices.register(1, "H1", "死亡注销", "2025-03-02")
    offices.register(3, "H1", "迁入", "2025-05-11", "配偶")  # of whom? nobody is on file
    offices.deliver("2025-05")
    assert Lake(offices.home).handed_on(MAY) == HandedOn()


@pytest.mark.slow
def test_a_death_that_only_the_bureau_knows_empties_a_number_too(offices, con):
    offices.register(1, "H1", "在册", "2024-01-10")
    offices.deliver("2024-01")
    offices.says(
        "deaths", certificate_no="S1", id_number=offices.number(1), name="李试1",
        cause_group="疾病", died_on="2025-03-02",
    )  # fmt: skip
    offices.register(3, "H1", "迁入", "2026-05-11")
    offices.deliver("2026-05")
    found = homes(offices, con, "population_register")
    assert found[offices.person(3)] == own_pseudonym(offices.household("H1"), 2)


def test_who_stays_keeps_the_number_whoever_else_comes_and_goes(offices, con):
    offices.register(1, "H1", "在册", "2024-01-10")
    offices.register(2, "H1", "在册", "2024-01-10", "子女")
    offices.deliver("2024-01")
    offices.register(1, "H1", "死亡注销", "2025-03-02")
    offices.register(2, "H1", "变更", "2025-03-20")
    offices.register(3, "H1", "迁入", "2025-05-11", "配偶")
    offices.deliver("2025-05")
    assert Lake(offices.home).handed_on(MAY) == HandedOn()
