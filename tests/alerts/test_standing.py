"""A past day rebuilt from events is what the tables said on that very evening."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time

import pandas as pd
import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from alerts import queries, service
from alerts.errors import AlertNotFound
from alerts.filters import AlertFilter
from alerts.funnel import funnel
from alerts.models import Alert, Need
from alerts.needs_standing import needs_standing
from alerts.overdue import escalate_due
from alerts.standing import standing
from alerts.states import Action, Band, Cause, Outcome, Role, Source
from tests.alerts.factories import TEAM, WORKER, candidate, month_of, raised, reason

MARCH, APRIL, MAY, JUNE = (date(2026, m, d) for m, d in ((3, 31), (4, 30), (5, 31), (6, 30)))
COLUMNS = ["state", "outcome", "band", "urgent", "clock_from", "due_on", "closed_on", "tries"]


def at(month: int, day: int, hour: int = 10) -> datetime:
    return datetime.combine(date(2026, month, day), time(hour))


GROWS, HIDDEN, TOLD = (candidate(5).household, candidate(3).household, "h-told")


def _id(session: Session, household: str) -> int:
    return session.scalars(select(Alert.id).where(Alert.household == household)).one()


@pytest.fixture
def lived(session: Session) -> dict[date, tuple[pd.DataFrame, pd.DataFrame]]:
    """Four months of a county; by month end, the alert and the need table of that evening."""
    evenings = {}
    pressing = _urgent(candidate(10, events=("A02",), reasons=(reason(Source.EVENT, "A02"),)))
    calm = (candidate(n, band=Band.YELLOW) for n in range(1, 10))
    alerts = raised(session, *calm, pressing)
    (helped, referred, hidden, undone, grows, watched, lapses, late, returned, _) = (
        alert.id for alert in alerts
    )
    evenings[MARCH] = _tables(session)
    for alert_id in (helped, referred, hidden, undone, grows, watched, returned):
        service.move(session, alert_id, Action.DISPATCH, now=at(4, 1), **TEAM)
    service.move(session, returned, Action.RETURN, now=at(4, 2), note="不在本村", **WORKER)
    # A report, found false in the same month.
    told = service.report(session, TOLD, "房屋漏雨", now=at(4, 3), **WORKER).id
    service.move(session, told, Action.DISPATCH, now=at(4, 3), **TEAM)
    _found(session, told, Outcome.FALSE_ALARM, at(4, 9), cause=Cause.STALE)
    _found(session, watched, Outcome.NOT_ELIGIBLE, at(4, 7))
    _found(session, referred, Outcome.REFERRED, at(4, 8))
    _found(session, hidden, Outcome.UNREACHABLE, at(4, 8))
    # Confirmed; one need more than was suspected.
    kinds = {"basic_living": Outcome.CONFIRMED, "emergency_aid": Outcome.CONFIRMED}
    _found(session, helped, Outcome.CONFIRMED, at(4, 10), needs=kinds)
    _settle(session, helped, "basic_living", at(4, 20))
    _found(session, undone, Outcome.CONFIRMED, at(4, 10))
    service.move(session, undone, Action.REOPEN, now=at(4, 22), note="填错了", **TEAM)
    # Something urgent joins, asks for another need and raises the band.
    more = candidate(
        5, band=Band.RED, events=("A08",),
        reasons=(reason(Source.RULE, "B01"), reason(Source.EVENT, "A08")),
        needs=(("emergency_aid", "civil_affairs"),),
    )  # fmt: skip
    # What was urgent from its raising on is told of another urgent fact.
    again = _urgent(candidate(10, events=("D04",), reasons=(reason(Source.EVENT, "D04"),)))
    month = month_of([_urgent(more), candidate(20), again], APRIL)
    service.raise_month(session, month, APRIL)
    evenings[APRIL] = _tables(session)
    _found(session, undone, Outcome.FALSE_ALARM, at(5, 6), cause=Cause.STALE)
    _found(session, hidden, Outcome.UNREACHABLE, at(5, 7))
    _settle(session, helped, "emergency_aid", at(5, 12))
    service.move(session, lapses, Action.LAPSE, actor="boss", role=Role.SUPERVISOR, now=at(5, 20))
    escalate_due(session, at(5, 31, 18))
    evenings[MAY] = _tables(session)
    service.move(session, referred, Action.REOPEN, now=at(6, 2), note="又找来", **TEAM)
    service.move(session, watched, Action.RECHECK, now=at(6, 2), **TEAM)
    _found(session, watched, Outcome.CONFIRMED, at(6, 5))
    service.move(session, hidden, Action.DISPATCH, now=at(6, 3), **TEAM)  # sent back for lateness
    _found(session, hidden, Outcome.CONFIRMED, at(6, 5))
    service.move(session, late, Action.DISPATCH, now=at(6, 29), **TEAM)
    evenings[JUNE] = _tables(session)
    return evenings


def _urgent(told):
    """The same candidate with facts that never wait."""
    return replace(told, facts=tuple(replace(fact, urgent=True) for fact in told.facts))


def _found(session: Session, alert_id: int, outcome: Outcome, when: datetime, **more) -> None:
    service.record_outcome(session, alert_id, outcome, now=when, **WORKER, **more)


def _settle(session: Session, alert_id: int, kind: str, when: datetime) -> None:
    query = select(Need.id).where(Need.alert_id == alert_id, Need.code == kind)
    service.settle_need(session, session.scalars(query).one(), met=True, now=when, **WORKER)


def _tables(session: Session) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The tables as they are at this moment."""
    session.flush()
    alerts = session.execute(select(Alert.id, *(getattr(Alert, c) for c in COLUMNS)))
    needs = session.execute(select(Need.id, Need.state, Need.outcome, Need.settled_on))
    return _frame(alerts, ["id", *COLUMNS]), _frame(needs, ["id", "state", "outcome", "settled_on"])


