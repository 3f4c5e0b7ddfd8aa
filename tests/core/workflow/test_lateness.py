"""By when a step is due, how late it is, and who was told."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from core.workflow.calendar import CHINA_TIME, county_time
from core.workflow.escalation import Deadline, Ladder, levels_told, note
from tests.core.workflow.applying import TIMETABLE, State

MONDAY = date(2026, 6, 1)
LADDER = Ladder((1, 5, 10), 0.8)


@pytest.mark.parametrize(
    ("state", "level", "days", "due"),
    [
        (State.SUBMITTED, "plain", 2, date(2026, 6, 3)),
        (State.SUBMITTED, "emergency", 0, date(2026, 6, 1)),
        (State.REVIEW, "plain", 10, date(2026, 6, 15)),
        (State.APPEALED, "emergency", 5, date(2026, 6, 8)),
    ],
)
def test_each_step_has_its_working_days_by_level(state, level, days, due) -> None:
    found = TIMETABLE.due(state, level, MONDAY)
    assert found is not None
    assert (TIMETABLE.limit(state, level), found.on, found.certain) == (days, due, True)


def test_a_state_without_a_step_is_never_due() -> None:
    assert TIMETABLE.limit(State.NOTICE, "plain") is None
    assert TIMETABLE.due(State.APPROVED, "plain", MONDAY) is None


def test_a_level_that_is_not_in_the_table_is_no_deadline_at_all() -> None:
    with pytest.raises(KeyError):
        TIMETABLE.limit(State.REVIEW, "urgent")


@pytest.mark.parametrize(
    ("today", "level"),
    [
        (date(2026, 6, 1), 0),  # due today is not late
        (date(2026, 5, 29), 0),
        (date(2026, 6, 2), 1),
        (date(2026, 6, 7), 1),  # Sunday: four working days
        (date(2026, 6, 8), 2),
        (date(2026, 6, 15), 3),
        (date(2026, 7, 31), 3),
    ],
)
def test_a_late_step_climbs_by_working_days(today: date, level: int) -> None:
    assert LADDER.level(MONDAY, today) == level


def test_a_step_is_near_due_when_most_of_its_limit_is_used() -> None:
    assert [LADDER.near(MONDAY, 5, date(2026, 6, day)) for day in (4, 5)] == [False, True]
    assert not LADDER.near(MONDAY, None, date(2026, 6, 30))
    assert not LADDER.near(date(2026, 6, 2), 0, MONDAY)  # its clock has not begun


def test_what_was_told_is_read_from_the_notes_and_other_notes_are_left_out() -> None:
    other = date(2026, 6, 9)
    notes = [
        (7, 1, note(1, MONDAY)),
        (7, 2, note(3, MONDAY)),
        (7, 3, note(2, MONDAY)),
        (7, 5, note(1, other)),
        (8, 6, "请尽快办理"),
        (8, 7, None),
        (9, 8, "L2 2026-06-01 及其他"),
    ]
    assert note(2, MONDAY) == "L2 2026-06-01"
    running = {n: Deadline(MONDAY, 9) for n in (7, 8, 9)}
    assert levels_told(notes, running) == {7: 3}
    # Another clock, begun by event 4: what was told before is of another deadline.
    assert levels_told(notes, {7: Deadline(other, 4)}) == {7: 1}
    # The same clock, its day worked out anew after event 2: what was told stays told.
    assert levels_told(notes, {7: Deadline(date(2026, 6, 12), 0)}) == {7: 3}


def test_moments_are_stored_in_china_time_without_a_zone() -> None:
    told = datetime(2026, 6, 1, 9, 0, tzinfo=CHINA_TIME)
    assert county_time(told) == county_time(told.astimezone()) == datetime(2026, 6, 1, 9, 0)  # noqa: DTZ001
    assert county_time(told.replace(tzinfo=None)).tzinfo is None
