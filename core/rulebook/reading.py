"""Which version holds in a month, and what the store knows of all of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.db.store import open_session, ready
from core.home import Home
from core.rulebook.models import RuleActivation, RuleEvent, RuleVersion
from core.rulebook.states import State, VersionNotFound

Texts = Mapping[str, str]


@dataclass(frozen=True)
class Version:
    """A version as it stands. `texts` maps a path like 'indicators/A01.yaml' to its YAML.

    `last_event` is the number that an act on it must carry.
    """

    number: int
    title: str
    kind: str
    state: State
    base: int | None
    author: str
    made_at: datetime
    fingerprint: str
    texts: Texts
    last_event: int
    tried: Mapping[str, Any] | None = None
    approved_by: str | None = None
    override: str | None = None


@dataclass(frozen=True)
class Activation:
    """From which month on which version holds, who put it in force and why."""

    number: int
    version: int
    since: date
    at: datetime
    action: str
    actor: str
    second: str | None
    reason: str | None
    promise: Mapping[str, Any] | None
    override: str | None


@dataclass(frozen=True)
class Act:
    """One line of a version's history."""

    at: datetime
    actor: str
    role: str
    action: str
    note: str | None
    changes: list[Mapping[str, Any]]


def in_force(where: Home | Session, on: date) -> Version | None:
    """The version that holds for the month of `on`; None where the store holds none for it.

    Asking creates no database. Then the rules that came with the program hold.
    """
    if isinstance(where, Session):
        return _in_force(where, on)
    if not ready(where):
        return None
    with open_session(where) as session:
        return _in_force(session, on)


def _in_force(session: Session, on: date) -> Version | None:
    query = (
        select(RuleActivation.rule_version_id)
        .where(RuleActivation.since <= on)
        .order_by(RuleActivation.since.desc(), RuleActivation.id.desc())
        .limit(1)
    )
    number = session.scalar(query)
    return None if number is None else version(session, number)


def version(session: Session, number: int) -> Version:
    """One version. Raises VersionNotFound."""
    row = session.get(RuleVersion, number)
    if row is None:
        raise VersionNotFound("规则版本", "rule version", number)
    return _version(row, _last_events(session, number).get(number, 0))


def versions(session: Session) -> list[Version]:
    """Every version, the newest first."""
    rows = session.scalars(select(RuleVersion).order_by(RuleVersion.id.desc()))
    last = _last_events(session)
    return [_version(row, last.get(row.id, 0)) for row in rows]


def activations(session: Session) -> list[Activation]:
    """Every activation in the order it was written."""
    rows = session.scalars(select(RuleActivation).order_by(RuleActivation.id))
    return [
        Activation(
            row.id,
            row.rule_version_id,
            row.since,
            row.at,
            row.action,
            row.actor,
            row.second,
            row.reason,
            _json(row.promise),
            row.override,
        )
        for row in rows
    ]


def history(session: Session, number: int) -> list[Act]:
    """What happened to a version, oldest first."""
    query = select(RuleEvent).where(RuleEvent.rule_version_id == number).order_by(RuleEvent.id)
    return [
        Act(row.at, row.actor, row.role, row.action, row.note, _json(row.changes) or [])
        for row in session.scalars(query)
    ]


def _last_events(session: Session, number: int | None = None) -> dict[int, int]:
    """The newest event of every version, or of one: what a page showed, and an act carries."""
    query = select(RuleEvent.rule_version_id, func.max(RuleEvent.id)).group_by(
        RuleEvent.rule_version_id
    )
    if number is not None:
        query = query.where(RuleEvent.rule_version_id == number)
    return {row[0]: row[1] for row in session.execute(query)}


def _version(row: RuleVersion, last_event: int) -> Version:
    return Version(
        row.id,
        row.title,
        row.kind,
        State(row.state),
        row.base_id,
        row.author,
        row.made_at,
        row.fingerprint,
        _json(row.texts),
        last_event,
        _json(row.tried),
        row.approved_by,
        row.override,
    )


def _json(text: str | None) -> Any:
    return None if text is None else json.loads(text)
