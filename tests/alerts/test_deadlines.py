"""Working days: China's holidays, make-up Saturdays, and years not published yet."""

from __future__ import annotations

from datetime import date

import pytest

from alerts.deadlines import due_for
from alerts.policy import default_policy
from alerts.states import State
from core.workflow.calendar import add_working_days, working_days_between


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        (date(2026, 6, 1), 1, date(2026, 6, 2)),  # Monday
        (date(2026, 6, 5), 1, date(2026, 6, 8)),  # Friday to Monday
        (date(2026, 6, 6), 0, date(2026, 6, 8)),  # Saturday: the first working day
        (date(2026, 6, 6), 1, date(2026, 6, 8)),
        # Chinese New Year 2026: off from Sunday 15 to Monday 23 February,
        # with the Saturdays 14 and 28 worked.
        (date(2026, 2, 13), 1, date(2026, 2, 14)),
        (date(2026, 2, 13), 2, date(2026, 2, 24)),
        (date(2026, 2, 13), 5, date(2026, 2, 27)),
        (date(2026, 2, 13), 6, date(2026, 2, 28)),
        (date(2026, 2, 13), 7, date(2026, 3, 2)),
    ],
)
def test_working_days_follow_the_calendar(start: date, days: int, due: date) -> None:
    found = add_working_days(start, days)
    assert (found.on, found.certain, found.warning) == (due, True, None)


def test_a_year_without_published_holidays_counts_weekends_and_says_so() -> None:
    found = add_working_days(date(2026, 12, 30), 3)  # 31 Dec, then 1 and 4 January 2027
    assert (found.on, found.certain) == (date(2027, 1, 4), False)
    zh, en = found.warning or ("", "")
    assert "2027 年放假安排尚未公布" in zh
    assert "holidays of 2027 are not published yet" in en


def test_red_is_checked_within_two_working_days_and_orange_within_five() -> None:
    policy, start = default_policy(), date(2026, 6, 1)
    due = {band: due_for(State.CHECKING, band, "rule", start, policy) for band in ("red", "orange")}
    assert due["red"] is not None
    assert due["orange"] is not None
    assert (due["red"].on, due["orange"].on) == (date(2026, 6, 3), date(2026, 6, 8))


def test_facts_have_their_own_limits_whatever_the_band_and_urgent_ones_the_shortest() -> None:
    policy, start = default_policy(), date(2026, 6, 1)
    fact = due_for(State.CHECKING, "none", "event", start, policy)
    urgent = due_for(State.CHECKING, "none", "rule", start, policy, urgent=True)
    assert fact is not None
    assert urgent is not None
    assert (fact.on, urgent.on) == (date(2026, 6, 8), date(2026, 6, 3))


def test_a_family_not_met_is_tried_again_within_five_working_days_whatever_the_band() -> None:
    for band in ("red", "blue", "none"):
        due = due_for(State.RETRY, band, "rule", date(2026, 6, 1), default_policy())
        assert due is not None
        assert due.on == date(2026, 6, 8)


def test_working_days_between_leave_out_weekends_and_holidays() -> None:
    friday, monday = date(2026, 6, 5), date(2026, 6, 8)
    assert working_days_between(friday, monday) == 1
    assert working_days_between(monday, friday) == 0
    # 1 to 5 May 2026 are holidays; 9 May is a make-up Saturday
    assert working_days_between(date(2026, 4, 30), date(2026, 5, 9)) == 4


def test_a_watch_is_reviewed_at_a_month_end_and_a_closed_alert_is_never_due() -> None:
    policy = default_policy()
    watch = due_for(State.WATCHING, "red", "rule", date(2026, 3, 10), policy)
    assert watch is not None
    assert watch.on == date(2026, 6, 30)
    assert due_for(State.CLOSED, "red", "rule", date(2026, 3, 10), policy) is None
