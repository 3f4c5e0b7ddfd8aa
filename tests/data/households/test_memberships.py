"""Who belonged to which household, of which kind, and what became of households."""

from __future__ import annotations

from datetime import date

import pytest

from data.households.events import events, stays_and_events
from data.households.handing import own_pseudonym
from data.households.memberships import memberships
from data.lake import Lake
from tests.data.households.register import APRIL, MAY
from tests.data.offices import claim, death

pytestmark = pytest.mark.slow

NEW_YEAR = date(2024, 1, 10)


def stays(offices, kind, as_of=MAY):
    """(person, household, from, to) of one kind; people by serial, households by number."""
    found = memberships(Lake(offices.home), as_of).to_pylist()
    named = {offices.person(n): n for n in range(1, 10)}
    homes = {offices.household(f"H{n}"): f"H{n}" for n in range(1, 10)}
    homes |= {own_pseudonym(home, 2): f"{name} again" for home, name in homes.items()}
    return sorted(
        (named[s["person"]], homes[s["household"]], s["valid_from"], s["valid_to"])
        for s in found
        if s["kind"] == kind
    )


def told(offices, as_of=MAY, kind="living"):
    """(event, day, household, other, persons), with households by number."""
    homes = {offices.household(f"H{n}"): f"H{n}" for n in range(1, 10)}
    homes |= {own_pseudonym(home, 2): f"{name} again" for home, name in homes.items()}
    return [
        (e["event"], e["day"], homes[e["household"]], homes.get(e["other"]), e["persons"])
        for e in events(Lake(offices.home), as_of).to_pylist()
        if e["kind"] == kind
    ]


def family(offices, *people, **others):
    """A head and children at H1, and others at other numbers, registered from the first day."""
    for household, those in {"H1": people, **others}.items():
        for place, person in enumerate(those):
            relation = "子女" if place else "户主"
            offices.register(person, household, "在册", "2024-01-10", relation)
    offices.deliver("2024-01")


def test_registered_and_living_households_are_kept_apart(offices):
    offices.register(1, "H1", "在册", "2024-01-10", living_household_no="H2")
    offices.register(2, "H2", "在册", "2024-01-10")
    offices.deliver("2024-01")
    assert stays(offices, "registered") == [(1, "H1", NEW_YEAR, None), (2, "H2", NEW_YEAR, None)]
    assert {home for _, home, *_ in stays(offices, "living")} == {"H2"}


def test_a_stay_ends_on_the_day_of_the_next_one_and_what_changes_nothing_ends_nothing(offices):
    family(offices, 1, 2)
    offices.register(2, "H1", "变更", "2025-02-01", "子女")  # married, say: no other household
    offices.register(2, "H3", "变更", "2026-03-01")
    offices.deliver("2026-03")
    march = date(2026, 3, 1)
    assert (2, "H1", NEW_YEAR, march) in stays(offices, "living")
    assert (2, "H3", march, None) in stays(offices, "living")
    # The move is known since 28 March, and the time before is told as it was known.
    assert (2, "H1", NEW_YEAR, None) in stays(offices, "living", date(2026, 3, 27))
    known = memberships(Lake(offices.home), MAY, offices.household("H3")).to_pylist()
    assert {s["known_from"] for s in known} == {date(2026, 3, 28)}


def test_the_dead_belong_to_no_household_from_the_day_of_their_death(offices):
    family(offices, 1, 2)
    offices.says(
        "deaths", certificate_no="S1", id_number=offices.number(1), name="李试1",
        cause_group="疾病", died_on="2025-03-02",
    )  # fmt: skip
    offices.deliver("2025-03")
    assert (1, "H1", NEW_YEAR, date(2025, 3, 2)) in stays(offices, "living")


def test_the_insured_household_is_the_one_the_medical_bureau_names(offices):
    family(offices, 1, 2)
    for n, day, home in ((1, "2025-03-02", "H1"), (2, "2025-06-02", None), (3, "2026-02-02", "H4")):
        row = claim(1, settlement_no=f"J{n}", settled_on=day, name="李试1")
        offices.says("medical_claims", **row | {"insured_household_no": home})
        offices.deliver(day[:7])
    turn = date(2026, 2, 2)
    assert stays(offices, "insured") == [
        (1, "H1", date(2025, 3, 2), turn),
        (1, "H4", turn, None),
    ]


def met(offices, number, day, household, *people):
    for person in people:
        offices.says(
            "home_visit_members", visit_no=number, visited_on=day, household_no=household,
            id_number=offices.number(person), name=f"李试{person}", relation="子女", age=46,
        )  # fmt: skip
    offices.deliver(day[:7])


def test_visits_say_who_was_met_until_a_visit_there_meets_them_no_more(offices):
    family(offices, 1, 2)
    met(offices, "V1", "2025-01-05", "H1", 1, 2)
    met(offices, "V2", "2025-05-05", "H1", 1, 2)
    met(offices, "V3", "2025-09-05", "H1", 1)
    assert stays(offices, "visited") == [
        (1, "H1", date(2025, 1, 5), None),
        (2, "H1", date(2025, 1, 5), date(2025, 9, 5)),
    ]


