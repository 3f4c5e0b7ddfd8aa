"""Names, numbers and phones: masked for everyone, in the clear for a purpose and a few a day."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

import services
from alerts.models import Alert
from core.access.areas import Area
from core.access.roles import Role
from core.db import open_session
from data.vault import Vault
from services import OutsideArea, Refused
from services.people import AllowanceSpent, Person
from services.purpose import PurposeRefused
from tests.accounts import context, name_of
from tests.dashboard.factory import ADDRESS, Made
from tests.services.conftest import recorded

WHY = "核对 202606 预警，电话约访"


def worker(made: Made, area: str = ""):
    return context(made.home.root, made.last, area, Role.DISPATCHER)


def test_masked_is_what_everybody_sees(county) -> None:
    here = worker(county)
    shown = services.people.member_names(here, county.alerted)
    assert set(shown.values()) <= {"张*三", "测*试"}


def test_of_an_address_everybody_sees_the_village_only(county) -> None:
    here = worker(county)
    about = services.family.family(here, county.alerted).profile
    village = services.county.place(here, about["village_code"], "zh")
    assert services.people.masked_address(here, county.alerted, "zh") == f"{village}***"


def test_where_people_live_apart_the_newest_address_is_the_households() -> None:
    def one(address: str, on: date | None) -> Person:
        return Person("p", "张", "1", "1", address, on)

    old, new = one("旧址", date(2025, 1, 28)), one("新址", date(2026, 1, 28))
    assert services.people.home_address([one("", None), old, new]) == "新址"
    assert services.people.home_address([one("", None)]) == ""


def test_a_household_is_revealed_for_a_purpose_and_the_record_says_which(county) -> None:
    people = services.people.reveal(worker(county), county.alerted, WHY)
    members = services.family.members(worker(county), county.alerted)
    assert [one.person for one in people] == list(members["person"])
    assert people[0].name == "张小三"
    assert people[0].number.startswith("9903211970")
    assert people[0].phone == "13900000000"
    assert services.people.home_address(people) == people[0].address == ADDRESS
    (entry,) = recorded(county.home, "reveal")
    assert (entry.account, entry.object) == (name_of(Role.DISPATCHER), county.alerted)
    assert (entry.purpose, entry.rows) == (WHY, len(people))
    assert "张小三" not in str(vars(entry))
    assert ADDRESS not in str(vars(entry))


def test_it_is_recorded_before_anything_is_read(county, monkeypatch) -> None:
    """If the vault fails half-way, the look is in the record all the same."""

    def fails(*_: object) -> None:
        assert len(recorded(county.home, "reveal")) == 1
        raise RuntimeError("the disk is gone")

    monkeypatch.setattr(Vault, "reveal", fails)
    with pytest.raises(RuntimeError):
        services.people.reveal(worker(county), county.alerted, WHY)
    assert len(recorded(county.home, "reveal")) == 1


def test_what_cannot_be_recorded_is_not_shown(county, monkeypatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("services.people.record.write", full)
    monkeypatch.setattr(Vault, "reveal", lambda *_: pytest.fail("shown without a record"))
    with pytest.raises(OSError, match="no space"):
        services.people.reveal(worker(county), county.alerted, WHY)


@pytest.mark.parametrize("why", ["", "   ", "看看", "核对 11010519491231002X", "打 13912345678"])
def test_without_a_purpose_or_with_a_person_in_it_nothing_is_shown(county, why: str) -> None:
    with pytest.raises(PurposeRefused):
        services.people.reveal(worker(county), county.alerted, why)
    assert recorded(county.home, "reveal") == []


@pytest.mark.parametrize(
    "role", [Role.LEADER, Role.ANALYST, Role.DATA_SCIENTIST, Role.AUDITOR, Role.ADMINISTRATOR]
)
def test_roles_that_need_no_names_get_none(county, role: Role) -> None:
    here = context(county.home.root, county.last, role=role)
    assert not services.people.may_reveal(here)
    with pytest.raises(Refused):
        services.people.reveal(here, county.alerted, WHY)
    (entry,) = recorded(county.home, "reveal")
    assert (entry.account, entry.result) == (name_of(role), "refused")


def test_a_household_outside_the_area_stays_masked(county) -> None:
    with open_session(county.home) as session:
        query = select(Alert.household).where(Alert.township_code == "990321102")
        foreign = session.scalars(query).first()
    own = Area("990321101")
    here = context(county.home.root, county.last, own.code, Role.TOWNSHIP_WORKER)
    grant = here.principal.grants[0]
    narrow = type(here.principal)("w", "W", (type(grant)(grant.role, own),))
    with pytest.raises(OutsideArea):
        services.people.reveal(type(here)(narrow, here.home, here.as_of, own), foreign, WHY)


def test_the_daily_allowance_counts_households_and_then_refuses(county, monkeypatch) -> None:
    monkeypatch.setattr(services.people, "ALLOWANCE", 2)
    here = worker(county)
    with open_session(county.home) as session:
        first, second, third = list(dict.fromkeys(session.scalars(select(Alert.household))))[:3]
    assert services.people.left_today(here) == 2
    services.people.reveal(here, first, WHY)
    services.people.reveal(here, first, WHY)  # the same household again costs nothing
    assert services.people.left_today(here) == 1
    services.people.reveal(here, second, WHY)
    with pytest.raises(AllowanceSpent) as refused:
        services.people.reveal(here, third, WHY)
    assert "2 户" in refused.value.zh
    assert len(services.people.reveal(here, first, WHY))  # what was shown today may be shown again
    other = context(county.home.root, county.last, role=Role.TOWNSHIP_WORKER)
    assert services.people.left_today(other) == 2  # each account has its own
