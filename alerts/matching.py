"""Whether the help that a family got answers the reason for which it is in need.

A family in need through illness (因病) that got an emergency payment and nothing medical was
helped, but not with what brought it down. Of every alert with a confirmed need the causes are held
against the kinds of need that were met (`models/scorecard/needs.yaml`; who leads which: 国办发
〔2023〕39号). Only what is certain is called missing: not before the time is over.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts.handling import Handling
from alerts.models import Alert, AlertEvent, AlertReason
from alerts.needs_standing import needs_standing
from alerts.policy import Policy
from alerts.reasons import facts_told
from alerts.standing import standing
from alerts.states import Action, NeedState, Outcome, State, Truth
from alerts.words import vocabulary
from core.words import Text, Worded
from core.workflow.calendar import add_working_days
from core.workflow.events import in_chunks


@dataclass(frozen=True)
class Cause:
    """A cause of need, by the category of the reasons that tell of it, and the kinds of need that
    answer it."""

    label: Text
    kinds: frozenset[str]


# Causes for which there is help of their own; income and household have none but basic living.
CAUSES: Mapping[str, Cause] = {
    "C": Cause(
        Text("因病", "Illness"), frozenset({"medical_aid", "medical_insurance", "illness_care"})
    ),
    "D": Cause(Text("因学", "Schooling"), frozenset({"student_aid", "dropout_control"})),
    "E": Cause(Text("缺少就业", "Lack of work"), frozenset({"employment"})),
    "F": Cause(Text("住房困难", "Housing"), frozenset({"rural_housing", "urban_housing"})),
}


class Answer(Worded):
    """What became of a cause."""

    GIVEN = ("given", "已给予对应救助", "Help of that kind was given")
    COVERED = ("covered", "已享受对应救助", "Had help of that kind already")
    JUDGED = (
        "judged",
        "核查认定不应给予，或本人不接受",
        "Found not to be due, or refused by the person",
    )
    OPEN = ("open", "办理期限未到", "Time is not over")
    MISSING = ("missing", "未给予对应救助", "No help of that kind was given")


class Why(Worded):
    """Why help of the kind is missing."""

    NOT_ASKED = ("not_asked", "未确认此类需求", "No such need was confirmed")
    DROPPED = ("dropped", "需求已终止", "The need was dropped")
    LATE = ("late", "逾期未解决", "Not met in time")


COLUMNS = [
    "alert_id", "household", "township_code", "village_code", "month", "category", "asked",
    "visited_on", "due_on", "answer", "why", "helped",
]  # fmt: skip
# Outcomes of a need that say the family has the help already, or is not to get it.
_COVERED = frozenset({Outcome.ALREADY_COVERED.value})
_JUDGED = frozenset({Outcome.NOT_ELIGIBLE.value, Outcome.FALSE_ALARM.value, Outcome.REFUSED.value})


def matching(
    session: Session,
    policy: Policy,
    today: date,
    as_at: date | None = None,
    aided: Mapping[tuple[str, str], list[date]] | None = None,
) -> pd.DataFrame:
    """One row per alert with a confirmed need and cause (CAUSES), as known at the end of `as_at`.

    Columns: `asked` (the visit said that a fact of the category is true; else it said nothing of
    any, and the strongest reason stands for the cause), `visited_on`, `due_on` (the last day on
    which help of the kind is in time), `answer` (Answer), `why` (Why, where it is missing),
    `helped` (the kinds of need that were met instead or beside, as a list). `aided`: days on which
    departments paid help, by household and category. Missing is said once the case is closed or
    `today` is later than the due day.
    """
    stood = standing(session, as_at, policy)
    stood = stood[stood["confirmed"]]
    needs = _by_alert(needs_standing(session, as_at))
    causes, visits = _causes(session, stood, as_at), _days(session, stood["settled"])
    rows = []
    for alert in stood.to_dict("records"):
        visited = visits.get(int(alert["settled"]), alert["raised_on"])
        number = alert["id"]
        own = needs.get(number, [])
        for category, (asked, kinds) in causes.get(number, {}).items():
            paid = (aided or {}).get((alert["household"], category), [])
            row = {name: alert.get(name) for name in COLUMNS[1:5]}
            row |= {"alert_id": number, "category": category, "asked": asked}
            # After a suspension departments have their whole time again; while it lasts it stands.
            due_on = _due(alert, max(visited, alert["clock_from"]), kinds, policy)
            row |= {"visited_on": visited, "due_on": due_on}
            waits = alert["suspended_until"] is not None
            over = (due_on < today and not waits) or alert["state"] == State.CLOSED.value
            given = any(alert["raised_on"] <= day for day in paid)
            rows.append(row | _answer(own, kinds, over, given))
    return pd.DataFrame(rows, columns=COLUMNS)


def _by_alert(needs: pd.DataFrame) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {}
    for need in needs.to_dict("records"):
        found.setdefault(need["alert_id"], []).append({str(k): v for k, v in need.items()})
    return found


def _answer(
    needs: Sequence[Mapping[str, Any]], kinds: frozenset[str], over: bool, given: bool
) -> dict[str, Any]:
    """What became of a cause that `kinds` of need answer: answer, why, helped."""
    met = [need["code"] for need in needs if need["state"] == NeedState.MET.value]
    own = [need for need in needs if need["code"] in kinds]
    found = {need["outcome"] for need in own}
    answer, why = Answer.MISSING, None
    if given or set(met) & kinds:
        answer = Answer.GIVEN
    elif found & _COVERED:
        answer = Answer.COVERED
    elif own and found <= _JUDGED:
        answer = Answer.JUDGED
    elif not over:
        answer = Answer.OPEN
    elif Outcome.CONFIRMED.value not in found:
        why = Why.NOT_ASKED
    else:
        confirmed = [n["state"] for n in own if n["outcome"] == Outcome.CONFIRMED.value]
        why = Why.DROPPED if set(confirmed) == {NeedState.DROPPED.value} else Why.LATE
    return {"answer": answer.value, "why": why and why.value, "helped": met}


def _due(alert: Mapping[Hashable, Any], since: date, kinds: frozenset[str], policy: Policy) -> date:
    """The last day on which one of the kinds is in time: the longest that a department may take."""
    codes = (alert["village_code"], alert["township_code"])
    place = next((str(code) for code in codes if code is not None and code == code), "")
    hard = alert["handling"] == Handling.COMPLEX
    days = max(policy.application_limit(kind, place, since, hard=hard) for kind in kinds)
    return add_working_days(since, days).on


def _causes(
    session: Session, stood: pd.DataFrame, as_at: date | None
) -> dict[int, dict[str, tuple[bool, frozenset[str]]]]:
    """Each alert's causes: category to whether the visit said so, and the kinds that answer it."""
    reasons = _reasons(session, [int(n) for n in stood["id"]], as_at)
    reasons["truth"] = reasons["id"].map(truths(session, as_at))
    bands = dict(zip(stood["id"], stood["band"], strict=True))
    # What the model alone named below the grave bands is hidden from visitors, so it is no cause.
    told = reasons[facts_told(reasons, reasons["alert_id"].map(bands))]
    told = told[told["category"].isin(list(CAUSES))]
    found: dict[int, dict[str, tuple[bool, frozenset[str]]]] = {}
    for number, own in told.groupby("alert_id"):
        asked = bool(reasons.loc[reasons["alert_id"] == number, "truth"].notna().any())
        chosen = own[own["truth"] == Truth.TRUE.value] if asked else own.head(1)
        causes: dict[str, tuple[bool, frozenset[str]]] = {}
        for code, category in zip(chosen["code"], chosen["category"], strict=True):
            before = causes.get(category, (asked, CAUSES[category].kinds))[1]
            causes[category] = asked, before | {vocabulary().need_for(code, category)}
        found[int(str(number))] = causes
    return found


