"""A household number that another family gets brings its first family's past to nobody."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from core.home import Home
from data.households.handing import own_pseudonym
from features.profile import build_profile
from tests.data.households.register import APRIL, MAY, Offices, hand_on

STANDARDS = "'990321':\n  rural:\n    S: {values: {2020-01-01: 700}}\n"


def months_homes(offices: Offices, as_of: date) -> dict[str, tuple[int, bool]]:
    """Household -> members, and whether it gets Dibao, of a month's profile."""
    offices.home.standards_file.write_text(STANDARDS, encoding="utf-8")
    offices.home.county_file.write_text("region: '990321'\n", encoding="utf-8")
    built = build_profile(offices.home, as_of).household
    rows = built.select("household", "n_members", "on_dibao").to_pyarrow().to_pylist()
    return {row["household"]: (row["n_members"], bool(row["on_dibao"])) for row in rows}


@pytest.mark.slow
def test_the_second_family_of_a_number_is_a_household_without_the_first_one_s_aid(
    tmp_path: Path,
) -> None:
    offices = hand_on(Offices(Home(tmp_path)))
    number, other = offices.household("H1"), offices.household("H5")
    # Nobody of the first family is here any more: what is scored and raised is the second one.
    assert months_homes(offices, MAY) == {own_pseudonym(number, 2): (2, False), other: (1, False)}


@pytest.mark.slow
def test_a_month_before_is_replayed_with_the_family_of_then(tmp_path: Path) -> None:
    offices = hand_on(Offices(Home(tmp_path)))
    first = {offices.household("H1"): (2, True), offices.household("H5"): (1, False)}
    assert months_homes(offices, date(2024, 12, 31)) == first
    assert set(months_homes(offices, APRIL)) == {offices.household("H5")}


def test_a_renumbered_family_is_the_household_it_was_with_its_aid(tmp_path: Path) -> None:
    offices = Offices(Home(tmp_path))
    for person, relation in ((1, "户主"), (2, "子女")):
        offices.register(person, "H1", "在册", "2024-01-10", relation)
    offices.says(
        "assistance_rolls", household_no="H1", id_number=offices.number(1), name="李试1",
        assistance_class="低保", event="确认", monthly_amount=600, persons_covered=2,
        effective_on="2024-01-20",
    )  # fmt: skip
    offices.deliver("2024-01")
    for person, relation in ((1, "户主"), (2, "子女")):
        offices.register(person, "H2", "变更", "2026-05-02", relation)
    offices.deliver("2026-05")
    same = {offices.household("H1"): (2, True)}
    assert months_homes(offices, APRIL) == months_homes(offices, MAY) == same
