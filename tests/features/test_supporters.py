"""Supporters outside the household: who is able, what counts, and what it does to income.

S is 700, D 20,000; an elder lives on a pension of 300, the terms are the shipped ones.
"""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.slow

# 1 is the mother's household, 2 the son's, 3 the daughter's.
REGISTER = """
    person   | household | born_month | marital | relation
    mother   | 1         | 1950-01-01 | widowed | head
    son      | 2         | 1975-01-01 | single  | head
    daughter | 3         | 1978-01-01 | single  | head
"""
MONTHS = [f"2025-{m:02}-01" for m in range(7, 13)] + [f"2026-{m:02}-01" for m in range(1, 7)]
WORK = "person | record_type | amount | happened_on\nmother | pension | 800 | 2026-01-05"
ROLLS = """
    household | assistance_class | event | happened_on
    3         | dibao            | start | 2026-01-01
"""
COLUMNS = (
    "record_no | person_supported | person_supporter | relation | supporter_age | sharing"
    " | supports | consent_until | income_head | agreed_month | paid_month | until_on | region_code"
    " | urban_rural | happened_on"
)


def row(**said):
    usual = {
        "record_no": "z1",
        "person_supported": "mother",
        "relation": "child",
        "supporter_age": "45",
        "sharing": "1",
        "supports": "1",
        "happened_on": "2026-01-15",
    }
    told = usual | said
    return "\n" + " | ".join(told.get(name.strip(), "-") for name in COLUMNS.split("|"))


def paid(person, amount):
    return "".join(f"\n{person} | contribution | {amount} | {month}" for month in MONTHS)


@pytest.fixture
def county(profile):
    """county({feature: {household: value}}, rows): with a son who earns 2,700 a month."""

    def run(expected, *rows, register=REGISTER, **feeds):
        usual = {
            "population_register": register,
            "assistance_rolls": ROLLS,
            "employment": WORK + paid("son", 2_700),
        }
        given = {"supporters": COLUMNS + "".join(rows)} if rows else {}
        profile(expected, **(usual | given | feeds))

    return run


LINKED = {"person_supporter": "son", "consent_until": "2026-12-31"}


def test_a_supporter_in_the_county_owes_by_the_income_of_their_household(county):
    """(2,700 - 700) x 50 %, and the mother has 800 + 1,000."""
    county(
        {
            "support_counted_month": {1: 1_000.0, 2: None},
            "income_month": {1: 1_800.0, 2: 2_700.0},
            "income_known": {1: True},
            "income_to_standard": {1: 1_800 / 700},
            "n_able_supporters_outside": {1: 1, 2: None},
        },
        row(**LINKED),
    )


def test_without_consent_nothing_of_their_household_is_looked_at(county):
    """Nobody knows what the son owes: the mother's 800 are the least."""
    for consent in ("-", "2026-05-31"):
        county(
            {
                "support_counted_month": {1: None},
                "income_month": {1: None},
                "income_low_month": {1: 800.0},
                "income_high_month": {1: 2_116.67},
                "n_supporters_assisted": {1: None},
                "n_able_supporters_outside": {1: 1},
            },
            row(**LINKED | {"consent_until": consent}),
        )


def test_of_a_supporter_elsewhere_the_declared_income_counts_where_s_is_known(county):
    declared = {"income_head": "1700", "urban_rural": "rural"}
    county({"support_counted_month": {1: 500.0}}, row(**declared, region_code="990321102"))
    # What S is in another province nobody told.
    county(
        {"support_counted_month": {1: None}, "support_most_month": {1: 850.0}},
        row(**declared, region_code="130000"),
    )


def test_a_judgment_counts_and_what_is_not_paid_of_it_is_told(county):
    county(
        {
            "support_counted_month": {1: 400.0},
            "support_paid_month": {1: 150.0},
            "support_unpaid_month": {1: 250.0},
            "income_month": {1: 1_200.0},
        },
        row(agreed_month="400", paid_month="150"),
    )


def test_what_a_visit_found_of_it_is_not_counted_twice(county):
    """300 of transfers beyond the pension were met; 400 count, so 100 are added."""
    visit = """
        household | happened_on | wage_income | transfer_income
        1         | 2026-03-01  | 0           | 1100
    """
    county({"income_month": {1: 1_200.0}}, row(agreed_month="400"), home_visits=visit)
    county({"income_month": {1: 1_100.0}}, row(agreed_month="200"), home_visits=visit)


