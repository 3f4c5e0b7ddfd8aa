"""A family that gets another number as a whole stays the family it was."""

from __future__ import annotations

from datetime import date

import pytest

from data.backends import connect
from data.households.events import events, stays_and_events
from data.households.handing import own_pseudonym
from data.households.memberships import memberships
from data.lake import Lake
from tests.data.households.register import MAY

APRIL_1 = date(2025, 4, 1)


def living(offices, as_of=MAY) -> dict[int, str]:
    """Person -> household they live in by the newest rows, by the reads in SQL and by Ibis."""
    lake = Lake(offices.home)
    sql = connect().raw_sql(
        f"SELECT person, household FROM ({lake.rows_sql('population_register', as_of)}) "
        f"WHERE known_on <= DATE '{as_of}' ORDER BY happened_on"
    )
    rows = lake.table(connect(), "population_register", as_of).order_by("happened_on")
    told = dict(rows.select("person", "household").to_pyarrow().to_pydict().items())
    by_ibis = dict(zip(told["person"], told["household"], strict=True))
    assert dict(sql.fetchall()) == by_ibis
    serial = {offices.person(n): n for n in range(1, 10)}
    return {serial[person]: home for person, home in by_ibis.items()}


def settle(offices, month: str = "2024-01", **homes: tuple[int, ...]) -> None:
    """People on the register from the tenth of a month, the first of each number as head."""
    for household, people in homes.items():
        for place, person in enumerate(people):
            relation = "子女" if place else "户主"
            offices.register(person, household, "在册", f"{month}-10", relation)
    offices.deliver(month)


def move(offices, household: str, *people: int, on: str = "2025-04-01", send: bool = True) -> None:
    for place, person in enumerate(people):
        relation = "子女" if place else "户主"
        offices.register(person, household, "变更", on, relation)
    if send:
        offices.deliver(on[:7])


def told(offices, as_of=MAY) -> list[tuple[str, date, str, str]]:
    """(event, day, household, other) of households living together, with households by number."""
    names = {offices.household(f"H{n}"): f"H{n}" for n in range(1, 10)}
    names |= {own_pseudonym(home, 2): f"{name} again" for home, name in names.items()}
    return [
        (e["event"], e["day"], names[e["household"]], names[e["other"]])
        for e in events(Lake(offices.home), as_of).to_pylist()
        if e["kind"] == "living"
    ]


def test_it_keeps_its_pseudonym_and_its_stays_are_unbroken(offices) -> None:
    settle(offices, H1=(1, 2))
    move(offices, "H2", 1, 2)
    one = offices.household("H1")
    assert living(offices) == {1: one, 2: one}
    stays = memberships(Lake(offices.home), MAY).to_pylist()
    assert {(s["household"], s["valid_to"]) for s in stays} == {(one, None)}
    assert told(offices) == [("renumbered", APRIL_1, "H1", "H2")]


def test_before_it_was_known_the_month_has_what_it_had(offices) -> None:
    settle(offices, H1=(1, 2))
    move(offices, "H2", 1, 2)
    assert told(offices, date(2025, 4, 27)) == []
    known = events(Lake(offices.home), date(2025, 4, 28)).to_pylist()
    assert {e["known_on"] for e in known} == {date(2025, 4, 28)}


def test_rows_of_other_departments_under_either_number_are_its_own(offices) -> None:
    settle(offices, H1=(1, 2))
    move(offices, "H2", 1, 2)
    member = {"relation": "子女", "age": 1, "name": "李小"}  # a child without a number of its own
    for n, home, day in (("V1", "H1", "2025-02-03"), ("V2", "H1", "2025-06-03"),
                         ("V3", "H2", "2025-06-04")):  # fmt: skip
        offices.says("home_visit_members", visit_no=n, visited_on=day, household_no=home, **member)
    offices.deliver("2025-06")
    met = Lake(offices.home).table(connect(), "home_visit_members", MAY)
    assert set(met.household.to_pyarrow().to_pylist()) == {offices.household("H1")}


