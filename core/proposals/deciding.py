"""Proposing and deciding, by two people. Callers own the transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.errors import Told
from core.privacy import private_number
from core.proposals.models import Proposal
from core.words import Worded


class State(Worded):
    """Where a proposal stands; all but the first are final."""

    OPEN = ("open", "待审批", "waiting for a second person")
    APPROVED = ("approved", "已批准", "approved")
    DECLINED = ("declined", "未批准", "declined")
    WITHDRAWN = ("withdrawn", "已撤回", "withdrawn")


class ProposalRefused(Told):
    """A proposal or a decision that cannot be taken, and why."""


@dataclass(frozen=True)
class Proposed:
    """A proposal as it stands; fields as in the table."""

    number: int
    subject: str
    version: str
    state: State
    proposed_by: str
    proposed_at: datetime
    reason: str
    decided_by: str | None = None
    decided_at: datetime | None = None
    note: str | None = None
    override: str | None = None


def propose(
    session: Session, subject: str, version: str, reason: str, who: str, at: datetime
) -> int:
    """Keep a proposal; its number. Raises ProposalRefused while another one of the subject waits,
    for an empty reason, or for a text with an ID or phone number."""
    said = _said(reason)
    waiting = open_one(session, subject)
    if waiting is not None:
        raise ProposalRefused(
            f"版本 {waiting.version} 的启用申请正在等待审批，请先处理",
            f"version {waiting.version} is proposed already and waits for a decision",
        )
    row = Proposal(
        subject=subject, version=version, state=State.OPEN, proposed_by=who, proposed_at=at,
        reason=said,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row.id


def get(session: Session, number: int) -> Proposed:
    """One proposal. Raises ProposalRefused for an unknown number."""
    row = session.get(Proposal, number, populate_existing=True)
    if row is None:
        raise ProposalRefused("没有这份启用申请", "there is no such proposal")
    return _told(row)


def open_one(session: Session, subject: str) -> Proposed | None:
    """The proposal of a subject that waits for a decision; None for none."""
    query = select(Proposal).where(Proposal.subject == subject, Proposal.state == State.OPEN)
    row = session.scalars(query.order_by(Proposal.id.desc())).first()
    return None if row is None else _told(row)


def all_of(session: Session, subject: str) -> list[Proposed]:
    """Every proposal of a subject, the newest first."""
    query = select(Proposal).where(Proposal.subject == subject).order_by(Proposal.id.desc())
    return [_told(row) for row in session.scalars(query)]


def decide(
    session: Session,
    number: int,
    state: State,
    who: str,
    note: str,
    at: datetime,
    override: str | None = None,
) -> Proposed:
    """Decide an open proposal; as it was before.

    Only whoever proposed it may withdraw it, and only somebody else may approve or decline it.
    Raises ProposalRefused otherwise, for an empty note, or when somebody decided it meanwhile.
    """
    before = get(session, number)
    if (state is State.WITHDRAWN) != (who == before.proposed_by):
        raise _wrong_person(state)
    said = _said(note)
    values = {"state": state, "decided_by": who, "decided_at": at, "note": said,
              "override": _said(override) if override else None}  # fmt: skip
    change = update(Proposal).where(Proposal.id == number, Proposal.state == State.OPEN)
    # Of two who decide at once the second changes no row.
    done = session.execute(change.values(**values))
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise ProposalRefused(
            "该申请已有人处理，请刷新页面", "somebody decided it meanwhile; reload the page"
        )
    return before


def _wrong_person(state: State) -> ProposalRefused:
    if state is State.WITHDRAWN:
        return ProposalRefused("只有提出人可以撤回申请", "only whoever proposed it may withdraw it")
    return ProposalRefused(
        "提出申请的人不能审批自己的申请，请由另一人审批",
        "whoever proposed a version cannot decide on it; ask a second person",
    )


def _said(text: str) -> str:
    said = text.strip()
    if not said:
        raise ProposalRefused("请写明理由，理由会长期保存", "give a reason: it is kept for good")
    if private_number(said):
        raise ProposalRefused(
            "文字中含有身份证号码或手机号码，请删去后再保存",
            "the text holds an ID or phone number; leave it out and save again",
        )
    return said


def _told(row: Proposal) -> Proposed:
    return Proposed(row.id, row.subject, row.version, State(row.state), row.proposed_by,
                    row.proposed_at, row.reason, row.decided_by, row.decided_at, row.note,
                    row.override)  # fmt: skip
