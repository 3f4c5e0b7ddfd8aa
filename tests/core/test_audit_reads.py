"""What auditors read: pages of events, who looked at whom, and looking that is unusual."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from core.audit import Entry, reads, record
from core.audit.reads import CHINA_TIME, Sought
from core.db import open_session
from core.home import Home

WEDNESDAY = datetime(2026, 6, 3, 10, tzinfo=CHINA_TIME)
SINCE = datetime(2026, 6, 1, tzinfo=CHINA_TIME)


def look(
    session: Session, account: str, household: str, at: datetime = WEDNESDAY, **given: str
) -> int:
    entry = Entry(account, given.pop("action", "look"), object_kind="household", object=household)
    return record(session, Entry(**{**vars(entry), **given}), at)


def told(found: list[reads.Unusual]) -> list[tuple[str, str, str, int]]:
    return [(one.kind, one.account, one.day.isoformat(), one.count) for one in found]


def test_events_are_found_by_what_is_asked_and_paged(database: Home | str) -> None:
    with open_session(database) as session:
        for n in range(5):
            look(session, "wang", f"h{n}", WEDNESDAY + timedelta(hours=n), area="3607")
        record(session, Entry("li", "export", result="refused", rows=3, detail={"a": 1}), WEDNESDAY)
    with open_session(database) as session:
        everything = reads.page(session, Sought())
        assert (everything.total, [e.seq for e in everything.events]) == (6, [6, 5, 4, 3, 2, 1])
        second = reads.page(session, Sought(account="wang"), number=2, size=2)
        assert (second.total, [e.seq for e in second.events]) == (5, [3, 2])
        for sought, numbers in (
            (Sought(action="export"), [6]),
            (Sought(object="h3"), [4]),
            (Sought(object_kind="household", area="3607", result="done"), [5, 4, 3, 2, 1]),
            (Sought(result="refused"), [6]),
            (Sought(since=WEDNESDAY + timedelta(hours=3)), [5, 4]),
            (Sought(until=WEDNESDAY + timedelta(hours=1)), [6, 1]),
        ):
            assert [e.seq for e in reads.page(session, sought).events] == numbers
        last = reads.event(session, 6)
        assert last is not None
        assert (last.at, last.detail, last.rows) == (WEDNESDAY, {"a": 1}, 3)
        assert last.at.utcoffset() == timedelta(hours=8)
        assert reads.event(session, 7) is None
        assert reads.words_in_use(session, "action") == ["export", "look"]


@pytest.mark.parametrize(
    ("made", "used", "hours", "place", "unusual"),
    [
        ("create_account", "sign_in", 23, "10.0.0.9", True),
        ("reset_password", "sign_in", 1, "10.0.0.9 Firefox", True),
        ("make_token", "call", 1, "10.0.0.9 curl", True),
        ("create_account", "sign_in", 25, "10.0.0.9", False),
        ("create_account", "sign_in", 1, "10.0.0.90", False),
        ("create_account", "look", 1, "10.0.0.9", False),
    ],
)
def test_an_account_first_used_from_where_its_administrator_made_it(
    session: Session, made: str, used: str, hours: int, place: str, unusual: bool
) -> None:
    about = ("token", "t1") if made == "make_token" else ("account", "li")
    act = Entry(
        "chief", made, object_kind=about[0], object=about[1], place="10.0.0.9 Edge",
        detail={"account": "li"},
    )  # fmt: skip
    record(session, act, WEDNESDAY)
    for later in (0, 1):  # the second time is no first use
        at = WEDNESDAY + timedelta(hours=hours, minutes=later)
        record(session, Entry("li", used, place=place), at)
    found = reads.used_where_made(session, SINCE)
    assert [(one.kind, one.account, one.first, one.last) for one in found] == [
        ("same_place", "li", 1, 2)
    ] * unusual
    assert all("li" in one.zh and "li" in one.en for one in found)


def test_who_looked_at_whom(session: Session) -> None:
    look(session, "wang", "h1")
    look(session, "wang", "h1", WEDNESDAY + timedelta(days=1), action="reveal")
    look(session, "li", "h1")
    look(session, "li", "h2", result="refused")  # saw nothing
    record(session, Entry("li", "look", object_kind="alert", object="h3"), WEDNESDAY)
    found = reads.who_looked_at_whom(session, Sought(object="h1"))
    rows = found[["account", "object", "looks", "reveals"]].to_dict("records")
    assert rows == [
        {"account": "wang", "object": "h1", "looks": 2, "reveals": 1},
        {"account": "li", "object": "h1", "looks": 1, "reveals": 0},
    ]
    assert found["last"][0] == WEDNESDAY + timedelta(days=1)
    assert list(reads.who_looked_at_whom(session, Sought(account="li"))["object"]) == ["h1"]
    assert reads.who_looked_at_whom(session, Sought(account="nobody")).empty


def test_nothing_unusual_in_a_quiet_or_empty_record(session: Session) -> None:
    assert reads.unusual(session, SINCE) == []
    look(session, "wang", "h1")
    assert reads.unusual(session, SINCE, own_area={"wang": "360721"}) == []


def test_many_households_on_one_day(session: Session) -> None:
    for n in range(reads.MANY_HOUSEHOLDS):
        look(session, "wang", f"h{n}")
        look(session, "wang", "h0")  # the same one again counts once
        if n:
            look(session, "li", f"h{n}")
            look(session, "zhao", f"h{n}", WEDNESDAY + timedelta(days=n % 2))
    (found,) = reads.unusual(session, SINCE)
    assert told([found]) == [("many_households", "wang", "2026-06-03", 40)]
    assert found.en == "wang looked at 40 households on 2026-06-03"
    assert found.zh == "wang 在 2026-06-03 查看了 40 户"
    assert reads.unusual(session, WEDNESDAY + timedelta(days=2)) == []


@pytest.mark.parametrize(
    ("hour", "minute", "night"),
    [(21, 59, False), (22, 0, True), (0, 30, True), (5, 59, True), (6, 0, False)],
)
def test_night_is_from_22_to_6_in_china(
    session: Session, hour: int, minute: int, night: bool
) -> None:
    look(session, "wang", "h1", WEDNESDAY.replace(hour=hour, minute=minute))
    found = told(reads.unusual(session, SINCE))
    assert found == ([("night", "wang", "2026-06-03", 1)] if night else [])


@pytest.mark.parametrize(
    ("day", "rest"),
    [
        (datetime(2026, 6, 6, 10, tzinfo=CHINA_TIME), True),  # a Saturday
        (datetime(2026, 10, 1, 10, tzinfo=CHINA_TIME), True),  # National Day, a Thursday
        (datetime(2026, 10, 10, 10, tzinfo=CHINA_TIME), False),  # a Saturday made up for it
        (datetime(2030, 6, 1, 10, tzinfo=CHINA_TIME), True),  # a Saturday not announced yet
        (datetime(2030, 6, 3, 10, tzinfo=CHINA_TIME), False),
    ],
)
def test_days_of_rest_follow_the_chinese_calendar(
    session: Session, day: datetime, rest: bool
) -> None:
    look(session, "wang", "h1", day)
    found = told(reads.unusual(session, SINCE))
    assert found == ([("rest_day", "wang", day.date().isoformat(), 1)] if rest else [])


def test_looks_at_the_own_village(session: Session) -> None:
    look(session, "wang", "h1", area="360721101201")
    look(session, "li", "h2", area="360721101201")
    found = reads.unusual(session, SINCE, own_area={"wang": "360721101201", "li": "360721101202"})
    assert told(found) == [("own_area", "wang", "2026-06-03", 1)]


def test_refusals_in_a_row(session: Session) -> None:
    def sign_in(account: str, *results: str) -> None:
        for result in results:
            record(session, Entry(account, "sign_in", result=result), WEDNESDAY)  # type: ignore[arg-type]

    sign_in("wang", *["refused"] * 5, "done")
    sign_in("li", *["refused"] * 4, "done", *["refused"] * 4)
    sign_in("zhao", *["refused"] * 7)
    found = reads.unusual(session, SINCE)
    assert told(found) == [
        ("refusals", "zhao", "2026-06-03", 7),
        ("refusals", "wang", "2026-06-03", 5),
    ]
    assert (found[1].first, found[1].last) == (1, 5)


def test_every_kind_has_words_in_both_languages() -> None:
    for kind in reads._UNUSUAL:
        one = reads.Unusual(kind, "wang", WEDNESDAY.date(), 3, 1, 9)
        assert "wang" in one.zh
        assert "wang" in one.en
        assert "3" in one.en
