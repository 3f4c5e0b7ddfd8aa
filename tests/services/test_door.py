"""The door: who comes in, how long, and what ends it at once."""

from __future__ import annotations

import pytest
import yaml

from core.access import accounts
from core.access.areas import Area
from core.access.principal import Grant
from core.access.roles import Action, Role
from core.db import open_session
from core.errors import Told
from core.home import Home
from services import door
from services.door import Browser, SignInRefused
from tests.services.conftest import Clock, recorded

PASSWORD, WRONG = "Lantern-river-7", "Lantern-river-8"
DESK = Browser("10.0.0.7", "a browser")
TOWN = Area("990321101")


@pytest.fixture
def home(empty: Home, clock: Clock) -> Home:
    """A home with a township worker, wang.li, and an administrator."""
    with open_session(empty) as session:
        worker = accounts.create(
            session, "wang.li", "王丽", clock.now, password=PASSWORD, must_change=False
        )
        accounts.set_grants(session, worker, [Grant(Role.TOWNSHIP_WORKER, TOWN)], "a", clock.now)
        admin = accounts.create(session, "admin.one", "管理", clock.now, password=PASSWORD + "x")
        accounts.set_grants(session, admin, [Grant(Role.ADMINISTRATOR)], "a", clock.now)
    return empty


def enter(home: Home, password: str = PASSWORD, name: str = "wang.li") -> str:
    return door.sign_in(str(home.root), name, password, DESK).secret


def who(home: Home, secret: str, *, active: bool = True):
    return door.principal_of(str(home.root), secret, active=active)


def change(home: Home, act) -> None:
    with open_session(home) as session:
        act(session, accounts.find(session, "wang.li"))


def test_a_right_password_opens_and_is_recorded(home: Home) -> None:
    principal = who(home, enter(home, name=" Wang.Li "))
    assert (principal.account, principal.name, principal.place) == ("wang.li", "王丽", DESK.place)
    assert principal.may(Action.RECORD, TOWN)
    assert not principal.may(Action.RECORD, Area("990321102"))
    (entry,) = recorded(home, "sign_in")
    assert (entry.account, entry.result, entry.session) == ("wang.li", "done", principal.session)
    assert who(home, "another secret") is None
    assert who(home, "") is None


def test_wrong_password_and_unknown_account_are_refused_in_the_same_words(home: Home) -> None:
    told = []
    for name, password in (("wang.li", WRONG), ("nobody", PASSWORD)):
        with pytest.raises(SignInRefused) as refused:
            enter(home, password, name)
        told.append((refused.value.zh, refused.value.en))
    assert told[0] == told[1]
    assert [entry.result for entry in recorded(home, "sign_in")] == ["refused"] * 2
    assert PASSWORD not in str([entry.detail for entry in recorded(home, "sign_in")])


def fail(home: Home, times: int) -> list[str]:
    why = []
    for _ in range(times):
        with pytest.raises(SignInRefused) as refused:
            enter(home, WRONG)
        why.append(refused.value.why)
    return why


@pytest.mark.slow
def test_after_five_wrong_passwords_the_right_one_waits_too_and_longer_each_time(
    home: Home, clock: Clock
) -> None:
    assert fail(home, 5) == ["wrong password"] * 5
    with pytest.raises(SignInRefused) as locked:
        enter(home)
    assert locked.value.why == "locked"
    for seconds in (30, 60, 120):
        clock.on(seconds=seconds - 1)
        assert fail(home, 1) == ["locked"]
        clock.on(seconds=1)
        assert fail(home, 1) == ["wrong password"]
    clock.on(seconds=240)
    assert who(home, enter(home))
    assert fail(home, 4) == ["wrong password"] * 4  # signing in forgave the others
    assert who(home, enter(home))