def test_a_visit_that_found_as_much_as_they_can_owe_leaves_income_known(county):
    visit = """
        household | happened_on | wage_income | transfer_income
        1         | 2026-03-01  | 0           | 9000
    """
    county({"income_known": {1: True}, "income_month": {1: 9_000.0}}, row(), home_visits=visit)


def test_a_daughter_on_dibao_is_helped_herself_and_owes_nothing(county):
    """She has no income on file and consented: below S or not, her household may have 2 x D."""
    helped = {"person_supporter": "daughter", "consent_until": "2026-12-31"}
    county(
        {"n_supporters_assisted": {1: 1}, "n_able_supporters_outside": {1: 1}},
        row(**helped),
    )
    county(
        {"support_counted_month": {1: 0.0}, "n_supporters_assisted": {1: 1}},
        row(**helped),
        employment=WORK + paid("daughter", 500),
    )


def test_the_newest_row_of_a_supporter_counts_while_it_runs(county):
    first = row(agreed_month="400", happened_on="2025-01-15")
    county({"support_counted_month": {1: 300.0}}, first, row(agreed_month="300"))
    ended = row(agreed_month="400", until_on="2026-03-31")
    county({"support_counted_month": {1: None}, "income_month": {1: 800.0}}, first, ended)


def test_who_died_or_moved_in_supports_from_outside_no_more(county):
    together = REGISTER.replace("son      | 2 ", "son      | 1 ").replace(
        "single  | head\n    d", "single  | child\n    d"
    )
    county({"n_supporters_outside": {1: None}}, row(**LINKED), register=together)
    died = "person | happened_on\nson | 2026-02-01"
    county({"n_supporters_outside": {1: None}}, row(**LINKED), deaths=died)


def test_one_who_supports_both_parents_is_one_supporter(county):
    both = REGISTER.replace("marital | relation", "marital | relation") + (
        "    father   | 1         | 1949-01-01 | married | spouse\n"
    )
    shares = {"supports": "2", **LINKED}
    county(
        {"n_supporters_outside": {1: 1}, "support_counted_month": {1: 1_000.0}},
        row(**shares),
        row(**shares, person_supported="father"),
        register=both,
    )


def test_what_a_supporter_receives_from_others_is_no_income_of_theirs_here(county):
    """The son is supported himself; the mother's share is of what he has without that."""
    county(
        {"support_counted_month": {1: 1_000.0, 2: 600.0}, "income_month": {2: 3_300.0}},
        row(**LINKED),
        row(record_no="z2", person_supported="son", agreed_month="600"),
    )


WITHOUT = {
    "income_month": {1: 800.0, 2: 2_700.0, 3: None},
    "income_low_month": {1: 800.0, 2: 2_700.0, 3: 0.0},
    "income_high_month": {3: 20_000 / 6 + 20_000 / 12},
    "income_change": {1: None},
    "support_counted_month": {1: None},
    "n_supporters_outside": {1: None},
}


def test_without_the_feed_or_a_row_of_it_income_is_what_it_was(county):
    county(WITHOUT)
    county(WITHOUT, row(person_supported="somebody"))


POOR = {"employment": WORK.replace("800", "300")}
VISIT = """
    household | happened_on | wage_income | transfer_income | family_help
    1         | 2026-03-01  | 0           | 300             | {helped}
"""


@pytest.mark.parametrize(
    ("rows", "suspected"),
    [
        # Nobody wrote down her children: a visit that met no help decides.
        ((), True),
        # A grown child who is able is enough against it.
        ((row(agreed_month="0"),), False),
        # A child of 75 without an income of D is not.
        ((row(agreed_month="0", supporter_age="75", income_head="800"),), True),
        # What a child of 75 has is unknown: as without the form.
        ((row(agreed_month="0", supporter_age="75"),), True),
    ],
)
def test_an_able_supporter_outside_speaks_against_destitution(county, rows, suspected):
    county(
        {"suspected_destitute": {"mother": suspected}},
        *rows,
        home_visits=VISIT.format(helped="no"),
        **POOR,
    )