def test_who_is_met_elsewhere_than_registered_is_in_two_households(offices):
    family(offices, 1, 2, H5=(5,))
    met(offices, "V1", "2025-01-05", "H5", 2)
    assert told(offices, kind="visited") == [("in_two", date(2025, 1, 5), "H5", "H1", 1)]


def test_a_visit_to_the_family_before_it_got_another_number_puts_nobody_in_two(offices):
    family(offices, 1, 2)
    met(offices, "V1", "2025-01-05", "H1", 1, 2)
    for person, relation in ((1, "户主"), (2, "子女")):
        offices.register(person, "H2", "变更", "2025-04-01", relation)
    offices.deliver("2025-04")
    assert told(offices, kind="visited") == []


def test_who_is_met_where_they_no_longer_live_is_in_two_households_on_that_day(offices):
    family(offices, 1, 2)
    offices.register(2, "H2", "变更", "2025-04-01")
    offices.deliver("2025-04")
    met(offices, "V1", "2025-05-05", "H1", 1, 2)
    assert told(offices, kind="visited") == [("in_two", date(2025, 5, 5), "H1", "H2", 1)]
    assert told(offices, date(2025, 4, 30), kind="visited") == []


def test_a_child_who_gets_a_number_of_its_own_splits_off(offices):
    family(offices, 1, 2, 3)
    for person, relation in ((2, "户主"), (3, "子女")):
        offices.register(person, "H2", "变更", "2025-04-01", relation)
    offices.deliver("2025-04")
    assert told(offices) == [("split", date(2025, 4, 1), "H2", "H1", 2)]
    assert told(offices, date(2025, 4, 27)) == []  # not yet known


def test_the_last_one_who_goes_to_another_household_merges_the_two(offices):
    family(offices, 1, H5=(5,))
    offices.register(1, "H5", "变更", "2025-04-01", "父母")
    offices.deliver("2025-04")
    assert told(offices) == [("merged", date(2025, 4, 1), "H5", "H1", 1)]


def test_one_of_several_who_goes_to_a_household_there_is_has_moved(offices):
    family(offices, 1, 2, H5=(5,))
    offices.register(2, "H5", "变更", "2025-04-01", "配偶")
    offices.deliver("2025-04")
    assert told(offices) == [("moved", date(2025, 4, 1), "H5", "H1", 1)]


def test_everybody_under_a_new_number_at_once_is_the_same_family_renumbered(offices):
    family(offices, 1, 2)
    for person, relation in ((1, "户主"), (2, "子女")):
        offices.register(person, "H2", "变更", "2025-04-01", relation)
    offices.deliver("2025-04")
    assert told(offices) == [("renumbered", date(2025, 4, 1), "H1", "H2", 2)]


def test_a_number_given_to_another_family_is_an_event_once_both_ends_are_known(handed):
    assert told(handed) == [("reused", date(2026, 5, 11), "H1 again", "H1", 2)]
    assert told(handed, APRIL) == []
    (event,) = events(Lake(handed.home), MAY).filter(_of_living()).to_pylist()
    assert event["known_on"] == date(2026, 5, 28)


def _of_living():
    import pyarrow.compute as pc

    return pc.field("kind") == "living"


def test_without_a_head_the_oldest_member_is_taken_for_it(offices):
    offices.register(1, "H1", "在册", "2024-01-10")
    offices.register(2, "H1", "在册", "2024-01-10", "子女")
    offices.deliver("2024-01")
    offices.register(1, "H1", "死亡注销", "2025-04-01")
    offices.deliver("2025-04")
    assert told(offices) == [("head_missing", date(2025, 4, 1), "H1", None, 1)]
    (event,) = events(Lake(offices.home), MAY).to_pylist()
    assert event["person"] == offices.person(2)


def test_nothing_is_told_of_a_home_without_a_register(offices):
    assert memberships(Lake(offices.home), MAY).num_rows == 0
    assert events(Lake(offices.home), MAY).num_rows == 0


def test_of_one_household_the_same_is_told_as_among_all(handed):
    """Also where its people came from another one, or where its number was another family's."""
    handed.register(6, "H5", "迁入", "2026-05-20", "配偶")
    handed.register(3, "H7", "迁入", "2026-06-02")
    handed.says("deaths", **death(5, died_on="2026-06-03", name="李试5"))
    insured = claim(4, name="李试4", settled_on="2026-06-04") | {"insured_household_no": "H5"}
    handed.says("medical_claims", **insured)
    met(handed, "V1", "2026-06-10", "H7", 3, 6)
    lake = Lake(handed.home)
    for day in (APRIL, MAY, date(2026, 6, 30)):
        stays, happened = memberships(lake, day).to_pylist(), events(lake, day).to_pylist()
        homes = {row["household"] for row in stays}
        assert len(homes) >= 2
        for home in homes:
            own = [row for row in stays if row["household"] == home]
            about = [row for row in happened if home in (row["household"], row["other"])]
            alone = stays_and_events(lake, day, home)
            assert [table.to_pylist() for table in alone] == [own, about], (day, home)
