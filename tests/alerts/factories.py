"""Builders: candidates, and alerts brought to a state through the real moves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from alerts import service
from alerts.models import Alert
from alerts.policy import default_policy
from alerts.raising import CandidateSet
from alerts.selection import Candidate, Fact, Reason
from alerts.states import Action, Band, Outcome, Role, Source, State
from core.workflow.calendar import CHINA_TIME

MONTH = date(2026, 3, 31)
DAY = datetime(2026, 4, 1, 10, 0, tzinfo=CHINA_TIME)
TEAM = {"actor": "team", "role": Role.DISPATCHER}
WORKER = {"actor": "worker-7", "role": Role.WORKER}


def reason(source: Source, code: str, points: float = 10.0) -> Reason:
    return Reason(source, code, code[0].upper(), f"{code} 的原因", f"reason {code}", points)


def candidate(number: int, **changes: Any) -> Candidate:
    """A red household named by the rules, unless told otherwise.

    With a `risk_rank` the model names it too, and expects less than the rules do. Codes given as
    `events` are fresh facts without a date.
    """
    given: dict[str, Any] = {
        "township_code": f"99032110{number % 3}",
        "village_code": f"99032110{number % 3}001",
        "population": "new_entry",
        "band": Band.RED,
        "rule_score": 60.0 - number / 100,
        "risk": 0.2,
        "coverage": 0.8,
        "rule_version": "r1",
        "model_version": "1",
        "by_rule": True,
        "reasons": (reason(Source.RULE, "B01", 30.0), reason(Source.RULE, "C02", 12.0)),
        "needs": (("basic_living", "civil_affairs"), ("medical_aid", "medical_security")),
    }
    if changes.get("risk_rank") is not None:
        given |= {"existing": 0.5, "rule_expected": 0.6}
    if "facts" not in changes:
        given["facts"] = tuple(Fact(code) for code in changes.get("events", ()))
    return Candidate(f"h{number:020x}", **{**given, **changes})


def month_of(candidates: Sequence[Candidate], as_of: date = MONTH, households: int = 50_000):
    return CandidateSet(as_of, households, tuple(candidates))


def raised(
    session: Session, *candidates: Candidate, as_of: date = MONTH, households: int = 50_000
) -> list[Alert]:
    """Alerts raised by the monthly run, in the order of the candidates."""
    chosen = candidates or (candidate(1),)
    result = service.raise_month(
        session, month_of(chosen, as_of, households), as_of, default_policy()
    )
    alerts = [session.get(Alert, i) for i in result.raised_ids]
    order = [c.household for c in chosen]
    return sorted((a for a in alerts if a), key=lambda a: order.index(a.household))


def alert_at(session: Session, state: State, number: int = 1) -> Alert:
    """One alert walked to `state` by the people who would do it."""
    (alert,) = raised(session, candidate(number))
    if state is State.RAISED:
        return alert
    service.move(session, alert.id, Action.DISPATCH, now=DAY, **TEAM)
    if state is State.RETURNED:
        service.move(session, alert.id, Action.RETURN, now=DAY, note="不在本村", **WORKER)
    if state in {State.ACCEPTED, State.CHECKING}:
        service.move(session, alert.id, Action.ACCEPT, now=DAY, **WORKER)
    if state is State.CHECKING:
        service.move(session, alert.id, Action.CHECK, now=DAY, **WORKER)
    results = {
        State.ASSISTING: Outcome.CONFIRMED,
        State.WATCHING: Outcome.NOT_ELIGIBLE,
        State.CLOSED: Outcome.REFERRED,
    }
    if state in results:
        service.record_outcome(session, alert.id, results[state], now=DAY, **WORKER)
    return alert
