"""What happened in a month, told the same in that month and ever after."""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts import service
from alerts.happened import happened, happened_in
from alerts.models import Need
from alerts.states import Action, Outcome
from tests.alerts.factories import TEAM, WORKER, candidate, raised

APRIL, MAY = date(2026, 4, 30), date(2026, 5, 31)


def told(session: Session, month: date, as_at: date | None = None) -> dict[str, set[int]]:
    frame = happened_in(session, month, as_at)
    kinds = ("checked", "confirmed", "helped")
    return {kind: set(frame.loc[frame["kind"] == kind, "alert_id"]) for kind in kinds}


def at(month: int, day: int) -> datetime:
    return datetime.combine(date(2026, month, day), time(10))


def found(session: Session, alert_id: int, outcome: Outcome, day: tuple[int, int]) -> None:
    service.record_outcome(session, alert_id, outcome, now=at(*day), **WORKER)


def reopen(session: Session, alert_id: int, day: tuple[int, int]) -> None:
    service.move(session, alert_id, Action.REOPEN, now=at(*day), note="填错了", **TEAM)


def test_a_month_counts_its_own_results_once_and_keeps_them(session: Session) -> None:
    ids = [alert.id for alert in raised(session, *(candidate(n) for n in range(1, 6)))]
    for alert_id in ids:
        service.move(session, alert_id, Action.DISPATCH, now=at(4, 1), **TEAM)
    sure, slip, redone, hidden, later = ids
    found(session, sure, Outcome.CONFIRMED, (4, 8))
    found(session, slip, Outcome.CONFIRMED, (4, 8))
    reopen(session, slip, (4, 9))  # taken back in the same month
    found(session, redone, Outcome.CONFIRMED, (4, 8))
    found(session, hidden, Outcome.UNREACHABLE, (4, 8))
    for need in session.scalars(select(Need.id).where(Need.alert_id == sure)).all():
        service.settle_need(session, need, met=True, now=at(4, 20), **WORKER)
    april = told(session, APRIL, APRIL)
    reopen(session, redone, (5, 4))  # taken back a month later
    found(session, redone, Outcome.REFERRED, (5, 6))
    found(session, later, Outcome.NOT_ELIGIBLE, (5, 6))

    assert april == {"checked": {sure, redone}, "confirmed": {sure, redone}, "helped": {sure}}
    assert told(session, APRIL, APRIL) == april
    assert told(session, MAY, MAY) == {
        "checked": {redone, later}, "confirmed": set(), "helped": set(),
    }  # fmt: skip
    year = happened(session, date(2025, 6, 1), MAY)
    assert year.groupby(["month", "kind"]).size().to_dict() == {
        ("2026-04", "checked"): 2, ("2026-04", "confirmed"): 2, ("2026-04", "helped"): 1,
        ("2026-05", "checked"): 2,
    }  # fmt: skip
    # While April is the newest month, what was recorded in May belongs to it: the last counts.
    assert told(session, APRIL)["confirmed"] == {sure}
    assert told(session, APRIL)["checked"] == {sure, redone, later}
