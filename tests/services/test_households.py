"""One household: who may open it, what is recorded, and the way through in an emergency."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

import services
from alerts.models import Alert, AlertEvent
from core.access import sign_ins
from core.access.areas import Area
from core.access.glass import GlassError
from core.access.models import Glass
from core.access.roles import Role
from core.db import open_session
from services import Context, NothingYet, OutsideArea, Refused, households
from services.context import utc_now
from tests.accounts import name_of, signed_in
from tests.dashboard.factory import Made
from tests.services.conftest import recorded

TOWN, OTHER = Area("990321101"), Area("990321102")
REASON = "暴雨后住户报急，需核对人口"


@pytest.fixture(autouse=True)
def no_look_yet() -> None:
    households._seen.clear()


def of(made: Made, role: Role, area: Area, looking_at: Area | None = None) -> Context:
    """A signed-in account's context, looking at its own area unless told otherwise."""
    secret = signed_in(made.home, role, area)
    with open_session(made.home) as session:
        who = sign_ins.find(session, secret, utc_now())
    assert who is not None
    return Context(who, str(made.home.root), made.last, area if looking_at is None else looking_at)


def household_in(made: Made, area: Area) -> str:
    with open_session(made.home) as session:
        query = select(Alert.household).where(Alert.township_code == area.code)
        return session.scalars(query.order_by(Alert.id)).first()


def test_a_worker_opens_the_households_of_their_township_and_the_look_is_recorded(county) -> None:
    own = household_in(county, TOWN)
    here = of(county, Role.TOWNSHIP_WORKER, TOWN)
    for _ in range(3):  # one page asks many times: one look
        assert services.family.family(here, own).profile["township_code"] == TOWN.code
        services.family.members(here, own)
    (look,) = recorded(county.home, "look")
    assert (look.account, look.object) == (name_of(Role.TOWNSHIP_WORKER, TOWN), own)
    assert look.role == "township_worker"


def test_a_household_elsewhere_is_refused_and_the_attempt_recorded(county) -> None:
    foreign = household_in(county, OTHER)
    here = of(county, Role.TOWNSHIP_WORKER, TOWN)
    for read in (services.family.family, services.family.members, services.history.timeline,
                 services.voices.fired, services.family.alerts_of):  # fmt: skip
        with pytest.raises(OutsideArea):
            read(here, foreign)
    assert recorded(county.home, "look") == []
    refused = recorded(county.home, "see_household")
    assert {(r.result, r.object) for r in refused} == {("refused", foreign)}


def test_asking_in_another_area_is_refused_before_anything_is_read(county) -> None:
    here = of(county, Role.TOWNSHIP_WORKER, TOWN, looking_at=OTHER)
    with pytest.raises(Refused):
        services.family.family(here, household_in(county, OTHER))
    with pytest.raises(Refused):
        services.family.family(here.within(Area()), household_in(county, OTHER))


def test_another_area_of_ones_own_is_only_another_choice(county) -> None:
    here = of(county, Role.LEADER, Area(), looking_at=TOWN)
    with pytest.raises(NothingYet):
        services.family.family(here, household_in(county, OTHER))
    assert recorded(county.home, "see_household") == []


def test_an_alert_elsewhere_cannot_be_read_moved_or_recorded(county) -> None:
    with open_session(county.home) as session:
        query = select(Alert.id).where(Alert.township_code == OTHER.code, Alert.state == "raised")
        alert = session.scalars(query).first()
        before = len(session.scalars(select(AlertEvent)).all())
    here = of(county, Role.TOWNSHIP_WORKER, TOWN)
    with pytest.raises(services.AlertsError):
        services.family.detail(here, alert)
    with pytest.raises(services.AlertsError):
        services.family.move(here, alert, 1, action="note", note="看看")
    with pytest.raises(services.AlertsError):
        services.family.record(here, alert, 1, outcome="refused")
    with open_session(county.home) as session:
        assert len(session.scalars(select(AlertEvent)).all()) == before


# In an emergency


