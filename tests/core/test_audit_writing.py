"""Writing to the record: gapless, chained, together with the act, by many at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from core.audit import Entry, place_of, record, record_at_end, record_many
from core.audit.chain import GENESIS, event_hash
from core.audit.errors import EntryRefused, PrivateDataInRecord
from core.audit.models import EVENTS, AuditEvent
from core.db import open_session
from core.home import Home

pytestmark = pytest.mark.slow

LOOK = Entry("wang", "look", object_kind="household", object="h1")


def events(database: Home | str) -> list[dict[str, Any]]:
    with open_session(database) as session:
        statement = select(EVENTS).order_by(EVENTS.c.seq)
        return [dict(row) for row in session.execute(statement).mappings()]


def assert_whole(rows: list[dict[str, Any]]) -> None:
    assert [row["seq"] for row in rows] == list(range(1, len(rows) + 1))
    assert [row["previous"] for row in rows] == [GENESIS, *[row["hash"] for row in rows[:-1]]]
    assert [row["hash"] for row in rows] == [event_hash(row) for row in rows]


def test_events_are_numbered_and_chained(database: Home | str) -> None:
    with open_session(database) as session:
        assert record(session, LOOK) == 1
        assert record_many(session, [LOOK, LOOK]) == range(2, 4)
    with open_session(database) as session:
        assert record_many(session, []) == range(0)
        assert record(session, Entry("li", "export", rows=12, detail={"b": "二", "a": 1})) == 4
    rows = events(database)
    assert_whole(rows)
    assert rows[3]["detail"] == '{"a":1,"b":"二"}'
    assert rows[3]["at"].endswith("+00:00")


def test_the_act_and_its_event_stay_or_go_together(database: Home | str) -> None:
    def fail() -> None:
        with open_session(database) as session:
            record(session, LOOK)
            record_at_end(session, LOOK)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert events(database) == []
    with open_session(database) as session:
        assert record(session, LOOK) == 1  # the number given back is given out again


def test_events_at_the_end_follow_the_savepoints_they_were_made_in(database: Home | str) -> None:
    with open_session(database) as session:
        record_at_end(session, Entry("a", "first"))
        with session.begin_nested():
            record_at_end(session, Entry("a", "kept"))
        lost = session.begin_nested()
        with session.begin_nested():
            record_at_end(session, Entry("a", "lost with the outer savepoint"))
        lost.rollback()
        record_at_end(session, Entry("a", "last"))
        assert session.execute(select(AuditEvent.seq)).all() == []
    rows = events(database)
    assert [row["action"] for row in rows] == ["first", "kept", "last"]
    assert_whole(rows)


def test_twenty_writers_at_once_leave_one_gapless_chain(database: Home | str) -> None:
    def write(number: int) -> None:
        for turn in range(5):
            with open_session(database) as session:
                if turn % 2:
                    record(session, Entry(f"u{number}", "look"))
                else:
                    record_at_end(session, Entry(f"u{number}", "look"))

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(write, range(20)))
    rows = events(database)
    assert len(rows) == 100
    assert_whole(rows)


def test_who_records_first_and_who_acts_first_do_not_block_each_other(
    database: Home | str,
) -> None:
    """With `record` in place of `record_at_end` each would hold what the other waits for."""
    with open_session(database) as session:
        session.execute(text("CREATE TABLE thing (id INTEGER, times INTEGER)"))
        session.execute(text("INSERT INTO thing VALUES (1, 0)"))
    both_began = Barrier(2, timeout=20)
    act = text("UPDATE thing SET times = times + 1")

    def records_first() -> None:
        with open_session(database) as session:
            record_at_end(session, LOOK)
            both_began.wait()
            session.execute(act)

    def acts_first() -> None:
        with open_session(database) as session:
            session.execute(act)
            both_began.wait()
            record_at_end(session, LOOK)

    with ThreadPoolExecutor(2) as pool:
        for one in [pool.submit(records_first), pool.submit(acts_first)]:
            one.result()
    assert len(events(database)) == 2
    assert_whole(events(database))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_event SET account = 'li'",
        "DELETE FROM audit_event WHERE seq = 1",
        "DELETE FROM audit_head",
        "TRUNCATE audit_event",
        "TRUNCATE audit_head",
        "INSERT INTO audit_head VALUES (2, 0, '')",
    ],
)
def test_the_database_refuses_to_change_the_record(database: Home | str, statement: str) -> None:
    with open_session(database) as session:
        record(session, LOOK)
    before = events(database)
    with pytest.raises(DBAPIError), open_session(database) as session:
        session.execute(text(statement))
    assert events(database) == before


def test_sm3_is_named_in_the_rows_made_with_it(
    database: Home | str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_session(database) as session:
        record(session, LOOK)
    monkeypatch.setenv("DOUDI_AUDIT_ALGORITHM", "sm3")
    with open_session(database) as session:
        record(session, LOOK)
    rows = events(database)
    assert [row["algorithm"] for row in rows] == ["sha256", "sm3"]
    assert_whole(rows)
    monkeypatch.setenv("DOUDI_AUDIT_ALGORITHM", "md5")
    with pytest.raises(EntryRefused, match="write sha256 or sm3"), open_session(database) as s:
        record(s, LOOK)


@pytest.mark.parametrize(
    "given",
    [
        {"purpose": "复核 990321197001010011 的收入"},
        {"purpose": "打１３８１２３４５６７８确认"},
        {"detail": {"before": {"note": "tel13812345678"}}},
        {"detail": {"99032119700101001X": 1}},
    ],
)
def test_a_number_that_names_a_person_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(PrivateDataInRecord, match="leave it out and try again"):
        Entry("wang", "reveal", **given)


def test_hashes_and_pseudonyms_are_not_taken_for_phone_numbers() -> None:
    digest = "a13812345678" + "b" * 52
    entry = Entry("wang", "export", object=digest, detail={"sha256": digest})
    assert entry.columns()["object"] == digest


def test_what_a_stranger_types_at_the_door_is_recorded_without_harm(session: Session) -> None:
    typed = "13812345678\x00\nadmin" + "x" * 200
    place = place_of("10.0.0.7", "Mozilla\x00" + "y" * 500)
    given = {"object_kind": "account", "object": typed, "place": place, "result": "refused"}
    record(session, Entry(typed, "sign_in", **given))  # type: ignore[arg-type]
    row = session.execute(select(AuditEvent)).scalar_one()
    assert row.account.startswith("*** admin")
    assert row.object.startswith("*** admin")
    assert (len(row.account), len(row.place)) <= (64, 120)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"account": " "}, "needs its account"),
        ({"action": ""}, "needs its action"),
        ({"result": "maybe"}, "write done or refused"),
        ({"purpose": "a" * 201}, "201 characters; keep it to 200"),
        ({"detail": {"a": float("nan")}}, "not JSON"),
        ({"detail": {"a": object()}}, "object is not a JSON value"),
        ({"detail": {"a": "b" * 30_000}}, "keep a file and record its hash"),
        ({"detail": {"a": "\x00"}}, "or a NUL"),
        ({"detail": {"a": "\ud800"}}, "not JSON"),
    ],
)
def test_what_the_record_cannot_keep_is_refused(given: dict[str, Any], words: str) -> None:
    with pytest.raises(EntryRefused, match=words):
        Entry(**({"account": "wang", "action": "look"} | given))


def test_days_are_kept_as_iso_dates() -> None:
    assert Entry("a", "b", detail={"d": date(2026, 6, 1)}).columns()["detail"] == (
        '{"d":"2026-06-01"}'
    )
