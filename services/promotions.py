"""Two people put a model to use: one proposes a version with a reason, another one approves it.

A model speaks for the whole county, so both need the right there. The gate is asked when a version
is proposed and again when the second person decides. What it refuses nobody approves here; where it
doubts (as when a version was not shown better), the second person approves only with a written word
why. That word and the gate's own are kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.access.areas import COUNTY
from core.access.principal import Refused
from core.access.roles import Action
from core.db import open_session, upgrade
from core.proposals import deciding
from core.proposals.deciding import ProposalRefused, Proposed, State
from core.words import Text
from models.risk.objections import Objection, refusals
from services import record
from services.context import Context
from services.reads import promotions as reads
from services.reads import risk_model
from services.reads.base import home_at, moment_of
from services.use_case import acting, reading

__all__ = [
    "ProposalRefused",
    "Proposed",
    "State",
    "against",
    "approve",
    "decided",
    "decline",
    "may_approve",
    "propose",
    "refusals",
    "waiting",
    "withdraw",
]

waiting = reading(Action.SEE_MODEL, reads.waiting)
decided = reading(Action.SEE_MODEL, reads.decided)
against = reading(Action.SEE_MODEL, reads.against)


def may_approve(context: Context) -> bool:
    """Whether the principal may decide on somebody else's proposal."""
    return context.principal.may(Action.APPROVE_MODEL, COUNTY)


@acting(Action.PROMOTE)
def propose(context: Context, version: str, reason: str, *, question: str = "") -> int:
    """Propose a version for use, with a reason; the proposal's number.

    Raises RiskError for a version that is not there or in use already, ProposalRefused for one that
    the gate refuses, while another one waits or for an empty reason.
    """
    _in_county(context, Action.PROMOTE)
    reads.exists(context.home, version, question)
    _not_refused(reads.against(context.home, version, question))
    home = home_at(context.home)
    upgrade(home)
    moment = moment_of(context.home, context.as_of)
    who = context.principal.account
    with open_session(home) as session:
        about = reads.subject(question)
        number = deciding.propose(session, about, version, reason, who, moment)
        told = {"reason": reason, "question": question}
        record.add(context, session, "propose_model", "model", version, detail=told)
    return number


@acting(Action.APPROVE_MODEL)
def approve(
    context: Context, number: int, note: str, *, question: str = "", override: str = ""
) -> str:
    """Approve somebody else's proposal: its version speaks from now on; that version.

    Raises ProposalRefused for whoever proposed it, where the gate refuses the version, and where it
    doubts it and nothing is written against that.
    """
    _in_county(context, Action.APPROVE_MODEL)
    with open_session(home_at(context.home)) as session:
        now = _asked(session, number, question)
        stopped = reads.against(context.home, now.version, question)
        _not_refused(stopped)
        said = _words(stopped)
        if stopped and not override.strip():
            raise ProposalRefused(
                f"未过启用门槛：{said.zh}；如仍要批准，请写明理由",
                f"the gate doubts it: {said.en}; to approve it all the same, write why",
            )
        kept = override if stopped else ""
        found = _decide(context, session, number, State.APPROVED, note, question, kept)
        # Before the transaction ends: should the registry refuse, nothing was decided.
        risk_model.promote(
            context.home,
            found.version,
            found.reason,
            found.proposed_by,
            question,
            second=context.principal.account,
            override=kept or None,
        )
        told = {"reason": found.reason, "note": note, "question": question,
                "proposed_by": found.proposed_by, "override": kept,
                "gate": said.en if stopped else ""}  # fmt: skip
        record.add(context, session, "promote", "model", found.version, detail=_filled(told))
    return found.version


@acting(Action.APPROVE_MODEL)
def decline(context: Context, number: int, note: str, *, question: str = "") -> None:
    """Decline somebody else's proposal, with a reason; the champion stays."""
    _in_county(context, Action.APPROVE_MODEL)
    with open_session(home_at(context.home)) as session:
        found = _decide(context, session, number, State.DECLINED, note, question)
        told = {"note": note, "question": question, "proposed_by": found.proposed_by}
        record.add(context, session, "decline_model", "model", found.version, detail=_filled(told))


@acting(Action.PROMOTE)
def withdraw(context: Context, number: int, note: str, *, question: str = "") -> None:
    """Take one's own proposal back, with a reason."""
    _in_county(context, Action.PROMOTE)
    with open_session(home_at(context.home)) as session:
        found = _decide(context, session, number, State.WITHDRAWN, note, question)
        told = {"note": note, "question": question}
        record.add(context, session, "withdraw_model", "model", found.version, detail=_filled(told))


def _decide(
    context: Context, session: Any, number: int, state: State, note: str, question: str,
    override: str = "",
) -> Proposed:  # fmt: skip
    """The decision itself, by whoever the context says."""
    _asked(session, number, question)
    moment = moment_of(context.home, context.as_of)
    who = context.principal.account
    return deciding.decide(session, number, state, who, note, moment, override or None)


def _asked(session: Any, number: int, question: str) -> Proposed:
    """The proposal, if it is about this question's model. Raises ProposalRefused."""
    found = deciding.get(session, number)
    if found.subject != reads.subject(question):
        raise ProposalRefused("没有这份启用申请", "there is no such proposal")
    return found


def _not_refused(found: Sequence[Objection]) -> None:
    """Raises ProposalRefused where the gate refuses a version: no reason passes that."""
    if refused := refusals(found):
        said = _words(refused)
        raise ProposalRefused(
            f"启用门槛拒绝该版本：{said.zh}；请重新训练",
            f"the gate refuses it: {said.en}; no reason passes that here, train another one",
        )


def _words(found: Sequence[Objection]) -> Text:
    return Text("；".join(one.zh for one in found), "; ".join(one.en for one in found))


def _filled(told: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in told.items() if value}


def _in_county(context: Context, action: Action) -> None:
    """A model speaks everywhere, so a right in one township is none. Raises Refused."""
    try:
        context.principal.require(action, COUNTY)
    except Refused:
        record.refusal(context, action, "model")
        raise