def _frame(rows, names: list[str]) -> pd.DataFrame:
    return pd.DataFrame([tuple(row) for row in rows], columns=names).sort_values("id")


def _plain(frame: pd.DataFrame) -> list[dict]:
    """Rows with None for everything unknown, and plain codes."""
    rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return [{k: str(v) if isinstance(v, str) else v for k, v in row.items()} for row in rows]


@pytest.mark.parametrize("day", [MARCH, APRIL, MAY, JUNE])
def test_every_alert_stands_as_its_row_stood_that_evening(session, lived, day: date) -> None:
    then, _ = lived[day]
    rebuilt = standing(session, day)[["id", *COLUMNS]]
    assert _plain(rebuilt) == _plain(then)


@pytest.mark.parametrize("day", [MARCH, APRIL, MAY, JUNE])
def test_every_need_stands_as_its_row_stood_that_evening(session, lived, day: date) -> None:
    _, then = lived[day]
    rebuilt = needs_standing(session, day)[["id", "state", "outcome", "settled_on"]]
    assert _plain(rebuilt) == _plain(then)


def test_the_story_has_what_it_must_have(session, lived) -> None:
    states = {day: set(tables[0]["state"]) for day, tables in lived.items()}
    assert states[MARCH] == {"raised"}
    assert states[APRIL] >= {"assisting", "watching", "retry", "checking", "returned", "closed"}
    april, may = lived[APRIL][0].set_index("id"), lived[MAY][0].set_index("id")
    grows, hidden = _id(session, GROWS), _id(session, HIDDEN)
    march = lived[MARCH][0].set_index("id")
    assert april.loc[grows, ["band", "urgent"]].tolist() == ["red", True]
    assert march.loc[grows, ["band", "urgent"]].tolist() == ["yellow", False]
    assert (april.loc[hidden, "tries"], may.loc[hidden, "tries"]) == (1, 2)
    assert march["urgent"].sum() == 1
    assert len(lived[APRIL][1]) == len(lived[MARCH][1]) + 5  # added, joined, reported, raised


@pytest.mark.slow
def test_lists_counts_and_needs_of_a_past_day_agree(session, lived) -> None:
    for day, (alerts, needs) in lived.items():
        then = AlertFilter(as_at=day, today=day, open_only=True)
        still = (alerts["state"] != "closed").sum()
        assert queries.list_alerts(session, then).total == still
        assert queries.township_figures(session, as_at=day)["open"].sum() == still
        found = queries.needs_by_department(session, as_at=day)
        assert found["n"].sum() == len(needs)
        assert found["met"].sum() == (needs["state"] == "met").sum()
        late = queries.list_alerts(session, AlertFilter(as_at=day, today=day, due="late"))
        open_ = alerts[alerts["state"] != "closed"]
        assert late.total == sum(due < day for due in open_["due_on"].dropna())
        assert late.rows["late"].all()


@pytest.mark.slow
def test_the_list_of_each_step_holds_what_the_funnel_counts(session, lived) -> None:
    for day in lived:
        for step in funnel(session, MARCH, day, day)[1:]:
            where = AlertFilter(as_at=day, raised_to=day, reached=[step.code])
            assert queries.list_alerts(session, where).total == step.n, (day, step.code)


def test_one_alert_of_a_past_day_shows_nothing_of_what_came_later(session, lived) -> None:
    grows = _id(session, GROWS)
    then, now = queries.alert_detail(session, grows, MARCH), queries.alert_detail(session, grows)
    assert (then.alert.band, now.alert.band) == ("yellow", "red")
    assert then.events["at"].max() < datetime.combine(APRIL, time.min)
    assert "A08" in set(now.reasons["code"]) - set(then.reasons["code"])
    assert "emergency_aid" in set(now.needs["code"]) - set(then.needs["code"])
    assert then.alert not in session
    with pytest.raises(AlertNotFound):
        queries.alert_detail(session, _id(session, TOLD), MARCH)
    assert list(queries.household_alerts(session, now.alert.household, MARCH)["state"]) == [
        "raised"
    ]


def test_what_joined_before_the_urgent_mark_was_written_is_read_by_its_reasons(
    session, lived
) -> None:
    session.execute(text("DROP TRIGGER alert_event_no_update"))
    cut = "UPDATE alert_event SET note = replace(note, ' urgent', '') WHERE note LIKE '% urgent'"
    assert session.execute(text(cut)).rowcount == 2
    for day, (then, _) in lived.items():
        assert _plain(standing(session, day)[["id", *COLUMNS]]) == _plain(then)
