"""Deciding what a delivery is: who may, what is recorded, what the months already run are told."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

import services
from core.access.principal import Grant, Principal, Refused
from core.access.roles import Role
from core.audit.models import AuditEvent
from core.db import open_session, upgrade
from core.home import Home
from services import Context
from services.purpose import PurposeRefused
from tests.data.sending import claims, known, send_claims

pytestmark = pytest.mark.slow

JUNE = date(2026, 6, 30)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    send_claims(made, claims(1, 80))
    send_claims(made, claims(81, 85), day="20260629")
    made.county_file.write_text(
        "region: '990321'\nname_zh: 测\nname_en: T\nsynthetic: true\nlast_as_of: '2026-06-30'\n",
        encoding="utf-8",
    )
    made.monthly("scores", JUNE).mkdir(parents=True)
    upgrade(made)
    services.deliveries.reads.forget()
    return made


def somebody(home: Home, role: Role) -> Context:
    return Context(Principal("s1", "S", (Grant(role),)), str(home.root), JUNE)


def test_a_steward_decides_and_the_record_keeps_why(home: Home) -> None:
    steward = somebody(home, Role.DATA_STEWARD)
    (batch,) = services.deliveries.waiting(steward)
    done = services.deliveries.decide(
        steward, batch.feed, batch.batch, choice="supplement", reason="医保局确认为迟到结算"
    )
    assert done.months == ["2026-06"], "June was run without it"
    assert len(known(home, JUNE)) == 85
    assert services.deliveries.waiting(steward) == []
    with open_session(home) as session:
        kept = select(AuditEvent).where(AuditEvent.action == "decide_delivery")
        told = session.scalars(kept).one()
    assert told.object == f"{batch.feed}/{batch.batch}"
    assert json.loads(told.detail) == {
        "reason": "医保局确认为迟到结算",
        "period": "202606",
        "decision": "supplement",
        "delivery_doubt": "smaller",
    }


def test_an_undone_delivery_stands_in_the_past_and_is_offered_back(home: Home) -> None:
    steward = somebody(home, Role.DATA_STEWARD)
    first = services.deliveries.standing(steward)[0]
    services.deliveries.undo(steward, first.feed, first.batch, reason="整份文件报错")
    assert [b.batch for b in services.deliveries.undone(steward)] == [first.batch]
    assert (len(known(home, JUNE)), len(known(home))) == (80, 0)
    services.deliveries.redo(steward, first.feed, first.batch, reason="经核对无误")
    assert len(known(home)) == 80


@pytest.mark.parametrize("role", [Role.LEADER, Role.ANALYST, Role.DISPATCHER])
def test_whoever_only_sees_the_feeds_decides_nothing(home: Home, role: Role) -> None:
    here = somebody(home, role)
    (batch,) = services.deliveries.waiting(here)
    with pytest.raises(Refused):
        services.deliveries.decide(
            here, batch.feed, batch.batch, choice="full", reason="没有权限的人"
        )
    assert len(known(home)) == 80


def test_a_reason_is_wanted(home: Home) -> None:
    steward = somebody(home, Role.DATA_STEWARD)
    (batch,) = services.deliveries.waiting(steward)
    with pytest.raises(PurposeRefused):
        services.deliveries.decide(steward, batch.feed, batch.batch, choice="full", reason=" ")


def test_what_came_after_the_newest_run_is_listed_at_once(home: Home) -> None:
    """July's files come before July is run: the steward must not wait for the run to see them."""
    send_claims(home, claims(1, 80), day="20260803", period="202607")
    services.deliveries.reads.forget()
    steward = somebody(home, Role.DATA_STEWARD)
    assert [b.period for b in services.deliveries.waiting(steward)] == ["202606", "202607"]
    listed = services.deliveries.batches(steward)
    assert listed["period"].tolist()[0] == "202607"
    made = home.monthly("scores", date(2026, 7, 31))
    made.mkdir(parents=True)
    services.deliveries.reads.forget()
    assert [b.period for b in services.deliveries.waiting(steward)] == ["202606"], "June as it was"
