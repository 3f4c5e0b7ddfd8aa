"""Sixteen alerts written out by hand, for figures that are counted by hand.

Days are month-day of the year from 2025-12 on. Offices are closed on 1-3 January and work on Sunday
the 4th; they are closed on 1-5 May and work on Saturday the 9th; closed on 19 June 2026.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy.orm import Session

from alerts import service
from alerts.models import Alert
from alerts.opening import open_alert
from alerts.policy import Policy, default_policy
from alerts.selection import Candidate, Chosen, Reason
from alerts.states import Action, Band, Question, Role, Source
from alerts.words import vocabulary
from alerts.writing import Act, checked_flush

# no: town, band, source, question, population; raised, dispatched, accepted, result:
# day, outcome, cause or confirmed needs; help done. Indicators and suspected needs stand in the
# next table.
ALERTS = """
 1 101 red    rule    now  return | 12-31 01-05 01-05 | 01-07 confirmed    basic+medical | 01-20
 2 101 yellow risk    soon new    | 12-31 01-05 01-06 | 01-12 false_alarm  stale         | -
 3 102 yellow risk    soon new    | 12-31 01-05 01-06 | 01-12 not_eligible -             | -
 4 102 yellow risk    soon new    | 12-31 01-05 -     | -     -            -             | -
 5 102 orange event   -    roll   | 12-31 01-04 01-04 | 01-09 covered      -             | -
 6 101 red    rule    now  return | 04-30 05-06 05-06 | 05-08 confirmed    basic         | 05-11
 7 101 orange rule    now  new    | 04-30 05-06 05-07 | 05-13 confirmed    basic+medical | -
 8 101 orange rule    now  roll   | 04-30 05-06 05-06 | 05-09 false_alarm  data_wrong    | -
 9 102 yellow risk    now  new    | 04-30 05-07 05-07 | 05-15 false_alarm  rule_too_wide | -
10 102 yellow risk    now  new    | 04-30 05-07 05-07 | 05-15 unreachable  -             | -
11 102 red    event   -    return | 04-30 05-06 05-06 | 05-08 refused      -             | -
12 101 yellow rule    now  new    | 05-31 06-01 06-02 | 06-05 referred     -             | -
13 101 none   explore now  roll   | 05-31 06-02 06-03 | 06-12 not_eligible -             | -
14 102 none   audit   now  new    | 05-31 06-01 06-01 | 06-10 confirmed    basic         | -
15 102 orange report  -    new    | 05-31 06-01 06-01 | 06-05 confirmed    medical       | 06-30
16 101 yellow rule    now  return | 05-31 -     -     | -     -            -             | -
"""
INDICATORS = """
 1 B01,C02
 6 B01
 7 B01,C02
 8 C02
 5 C02
11 H01
12 B01
16 C02
"""
# Number 3 was under watch, sent out again on 2 March, and then found in need of basic living.
AGAIN = {3: ("03-02", "03-03", "03-05", "basic")}
SHORT = {
    "now": "existing",
    "soon": "coming",
    "new": "new_entry",
    "roll": "on_roll",
    "return": "return",
    "covered": "already_covered",
}
NEEDS = {"basic": "basic_living", "medical": "medical_aid"}
# What each alert suspects; all others suspect basic living alone.
SUSPECTED = {
    1: ("basic_living", "medical_aid"),
    5: ("medical_aid",),
    6: ("basic_living", "medical_aid"),
    7: ("basic_living", "medical_aid"),
    8: ("medical_aid", "student_aid", "employment", "rural_housing"),
}


@dataclass(frozen=True)
class Line:
    """One alert of the table."""

    number: int
    town: str
    band: str
    source: str
    question: str | None
    population: str
    on_roll: bool
    raised: date
    dispatched: date | None
    accepted: date | None
    visited: date | None
    outcome: str | None
    told: str | None
    helped: date | None


def lines() -> list[Line]:
    """The table, read."""
    return [_line(text) for text in ALERTS.strip().splitlines()]


def _line(text: str) -> Line:
    who, sent, found, helped = (part.split() for part in text.split("|"))
    number, town, band, source, question, population = who
    visited, outcome, told = found
    days = [day_of(one) for one in (*sent, visited, *helped)]
    raised, dispatched, accepted, seen, done = days
    assert raised is not None
    return Line(
        int(number),
        town,
        band,
        source,
        SHORT.get(question),
        SHORT[population],
        population == "roll",
        raised,
        dispatched,
        accepted,
        seen,
        SHORT.get(outcome, _or_none(outcome)),
        _or_none(told),
        done,
    )


def _or_none(text: str) -> str | None:
    return None if text == "-" else text


def day_of(text: str) -> date | None:
    """A day of the table."""
    if text == "-":
        return None
    return date.fromisoformat(f"{2025 if text.startswith('12') else 2026}-{text}")


def at(day: date) -> datetime:
    """Ten o'clock of a day."""
    return datetime.combine(day, time(10))


