"""Every change to the rule store: written, edited, tried, approved, put in force, taken back.

Callers own the transaction. Each function decides first and changes afterwards, and leaves an
event. What a version says is checked by the caller before it comes here; that the past is never
moved is checked here: a version begins after the last month that was run.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.privacy import private_number
from core.rulebook.models import RuleActivation, RuleEvent, RuleVersion
from core.rulebook.reading import Texts, in_force
from core.rulebook.states import (
    CYCLE,
    DONE,
    Action,
    MoveRefused,
    PersonalDataRefused,
    Role,
    RulebookError,
    State,
    VersionChanged,
    VersionNotFound,
)
from core.workflow import events
from core.workflow import writing as kernel
from core.workflow.calendar import county_time
from core.workflow.moves import decide

OWN, SHIPPED = "own", "shipped"
SYSTEM = "system"
Change = Mapping[str, Any]


@dataclass(frozen=True)
class Act(kernel.Act[Role]):
    """Who acts on a version, in which role, when (China time), and what they say about it."""

    @classmethod
    def by(cls, actor: str, role: Role | str, at: datetime, note: str | None = None) -> Act:
        """Check and normalise what a caller gives.

        Raises PersonalDataRefused for an ID or phone number in the note.
        """
        said = (note or "").strip() or None
        refuse_personal(said)
        return cls(actor, Role(role), county_time(at), said)


def refuse_personal(text: str | None) -> None:
    """Raises PersonalDataRefused for a text that holds an ID or phone number."""
    if text and private_number(text):
        raise PersonalDataRefused(
            "文字中含有身份证号码或手机号码，请删去后再保存",
            "the text holds an ID or phone number; leave it out and save again",
        )


def fingerprint(texts: Texts) -> str:
    """SHA-256 of all texts with their paths."""
    return hashlib.sha256(_stored(texts).encode()).hexdigest()


def _stored(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def write(session: Session, title: str, texts: Texts, act: Act, base: int | None = None) -> int:
    """Begin a draft of the office's own; its number. `base` is the version it starts from.

    Raises RulebookError for a title that is empty or too long.
    """
    refuse_personal(title)
    if not 1 <= len(title.strip()) <= 80:
        raise RulebookError(
            "请给草稿起一个 1 到 80 个字的名称", "give the draft a name of 1 to 80 characters"
        )
    row = _new(session, title.strip(), OWN, State.DRAFT, texts, act, base)
    with kernel.written(session, RuleEvent, VersionChanged(0)):
        session.flush()
        _keep(session, row, act, Action.WRITE, None, State.DRAFT)
    return row.id


def edit(
    session: Session,
    number: int,
    texts: Texts,
    act: Act,
    seen: int,
    changes: Sequence[Change] = (),
    title: str | None = None,
) -> None:
    """Put other texts in a draft; a trial of the old ones no longer counts.

    `changes` says in words of the caller what changed. Raises MoveRefused, VersionChanged.
    """
    row = _load(session, number, act, seen)
    before = State(row.state)
    decision = decide(CYCLE, before, Action.EDIT, act.role, act.at)
    with kernel.written(session, RuleEvent, VersionChanged(number)):
        kernel.advance(row, decision)
        row.texts, row.fingerprint = _stored(dict(texts)), fingerprint(texts)
        row.title = (title or row.title).strip()[:80]
        row.tried = None
        _keep(session, row, act, Action.EDIT, before, State.DRAFT, changes)


def tried(session: Session, number: int, figures: Mapping[str, Any], act: Act, seen: int) -> None:
    """Keep the figures of a trial with the version that was tried."""
    row = _load(session, number, act, seen)
    _move(session, row, Action.TRY, act, tried=_stored(figures))


def approve(
    session: Session, number: int, act: Act, seen: int, override: str | None = None
) -> None:
    """A second person approves a tried version; `override` says why a gate's refusal is passed.

    Raises MoveRefused for whoever wrote or edited the version.
    """
    row = _load(session, number, act, seen)
    if act.actor in writers(session, number):
        raise MoveRefused(
            "起草或修改过该版本的人不能审核，请由另一人审核",
            "whoever wrote or edited a version cannot approve it; ask a second person",
        )
    refuse_personal(override)
    _move(session, row, Action.APPROVE, act, approved_by=act.actor, override=override)


def send_back(session: Session, number: int, act: Act, seen: int) -> None:
    """Back to its writers, with what should be changed."""
    row = _load(session, number, act, seen)
    _move(session, row, Action.RETURN, act, approved_by=None, override=None)


def discard(session: Session, number: int, act: Act, seen: int) -> None:
    """Give a draft up; it stays to be read."""
    _move(session, _load(session, number, act, seen), Action.DISCARD, act)


def activate(
    session: Session,
    number: int,
    since: date,
    act: Act,
    seen: int,
    *,
    last_run: date | None,
    promise: Mapping[str, Any] | None = None,
) -> None:
    """Put an approved version in force for months from `since` on.

    Raises RulebookError when a month from `since` on was run already, or another version begins
    later; MoveRefused where no second person approved it.
    """
    row = _load(session, number, act, seen)
    refuse_past(session, since, last_run)
    _move(session, row, Action.ACTIVATE, act, also=lambda: _retire(session, row.id, act))
    _begin(session, row, since, act, Action.ACTIVATE, promise)


def step_back(
    session: Session, number: int, since: date, act: Act, seen: int, *, last_run: date | None
) -> int:
    """Take the version in force back and put the one before it in force again; its number.

    Raises RulebookError when there is none before it, or it came by a step back itself.
    """
    row = _load(session, number, act, seen)
    before = _before(session, number)
    refuse_past(session, since, last_run)
    _move(session, row, Action.STEP_BACK, act)
    earlier = session.get_one(RuleVersion, before)
    system = Act(act.actor, Role.SYSTEM, act.at, act.note)
    _move(session, earlier, Action.RESTORE, system)
    _begin(session, earlier, since, act, Action.STEP_BACK)
    return before


def pin(session: Session, texts: Texts, as_of: date, title: str, at: datetime) -> int:
    """Keep the shipped rules a month is about to be run by; the version that holds for it.

    Nothing is done where the office's own version holds, or the same texts are kept already. A
    month that was run keeps the version it was run by.
    """
    now = in_force(session, as_of)
    act = Act(SYSTEM, Role.SYSTEM, county_time(at))
    if now and (now.kind == OWN or now.fingerprint == fingerprint(texts)):
        return now.number
    if now and _begun_on(session, as_of):
        return now.number
    row = _new(session, title, SHIPPED, State.ACTIVE, texts, act, now.number if now else None)
    with kernel.written(session, RuleEvent, VersionChanged(0)):
        session.flush()
        _keep(session, row, act, Action.WRITE, None, State.ACTIVE)
        _retire(session, row.id, act)
    _begin(session, row, as_of, act, Action.ACTIVATE)
    return row.id


def refuse_past(session: Session, since: date, last_run: date | None) -> None:
    """Raises RulebookError for a start that would move a month which was run, or stand before
    another version's."""
    if last_run is not None and since <= last_run:
        raise RulebookError(
            f"{last_run:%Y-%m} 及以前的月份已经运行，版本只能从其后的月份起生效",
            f"months up to {last_run:%Y-%m} were run already; a version begins after them",
        )
    latest = session.scalar(select(func.max(RuleActivation.since)))
    if latest is not None and since < latest:
        raise RulebookError(
            f"已有版本从 {latest:%Y-%m} 起生效，新版本不能早于它",
            f"a version begins in {latest:%Y-%m} already; a new one cannot begin before it",
        )


