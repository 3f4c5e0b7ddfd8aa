"""The plan of a month and what raising does with it: facts, families in process, random samples."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import numpy as np
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts import service
from alerts.draw import Pool
from alerts.models import Alert, AlertEvent
from alerts.monthly import RaiseResult
from alerts.policy import default_policy
from alerts.raising import CandidateSet
from alerts.selection import Candidate, Fact
from alerts.states import Action, Band, Outcome, Source, State
from core.workflow.calendar import CHINA_TIME
from tests.alerts.factories import (
    DAY,
    MONTH,
    TEAM,
    WORKER,
    alert_at,
    candidate,
    month_of,
    raised,
    reason,
)

POLICY = default_policy()
APRIL = date(2026, 4, 30)
COLLAPSE = Fact("F02", None, date(2026, 4, 20), urgent=True, order=1, need="disaster_relief")
CERTIFICATE = Fact("A03", "p1", date(2026, 4, 2), order=8, need="disability_subsidy")


def struck(number: int, *facts: Fact, **changes: object) -> Candidate:
    """A household that only a fact names."""
    given = {"by_rule": False, "band": Band.NONE, "rule_score": 0.0}
    told = tuple(reason(Source.EVENT, fact.indicator) for fact in facts)
    return candidate(number, **{**given, "facts": facts, "reasons": told, **changes})


def run(session: Session, *found: Candidate, as_of: date = APRIL, **more: object) -> RaiseResult:
    return service.raise_month(session, month_of(found, as_of, **more), as_of, POLICY)


def test_an_urgent_fact_becomes_an_alert_with_the_shortest_deadlines(session: Session) -> None:
    result = run(session, struck(1, COLLAPSE), struck(2, CERTIFICATE))
    urgent, other = (session.get(Alert, i) for i in result.raised_ids)
    assert urgent is not None
    assert other is not None
    assert (urgent.source, urgent.urgent, urgent.question) == ("event", True, None)
    assert (other.source, other.urgent) == ("event", False)
    assert result.kinds["alerted"] == {"A03": 1, "F02": 1}


def test_facts_do_not_take_from_the_capacity(session: Session) -> None:
    # 500 households: one visit a month, no place for facts that can wait
    found = [struck(1, COLLAPSE), struck(2, COLLAPSE), struck(3, CERTIFICATE), candidate(4)]
    result = run(session, *found, households=500)
    assert dict(result.by_source) == {"event": 2, "rule": 1}
    assert (result.waiting, result.kinds["waiting"]) == ({"event": 1}, {"A03": 1})


def test_a_new_fact_does_not_wait_out_the_cool_down(session: Session) -> None:
    alert_at(session, State.CLOSED)
    result = run(session, struck(1, COLLAPSE))
    assert (result.raised, result.cooling) == (1, 0)


def test_a_fact_already_told_is_not_raised_again(session: Session) -> None:
    first = run(session, struck(1, replace(COLLAPSE, happened_on=date(2026, 3, 20))), as_of=MONTH)
    row = service.OutcomeRow(first.raised_ids[0], Outcome.CONFIRMED, DAY, helped_at=DAY)
    service.import_outcomes(session, [row], actor="w")
    again = run(session, struck(1, replace(COLLAPSE, happened_on=date(2026, 3, 20))))
    assert (again.raised, again.kinds["served"]) == (0, {"F02": 1})
    later = run(session, struck(1, COLLAPSE), as_of=date(2026, 5, 31))
    assert later.raised == 1  # it happened after the alert that told the first


def test_a_held_fact_is_watched_and_not_alerted(session: Session) -> None:
    held = run(session, struck(1, replace(CERTIFICATE, held=True)))
    assert (held.raised, held.kinds["held"]) == (0, {"A03": 1})
    assert run(session, struck(1, replace(COLLAPSE, held=True))).raised == 1


def test_an_urgent_fact_joins_the_open_case_and_starts_its_clock_anew(session: Session) -> None:
    alert = alert_at(session, State.ACCEPTED)
    result = run(session, struck(1, COLLAPSE))
    assert (result.raised, result.joined, result.kinds["joined"]) == (0, 1, {"F02": 1})
    assert (alert.urgent, alert.clock_from, alert.source) == (True, APRIL, "rule")
    # two working days: 1 to 5 May are holidays
    assert alert.due_on == date(2026, 5, 7)


def test_a_fact_sends_a_family_under_watch_out_again(session: Session) -> None:
    alert = alert_at(session, State.WATCHING)
    result = run(session, struck(1, CERTIFICATE))
    assert alert.state == "dispatched"
    assert result.rechecked_ids == (alert.id,)


def test_an_urgent_fact_during_help_is_reported_upwards(session: Session) -> None:
    alert = alert_at(session, State.ASSISTING)
    run(session, struck(1, COLLAPSE))
    acts = session.scalars(select(AlertEvent.action).order_by(AlertEvent.id)).all()
    assert acts[-2:] == ["join", "escalate"]
    assert alert.state == "assisting"


def test_a_family_in_process_is_followed_and_not_raised(session: Session) -> None:
    result = run(
        session,
        candidate(1, in_process=True),
        struck(2, CERTIFICATE, in_process=True),
        struck(3, COLLAPSE, in_process=True),
    )
    assert (result.raised, result.followed, result.by_source) == (1, 1, {"event": 1})
    assert result.kinds["followed"] == {"A03": 1}
    assert result.kinds["alerted"] == {"F02": 1}


def test_the_alert_keeps_what_it_asks_and_what_was_expected(session: Session) -> None:
    now = candidate(1, by_rule=False, existing=0.5, risk_rank=None)
    soon = candidate(2, by_rule=False, existing=0.1, coming=0.5)
    alerts = raised(session, now, soon)
    assert [(a.question, a.expected, a.source) for a in alerts] == [
        ("existing", 0.5, "risk"),
        ("coming", pytest.approx(0.55), "risk"),
    ]
    assert [a.handling for a in alerts] == [2, 2]


def test_families_on_a_roll_are_asked_whether_their_policies_were_delivered(
    session: Session,
) -> None:
    (alert,) = raised(
        session,
        candidate(1, by_rule=False, existing=0.5, watch="secured", on_roll=True),
    )
    assert (alert.source, alert.handling) == ("secured", 1)


def test_the_plan_names_whom_to_explain_by_question(session: Session) -> None:
    now = candidate(1, by_rule=False, existing=0.5)
    soon = candidate(2, by_rule=False, existing=0.1, coming=0.5)
    plan = service.plan_month(session, month_of([now, soon], APRIL), APRIL, POLICY)
    assert plan.to_explain() == {"existing": [now.household], "coming": [soon.household]}


def county(found: list[Candidate], size: int = 2000) -> CandidateSet:
    """A county of 50,000 whose pool has `size` households, half of them never visited."""
    named = [
        candidate(n, by_rule=False, reasons=(), needs=()) for n in range(10_000, 10_000 + size)
    ]
    about = {c.household: replace(c, existing=0.02) for c in named}
    never = np.arange(size) % 2 == 0
    pool = Pool(
        np.array(list(about), dtype=object),
        np.where(never, "unwatched/low/never", "at_risk/low/visited").astype(object),
        np.full(size, 0.02),
        never,
    )
    return replace(
        month_of(found, APRIL),
        pool=lambda: pool,
        lookup=lambda households: tuple(about[h] for h in households),
    )


def test_a_part_of_the_visits_is_drawn_at_random_with_known_chances(session: Session) -> None:
    result = service.raise_month(session, county([candidate(1)]), APRIL, POLICY)
    drawn = session.scalars(select(Alert).where(Alert.inclusion.is_not(None))).all()
    by_source = {s: [a for a in drawn if a.source == s] for s in ("audit", "explore")}
    # Their shares of the month's visits, the part of a visit by chance.
    visits = POLICY.capacity(50_000)
    expected = {s: visits * getattr(POLICY.shares, s) for s in by_source}
    assert all(abs(len(by_source[s]) - expected[s]) < 1 for s in by_source)
    assert {a.stratum for a in by_source["explore"]} == {"unwatched/low/never"}
    assert {a.question for a in drawn} == {"existing"}
    assert all(a.inclusion == pytest.approx(expected["audit"] / 2000) for a in by_source["audit"])
    assert result.by_source["rule"] == 1
    assert len({a.household for a in drawn}) == len(drawn)


def test_the_draw_is_made_once_and_leaves_out_whom_a_lane_names(session: Session) -> None:
    everybody = county([], 40)
    names = everybody.pool().household.tolist()
    named = [replace(candidate(1), household=h) for h in names[:38]]
    found = replace(everybody, candidates=tuple(named))
    first = service.raise_month(session, found, APRIL, POLICY)
    drawn = session.scalars(select(Alert.household).where(Alert.inclusion.is_not(None))).all()
    assert set(drawn) == set(names[38:])
    assert service.raise_month(session, found, APRIL, POLICY).raised == 0
    assert first.raised == 40


def test_an_audit_alert_does_not_give_itself_away_in_its_reasons(session: Session) -> None:
    service.raise_month(session, county([]), APRIL, POLICY)
    alert = session.scalars(select(Alert).where(Alert.source == "audit")).first()
    assert alert is not None
    assert [r.text_zh for r in alert.reasons] == ["核实家庭近况"]
    assert alert.state == "raised"


def test_families_with_a_case_or_in_cool_down_are_not_drawn(session: Session) -> None:
    found = county([], 6)
    names = found.pool().household.tolist()
    opened, closed, long_closed = (
        raised(session, replace(candidate(1), household=h), as_of=MONTH)[0] for h in names[:3]
    )
    rows = [
        service.OutcomeRow(closed.id, Outcome.REFERRED, DAY),
        service.OutcomeRow(long_closed.id, Outcome.REFUSED, DAY),
    ]
    service.import_outcomes(session, rows, actor="w")
    long_closed.closed_on = date(2025, 9, 1)
    session.flush()
    service.raise_month(session, found, APRIL, POLICY)
    drawn = session.scalars(select(Alert.household).where(Alert.as_of == APRIL)).all()
    assert set(drawn) == set(names[2:])
    assert opened.state == "raised"


def test_a_family_never_reached_does_not_block_its_next_alert(session: Session) -> None:
    (alert,) = raised(session)
    for day in (1, 8, 15):
        now = datetime(2026, 4, day, 10, tzinfo=CHINA_TIME)
        if alert.state == "raised":
            service.move(session, alert.id, Action.DISPATCH, now=now, **TEAM)
        service.record_outcome(session, alert.id, Outcome.UNREACHABLE, now=now, **WORKER)
        assert alert.tries == {1: 1, 8: 2, 15: 3}[day]
    assert (alert.state, alert.outcome) == ("closed", "unreachable")
    assert {need.state for need in alert.needs} == {"dropped"}
    assert run(session, candidate(1)).cooling == 1  # April and May are the cool-down
    assert run(session, candidate(1), as_of=date(2026, 6, 30)).raised == 1
