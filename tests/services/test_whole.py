"""What the record vouches for beside itself: the alerts' log, and the accounts' grants."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select, text

import services
from alerts.models import AlertEvent
from core.access.areas import Area
from core.access.principal import Grant, Principal
from core.access.roles import Role
from core.audit.models import AuditEvent
from core.db import open_session
from services import Context
from services.whole import checked
from tests.accounts import context
from tests.dashboard.factory import LAST, Made

pytestmark = pytest.mark.slow

DROP = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'alert_event'"


@pytest.fixture
def done(county: Made) -> tuple[Made, list[int]]:
    """A county in which two alerts were dispatched and one got its result; the log's new rows."""
    here = context(county.home.root, LAST, role=Role.DISPATCHER)
    with open_session(county.home) as session:
        before = session.scalar(select(AlertEvent.id).order_by(AlertEvent.id.desc()).limit(1))
    rows = services.cases.page(here, services.cases.choice(states=["raised"]), 1, "newest").rows
    seen = dict(zip(rows["id"].head(2), rows["last_event"].head(2), strict=True))
    assert len(services.cases.dispatch(here, seen).done) == 2
    first = int(rows["id"].iloc[0])
    newest = services.family.detail(here, first).last_event
    services.family.record(here, first, newest, outcome="unreachable")
    services.reporting.report(here, county.quiet, "房屋漏雨")
    with open_session(county.home) as session:
        new = session.scalars(select(AlertEvent.id).where(AlertEvent.id > before))
        return county, list(new)


def found(county: Made) -> list[tuple[str, str]]:
    with open_session(county.home) as session:
        return [(one.kind, one.why) for one in checked(session).findings]


def rule(county: Made, statement: str, **values: object) -> None:
    """What somebody who rules the database does, triggers or not."""
    with open_session(county.home) as session:
        for (name,) in session.execute(text(DROP)).all():
            session.execute(text(f"DROP TRIGGER {name}"))
        session.execute(text(statement), values)


def test_every_row_that_an_act_adds_is_vouched_for(done: tuple[Made, list[int]]) -> None:
    county, new = done
    assert found(county) == []
    with open_session(county.home) as session:
        told = [json.loads(one) for one in session.scalars(select(AuditEvent.detail))]
        total = len(list(session.scalars(select(AlertEvent.id))))
        notes = checked(session).notes
    ranges = " ".join(one["log"] for one in told if "log" in one)
    numbers = [n for part in ranges.split() for n in span(part)]
    assert sorted(numbers) == new
    assert any(f"for {total - len(new)} rows of the alerts' log" in en for _, en in notes)


def span(part: str) -> range:
    first, _, last = part.partition("-")
    return range(int(first), int(last or first) + 1)


def test_an_edited_row_is_found_whichever_column_it_is(done: tuple[Made, list[int]]) -> None:
    county, new = done
    for column, value in (("actor", "li"), ("note", "x"), ("at", "2026-01-01 00:00:00.000000")):
        rule(county, f"UPDATE alert_event SET {column} = :v WHERE id = :id", v=value, id=new[-1])
        ((kind, why),) = found(county)
        assert kind == "log_edited"
        assert str(new[-1]) in why


def test_a_row_taken_away_is_found(done: tuple[Made, list[int]]) -> None:
    county, new = done
    rule(county, "DELETE FROM alert_event WHERE id = :id", id=new[0])
    assert found(county) == [("log_missing", str(new[0]))]


def test_a_grant_given_past_the_application_is_found(county: Made) -> None:
    boss = Principal("chief", "Chief", (Grant(Role.ADMINISTRATOR),))
    here = Context(boss, str(county.home.root), LAST)
    town = Area("990321101")
    services.accounts.create(here, "li.na", "李娜", [Grant(Role.TOWNSHIP_WORKER, town)])
    assert found(county) == []
    rule(county, "UPDATE account_grant SET area = '990321102' WHERE account = 'li.na'")
    assert found(county) == [("grants", "li.na")]
    with open_session(county.home) as session:
        (finding,) = checked(session).findings
    assert "李" not in finding.zh
    assert "li.na" in finding.en
    assert "li.na" in finding.zh