def test_a_typed_new_number_means_the_family(offices) -> None:
    settle(offices, H1=(1, 2))
    move(offices, "H2", 1, 2)
    handed = Lake(offices.home).handed_on(MAY)
    assert handed.newest(offices.household("H2")) == offices.household("H1")
    assert handed.newest(offices.household("H1")) == offices.household("H1")


@pytest.mark.parametrize(
    ("moves", "event"),
    [
        ({"H2": (2,)}, [("split", APRIL_1, "H2", "H1")]),
        (
            {"H2": (1,), "H3": (2,)},
            [("split", APRIL_1, "H2", "H1"), ("split", APRIL_1, "H3", "H1")],
        ),
        ({"H5": (1, 2)}, [("merged", APRIL_1, "H5", "H1")]),
        ({"H2": (1, 2, 5)}, [("merged", APRIL_1, "H2", "H1"), ("merged", APRIL_1, "H2", "H5")]),
    ],
    ids=["one stays", "each to another", "where others live", "with another family"],
)
def test_only_all_of_one_to_a_number_of_nobody_are_the_same_family(offices, moves, event) -> None:
    settle(offices, H1=(1, 2), H5=(5,))
    for home, people in moves.items():
        move(offices, home, *people, send=False)
    offices.deliver("2025-04")
    assert sorted(told(offices)) == sorted(event)
    moved = {person: offices.household(home) for home, people in moves.items() for person in people}
    assert living(offices).items() >= moved.items()


def test_who_moves_later_follows_to_the_family(offices) -> None:
    settle(offices, H1=(1, 2), H5=(5, 6))
    move(offices, "H2", 1, 2)
    move(offices, "H2", 6, on="2025-06-02")
    assert living(offices)[6] == offices.household("H1")
    assert ("moved", date(2025, 6, 2), "H1", "H5") in told(offices)


def test_a_number_after_the_other_leads_back_to_the_first(offices) -> None:
    settle(offices, H1=(1, 2))
    move(offices, "H2", 1, 2)
    move(offices, "H3", 1, 2, on="2025-09-01")
    one = offices.household("H1")
    assert living(offices) == {1: one, 2: one}
    assert [event[2:] for event in told(offices)] == [("H1", "H2"), ("H1", "H3")]


def test_the_number_that_it_left_may_be_another_family_s(offices) -> None:
    settle(offices, H1=(1, 2))
    move(offices, "H2", 1, 2)
    offices.register(3, "H1", "迁入", "2025-10-11")
    offices.deliver("2025-10")
    one = offices.household("H1")
    assert living(offices) == {1: one, 2: one, 3: own_pseudonym(one, 2)}


def test_the_number_that_it_got_may_have_been_another_family_s(offices) -> None:
    settle(offices, H1=(1, 2), H2=(3,))
    offices.register(3, "H2", "迁出", "2024-06-01")
    offices.deliver("2024-06")
    move(offices, "H2", 1, 2)
    one, before = offices.household("H1"), offices.household("H2")
    assert living(offices) == {1: one, 2: one, 3: before}
    assert Lake(offices.home).handed_on(MAY).newest(before) == one


def test_of_one_renumbered_household_the_same_is_told_as_among_all(offices) -> None:
    settle(offices, H1=(1, 2), H5=(5, 6))
    move(offices, "H2", 1, 2)
    move(offices, "H2", 6, on="2025-06-02")
    lake = Lake(offices.home)
    for home in ("H1", "H5"):
        key = offices.household(home)
        stays = [s for s in memberships(lake, MAY).to_pylist() if s["household"] == key]
        about = [e for e in events(lake, MAY).to_pylist() if key in (e["household"], e["other"])]
        assert [t.to_pylist() for t in stays_and_events(lake, MAY, key)] == [stays, about]