def _new(
    session: Session,
    title: str,
    kind: str,
    state: State,
    texts: Texts,
    act: Act,
    base: int | None,
) -> RuleVersion:
    row = RuleVersion(
        state=state,
        clock_from=act.at.date(),
        title=title,
        kind=kind,
        base_id=base,
        author=act.actor,
        made_at=act.at,
        texts=_stored(dict(texts)),
        fingerprint=fingerprint(texts),
    )
    session.add(row)
    return row


def _load(session: Session, number: int, act: Act, seen: int) -> RuleVersion:
    """A version for changing, locked. Raises VersionChanged when more happened than was seen."""
    kernel.lock(session, RuleVersion, [number])
    row = session.get(RuleVersion, number, populate_existing=True)
    if row is None:
        raise VersionNotFound("规则版本", "rule version", number)
    since = events.events_since(session, RuleEvent.rule_version_id, number, seen)
    if since:
        told = events.story(since, act.at, DONE, system=Role.SYSTEM)
        raise VersionChanged(number, (told.zh, told.en))
    return row


def _move(
    session: Session,
    row: RuleVersion,
    action: Action,
    act: Act,
    also: Callable[[], None] | None = None,
    **values: Any,
) -> None:
    """Make a move and keep its event; `also` changes other versions in the same block."""
    before = State(row.state)
    decision = decide(CYCLE, before, action, act.role, act.at, note=act.note)
    with kernel.written(session, RuleEvent, VersionChanged(row.id)):
        kernel.advance(row, decision)
        for name, value in values.items():
            setattr(row, name, value)
        if also is not None:
            also()
        _keep(session, row, act, action, before, decision.after)


