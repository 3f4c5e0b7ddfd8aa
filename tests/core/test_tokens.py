"""Tokens and writes done once, on both databases and with several servers at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from core.access import accounts, once, sign_ins, tokens
from core.access.areas import COUNTY
from core.access.models import SYSTEM
from core.access.principal import Grant
from core.access.roles import Action, Role
from core.db import open_session
from core.home import Home

NOW = datetime(2026, 6, 30, 9)  # noqa: DTZ001 - as the database keeps it


@pytest.fixture
def token(database: Home | str) -> str:
    with open_session(database) as session:
        made = accounts.create(session, "sys-one", "One", NOW, kind=SYSTEM)
        accounts.set_grants(session, made, [Grant(Role.LEADER, COUNTY)], "chief", NOW)
        return tokens.draw(session, made, "One", [Action.SEE_FIGURES], "chief", NOW, 30).text


def call(database: Home | str, token: str, now: datetime, per_minute: int) -> bool:
    try:
        with open_session(database) as session:
            tokens.call(session, token, now, per_minute)
    except tokens.TooManyCalls:
        return False
    return True


@pytest.mark.parametrize("per_minute", [1, 7, 120])
def test_a_minute_holds_exactly_what_is_allowed_and_fills_up_evenly(
    database: Home | str, token: str, per_minute: int
) -> None:
    done = [call(database, token, NOW, per_minute) for _ in range(per_minute + 2)]
    assert done == [True] * per_minute + [False, False]
    step = timedelta(milliseconds=60_000 / per_minute + 1)
    assert call(database, token, NOW + step, per_minute)
    assert not call(database, token, NOW + step, per_minute)


def test_calls_at_the_same_moment_share_one_count(database: Home | str, token: str) -> None:
    with ThreadPoolExecutor(8) as servers:
        done = list(servers.map(lambda _: call(database, token, NOW, 20), range(40)))
    assert sum(done) == 20


def test_a_principal_is_narrowed_to_the_scopes(database: Home | str, token: str) -> None:
    with open_session(database) as session:
        found = tokens.call(session, token, NOW, 10)
    assert found.may(Action.SEE_FIGURES, COUNTY)
    assert not found.may(Action.SEE_ALERTS)  # a leader may, this token may not
    assert found.roles_in(Action.SEE_ALERTS, COUNTY) == []


def test_a_system_signs_in_nowhere_whoever_vouches(database: Home | str, token: str) -> None:
    with open_session(database) as session:
        account = accounts.find(session, "sys-one")
        with pytest.raises(sign_ins.SignInRefused, match="cannot sign in"):
            sign_ins.begin(session, account, NOW, "", "")


def test_of_many_that_begin_the_same_act_one_may(database: Home | str, token: str) -> None:
    asked = once.asked("sys-one", "a-key-of-its-own-0001", "report", b"x")

    def begin(_: int) -> bool:
        with open_session(database) as session:
            return once.begin(session, asked, NOW) is None

    with ThreadPoolExecutor(8) as servers:
        assert sum(servers.map(begin, range(24))) == 1
    later = NOW + once.DEAD + timedelta(seconds=1)
    with ThreadPoolExecutor(8) as servers:

        def again(_: int) -> bool:
            with open_session(database) as session:
                return once.begin(session, asked, later) is None

        assert sum(servers.map(again, range(24))) == 1  # its server died: one takes it over


def test_an_answer_is_given_again_for_a_day(database: Home | str, token: str) -> None:
    asked = once.asked("sys-one", "a-key-of-its-own-0001", "report", b"x")
    with open_session(database) as session:
        assert once.begin(session, asked, NOW) is None
        once.finish(session, asked, 201, "{}")
    with open_session(database) as session:
        assert once.begin(session, asked, NOW) == once.Answer(201, "{}")
    with open_session(database) as session:
        assert once.begin(session, asked, NOW + once.KEPT) is None


def test_a_key_tells_nothing_of_the_request() -> None:
    """The same household number under another key leaves another digest."""
    one = once.asked("a", "a-key-of-its-own-0001", "report", b"990321-HU-1")
    two = once.asked("a", "a-key-of-its-own-0002", "report", b"990321-HU-1")
    assert one.request != two.request
    assert "a-key-of-its-own-0001" not in (one.key, one.request)
