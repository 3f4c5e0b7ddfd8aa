"""Visits held by somebody who can make them no more return to the list of their place."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts import departed, holding, service
from alerts.models import Alert, AlertEvent
from alerts.overdue import escalate_due
from alerts.states import Action, State
from core.access import accounts
from core.access.areas import Area
from core.access.models import Account
from core.access.principal import Grant
from core.access.roles import Role as AccountRole
from core.workflow.assignment import Holder
from tests.alerts.factories import DAY, TEAM, candidate, raised

TOWNSHIP, VILLAGE = "990321101", "990321101001"
NOW = DAY.replace(tzinfo=None)


def worker(session: Session, name: str, *areas: str) -> Account:
    """An account of a village worker of these villages."""
    made = accounts.create(session, name, "Tester", NOW)
    grants = [Grant(AccountRole.VILLAGE_WORKER, Area(area)) for area in areas]
    accounts.set_grants(session, made, grants, "admin", NOW)
    return made


def given_to(session: Session, name: str) -> Alert:
    (alert,) = raised(session, candidate(1))
    to = Holder(holding.Role.WORKER, TOWNSHIP, name)
    done = service.dispatch_many(session, [alert.id], now=DAY, to=to, **TEAM)
    assert done.refused == ()
    return alert


def test_what_a_disabled_account_has_goes_back_to_the_place_and_the_log_says_why(
    session: Session,
) -> None:
    account = worker(session, "li.na", VILLAGE)
    alert = given_to(session, "li.na")
    assert departed.hand_back(session, DAY) == ()
    accounts.set_disabled(session, account, True, NOW)
    assert departed.hand_back(session, DAY) == (alert.id,)
    assert holding.of(alert) == Holder(holding.Role.WORKER, TOWNSHIP)
    told = session.scalars(select(AlertEvent).order_by(AlertEvent.id.desc())).first()
    assert told is not None
    assert (told.action, told.role, told.holder) == ("assign", "system", f"worker|{TOWNSHIP}|")
    assert "已停用" in (told.note or "")
    assert departed.hand_back(session, DAY) == ()


def test_who_was_moved_to_another_village_leaves_it_too(session: Session) -> None:
    account = worker(session, "li.na", VILLAGE)
    alert = given_to(session, "li.na")
    other = [Grant(AccountRole.VILLAGE_WORKER, Area("990321101002"))]
    accounts.set_grants(session, account, other, "admin", NOW)
    assert departed.hand_back(session, DAY, names=["li.na"]) == (alert.id,)


def test_a_name_without_an_account_keeps_it(session: Session) -> None:
    given_to(session, "paper form")
    assert departed.hand_back(session, DAY) == ()


@pytest.mark.parametrize("state", [State.CHECKING, State.WATCHING])
def test_the_daily_look_finds_what_was_left_behind(session: Session, state: State) -> None:
    account = worker(session, "li.na", VILLAGE)
    alert = given_to(session, "li.na")
    by = {"actor": "li.na", "role": holding.Role.WORKER, "now": DAY}
    service.move(session, alert.id, Action.ACCEPT, **by)
    service.move(session, alert.id, Action.CHECK, **by)
    if state is State.WATCHING:
        service.record_outcome(session, alert.id, "not_eligible", **by)
    accounts.set_disabled(session, account, True, NOW)
    assert escalate_due(session, DAY).counts()["handed_back"] == 1
    assert (alert.state, alert.holder_account) == (state, None)
    assert escalate_due(session, DAY).counts()["handed_back"] == 0
