"""One proposes, another decides, once."""

from __future__ import annotations

from datetime import datetime

import pytest

from core.db import open_session, upgrade
from core.home import Home
from core.proposals.deciding import (
    ProposalRefused,
    State,
    all_of,
    decide,
    get,
    open_one,
    propose,
)

AT = datetime.fromisoformat("2026-07-01T09:00")


@pytest.fixture
def session(tmp_path):
    home = Home(tmp_path)
    upgrade(home)
    with open_session(home) as opened:
        yield opened


@pytest.fixture
def number(session) -> int:
    return propose(session, "model", "3", " better ", "zhang", AT)


def test_a_proposal_keeps_who_when_and_why(session, number) -> None:
    told = get(session, number)
    assert (told.version, told.proposed_by, told.reason) == ("3", "zhang", "better")
    assert open_one(session, "model") == told
    assert open_one(session, "another model") is None


def test_whoever_proposed_cannot_approve(session, number) -> None:
    for state in (State.APPROVED, State.DECLINED):
        with pytest.raises(ProposalRefused, match="ask a second person"):
            decide(session, number, state, "zhang", "fine", AT)
    assert get(session, number).state is State.OPEN


def test_only_whoever_proposed_may_withdraw(session, number) -> None:
    with pytest.raises(ProposalRefused, match="only whoever proposed"):
        decide(session, number, State.WITHDRAWN, "li", "no", AT)
    decide(session, number, State.WITHDRAWN, "zhang", "a mistake", AT)
    assert get(session, number).state is State.WITHDRAWN


def test_it_is_decided_once(session, number) -> None:
    decide(session, number, State.APPROVED, "li", "checked", AT, override="known fault")
    told = get(session, number)
    assert (told.decided_by, told.note, told.override) == ("li", "checked", "known fault")
    with pytest.raises(ProposalRefused, match="somebody decided it meanwhile"):
        decide(session, number, State.DECLINED, "wang", "no", AT)


def test_one_waits_at_a_time(session, number) -> None:
    with pytest.raises(ProposalRefused, match="version 3 is proposed already"):
        propose(session, "model", "4", "newer", "li", AT)
    propose(session, "another model", "1", "first", "li", AT)
    decide(session, number, State.DECLINED, "li", "too early", AT)
    propose(session, "model", "4", "newer", "li", AT)
    assert [one.version for one in all_of(session, "model")] == ["4", "3"]


@pytest.mark.parametrize(
    ("reason", "said"), [("  ", "give a reason"), ("call 13800138000", "phone number")]
)
def test_a_reason_is_asked_for_and_names_nobody(session, reason, said) -> None:
    with pytest.raises(ProposalRefused, match=said):
        propose(session, "model", "3", reason, "zhang", AT)
