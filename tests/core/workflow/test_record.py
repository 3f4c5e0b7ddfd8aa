"""Cases and their log on a real database: written together, never changed, one winner of two."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from core.db import store
from core.home import Home
from core.workflow.events import append_only, events_since, last_at, story
from core.workflow.writing import Act, keep, written
from tests.core.workflow.applying import (
    TOLD,
    Action,
    Application,
    ApplicationChanged,
    ApplicationEvent,
    ApplicationRefused,
    Objection,
    Role,
    State,
    Tables,
    day,
    do,
    submitted,
)

pytestmark = pytest.mark.slow


@pytest.fixture
def desk(database: Home | str) -> Home | str:
    """A database with the tables of applications, SQLite and PostgreSQL in turn."""
    engine = store.engine_of(database)
    Tables.metadata.create_all(engine)
    with engine.begin() as connection:
        for statement in append_only("application_event", engine.dialect.name):
            connection.execute(text(statement))
    return database


def log(session: Session, number: int) -> list[tuple[str, str | None, str]]:
    query = (
        select(ApplicationEvent)
        .where(ApplicationEvent.application_id == number)
        .order_by(ApplicationEvent.id)
    )
    return [(e.action, e.from_state, e.to_state) for e in session.scalars(query)]


def clerk(at: int, note: str | None = None) -> Act[Role]:
    return Act("王A", Role.TOWNSHIP, day(at), note)


def test_an_application_is_followed_from_its_desk_to_the_notice(desk: Home | str) -> None:
    with store.open_session(desk) as session:
        number = submitted(session, day(1)).id
        do(session, number, Action.TAKE, clerk(2))
        found = do(session, number, Action.PROPOSE, clerk(4))
        assert (found.state, found.clock_from, found.due_on) == ("notice", day(4).date(), None)
        assert log(session, number) == [
            ("submit", None, "submitted"),
            ("take", "submitted", "review"),
            ("propose", "review", "notice"),
        ]


def test_the_clock_restarts_where_the_move_says_so_and_the_step_gets_its_due_day(
    desk: Home | str,
) -> None:
    with store.open_session(desk) as session:
        found = submitted(session, day(1))
        do(session, found.id, Action.REMIND, Act("doudi", Role.SYSTEM, day(3)))
        assert (found.clock_from, found.due_on) == (day(1).date(), day(3).date())
        do(session, found.id, Action.TAKE, clerk(4))
        assert (found.clock_from, found.due_on) == (day(4).date(), day(18).date())


def test_a_part_made_by_an_act_is_named_by_its_event(desk: Home | str) -> None:
    with store.open_session(desk) as session:
        found = submitted(session, day(1))
        for action in (Action.TAKE, Action.PROPOSE):
            do(session, found.id, action, clerk(2))
        objection = Objection(application_id=found.id)
        anyone = Act("乙", Role.PUBLIC, day(5), "该户有车")
        do(session, found.id, Action.OBJECT, anyone, objection=objection)
        last = session.scalars(
            select(ApplicationEvent).order_by(ApplicationEvent.id.desc())
        ).first()
        assert last is not None
        assert (last.objection_id, last.note, last.actor) == (objection.id, "该户有车", "乙")
        assert objection.id is not None


def test_a_refused_act_and_a_failing_block_leave_no_event(desk: Home | str) -> None:
    with store.open_session(desk) as session:
        found = submitted(session, day(1))
        with pytest.raises(ApplicationRefused):
            do(session, found.id, Action.APPROVE, clerk(2))
        assert (found.state, len(log(session, found.id))) == ("submitted", 1)

        def fail() -> None:
            with written(session, ApplicationEvent, ApplicationChanged(found.id)):
                of = {"application_id": found, "objection_id": None}
                keep(session, ApplicationEvent, clerk(2), "take", "submitted", "review", of)
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            fail()
        assert len(log(session, found.id)) == 1


@pytest.mark.parametrize(
    "change", [update(ApplicationEvent).values(actor="someone else"), delete(ApplicationEvent)]
)
def test_the_database_itself_keeps_the_log_as_it_was_written(desk: Home | str, change) -> None:
    with store.open_session(desk) as session:
        submitted(session, day(1))
    with (
        pytest.raises(DBAPIError, match="application_event is append-only"),
        store.open_session(desk) as session,
    ):
        session.execute(change)


def test_of_two_who_read_the_same_version_the_second_is_told(desk: Home | str) -> None:
    with store.open_session(desk) as session:
        number = submitted(session, day(1)).id
    engine = store.engine_of(desk)
    with (
        Session(engine, expire_on_commit=False) as one,
        Session(engine, expire_on_commit=False) as two,
    ):
        first, second = (s.get_one(Application, number) for s in (one, two))
        one.commit()
        two.commit()  # both have read; neither holds a lock
        assert first.version_id == second.version_id
        do(one, number, Action.TAKE, clerk(2))
        one.commit()

        def overwrite() -> None:
            with written(two, ApplicationEvent, ApplicationChanged(number)):
                second.state = State.WITHDRAWN

        with pytest.raises(ApplicationChanged) as refused:
            overwrite()
        assert refused.value.en.startswith(f"application {number} was changed by someone else")
        assert refused.value.zh.startswith(f"申请 {number} 刚刚已被他人更新")


def test_even_an_act_that_changes_no_column_makes_a_new_version(desk: Home | str) -> None:
    with store.open_session(desk) as session:
        found = submitted(session, day(1))
        versions = [found.version_id]
        for _ in range(2):  # the first sets the due day, the second leaves all as it was
            do(session, found.id, Action.REMIND, Act("doudi", Role.SYSTEM, day(1)))
            versions.append(found.version_id)
        assert versions == sorted(set(versions))


def test_an_act_on_an_old_page_is_refused_with_who_did_what(desk: Home | str) -> None:
    with store.open_session(desk) as session:
        number = submitted(session, day(1)).id
        drawn = session.scalars(select(ApplicationEvent.id)).one()
        do(session, number, Action.TAKE, clerk(2), seen=drawn)
        withdraw = Act("甲", Role.APPLICANT, day(2, 11))
        with pytest.raises(ApplicationChanged) as refused:
            do(session, number, Action.WITHDRAW, withdraw, seen=drawn)
        assert refused.value.story == ("王A 2 小时前开始审核", "王A did take 2 hours ago")
        assert refused.value.zh.endswith("。本次操作未执行，请看过最新情况后再操作")


def test_of_several_at_once_exactly_one_takes_the_case_up(desk: Home | str) -> None:
    with store.open_session(desk) as session:
        number = submitted(session, day(1)).id
    gate, ends = threading.Barrier(4), []

    def run(name: str) -> None:
        gate.wait()
        try:
            with store.open_session(desk) as session:
                do(session, number, Action.TAKE, Act(name, Role.TOWNSHIP, day(2)))
                ends.append("done")
        except ApplicationRefused:
            ends.append("refused")

    threads = [threading.Thread(target=run, args=(name,)) for name in "ABCD"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ends) == ["done", "refused", "refused", "refused"]
    with store.open_session(desk) as session:
        assert [action for action, _, _ in log(session, number)] == ["submit", "take"]


def test_the_log_is_asked_for_what_came_after_and_for_when_it_last_was(desk: Home | str) -> None:
    with store.open_session(desk) as session:
        one, two = (submitted(session, day(n), f"h{n}").id for n in (1, 2))
        do(session, one, Action.TAKE, clerk(3))
        do(session, one, Action.PROPOSE, clerk(5))
        case = ApplicationEvent.application_id
        first = session.scalars(select(ApplicationEvent.id).where(case == one)).all()[0]
        since = events_since(session, case, one, first, "outcome")
        assert [(e["action"], e["at"], e["outcome"]) for e in since] == [
            ("take", day(3), None),
            ("propose", day(5), None),
        ]
        assert last_at(session, case, [one, two], ["submit", "take"]) == {one: day(3), two: day(2)}
        assert last_at(session, case, [two], ["take"]) == {}


def test_a_story_tells_the_last_step_for_the_whole_case_and_the_newest_three_acts() -> None:
    acts = [
        ("甲", "applicant", 1, "submit", None),
        ("王A", "township", 2, "take", None),
        # Of several steps at once the last for the whole case is told, not one about a part.
        # A table of events holds NaN where there is no part.
        ("王A", "township", 2, "propose", float("nan")),
        ("王A", "township", 2, "settle", 4),
        ("乙", "public", 3, "object", None),
        ("doudi", "system", 4, "remind", None),
    ]
    names = ("actor", "role", "at", "action", "part")
    given = [dict(zip(names, (a, r, day(n), act, p), strict=True)) for a, r, n, act, p in acts]
    told = story(given, day(4), TOLD, system="system", part="part")
    assert told.zh == "王A 2026-06-02 公示；乙 2026-06-03 提出异议；系统 刚刚催办"
    assert told.en.endswith("The system did remind just now")