def test_a_disabled_account_is_out_at_once_and_cannot_come_in(home: Home, clock: Clock) -> None:
    secret = enter(home)
    change(home, lambda s, a: accounts.set_disabled(s, a, True, clock.now))
    assert who(home, secret) is None
    with pytest.raises(SignInRefused) as refused:
        enter(home)
    assert refused.value.zh == "账号或密码不对"  # nobody learns that the password was right
    change(home, lambda s, a: accounts.set_disabled(s, a, False, clock.now))
    assert who(home, secret) is None  # the old sign-in stays ended
    assert who(home, enter(home))


def test_fifteen_idle_minutes_end_it_and_an_open_page_is_no_activity(
    home: Home, clock: Clock
) -> None:
    secret = enter(home)
    clock.on(minutes=14)
    assert who(home, secret)  # the person did something
    clock.on(minutes=14)
    assert who(home, secret, active=False)  # a page asked by itself
    clock.on(minutes=1)
    assert who(home, secret) is None
    clock.on(minutes=-10)
    assert who(home, secret) is None  # ended for good


def test_eight_hours_end_it_however_busy(home: Home, clock: Clock) -> None:
    secret = enter(home)
    for _ in range(47):
        clock.on(minutes=10)
        assert who(home, secret)
    clock.on(minutes=10)
    assert who(home, secret) is None


def test_signing_out_ends_one_and_everywhere_ends_all(home: Home) -> None:
    here, there, third = (enter(home) for _ in range(3))
    door.end(str(home.root), here, DESK)
    assert who(home, here) is None
    assert door.end_everywhere(str(home.root), who(home, there)) == 2
    assert who(home, there) is who(home, third) is None
    assert len(recorded(home, "sign_out")) == len(recorded(home, "sign_out_everywhere")) == 1


def test_a_withdrawn_role_bites_at_the_next_request(home: Home, clock: Clock) -> None:
    secret = enter(home)
    assert who(home, secret).may(Action.REVEAL, TOWN)
    change(home, lambda s, a: accounts.set_grants(s, a, [Grant(Role.DATA_STEWARD)], "a", clock.now))
    now = who(home, secret)
    assert now.roles == [Role.DATA_STEWARD]
    assert not now.may(Action.REVEAL)


def test_a_first_password_is_to_be_changed_and_other_devices_then_end(home: Home) -> None:
    folder = str(home.root)
    begun = door.sign_in(folder, "admin.one", PASSWORD + "x", DESK)
    other = enter(home, PASSWORD + "x", "admin.one")
    assert begun.must_change
    principal = who(home, begun.secret)
    assert principal.must_change
    for old, new in ((WRONG, "Harbour-light-9"), (PASSWORD + "x", PASSWORD + "x"),
                     (PASSWORD + "x", "12345678")):  # fmt: skip
        with pytest.raises(Told):
            door.change_password(folder, principal, old, new)
    door.change_password(folder, principal, PASSWORD + "x", "Harbour-light-9")
    assert not who(home, begun.secret).must_change
    assert who(home, other) is None
    assert not door.sign_in(folder, "admin.one", "Harbour-light-9", DESK).must_change


def test_the_secret_is_not_in_the_database(home: Home) -> None:
    secret = enter(home)
    assert secret.encode() not in home.workflow_db.read_bytes()


def test_an_invented_county_offers_its_roles_at_a_click_and_only_it(county) -> None:
    folder = str(county.home.root)
    offered = door.demo_roles(folder)
    assert set(offered) == set(Role)
    for role in offered:
        principal = who(county.home, door.enter_demo(folder, role, DESK).secret)
        assert principal.roles == [role]
        assert principal.account.startswith("demo-")

    about = yaml.safe_load(county.home.county_file.read_text(encoding="utf-8"))
    county.home.county_file.write_text(yaml.safe_dump({**about, "synthetic": False}))
    assert door.demo_roles(folder) == []
    with pytest.raises(SignInRefused):
        door.enter_demo(folder, Role.LEADER, DESK)


def test_a_home_without_data_offers_nobody_and_has_no_accounts(tmp_path) -> None:
    assert door.demo_roles(str(tmp_path)) == []
    assert not door.has_accounts(str(tmp_path))
    assert door.principal_of(str(tmp_path), "anything") is None