def _reasons(session: Session, alerts: list[int], as_at: date | None) -> pd.DataFrame:
    """Reasons told by the day, strongest first."""
    names = ["id", "alert_id", "source", "code", "category", "as_of"]
    rows = []
    for chunk in in_chunks(alerts):
        query = select(*(getattr(AlertReason, name) for name in names))
        query = query.where(AlertReason.alert_id.in_(chunk))
        rows += [tuple(r) for r in session.execute(query.order_by(AlertReason.position))]
    frame = pd.DataFrame(rows, columns=names)
    return frame if as_at is None else frame[frame["as_of"] <= as_at].copy()


def truths(session: Session, as_at: date | None = None) -> dict[int, str]:
    """What visits said of single reasons up to the end of a day: reason to Truth, the last counts.

    A reason of an alert that was reopened since keeps what was said until it is asked again.
    """
    query = (
        select(AlertEvent.reason_id, AlertEvent.cause)
        .join(Alert, Alert.id == AlertEvent.alert_id)
        .where(AlertEvent.action == Action.FACT, AlertEvent.reason_id.is_not(None))
        .order_by(AlertEvent.id)
    )
    if as_at is not None:
        query = query.where(AlertEvent.at <= datetime.combine(as_at, time.max))
    return {int(reason or 0): str(told) for reason, told in session.execute(query)}


def _days(session: Session, events: Iterable[int]) -> dict[int, date]:
    """The day of each of these events."""
    found: dict[int, date] = {}
    for chunk in in_chunks([int(one) for one in events]):
        query = select(AlertEvent.id, AlertEvent.at).where(AlertEvent.id.in_(chunk))
        found |= {number: at.date() for number, at in session.execute(query)}
    return found
