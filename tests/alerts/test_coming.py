"""The coming is judged by its months, and precision tells the questions and phases apart."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest
from sqlalchemy.orm import Session

from alerts import service
from alerts.coming import judged, lead_times, recorded_needs, ripe
from alerts.facts import alert_facts
from alerts.models import Alert
from alerts.precision import precision
from alerts.states import Outcome
from tests.alerts.factories import DAY, candidate, raised

APRIL, SEPTEMBER, OCTOBER = date(2026, 4, 30), date(2026, 9, 30), date(2026, 10, 1)


def soon(session: Session, number: int, outcome: Outcome | None) -> Alert:
    """An alert about the coming, raised on 31 March, visited on 1 April."""
    (alert,) = raised(session, candidate(number, by_rule=False, existing=0.1, coming=0.5))
    if outcome is not None:
        cause = "already_changed" if outcome is Outcome.FALSE_ALARM else None
        row = service.OutcomeRow(alert.id, outcome, DAY, cause=cause)
        service.import_outcomes(session, [row], actor="w")
    return alert


def needs(*rows: tuple[str, date]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["household", "on"])


def verdict(session: Session, recorded: pd.DataFrame, as_at: date) -> tuple[bool, bool, float]:
    row = judged(alert_facts(session), recorded, as_at).iloc[0]
    return bool(row["confirmed"]), bool(row["concluded"]), row["lead_months"]


def test_a_need_found_at_the_visit_makes_it_right_with_no_lead(session: Session) -> None:
    soon(session, 1, Outcome.CONFIRMED)
    assert verdict(session, recorded_needs(session), APRIL) == (True, True, 0.0)


def test_nothing_found_is_not_wrong_before_its_months_have_passed(session: Session) -> None:
    soon(session, 1, Outcome.FALSE_ALARM)
    assert verdict(session, needs(), SEPTEMBER - timedelta(days=1))[:2] == (False, False)
    assert verdict(session, needs(), SEPTEMBER)[:2] == (False, True)


def test_a_need_on_record_within_six_months_makes_it_right(session: Session) -> None:
    alert = soon(session, 1, Outcome.FALSE_ALARM)
    june = date(2026, 6, 15)  # 76 days
    assert verdict(session, needs((alert.household, june)), june) == (True, True, 2.5)
    too_late = needs((alert.household, OCTOBER))
    assert verdict(session, too_late, OCTOBER)[:2] == (False, True)
    before = needs((alert.household, date(2026, 3, 30)))
    assert verdict(session, before, OCTOBER)[:2] == (False, True)


def test_an_alert_nobody_visited_counts_only_when_need_came(session: Session) -> None:
    alert = soon(session, 1, None)
    assert verdict(session, needs(), OCTOBER)[:2] == (False, False)
    assert verdict(session, needs((alert.household, date(2026, 6, 15))), OCTOBER)[:2] == (
        True,
        True,
    )


def test_the_existing_is_judged_by_its_visit_whatever_comes_later(session: Session) -> None:
    (alert,) = raised(session, candidate(1, by_rule=False, existing=0.6))
    row = service.OutcomeRow(alert.id, Outcome.FALSE_ALARM, DAY, cause="stale")
    service.import_outcomes(session, [row], actor="w")
    later = needs((alert.household, date(2026, 6, 15)))
    assert verdict(session, later, OCTOBER)[:2] == (False, True)


def test_lead_times_are_a_distribution(session: Session) -> None:
    facts = pd.DataFrame({"lead_months": [0.0, 1.0, 2.0, 3.0, 6.0, float("nan")]})
    assert lead_times(facts) == {
        "n": 5,
        "low": 0.0,
        "quarter": 1.0,
        "median": 2.0,
        "three_quarters": 3.0,
        "high": 6.0,
    }
    assert lead_times(facts.iloc[5:]) == dict.fromkeys(lead_times(facts), None) | {"n": 0}


def test_precision_by_question_tells_existing_coming_and_facts_apart(session: Session) -> None:
    right = soon(session, 1, Outcome.FALSE_ALARM)
    raised(session, candidate(2, by_rule=False, existing=0.6))
    raised(session, candidate(3, by_rule=False, events=("A08",)))
    recorded = needs((right.household, date(2026, 6, 15)))
    frame = precision(session, "question", as_at=OCTOBER, recorded=recorded)
    assert frame["group"].tolist() == ["coming", "event", "existing"]
    assert frame["label_zh"].tolist() == ["将至", "事件直报", "现存"]
    coming = frame.iloc[0]
    assert (coming["n"], coming["confirmed_of_n"]) == (1, 1)
    # everywhere else precision asks what the visit itself found
    assert precision(session).iloc[0]["confirmed_of_n"] == 0


def test_before_its_months_have_passed_an_early_hit_does_not_flatter(session: Session) -> None:
    right, wrong = soon(session, 1, Outcome.FALSE_ALARM), soon(session, 2, Outcome.FALSE_ALARM)
    raised(session, candidate(3, by_rule=False, existing=0.6))
    recorded = needs((right.household, date(2026, 6, 15)))
    facts = alert_facts(session)
    assert ripe(facts, recorded, SEPTEMBER - timedelta(days=1)).empty
    found = ripe(facts, recorded, SEPTEMBER)
    assert found["household"].tolist() == [right.household, wrong.household]
    assert found["confirmed"].tolist() == [True, False]
    early = precision(session, as_at=APRIL, recorded=recorded, question="coming")
    assert early.empty
    told = precision(session, as_at=OCTOBER, recorded=recorded, question="coming").iloc[0]
    assert (told["n"], told["confirmed_of_n"]) == (2, 1)


def test_precision_of_the_existing_leaves_the_coming_out(session: Session) -> None:
    soon(session, 1, Outcome.CONFIRMED)
    raised(session, candidate(2, by_rule=False, existing=0.6))
    raised(session, candidate(3, by_rule=False, events=("A08",)))
    frame = precision(session, "question", question="existing")
    assert frame["group"].tolist() == ["event", "existing"]


def test_the_audit_sample_is_left_out_and_shown_apart(session: Session) -> None:
    (alert,), (audit,) = raised(session, candidate(1)), raised(session, candidate(2))
    audit.source = "audit"
    rows = [service.OutcomeRow(a.id, Outcome.CONFIRMED, DAY) for a in (alert, audit)]
    service.import_outcomes(session, rows, actor="w")
    assert precision(session).iloc[0]["n"] == 1
    assert precision(session, "source")["group"].tolist() == ["rule"]
    assert precision(session, "source", sample="audit")["group"].tolist() == ["audit"]
    assert precision(session, sample="all").iloc[0]["n"] == 2


@pytest.mark.parametrize(
    ("month", "phase"),
    [(date(2026, 4, 30), "warm_up"), (date(2026, 8, 31), "warm_up"), (date(2026, 9, 30), "steady")],
)
def test_the_first_months_are_the_warm_up(session: Session, month: date, phase: str) -> None:
    # first alerts on 31 March: six months to the end of August
    raised(session, candidate(1))
    raised(session, candidate(2), as_of=month)
    frame = precision(session, "phase", since=month, denominator="raised")
    assert frame["group"].tolist() == [phase]
    words = {"warm_up": "起步期", "steady": "稳定期"}
    assert frame["label_zh"].tolist() == [words[phase]]


def test_precision_by_handling_class_names_the_class(session: Session) -> None:
    raised(session, candidate(1), candidate(2, on_roll=True))
    frame = precision(session, "handling", denominator="raised")
    assert frame[["group", "label_zh"]].to_numpy().tolist() == [
        ["1", "政策未落实"],
        ["2", "可能符合未纳入"],
    ]


def test_a_need_on_record_comes_from_the_visits_to_alerts(session: Session) -> None:
    soon(session, 1, Outcome.CONFIRMED)
    soon(session, 2, Outcome.FALSE_ALARM)
    assert recorded_needs(session)["on"].tolist() == [date(2026, 4, 1)]
    assert recorded_needs(session, as_at=date(2026, 3, 31)).empty
