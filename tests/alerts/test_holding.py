"""Whose turn it is: dispatched to a township, taken on by name, handed on, sent back."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts import holding, service
from alerts.errors import MoveRefused
from alerts.models import Alert, AlertEvent
from alerts.standing import standing
from alerts.states import Action, Role, State
from core.access import accounts
from core.access.areas import Area
from core.access.principal import Grant
from core.access.roles import Role as AccountRole
from core.workflow.assignment import Holder
from tests.alerts.factories import DAY, TEAM, WORKER, alert_at, candidate, raised

TOWNSHIP, VILLAGE = "990321101", "990321101001"
OTHER = "990321102"


def sent(session: Session, to: holding.Held | None = None) -> Alert:
    (alert,) = raised(session, candidate(1))
    service.dispatch_many(session, [alert.id], now=DAY, to=to, **TEAM)
    return alert


def test_a_dispatched_case_lies_with_the_workers_of_its_township(session: Session) -> None:
    assert holding.of(sent(session)) == Holder(Role.WORKER, TOWNSHIP)


@pytest.mark.parametrize("account", [None, "li.na"])
def test_it_can_be_sent_to_a_village_or_to_a_person(session: Session, account: str | None) -> None:
    to = Holder(Role.WORKER, VILLAGE, account)
    assert holding.of(sent(session, to)) == to


def test_it_is_not_sent_where_the_household_does_not_live(session: Session) -> None:
    (alert,) = raised(session, candidate(1))
    done = service.dispatch_many(
        session, [alert.id], now=DAY, to=Holder(Role.WORKER, OTHER), **TEAM
    )
    assert done.done == ()
    assert "does not live" in done.refused[0][1].en
    assert alert.state == State.RAISED


def test_who_accepts_it_takes_it_on_by_name(session: Session) -> None:
    alert = sent(session)
    service.move(session, alert.id, Action.ACCEPT, now=DAY, **WORKER)
    assert holding.of(alert) == Holder(Role.WORKER, TOWNSHIP, "worker-7")


def test_the_county_accepts_for_a_township_without_taking_it(session: Session) -> None:
    alert = sent(session)
    service.move(session, alert.id, Action.ACCEPT, now=DAY, **TEAM)
    assert holding.of(alert) == Holder(Role.WORKER, TOWNSHIP)


def give_back(session: Session, alert: Alert, actor: str = "worker-7") -> None:
    by = {"actor": actor, "role": Role.WORKER, "note": "不在本村"}
    service.move(session, alert.id, Action.RETURN, now=DAY, **by)


def test_what_a_village_sends_back_goes_to_its_township_then_to_the_county(
    session: Session,
) -> None:
    alert = sent(session, Holder(Role.WORKER, VILLAGE, "li.na"))
    give_back(session, alert, "li.na")
    assert (alert.state, holding.of(alert)) == (State.DISPATCHED, Holder(Role.WORKER, TOWNSHIP))
    assert alert.clock_from == DAY.date()
    told = session.scalars(select(AlertEvent).order_by(AlertEvent.id.desc())).first()
    assert told is not None
    assert (told.action, told.to_state, told.holder) == (
        "return", "dispatched", f"worker|{TOWNSHIP}|",
    )  # fmt: skip
    give_back(session, alert)
    assert (alert.state, holding.of(alert)) == (State.RETURNED, None)
    service.move(session, alert.id, Action.DISPATCH, now=DAY, **TEAM)
    assert holding.of(alert) == Holder(Role.WORKER, TOWNSHIP)


@pytest.mark.parametrize(
    ("role", "area", "after"),
    [
        (AccountRole.VILLAGE_WORKER, VILLAGE, State.DISPATCHED),
        (AccountRole.TOWNSHIP_WORKER, TOWNSHIP, State.RETURNED),
    ],
)
def test_who_has_it_by_name_sends_it_to_the_place_above_their_own(
    session: Session, role: AccountRole, area: str, after: State
) -> None:
    made = accounts.create(session, "li.na", "Tester", DAY.replace(tzinfo=None))
    accounts.set_grants(session, made, [Grant(role, Area(area))], "admin", DAY.replace(tzinfo=None))
    session.flush()
    alert = sent(session, Holder(Role.WORKER, TOWNSHIP))
    service.move(session, alert.id, Action.ACCEPT, actor="li.na", role=Role.WORKER, now=DAY)
    give_back(session, alert, "li.na")
    assert alert.state == after


def test_a_past_day_shows_that_the_township_had_it_again(session: Session) -> None:
    alert = sent(session, Holder(Role.WORKER, VILLAGE, "li.na"))
    give_back(session, alert, "li.na")
    session.flush()
    (stood,) = standing(session, date(2026, 4, 2)).to_dict("records")
    assert (stood["state"], stood["holder_area"], stood["holder_account"]) == (
        "dispatched", TOWNSHIP, None,
    )  # fmt: skip
    assert stood["due_on"] == alert.due_on


def test_a_township_hands_a_case_to_one_of_its_own_and_says_why(session: Session) -> None:
    alert = sent(session)
    to = Holder(Role.WORKER, VILLAGE, "li.na")
    service.assign(session, alert.id, to, now=DAY, own_area=TOWNSHIP, note="包户干部", **WORKER)
    assert holding.of(alert) == to
    told = session.scalars(select(AlertEvent).order_by(AlertEvent.id.desc())).first()
    assert told is not None
    assert (told.action, told.holder, told.note) == (
        "assign", f"worker|{VILLAGE}|li.na", "包户干部",
    )  # fmt: skip


def test_it_is_not_handed_outside_ones_area_nor_without_a_word(session: Session) -> None:
    alert = sent(session)
    own = {"now": DAY, "own_area": "990321101002", "note": "忙", **WORKER}
    with pytest.raises(MoveRefused, match="does not lie with your area"):
        service.assign(session, alert.id, Holder(Role.WORKER, VILLAGE), **own)
    with pytest.raises(MoveRefused, match="needs a note"):
        service.assign(
            session, alert.id, Holder(Role.WORKER, VILLAGE), **own | {"own_area": "", "note": " "}
        )


def in_village(note: str = "去外地学习", **by: Any) -> dict[str, Any]:
    """How a worker of the village hands something on."""
    return {"now": DAY, "own_area": VILLAGE, "note": note, **WORKER, **by}


@pytest.mark.parametrize("area", [TOWNSHIP, VILLAGE])
@pytest.mark.parametrize("account", [None, "worker-7"])
def test_a_village_hands_on_what_it_is_asked_to_visit(
    session: Session, area: str, account: str | None
) -> None:
    alert = sent(session, Holder(Role.WORKER, area, account))
    to = Holder(Role.WORKER, VILLAGE, "li.na")
    service.assign(session, alert.id, to, **in_village())
    assert holding.of(alert) == to


def test_a_village_gives_a_case_back_to_its_township(session: Session) -> None:
    alert = sent(session, Holder(Role.WORKER, VILLAGE))
    back = Holder(Role.WORKER, TOWNSHIP)
    service.assign(session, alert.id, back, **in_village("已搬到镇上"))
    assert holding.of(alert) == back


def test_a_village_does_not_give_away_what_somebody_else_has_by_name(session: Session) -> None:
    alert = sent(session, Holder(Role.WORKER, TOWNSHIP, "wang"))
    with pytest.raises(MoveRefused, match="somebody else has this case"):
        service.assign(session, alert.id, Holder(Role.WORKER, VILLAGE, "li.na"), **in_village())


@pytest.mark.parametrize("to", [Holder(Role.WORKER, TOWNSHIP, "wang"), Holder(Role.WORKER, "")])
def test_a_village_names_nobody_outside_it(session: Session, to: holding.Held) -> None:
    alert = sent(session, Holder(Role.WORKER, VILLAGE))
    with pytest.raises(MoveRefused, match="not within your area"):
        service.assign(session, alert.id, to, **in_village())


@pytest.mark.parametrize(("area", "fits"), [(VILLAGE, True), ("990321101002", False)])
def test_a_person_is_named_only_where_they_visit(session: Session, area: str, fits: bool) -> None:
    made = accounts.create(session, "li.na", "Tester", DAY.replace(tzinfo=None))
    grant = Grant(AccountRole.VILLAGE_WORKER, Area(area))
    accounts.set_grants(session, made, [grant], "admin", DAY.replace(tzinfo=None))
    (alert,) = raised(session, candidate(1))
    to = Holder(Role.WORKER, TOWNSHIP, "li.na")
    done = service.dispatch_many(session, [alert.id], now=DAY, to=to, **TEAM)
    assert bool(done.done) is fits
    if fits:
        return
    told = done.refused[0][1]
    assert "does not visit the village" in told.en
    assert str(alert.id) not in told.en + told.zh
    service.dispatch_many(session, [alert.id], now=DAY, **TEAM)
    with pytest.raises(MoveRefused, match="does not visit the village"):
        service.assign(session, alert.id, to, now=DAY, own_area="", note="包户", **TEAM)


def test_a_past_day_shows_who_had_it_then(session: Session) -> None:
    alert = sent(session)
    later = DAY.replace(day=9)
    to = Holder(Role.WORKER, VILLAGE, "li.na")
    service.assign(session, alert.id, to, now=later, own_area="", note="包户干部", **TEAM)
    session.flush()
    then, now = standing(session, date(2026, 4, 5)).iloc[0], standing(session).iloc[0]
    assert (then["holder_area"], then["holder_account"]) == (TOWNSHIP, None)
    assert (now["holder_area"], now["holder_account"]) == (VILLAGE, "li.na")


@pytest.mark.parametrize(
    ("area", "account", "theirs"),
    [("", "wang", True), (TOWNSHIP, "wang", True), (VILLAGE, "wang", True), (OTHER, "wang", False)],
)
def test_what_a_township_has_is_a_task_of_everybody_there(
    area: str, account: str, theirs: bool
) -> None:
    held = Holder(Role.WORKER, TOWNSHIP)
    assert holding.concerns(held, area, account, VILLAGE) is theirs


def test_what_a_person_has_is_a_task_of_theirs_alone() -> None:
    held = Holder(Role.WORKER, TOWNSHIP, "li.na")
    assert holding.concerns(held, VILLAGE, "li.na", VILLAGE)
    assert not holding.concerns(held, TOWNSHIP, "wang", VILLAGE)


def test_a_holder_reads_from_the_log_as_it_was_written() -> None:
    for held in (None, Holder(Role.WORKER, TOWNSHIP), Holder(Role.WORKER, "", "li.na")):
        assert holding.read(holding.text(held)) == held


def test_a_case_from_before_holders_were_kept_has_none(session: Session) -> None:
    alert = alert_at(session, State.RAISED)
    assert holding.of(alert) is None