def _keep(
    session: Session,
    row: RuleVersion,
    act: Act,
    action: Action,
    before: State | None,
    after: State,
    changes: Sequence[Change] = (),
) -> None:
    kernel.keep(
        session,
        RuleEvent,
        act,
        action,
        before,
        after,
        {"rule_version_id": row},
        note=act.note,
        changes=_stored(list(changes)) if changes else None,
    )


def _retire(session: Session, successor: int, act: Act) -> None:
    """The version in force until now makes room; inside a `written` block."""
    query = select(RuleVersion).where(
        RuleVersion.state == State.ACTIVE, RuleVersion.id != successor
    )
    system = Act(act.actor, Role.SYSTEM, act.at)
    for row in session.scalars(query):
        decision = decide(CYCLE, State(row.state), Action.REPLACE, Role.SYSTEM, act.at)
        kernel.advance(row, decision)
        _keep(session, row, system, Action.REPLACE, State.ACTIVE, decision.after)


def _begin(
    session: Session,
    row: RuleVersion,
    since: date,
    act: Act,
    action: Action,
    promise: Mapping[str, Any] | None = None,
) -> None:
    begun = RuleActivation(
        rule_version_id=row.id,
        since=since,
        at=act.at,
        action=action,
        actor=act.actor,
        second=row.approved_by if action is Action.ACTIVATE else None,
        reason=act.note,
        promise=_stored(promise) if promise else None,
        override=row.override if action is Action.ACTIVATE else None,
    )
    session.add(begun)
    session.flush()


def writers(session: Session, number: int) -> set[str]:
    """Who wrote or edited a version."""
    wrote = select(RuleEvent.actor).where(
        RuleEvent.rule_version_id == number,
        RuleEvent.action.in_([Action.WRITE.value, Action.EDIT.value]),
    )
    return set(session.scalars(wrote))


def _begun_on(session: Session, day: date) -> bool:
    query = select(func.count()).where(RuleActivation.since == day)
    return bool(session.scalar(query))


def _before(session: Session, number: int) -> int:
    """The version that was in force before this one."""
    rows = list(session.scalars(select(RuleActivation).order_by(RuleActivation.id.desc())))
    if rows and rows[0].action == Action.STEP_BACK:
        raise RulebookError(
            "现行版本已是退回后的版本，只能退回一步；如需更早的版本，请据其另起草稿",
            "the version in force came by a step back, and only one step is possible; "
            "start a draft from an older version instead",
        )
    for row in rows:
        if row.rule_version_id != number:
            return row.rule_version_id
    raise RulebookError("此前没有其他版本可以退回", "there is no version before this one")
