"""A version of the rules from its draft to being replaced, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from core.db import open_session, upgrade
from core.home import Home
from core.rulebook import reading, writing
from core.rulebook.states import (
    CYCLE,
    Action,
    MoveRefused,
    PersonalDataRefused,
    Role,
    RulebookError,
    State,
    VersionChanged,
)

pytestmark = pytest.mark.slow

NOW = datetime(2026, 7, 3, 1, tzinfo=UTC)
TEXTS = {"bands.yaml": "red: 50\n"}
OTHER = {"bands.yaml": "red: 60\n"}
LAST_RUN = date(2026, 6, 30)
NEXT = date(2026, 7, 1)


@pytest.fixture
def session(database: Home | str) -> Iterator[Session]:
    upgrade(database)
    with open_session(database) as opened:
        yield opened


def by(actor: str, role: Role = Role.TUNER, note: str | None = None) -> writing.Act:
    return writing.Act.by(actor, role, NOW, note)


def seen(session: Session, number: int) -> int:
    session.expire_all()
    return reading.version(session, number).last_event


def approved(session: Session, texts: dict[str, str] = OTHER) -> int:
    number = writing.write(session, "更严的红线", texts, by("li"))
    writing.tried(session, number, {"visits": 100}, by("li"), seen(session, number))
    note = by("wang", Role.APPROVER, "看过")
    writing.approve(session, number, note, seen(session, number))
    return number


def put_in_force(session: Session, number: int, since: date = NEXT) -> None:
    act = by("li", note="红色过多")
    event = seen(session, number)
    writing.activate(session, number, since, act, event, last_run=LAST_RUN, promise={"found": 12})


def holds(session: Session, on: date) -> int | None:
    found = reading.in_force(session, on)
    return found.number if found else None


def test_an_empty_store_holds_nothing_and_asking_makes_no_database(tmp_path) -> None:
    home = Home(tmp_path)
    assert reading.in_force(home, LAST_RUN) is None
    assert not home.workflow_db.exists()


def test_an_approved_version_holds_from_its_day_and_not_before(session: Session) -> None:
    shipped = writing.pin(session, TEXTS, date(2026, 5, 31), "1.0", NOW)
    number = approved(session)
    put_in_force(session, number)
    assert holds(session, date(2026, 4, 30)) is None
    assert holds(session, LAST_RUN) == shipped
    assert holds(session, NEXT) == holds(session, date(2027, 1, 31)) == number
    states = {v.number: v.state for v in reading.versions(session)}
    assert states == {shipped: State.RETIRED, number: State.ACTIVE}
    (_, begun) = reading.activations(session)
    assert (begun.actor, begun.second, begun.promise) == ("li", "wang", {"found": 12})


def test_nobody_approves_what_they_wrote_or_edited(session: Session) -> None:
    number = writing.write(session, "一稿", OTHER, by("li"))
    writing.edit(session, number, TEXTS, by("wang"), seen(session, number))
    writing.tried(session, number, {}, by("chen"), seen(session, number))
    for writer in ("li", "wang"):
        act, event = by(writer, Role.APPROVER, "好"), seen(session, number)
        with pytest.raises(MoveRefused, match="second person"):
            writing.approve(session, number, act, event)
    writing.approve(session, number, by("zhao", Role.APPROVER, "好"), seen(session, number))
    assert reading.version(session, number).approved_by == "zhao"


def test_what_was_not_tried_is_not_approved_and_not_put_in_force(session: Session) -> None:
    number = writing.write(session, "一稿", OTHER, by("li"))
    note, event = by("wang", Role.APPROVER, "好"), seen(session, number)
    with pytest.raises(MoveRefused):
        writing.approve(session, number, note, event)
    with pytest.raises(MoveRefused):
        put_in_force(session, number)
    assert holds(session, NEXT) is None


def test_an_edit_takes_the_trial_back(session: Session) -> None:
    number = writing.write(session, "一稿", OTHER, by("li"))
    writing.tried(session, number, {"visits": 100}, by("li"), seen(session, number))
    assert reading.version(session, number).tried == {"visits": 100}
    changes = [{"code": "bands.red", "before": "60", "after": "50"}]
    writing.edit(session, number, TEXTS, by("li"), seen(session, number), changes)
    session.expire_all()
    found = reading.version(session, number)
    assert (found.state, found.tried, found.texts) == (State.DRAFT, None, TEXTS)
    assert reading.history(session, number)[-1].changes == changes


def test_two_analysts_at_once_do_not_overwrite_each_other(session: Session) -> None:
    number = writing.write(session, "一稿", OTHER, by("li"))
    both_saw = seen(session, number)
    writing.edit(session, number, TEXTS, by("wang"), both_saw)
    with pytest.raises(VersionChanged, match="wang edited it") as refused:
        writing.edit(session, number, {"bands.yaml": "red: 70\n"}, by("li"), both_saw)
    assert "wang" in refused.value.zh
    session.expire_all()
    assert reading.version(session, number).texts == TEXTS


def test_a_month_that_was_run_keeps_its_rules(session: Session) -> None:
    number = approved(session)
    with pytest.raises(RulebookError, match="2026-06 were run already"):
        put_in_force(session, number, LAST_RUN)
    put_in_force(session, number, date(2026, 8, 1))
    second = approved(session, {"bands.yaml": "red: 70\n"})
    with pytest.raises(RulebookError, match="cannot begin before it"):
        put_in_force(session, second, NEXT)


def test_activating_asks_for_a_reason(session: Session) -> None:
    number = approved(session)
    event = seen(session, number)
    with pytest.raises(MoveRefused, match="needs a note"):
        writing.activate(session, number, NEXT, by("li"), event, last_run=None)


def test_one_step_back_and_no_further(session: Session) -> None:
    first = approved(session)
    put_in_force(session, first)
    second = approved(session, {"bands.yaml": "red: 70\n"})
    put_in_force(session, second)
    assert holds(session, NEXT) == second
    back = by("li", note="走访压力过大")
    event = seen(session, second)
    assert writing.step_back(session, second, NEXT, back, event, last_run=LAST_RUN) == first
    assert holds(session, NEXT) == first
    session.expire_all()
    assert reading.version(session, second).state is State.RETIRED
    event = seen(session, first)
    with pytest.raises(RulebookError, match="only one step"):
        writing.step_back(session, first, NEXT, back, event, last_run=LAST_RUN)


def test_the_first_version_has_none_before_it(session: Session) -> None:
    number = approved(session)
    put_in_force(session, number)
    act, event = by("li", note="不合适"), seen(session, number)
    with pytest.raises(RulebookError, match="no version before"):
        writing.step_back(session, number, NEXT, act, event, last_run=LAST_RUN)


def test_shipped_rules_are_kept_once_and_again_when_the_program_moves_on(session: Session) -> None:
    june = writing.pin(session, TEXTS, LAST_RUN, "1.0", NOW)
    assert writing.pin(session, TEXTS, date(2026, 7, 31), "1.0", NOW) == june
    august = writing.pin(session, OTHER, date(2026, 8, 31), "1.1", NOW)
    assert august != june
    # June run again, by a newer program, is replayed by what it was run with.
    assert writing.pin(session, OTHER, LAST_RUN, "1.1", NOW) == june
    assert holds(session, date(2026, 7, 31)) == june
    assert [v.kind for v in reading.versions(session)] == ["shipped", "shipped"]


def test_the_office_s_own_version_is_not_replaced_by_a_newer_program(session: Session) -> None:
    own = approved(session)
    put_in_force(session, own)
    assert writing.pin(session, TEXTS, date(2026, 7, 31), "2.0", NOW) == own
    assert len(reading.versions(session)) == 1


def test_acts_and_activations_are_only_ever_added(session: Session) -> None:
    number = approved(session)
    put_in_force(session, number)
    for statement in (
        "UPDATE rule_event SET actor = 'x'",
        "DELETE FROM rule_event",
        "UPDATE rule_activation SET since = '2020-01-01'",
        "DELETE FROM rule_activation",
    ):
        with pytest.raises(DBAPIError, match="append-only"), session.begin_nested():
            session.execute(text(statement))


def test_no_number_of_a_person_enters_the_store(session: Session) -> None:
    with pytest.raises(PersonalDataRefused):
        by("li", note="问过 13812345678")
    with pytest.raises(PersonalDataRefused):
        writing.write(session, "990321197001010011", TEXTS, by("li"))


@pytest.mark.parametrize("state", list(State))
def test_only_writers_edit_and_only_approvers_approve(state: State) -> None:
    """The table against a list written by hand."""
    allowed = {
        (State.DRAFT, Action.EDIT): {Role.TUNER, Role.SYSTEM},
        (State.DRAFT, Action.TRY): {Role.TUNER, Role.APPROVER, Role.SYSTEM},
        (State.DRAFT, Action.DISCARD): {Role.TUNER},
        (State.TRIED, Action.EDIT): {Role.TUNER, Role.SYSTEM},
        (State.TRIED, Action.TRY): {Role.TUNER, Role.APPROVER, Role.SYSTEM},
        (State.TRIED, Action.DISCARD): {Role.TUNER},
        (State.TRIED, Action.APPROVE): {Role.APPROVER},
        (State.TRIED, Action.RETURN): {Role.APPROVER, Role.TUNER},
        (State.APPROVED, Action.ACTIVATE): {Role.TUNER, Role.APPROVER},
        (State.APPROVED, Action.RETURN): {Role.APPROVER, Role.TUNER},
        (State.ACTIVE, Action.REPLACE): {Role.SYSTEM},
        (State.ACTIVE, Action.STEP_BACK): {Role.TUNER, Role.APPROVER},
        (State.RETIRED, Action.RESTORE): {Role.SYSTEM},
    }
    for action in Action:
        move = CYCLE.table[state].get(action)
        assert (set(move.by) if move else set()) == allowed.get((state, action), set()), action
