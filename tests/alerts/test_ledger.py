"""The ledger of findings: what models learn from the visits to alerts."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pyarrow.parquet as pq
import pytest
from sqlalchemy.orm import Session

from alerts import service
from alerts.ledger import SCHEMA, findings, write_findings
from alerts.states import Action, Cause, Outcome, State
from core.home import Home
from tests.alerts.factories import DAY, TEAM, WORKER, alert_at, candidate, raised


def visit(session: Session, number: int, outcome: Outcome, at: datetime = DAY, **more: object):
    (alert,) = raised(session, candidate(number))
    service.import_outcomes(
        session, [service.OutcomeRow(alert.id, outcome, at, **more)], actor="worker"
    )
    return alert


def test_a_confirmed_visit_is_a_finding_with_its_needs_and_day(session: Session) -> None:
    alert = visit(session, 1, Outcome.CONFIRMED, needs=["medical_aid"])
    (row,) = findings(session).to_pylist()
    assert row == {
        "household": alert.household,
        "visited_on": date(2026, 4, 1),
        "known_on": date(2026, 4, 1),
        "found": True,
        "needs": ["medical_aid"],
        "source": "rule",
        "stratum": None,
        "inclusion": None,
        "alert_id": alert.id,
    }


@pytest.mark.parametrize(
    ("outcome", "found"),
    [
        (Outcome.FALSE_ALARM, False),
        (Outcome.NOT_ELIGIBLE, False),
        (Outcome.ALREADY_COVERED, False),
        (Outcome.REFERRED, True),  # another body must meet it: the family lacks something
    ],
)
def test_what_a_result_says_about_need(session: Session, outcome: Outcome, found: bool) -> None:
    cause = Cause.STALE if outcome is Outcome.FALSE_ALARM else None
    visit(session, 1, outcome, cause=cause)
    (row,) = findings(session).to_pylist()
    assert (row["found"], bool(row["needs"])) == (found, found)


def test_a_referral_that_names_no_need_of_ours_finds_none(session: Session) -> None:
    visit(session, 1, Outcome.REFERRED, needs=[])
    (row,) = findings(session).to_pylist()
    assert (row["found"], row["needs"]) == (False, [])


@pytest.mark.parametrize("outcome", [Outcome.UNREACHABLE, Outcome.REFUSED])
def test_a_visit_that_settled_nothing_is_no_row_and_no_zero(
    session: Session, outcome: Outcome
) -> None:
    visit(session, 1, outcome)
    assert findings(session).num_rows == 0


def test_a_reopened_result_does_not_stand(session: Session) -> None:
    alert = visit(session, 1, Outcome.FALSE_ALARM, cause=Cause.STALE)
    later = DAY + timedelta(days=3)
    service.move(session, alert.id, Action.REOPEN, now=later, note="复核", **TEAM)
    assert findings(session).num_rows == 0
    service.record_outcome(session, alert.id, Outcome.CONFIRMED, now=later, **WORKER)
    (row,) = findings(session).to_pylist()
    assert (row["found"], row["visited_on"]) == (True, later.date())


def test_every_visit_of_a_watched_family_is_a_row(session: Session) -> None:
    alert = alert_at(session, State.WATCHING)  # not eligible on 1 April
    later = DAY + timedelta(days=90)
    service.import_outcomes(
        session,
        [service.OutcomeRow(alert.id, Outcome.CONFIRMED, later, needs=["basic_living"])],
        actor="worker",
    )
    assert findings(session)["found"].to_pylist() == [False, True]


def test_the_draw_of_a_sampled_household_travels_with_its_finding(session: Session) -> None:
    alert = visit(session, 1, Outcome.CONFIRMED)
    alert.source, alert.stratum, alert.inclusion = "audit", "at_risk/low/never", 0.004
    session.flush()
    (row,) = findings(session).to_pylist()
    assert (row["source"], row["stratum"], row["inclusion"]) == (
        "audit",
        "at_risk/low/never",
        0.004,
    )


def test_the_file_is_written_whole_and_again(home: Home, session: Session) -> None:
    assert pq.read_table(write_findings(home, session)).schema == SCHEMA
    visit(session, 1, Outcome.CONFIRMED)
    path = write_findings(home, session)
    assert path == home.outcomes / "findings.parquet"
    assert pq.read_table(path).num_rows == 1
    assert [p.name for p in home.outcomes.iterdir()] == ["findings.parquet"]
