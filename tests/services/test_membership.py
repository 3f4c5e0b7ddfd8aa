"""Who belonged to a household, what became of it, and what its case history says of it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from core.access.principal import Grant, Principal
from core.access.roles import Role
from core.home import Home
from data.households.handing import own_pseudonym
from features.profile import write_profile
from services import Context, membership
from services.reads import case_households
from services.reads.people import find_household, short
from tests.data.households.register import APRIL, MAY, Offices, hand_on

pytestmark = pytest.mark.slow

STANDARDS = "'990321':\n  rural:\n    S: {values: {2020-01-01: 700}}\n"


@pytest.fixture
def offices(tmp_path: Path) -> Offices:
    home = Home(tmp_path)
    made = hand_on(Offices(home))
    home.county_file.write_text("region: '990321'\n", encoding="utf-8")
    home.standards_file.write_text(STANDARDS, encoding="utf-8")
    write_profile(home, MAY)
    return made


def analyst(offices: Offices, as_of: date = MAY) -> Context:
    who = Principal("li", "li", (Grant(Role.ANALYST), Grant(Role.DATA_STEWARD)))
    return Context(who, str(offices.home.root), as_of)


def lines(offices: Offices, household: str) -> list[tuple[date, str, str]]:
    found = case_households.entries(str(offices.home.root), MAY, household)
    return [(one.day, one.what.zh, one.what.en) for one in found]


def test_the_page_of_the_second_family_shows_its_own_people_alone(offices: Offices) -> None:
    second = own_pseudonym(offices.household("H1"), 2)
    found = membership.members_over_time(analyst(offices), second)
    assert set(found["person"]) == {offices.person(3), offices.person(4)}
    assert set(found["kind"]) == {"living", "registered"}
    assert found["valid_to"].isna().all()


def test_the_register_office_is_told_how_many_numbers_were_handed_on(offices: Offices) -> None:
    counts = membership.counted(analyst(offices))
    assert (counts.reused, counts.reused_lately, counts.headless) == (1, 1, 0)
    assert membership.counted(analyst(offices, APRIL)).reused == 0
    assert membership.counted(analyst(offices, APRIL)).headless is None  # no such month was run
    # A year and a month on it is no news any more.
    assert membership.counted(analyst(offices, date(2027, 6, 30))).reused_lately == 0


def test_missing_heads_and_people_met_elsewhere_are_counted_for_a_month_that_was_run(
    offices: Offices,
) -> None:
    offices.register(3, "H1", "死亡注销", "2026-05-20")
    for household, person in (("H5", 4), ("H5", 5)):
        offices.says(
            "home_visit_members", visit_no="V1", visited_on="2026-06-05", household_no=household,
            id_number=offices.number(person), name=f"李试{person}", relation="子女", age=46,
        )  # fmt: skip
    offices.deliver("2026-06")
    june = date(2026, 6, 30)
    write_profile(offices.home, june)
    counts = membership.counted(analyst(offices, june))
    assert (counts.headless, counts.in_two) == (1, 1)


def test_who_was_met_at_home_and_moved_since_is_not_in_two_households(offices: Offices) -> None:
    offices.says(
        "home_visit_members", visit_no="V1", visited_on="2026-06-05", household_no="H5",
        id_number=offices.number(5), name="李试5", relation="户主", age=46,
    )  # fmt: skip
    offices.register(5, "H6", "变更", "2026-06-20")  # the family's new number
    offices.deliver("2026-06")
    june = date(2026, 6, 30)
    write_profile(offices.home, june)
    assert membership.counted(analyst(offices, june)).in_two == 0


def test_the_case_history_says_that_the_number_was_another_family_s(offices: Offices) -> None:
    first = offices.household("H1")
    second = own_pseudonym(first, 2)
    [(day, zh, en)] = lines(offices, second)
    assert day == date(2026, 5, 11)
    assert zh == f"户号此前属另一户（{short(first)}），其情况与本户无关"
    assert "another family's before" in en
    assert lines(offices, first)[-1][1] == f"户号已给另一户（{short(second)}）"


def test_a_split_is_told_from_both_sides(offices: Offices) -> None:
    offices.register(6, "H5", "迁入", "2026-06-02", "子女")
    offices.deliver("2026-06")
    offices.register(6, "H6", "变更", "2026-06-20")
    offices.deliver("2026-07")
    home, july = str(offices.home.root), date(2026, 7, 31)
    whole, part = offices.household("H5"), offices.household("H6")
    [left] = case_households.entries(home, july, whole)
    [made] = case_households.entries(home, july, part)
    assert left.what.en == f"1 person split off as household {short(part)}"
    assert made.what.zh == f"自 {short(whole)} 分出立户，1 人"
    assert made.known_on == date(2026, 7, 28)


def test_a_typed_number_means_the_family_that_has_it_then(offices: Offices) -> None:
    home, first = str(offices.home.root), offices.household("H1")
    assert find_household(home, MAY, "H1") == own_pseudonym(first, 2)
    assert find_household(home, APRIL, "H1") == first