def broken(made: Made) -> tuple[Context, str]:
    """A township worker who has broken the glass of a household elsewhere, freshly signed in."""
    foreign = household_in(made, OTHER)
    services.glass.break_glass(of(made, Role.TOWNSHIP_WORKER, TOWN), foreign, REASON)
    return of(made, Role.TOWNSHIP_WORKER, TOWN), foreign


def test_breaking_the_glass_opens_this_household_and_no_other(county) -> None:
    here, foreign = broken(county)
    assert services.family.family(here, foreign).profile["township_code"] == OTHER.code
    with open_session(county.home) as session:
        query = select(Alert.household).where(
            Alert.township_code == OTHER.code, Alert.household != foreign
        )
        another = session.scalars(query).first()
    with pytest.raises(OutsideArea):
        services.family.family(here, another)
    (entry,) = recorded(county.home, "break_glass")
    assert (entry.object, entry.purpose) == (foreign, REASON)


def test_it_lasts_an_hour(county) -> None:
    _, foreign = broken(county)
    secret = signed_in(county.home, Role.TOWNSHIP_WORKER, TOWN)

    def open_after(minutes: int) -> bool:
        with open_session(county.home) as session:
            session.get_one(Glass, 1).until -= timedelta(minutes=minutes)
            session.flush()
            found = sign_ins.find(session, secret, utc_now())
            session.rollback()
        return found is not None and foreign in found.households

    assert open_after(59)
    assert not open_after(61)


def test_it_shows_and_does_not_let_act_or_reveal(county) -> None:
    here, foreign = broken(county)
    with open_session(county.home) as session:
        alert = session.scalars(select(Alert.id).where(Alert.household == foreign)).first()
    with pytest.raises(services.AlertsError):
        services.family.move(here, alert, 1, action="note", note="看看")
    with pytest.raises(OutsideArea):
        services.people.reveal(here, foreign, "电话联系住户")


def test_it_needs_a_reason_and_a_role_that_visits(county) -> None:
    foreign = household_in(county, OTHER)
    with pytest.raises(GlassError):
        services.glass.break_glass(of(county, Role.TOWNSHIP_WORKER, TOWN), foreign, "急")
    for role in (Role.ANALYST, Role.AUDITOR, Role.ADMINISTRATOR, Role.DATA_SCIENTIST):
        with pytest.raises(Refused):
            services.glass.break_glass(of(county, role, Area()), foreign, REASON)
    assert recorded(county.home, "break_glass") == []


def test_somebody_else_reviews_it_once_by_the_next_working_day(county) -> None:
    broken(county)
    leader = of(county, Role.LEADER, Area())
    (look,) = services.glass.looks(leader, waiting=True)
    assert look.account == name_of(Role.TOWNSHIP_WORKER, TOWN)
    assert look.review_by > look.at.date()
    with pytest.raises(Refused):
        services.glass.looks(of(county, Role.DISPATCHER, Area()))
    with pytest.raises(GlassError):
        services.glass.review(leader, look.number, "justified", " ")
    services.glass.review(leader, look.number, "unjustified", "无紧急情况记录")
    assert services.glass.looks(leader, waiting=True) == []
    with pytest.raises(GlassError, match="already"):
        services.glass.review(leader, look.number, "justified", "再看一次")
    (entry,) = [e for e in recorded(county.home, "review") if e.result == "done"]
    assert (entry.account, entry.purpose) == (leader.principal.account, "无紧急情况记录")


def test_nobody_reviews_their_own_look(county) -> None:
    """One account may hold both roles; it still cannot judge itself."""
    foreign = household_in(county, OTHER)
    secret = signed_in(county.home)  # leader and township worker in one
    with open_session(county.home) as session:
        who = sign_ins.find(session, secret, utc_now())
    here = Context(who, str(county.home.root), county.last)
    services.glass.break_glass(here, foreign, REASON)
    (look,) = services.glass.looks(here)
    with pytest.raises(GlassError, match="their own"):
        services.glass.review(here, look.number, "justified", "我认为合理")