def by_hand(session: Session, town: str = "990321") -> dict[int, int]:
    """Raise the alerts and do what the table says; number → id of the alert."""
    policy = default_policy()
    ids = {}
    for line in lines():
        alert = _raised(session, line, town, policy)
        session.flush()
        ids[line.number] = alert.id
        _worked(session, line, alert.id)
    return ids


def _raised(session: Session, line: Line, town: str, policy: Policy) -> Alert:
    told = {
        int(n): codes.split(",") for n, codes in map(str.split, INDICATORS.strip().splitlines())
    }
    source = Source(line.source)
    of_rule = source if source is Source.EVENT else Source.RULE
    reasons = [
        Reason(of_rule, code, code[0], code, code, 1.0) for code in told.get(line.number, ())
    ]
    if source is Source.RISK:
        reasons.append(Reason(Source.RISK, "wages_12m", "E", "工资", "wages", 0.1))
    words = vocabulary()
    needs = [(n, words.department_of(n)) for n in SUSPECTED.get(line.number, ("basic_living",))]
    who = Candidate(
        f"h{line.number:020x}",
        township_code=town + line.town,
        village_code=f"{town}{line.town}200",
        population=line.population,
        on_roll=line.on_roll,
        band=Band(line.band),
        reasons=tuple(reasons),
        needs=tuple(needs),
    )
    asked = None if line.question is None else Question(line.question)
    slot = Chosen(who, source, asked)
    act = Act.by("doudi", Role.SYSTEM, at(line.raised))
    with checked_flush(session, 0):
        return open_alert(session, who, slot, line.raised, act, policy)


def _worked(session: Session, line: Line, alert: int) -> None:
    team = {"actor": "team", "role": Role.DISPATCHER}
    worker = {"actor": f"worker-{line.town}", "role": Role.WORKER}
    if line.dispatched:
        service.move(session, alert, Action.DISPATCH, now=at(line.dispatched), **team)
    if line.accepted:
        service.move(session, alert, Action.ACCEPT, now=at(line.accepted), **worker)
    if line.visited and line.outcome:
        _visited(session, alert, line.visited, line.outcome, line.told, worker)
    if line.number in AGAIN:
        out, taken, seen, need = AGAIN[line.number]
        service.move(session, alert, Action.RECHECK, now=at(day_of(out)), **team)
        service.move(session, alert, Action.ACCEPT, now=at(day_of(taken)), **worker)
        _visited(session, alert, day_of(seen), "confirmed", need, worker)
    if line.helped:
        for need in session.get_one(Alert, alert).needs:
            if need.state == "confirmed":
                service.settle_need(session, need.id, met=True, now=at(line.helped), **worker)


def _visited(
    session: Session, alert: int, day: date, outcome: str, told: str | None, worker: dict
) -> None:
    needs = [NEEDS[n] for n in told.split("+")] if outcome == "confirmed" and told else None
    cause = told if outcome == "false_alarm" else None
    service.record_outcome(session, alert, outcome, now=at(day), cause=cause, needs=needs, **worker)
