"""The tasks of whoever visits: which alerts are theirs, due first, with reasons and what to check.

Told as whoever visits may read them: facts alone, and nothing that tells drawn visits apart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts import holding, need_clocks
from alerts.filters import NEAR_WORKING_DAYS
from alerts.models import AlertReason, Need
from alerts.needs_standing import needs_standing
from alerts.policy import load_policy
from alerts.queries import event_counts
from alerts.reasons import CHECK, SEE, facts_told
from alerts.states import OPEN_NEEDS, NeedState, Role, State
from alerts.visits import photos
from alerts.visits.choosing import Unsettled, unsettled
from alerts.visits.models import VisitField
from alerts.visits.receiving import rounds
from alerts.words import words_on
from core.access.areas import Area
from core.words import Text
from core.workflow.assignment import covers
from core.workflow.calendar import add_working_days
from core.workflow.events import in_chunks
from services.reads import base, cases, people, standing

WITH_WORKER = (State.DISPATCHED, State.ACCEPTED, State.CHECKING, State.RETRY)
MEMBER = "household, relation, sex, age, severely_disabled, other_disabled"
Due = Literal["late", "near", "ok"]


@dataclass(frozen=True)
class Reason:
    """A reason in words, with what to check on site where the scorecard says so."""

    code: str
    told: Text
    check: Text | None


@dataclass(frozen=True)
class Task:
    """One household to visit. `key` is what the alert is called outside, `version` how many events
    it has, `round` how many results; `band` as whoever visits may read it."""

    alert: int
    key: str
    number: str
    household: str
    who: str
    township: str
    village: str
    band: str
    urgent: bool
    state: str
    tries: int
    due_on: date | None
    due: Due
    version: int
    round: int
    reasons: tuple[Reason, ...]
    needs: tuple[tuple[str, str], ...]
    members: tuple[dict[str, Any], ...]


def mine(
    stood: pd.DataFrame, account: str, scope: Area, today: date, to_meet: Collection[int]
) -> pd.Series:
    """Which alerts of an area are an account's to work on: the one place that says so.

    For a department those with a need of its own still to be met (`to_meet`). For a worker those
    with which a visit is owed (sent out, taken, or under watch until a day that has come) and whose
    turn it is: theirs by name, or their place's. A suspended case waits until its day.
    """
    if scope.department:
        return (stood["state"] == State.ASSISTING) & stood["id"].isin(list(to_meet))
    rows = stood.to_dict("records")
    owed = [_owed(row, today) and _held(row, account, scope) for row in rows]
    return pd.Series(owed, index=stood.index, dtype=bool)


@base.cached_alerts
def _to_meet(home: str, as_of: date, scope: Area) -> Mapping[int, date | None]:
    """Alerts of an area with a need that its department has still to meet, and by when the first of
    them is due; those of everybody else's list are not asked for."""
    if not scope.department:
        return {}
    known = base.known_at(home, as_of)
    with base.alert_session(home, scope) as session:
        needs = needs_standing(session, known)
    own = needs["department"] == scope.department
    waits = needs["state"].isin([NeedState.CONFIRMED.value, NeedState.HANDLING.value])
    needs = needs[own & waits]
    policy = load_policy(base.home_at(home), as_of)
    due = need_clocks.due_days(needs, standing.stood(home, as_of, scope), policy)
    first = due.dropna().groupby(needs["alert_id"]).min()
    return {int(alert): first.get(alert) for alert in needs["alert_id"].unique()}


def _owed(row: dict[str, Any], today: date) -> bool:
    """Whether a visit to the household is owed now."""
    stops, due = row["suspended_until"], row["due_on"]
    if stops is not None and stops >= today:
        return False
    watched = row["state"] == State.WATCHING and due is not None and due == due and due <= today
    return row["state"] in WITH_WORKER or watched


def _held(row: dict[str, Any], account: str, scope: Area) -> bool:
    """Whether it is this worker's turn; what nobody holds any more is the place's."""
    place = _text(row["village_code"]) or _text(row["township_code"])
    if row["holder_role"] is None:
        return covers(scope.code, place)
    role, area = Role(row["holder_role"]), row["holder_area"] or ""
    holder = holding.Held(role, area, row["holder_account"])
    return holding.concerns(holder, scope.code, account, place)


def tasks(home: str, as_of: date, scope: Area, account: str, most: int) -> tuple[list[Task], int]:
    """An account's tasks in an area, due first, at most `most`; and how many there are.

    Raises NothingYet without any alert ever.
    """
    today = base.today_at(home, as_of)
    stood = standing.stood(home, as_of, scope)
    to_meet = _to_meet(home, as_of, scope)
    found = stood[mine(stood, account, scope, today, to_meet)].copy()
    found["band"] = found["band"].map(cases.blind_band)
    if scope.department:  # its own need's day, not that of another department's
        days = [to_meet[int(alert)] for alert in found["id"]]
        found["due_on"] = pd.Series(days, index=found.index, dtype=object)
    found["last"] = found["due_on"].map(lambda d: d if d is not None and d == d else date.max)
    found["calm"] = ~found["urgent"].astype(bool)
    found = found.sort_values(["last", "calm", "household"])
    return of_alerts(home, as_of, scope, found.head(most)), len(found)


