"""The numbers of a digest: whose tasks are new, near due, late, sent back, to be approved."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from alerts import holding, service
from alerts.holding import Held
from alerts.noticing import Digest, Recipient, digest, waiting
from alerts.policy import default_policy
from alerts.states import Action, Role, State
from core.db import open_session
from core.workflow.calendar import add_working_days
from tests.alerts.factories import DAY, TEAM, WORKER, alert_at, candidate, raised

POLICY = default_policy()
CENTRE = Recipient(Role.DISPATCHER)


def told(database, who: Recipient, day: date) -> Digest:
    with open_session(database) as session:
        return digest(waiting(session, day), [who], day, POLICY)


def test_new_is_what_began_since_the_working_day_before(database) -> None:
    """Raised at the end of March, a Tuesday; dispatched on the first of April."""
    with open_session(database) as session:
        alert_at(session, State.DISPATCHED)
    assert told(database, CENTRE, DAY.date()).new == 1
    assert told(database, CENTRE, DAY.date() + timedelta(days=1)).new == 1
    assert told(database, CENTRE, DAY.date() + timedelta(days=2)).new == 0


def test_late_counts_once_in_the_highest_level_it_has_reached(database) -> None:
    with open_session(database) as session:
        due = alert_at(session, State.DISPATCHED).due_on
    levels = POLICY.ladder.levels
    assert told(database, CENTRE, due).late == 0
    for number, days in enumerate(levels):
        found = told(database, CENTRE, add_working_days(due, days).on)
        assert found.late == 1
        assert found.levels == tuple(int(n == number) for n in range(3))


def test_near_due_is_not_late(database) -> None:
    with open_session(database) as session:
        due = alert_at(session, State.DISPATCHED).due_on
    found = told(database, CENTRE, due)
    assert (found.near, found.late) == (1, 0)


@pytest.mark.parametrize(
    ("state", "field"), [(State.RETURNED, "sent_back"), (State.APPROVAL, "approval")]
)
def test_the_centre_is_told_what_comes_back_to_it(database, state, field) -> None:
    with open_session(database) as session:
        alert = alert_at(session, State.RETURNED)
        alert.state = state
    found = told(database, CENTRE, DAY.date())
    assert {name: getattr(found, name) for name in ("sent_back", "approval")} == {
        "sent_back": 0,
        "approval": 0,
        field: 1,
    }


def test_what_somebody_has_by_name_is_theirs_and_their_groups_alone(database) -> None:
    with open_session(database) as session:
        (alert,) = raised(session, candidate(1))
        town = alert.township_code
        held = Held(Role.WORKER, town, "li")
        service.move(session, alert.id, Action.DISPATCH, now=DAY, **TEAM)
        holding.hand(alert, held)
    li, wang = (Recipient(Role.WORKER, town, account=name) for name in ("li", "wang"))
    found = [told(database, who, DAY.date()).new for who in (li, wang, replace(li, account=""))]
    assert found == [1, 0, 1]
    assert told(database, Recipient(Role.WORKER, "990321109"), DAY.date()).new == 0


def test_a_case_of_two_roles_counts_once(database) -> None:
    with open_session(database) as session:
        alert = alert_at(session, State.ACCEPTED)
        both = [CENTRE, Recipient(Role.WORKER, alert.township_code, account=WORKER["actor"])]
        assert digest(waiting(session, DAY.date()), both, DAY.date(), POLICY).new == 1


def test_a_suspended_case_waits_for_nobody(database) -> None:
    with open_session(database) as session:
        alert_at(session, State.DISPATCHED).suspended_until = date(2026, 5, 1)
    assert told(database, CENTRE, DAY.date()) == Digest()


def test_a_department_is_told_of_its_own_needs_only(database) -> None:
    with open_session(database) as session:
        alert = alert_at(session, State.ASSISTING)
        need = next(n for n in alert.needs if n.department == "medical_security")
        need.state = "handling"
        need.clock_from, need.due_on = DAY.date(), add_working_days(DAY.date(), 20).on
        late = add_working_days(need.due_on, 1).on
    theirs = Recipient(Role.DEPARTMENT, department="medical_security")
    others = Recipient(Role.DEPARTMENT, department="education")
    assert (told(database, theirs, DAY.date()).new, told(database, theirs, late).late) == (1, 1)
    assert told(database, others, late) == Digest()
