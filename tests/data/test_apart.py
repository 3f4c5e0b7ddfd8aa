"""One number with two names is two people until somebody says otherwise; nothing is merged by
itself, and nothing is lost."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial

import pytest

from core.db import open_session, upgrade
from data import same_person
from data.backends import connect
from data.identity import check_digit, identify
from data.ingest import ingest_directory, run
from data.lake import Lake
from data.person_names import alike, far
from data.readers.stream import open_table
from data.same_person import APART, MERGE, UNDO, SamePersonError, decide
from data.vault import Vault
from data.vault_names import Names
from tests.data.offices import claim, csv_bytes, number, post, resident


def send(home, feed: str, *rows, day: str = "20260628"):
    post(home.incoming, feed, csv_bytes(feed, rows, "utf-8"), day=day)
    return ingest_directory(home, home.incoming).batches[-1]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("张三", "张三", True),
        ("张　三", "张三 ", True),
        ("阿依·古丽", "阿依・古丽", True),
        ("张?明", "张大明", True),  # a character lost in transfer
        ("张*明", "张大明", True),  # masked
        ("张山（曾用名张三）", "张三", True),
        ("", "张三", True),
        ("张大明", "张大亮", False),  # brothers
        ("张三", "李三", False),
        ("张三", "张三丰", False),
    ],
)
def test_names_are_never_compared_byte_for_byte(one, other, same):
    assert alike(one, other) is same
    assert alike(other, one) is same


def test_how_far_two_names_are_apart():
    assert far("张大明", "张大亮") == 1
    assert far("张三", "李四") == 2
    assert far("张三", "张三丰") == 3


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("H12345678", "H12345678"),  # Hong Kong
        ("m1234567802", "M12345678"),  # Macao, second issue: the same person
        ("TW 12345678", "TW12345678"),
        ("台胞证12345678", "TW12345678"),
        ("GBR310075051234", None),  # its check digit is another
        ("81000019900101001X", None),
        ("12345678", None),  # may be a date, or what is left of a longer number
    ],
)
def test_permits_are_known_by_their_form(written, kept):
    assert identify(written).number == kept


def test_a_foreigners_card_is_checked_by_its_own_digit():
    first = "GBR31007505123"
    values = [int(c, 36) for c in first]
    digit = sum(v * w for v, w in zip(values, (7, 3, 1) * 5, strict=False)) % 10
    assert identify(f"{first}{digit}").number == f"{first}{digit}"
    assert identify(f"{first}{(digit + 1) % 10}").number is None


def test_residence_permits_have_the_check_digit_of_citizens():
    for start in ("810000", "820000", "830000", "911156"):
        first17 = f"{start}19900101001"
        whole = first17 + check_digit(first17)
        assert identify(whole).number == whole


def test_another_name_is_another_person_until_it_is_decided(home, lake_rows):
    send(home, "population_register", resident(1, name="张大明"))
    batch = send(
        home,
        "medical_claims",
        claim(1, name="张大明", settlement_no="J1"),
        claim(1, name="张?明", settlement_no="J2"),
        claim(1, name="张大亮", settlement_no="J3"),
        claim(1, name=None, settlement_no="J4"),
        claim(1, name="张大亮", settlement_no="J5"),
    )
    assert (batch.accepted, batch.warnings["name_differs"]) == (5, 2)
    own = Vault(home).person(number(1))
    persons = {r["settlement_no"]: r["person"] for r in lake_rows("medical_claims")}
    assert [persons[f"J{n}"] == own for n in (1, 2, 3, 4, 5)] == [True, True, False, True, False]
    assert persons["J3"] == persons["J5"]
    [found] = Names(Vault(home)).candidates()
    assert (found.kind, found.person, found.other) == ("number", persons["J3"], own)
    assert Names(Vault(home)).difference(found.person, found.other) == 1
    # Both are shown masked by the way there is.
    assert Vault(home).masked(persons["J3"])["name"] == "张*亮"


@pytest.mark.slow
def test_the_name_of_the_register_outweighs_who_came_first(home, lake_rows):
    send(home, "medical_claims", claim(1, name="李四", settlement_no="J1"), day="20260601")
    send(home, "population_register", resident(1, name="张三"), day="20260602")
    rows = (claim(1, name="张三", settlement_no="J2"), claim(1, name="李四", settlement_no="J3"))
    assert send(home, "medical_claims", *rows, day="20260603").warnings["name_differs"] == 1


@pytest.mark.parametrize("chunk", [1, 2, 1000])
def test_pieces_make_no_difference(home, lake_rows, monkeypatch, chunk):
    rows = [
        claim(1, name=name, settlement_no=f"J{n}")
        for n, name in enumerate(["张三", "李四", "张三", "王五", "李四"])
    ]
    monkeypatch.setattr(run, "open_table", partial(open_table, rows=chunk))
    assert send(home, "medical_claims", *rows).warnings["name_differs"] == 3
    persons = [r["person"] for r in lake_rows("medical_claims")]
    assert persons[0] == persons[2] == Vault(home).person(number(1))
    assert persons[1] == persons[4] != persons[3]


def test_one_name_and_birth_date_under_two_numbers_is_a_candidate_and_no_more(home, lake_rows):
    rows = [
        resident(1, name="张三", id_number=number(1)),
        resident(2, name="张 三", id_number=number(3)),
        resident(3, name="张三", id_number=number(5, "19800102")),
    ]
    send(home, "population_register", *rows)
    one, other, _ = (r["person"] for r in lake_rows("population_register"))
    [found] = Names(Vault(home)).candidates()
    assert (found.kind, {found.person, found.other}) == ("alike", {one, other})
    assert len({r["person"] for r in lake_rows("population_register")}) == 3


AT, DAY = datetime.fromisoformat("2026-07-02T09:00"), date(2026, 7, 2)


def say(home, act: str, kept: str, other: str, on: date = DAY) -> int:
    upgrade(home)
    with open_session(home) as session:
        return decide(session, act, kept, other, reason="核对", known_on=on, at=AT, actor="li")


def test_a_merge_joins_and_its_undoing_parts_again(home):
    assert same_person.merges(home) == {}
    say(home, MERGE, "p1", "p2")
    say(home, MERGE, "p3", "p1")
    assert same_person.merges(home) == {"p1": "p3", "p2": "p3"}
    assert same_person.merges(home, date(2026, 7, 1)) == {}  # a past month is replayed without it
    say(home, UNDO, "p1", "p3")
    assert same_person.merges(home) == {"p2": "p1"}
    assert [d.act for d in same_person.decisions(home)] == [MERGE, MERGE, UNDO]


def test_a_decision_that_says_nothing_new_is_refused(home):
    say(home, APART, "p1", "p2")
    with pytest.raises(SamePersonError, match="decision 1 stands about these two; undo it first"):
        say(home, MERGE, "p2", "p1")
    with pytest.raises(SamePersonError, match="nothing was decided about these two"):
        say(home, UNDO, "p1", "p3")
    say(home, UNDO, "p1", "p2")
    say(home, MERGE, "p2", "p1")
    say(home, MERGE, "p3", "p2")
    with pytest.raises(SamePersonError, match="one person already"):
        say(home, MERGE, "p3", "p1")


@pytest.mark.slow
def test_the_lake_reads_joined_records_as_one_person(home, lake_rows):
    send(home, "population_register", resident(1, name="张三"))
    send(home, "medical_claims", claim(1, name="张山", settlement_no="J1"))
    own, [row] = Vault(home).person(number(1)), lake_rows("medical_claims")
    say(home, MERGE, own, row["person"])

    def persons(on: date) -> list[str]:
        con, lake = connect(), Lake(home)
        table = lake.table(con, "medical_claims", on)
        found = con.to_pandas(table)["person"].tolist()
        sql = con.raw_sql(f"SELECT person FROM ({lake.rows_sql('medical_claims', on)})")
        assert [p for (p,) in sql.fetchall()] == found
        return found

    assert persons(DAY) == [own]
    assert persons(date(2026, 7, 1)) == [row["person"]]
    assert lake_rows("medical_claims") == [row]  # what was said stays as it was said


def test_both_people_of_a_row_are_read_as_who_they_are(home, lake_rows):
    wedding = {
        "husband_id": number(1),
        "husband_name": "张三",
        "wife_id": number(2),
        "wife_name": "李四",
        "event": "结婚",
        "registered_on": "2026-06-03",
    }
    send(home, "marriages", wedding)
    (row,) = lake_rows("marriages")
    say(home, MERGE, "p-own-husband", row["person_husband"])
    say(home, MERGE, "p-own-wife", row["person_wife"])
    con, lake = connect(), Lake(home)
    expected = [("p-own-husband", "p-own-wife")]
    found = con.to_pandas(lake.table(con, "marriages", DAY))
    columns = ["person_husband", "person_wife"]
    assert list(found[columns].itertuples(index=False, name=None)) == expected
    sql = con.raw_sql(f"SELECT {', '.join(columns)} FROM ({lake.rows_sql('marriages', DAY)})")
    assert sql.fetchall() == expected
    assert list(lake.table(con, "marriages", DAY).columns) == list(lake.schema("marriages"))