def of_alerts(home: str, as_of: date, scope: Area, rows: pd.DataFrame) -> list[Task]:
    """The tasks of these rows of `services.reads.standing`, in their order."""
    ids = [int(i) for i in rows["id"]]
    if not ids:
        return []
    today = base.today_at(home, as_of)
    called = cases.keys(home, as_of, scope, ids)
    numbers = dict(zip(ids, cases.numbers(home, as_of, scope, ids), strict=True))
    families = tuple(rows["household"])
    names, members = people.heads(home, as_of, families), _members(home, as_of, families)
    with base.alert_session(home, scope) as session:
        reasons = _reasons(session, home, as_of, rows)
        needs, versions = _needs(session, ids), event_counts(session, ids)
        results = rounds(session, ids)
    return [
        Task(
            alert=row["id"],
            key=called[row["id"]],
            number=numbers[row["id"]],
            household=row["household"],
            who=names.get(row["household"], ""),
            township=_text(row["township_code"]),
            village=_text(row["village_code"]),
            band=cases.blind_band(row["band"]),
            urgent=bool(row["urgent"]),
            state=row["state"],
            tries=int(row["tries"] or 0),
            due_on=row["due_on"] if row["due_on"] == row["due_on"] else None,
            due=due_word(row["due_on"], today),
            version=versions[row["id"]],
            round=results.get(row["id"], 0),
            reasons=tuple(reasons[row["id"]]),
            needs=tuple(needs.get(row["id"], ())),
            members=tuple(members.get(row["household"], ())),
        )
        for row in rows.to_dict("records")
    ]


def due_word(due: date | None, today: date) -> Due:
    """How a due day stands: past, within two working days, or later."""
    if due is None or due != due:
        return "ok"
    if due < today:
        return "late"
    return "near" if due <= add_working_days(today, NEAR_WORKING_DAYS).on else "ok"


def _text(value: Any) -> str:
    return str(value) if value is not None and value == value else ""


def _reasons(
    session: Session, home: str, as_of: date, rows: pd.DataFrame
) -> dict[int, list[Reason]]:
    """The facts told of each alert, strongest first; 'see how they are' where there is none."""
    ids, own = [int(i) for i in rows["id"]], AlertReason
    columns = (own.alert_id, own.source, own.code, own.text_zh, own.text_en, own.as_of)
    told = []
    for chunk in in_chunks(ids):
        query = select(*columns).where(own.alert_id.in_(chunk), own.as_of <= as_of)
        told += [tuple(row) for row in session.execute(query.order_by(own.position))]
    frame = pd.DataFrame(told, columns=["id", "source", "code", "zh", "en", "as_of"])
    bands = dict(zip(ids, rows["band"], strict=True))
    frame = frame[facts_told(frame, frame["id"].map(bands))] if len(frame) else frame
    words = words_on(base.home_at(home), as_of)
    found: dict[int, list[Reason]] = {i: [] for i in ids}
    for row in frame.to_dict("records"):
        check = words.onsite_check(row["code"])
        found[row["id"]].append(Reason(row["code"], _told(row, as_of), check))
    return {i: each or [Reason(SEE, CHECK, None)] for i, each in found.items()}


def _told(row: dict[str, Any], as_of: date) -> Text:
    """A reason in words; ages in it are those of its own month, so an older month is named."""
    if row["as_of"] >= as_of:
        return Text(row["zh"], row["en"])
    month = f"{row['as_of']:%Y-%m}"
    return Text(f"{row['zh']}（{month} 的情况）", f"{row['en']} (as known in {month})")


def _needs(session: Session, ids: Sequence[int]) -> dict[int, list[tuple[str, str]]]:
    """The needs to look for, each with its department; what is met or ended is left out."""
    found: dict[int, list[tuple[str, str]]] = {}
    states = list(OPEN_NEEDS)
    for chunk in in_chunks(ids):
        query = select(Need.alert_id, Need.code, Need.department)
        query = query.where(Need.alert_id.in_(chunk), Need.state.in_(states)).order_by(Need.id)
        for alert, code, department in session.execute(query):
            found.setdefault(alert, []).append((code, department))
    return found


@base.cached
def _members(home: str, as_of: date, families: tuple[str, ...]) -> dict[str, list[dict[str, Any]]]:
    """Who lives in each household: relation, sex, age, disability; nobody is named."""
    path = base.monthly_file(home, "profile", as_of, "person.parquet")
    if path is None or not families:
        return {}
    rows = base.query(
        f"SELECT {MEMBER} FROM read_parquet($path) "  # noqa: S608 (ours)
        "WHERE list_contains($families, household) "
        "ORDER BY household, (relation = 'head') DESC, age DESC",
        {"path": str(path), "families": list(families)},
    )
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows.to_dict("records"):
        disabled = bool(row["severely_disabled"] == 1) or bool(row["other_disabled"] == 1)
        known = {"relation": _text(row["relation"]), "sex": _text(row["sex"])}
        age = int(row["age"]) if row["age"] == row["age"] else None
        member = known | {"age": age, "disabled": disabled}
        found.setdefault(row["household"], []).append(member)
    return found


def photographed(session: Session, found: Sequence[Task]) -> Counter[int]:
    """How many photos each task's visit has, by alert."""
    now = {task.alert: task.round for task in found}
    kept = photos.of_alerts(session, list(now))
    return Counter(one.alert_id for one in kept if one.round == now[one.alert_id])


def sheets(session: Session, found: Sequence[Task]) -> dict[int, dict[str, dict[str, str]]]:
    """What stands on the sheet of each task's visit: field -> value, op, by, at."""
    told: dict[int, dict[str, dict[str, str]]] = {task.alert: {} for task in found}
    now = {task.alert: task.round for task in found}
    for chunk in in_chunks(list(told)):
        for row in session.scalars(select(VisitField).where(VisitField.alert_id.in_(chunk))):
            if row.round == now[row.alert_id]:
                value = {"value": row.value, "op": row.operation}
                value |= {"by": row.writer, "at": f"{row.at:%Y-%m-%d %H:%M}"}
                told[row.alert_id][row.field] = value
    return told


def conflicts(session: Session) -> list[Unsettled]:
    """The conflicts of the area in which nobody has chosen yet."""
    return unsettled(session)
