"""What feeds tell of a few people is what all their rows tell of them, at every moment."""

from __future__ import annotations

from datetime import date, datetime

import duckdb
import pytest

from core.db import open_session, upgrade
from core.home import Home
from core.workflow.calendar import CHINA_TIME
from data import about
from data.about import named_in, rows_about
from data.deliveries import naming
from data.deliveries.decisions import redo, undo
from data.deliveries.reading import asleep
from data.lake import Lake
from data.same_person import MERGE, UNDO, decide
from data.vault import Vault
from tests.data.offices import number
from tests.data.sending import CLAIMS, claims, send_claims

JUNE_30, JULY_31, AUGUST_5 = date(2026, 6, 30), date(2026, 7, 31), date(2026, 8, 5)
AUGUST_31, SEPTEMBER_30 = date(2026, 8, 31), date(2026, 9, 30)
DAYS = (JUNE_30, JULY_31, AUGUST_31, SEPTEMBER_30)


def person(home: Home, serial: int) -> str:
    return Vault(home).person(number(serial))


def told(home: Home, on: date, *people: str) -> dict[str, float]:
    """Cost by settlement of some people."""
    lake = Lake(home)
    rows = rows_about(lake, CLAIMS, on, named_in(lake, CLAIMS, people, []))
    found = rows.select(["settlement_no", "total_cost"]).to_pylist() if rows else []
    assert len({row["settlement_no"] for row in found}) == len(found), "a settlement counts twice"
    return {row["settlement_no"]: row["total_cost"] for row in found}


def all_told(home: Home, on: date) -> dict[str, dict[str, float]]:
    """The same of everybody, by person, from all rows in force."""
    rows = duckdb.execute(
        f"SELECT person, settlement_no, total_cost FROM ({Lake(home).rows_sql(CLAIMS, on)}) "
        "WHERE known_on <= $1",
        [on],
    ).fetchall()
    found: dict[str, dict[str, float]] = {}
    for whose, settlement, cost in rows:
        found.setdefault(whose, {})[settlement] = cost
    return found


def agree(home: Home) -> None:
    """Of everybody, on every day, the same is told alone as among all."""
    everybody = {one for day in DAYS for one in all_told(home, day)}
    for day in DAYS:
        told_of_all = all_told(home, day)
        assert {one: told(home, day, one) for one in everybody} == {
            one: told_of_all.get(one, {}) for one in everybody
        }


@pytest.mark.slow
def test_a_correction_that_gives_a_settlement_to_somebody_else_takes_it_from_the_first(home):
    send_claims(home, claims(1, 6))
    send_claims(home, claims(2, 2, id_number=number(5), name="王测5"), "-更正", day="20260705")
    first, second = person(home, 2), person(home, 5)
    assert told(home, JUNE_30, first) == {"J00002": 2}
    assert told(home, JULY_31, first) == {}
    assert set(told(home, JULY_31, second)) == {"J00002", "J00005"}
    assert set(told(home, JULY_31, first, second)) == {"J00002", "J00005"}


@pytest.mark.slow
def test_supplements_undone_months_and_rows_that_come_back_are_told_as_among_all_rows(home):
    may = send_claims(home, claims(1, 4, 5), period="202605", day="20260528")
    send_claims(home, [*claims(1, 2, 5), *claims(11, 13)])
    send_claims(home, claims(11, 11, total_cost=7), "-更正", day="20260705")
    send_claims(home, claims(14, 14), "-补报", day="20260706")
    undo(home, CLAIMS, may.batch, AUGUST_5)
    redo(home, CLAIMS, may.batch, SEPTEMBER_30)
    assert asleep(Lake(home).current(CLAIMS, AUGUST_31))
    agree(home)


@pytest.mark.slow
def test_a_delivery_that_comes_in_or_is_undone_is_seen_at_once(home):
    send_claims(home, claims(1, 4))
    own = person(home, 1)
    assert told(home, AUGUST_31, own) == {"J00001": 1}
    july = send_claims(
        home, claims(31, 34, 7, id_number=number(1), name="王测1"), period="202607", day="20260728"
    )
    assert len(told(home, AUGUST_31, own)) == 5
    undo(home, CLAIMS, july.batch, AUGUST_5)
    assert told(home, AUGUST_31, own) == {"J00001": 1}
    redo(home, CLAIMS, july.batch, AUGUST_5)
    assert len(told(home, AUGUST_31, own)) == 5


def test_a_record_that_was_joined_to_a_person_is_told_with_it_until_that_is_undone(home):
    send_claims(home, claims(1, 4))
    own, other = person(home, 1), person(home, 2)

    def say(act: str) -> None:
        upgrade(home)
        with open_session(home) as session:
            at = datetime(2026, 6, 30, 9, tzinfo=CHINA_TIME).replace(tzinfo=None)
            decide(session, act, own, other, reason="核对", known_on=JUNE_30, at=at, actor="li")

    assert set(told(home, JUNE_30, own)) == {"J00001"}
    say(MERGE)
    assert set(told(home, JUNE_30, own)) == {"J00001", "J00002"}
    assert told(home, JUNE_30, other) == {}
    say(UNDO)
    assert set(told(home, JUNE_30, own)) == {"J00001"}


def test_who_is_named_nowhere_is_told_nothing_and_a_silent_feed_is_none(home):
    assert rows_about(Lake(home), CLAIMS, JUNE_30, {"person": ["p1"]}) is None
    send_claims(home, claims(1, 4))
    lake = Lake(home)
    for named in ({"person": ["p1"]}, {"person": []}, {"person": ["p' OR true --"]}, {}):
        found = rows_about(lake, CLAIMS, JUNE_30, named)
        assert (found.num_rows, found.column_names) == (0, list(lake.schema(CLAIMS).names))


def test_no_file_is_opened_that_names_nobody_who_is_asked_for(home):
    may = send_claims(home, claims(1, 4, 5), period="202605", day="20260528")
    june = send_claims(home, claims(5, 8))
    text = Lake(home).rows_sql(CLAIMS, JULY_31, {"person": [person(home, 6)]})
    assert june.batch in text
    assert may.batch not in text


def test_where_there_are_too_many_people_to_remember_every_file_is_read(home, monkeypatch):
    monkeypatch.setattr(naming, "MOST_BYTES", 0)
    send_claims(home, claims(1, 4, 5), period="202605", day="20260528")
    send_claims(home, claims(5, 8))
    assert told(home, JULY_31, person(home, 6)) == {"J00006": 6}


@pytest.fixture(autouse=True)
def _nothing_kept():
    about._kept.clear()
    naming._marks.clear()
