"""The steps of the Model page: propose a version, decide on a proposal, go one step back."""

from __future__ import annotations

import streamlit as st

import services
from dashboard.i18n import Say, mark
from dashboard.show import html, said
from services import Context
from services.promotions import Proposed, State
from services.risk_model import Registry

LONGEST = 300  # characters of a reason
DECIDING = ("model_approve", "model_decline", "model_withdraw")
STATES = {
    State.APPROVED: mark("approved"),
    State.DECLINED: mark("declined"),
    State.WITHDRAWN: mark("withdrawn"),
}


def section(here: Context, registry: Registry, question: str, say: Say) -> None:
    """What waits for a decision, then what this reader may do."""
    said.show("model")
    waiting = services.promotions.waiting(here, question)
    if waiting is None and any(st.session_state.get(key) for key in DECIDING):
        # The form that was sent is not drawn any more: its proposal was decided meanwhile.
        st.warning(say("Not done: somebody else decided on this proposal first. See below."))
    if waiting is not None:
        _told(here, waiting, question, say)
        if here.principal.account == waiting.proposed_by:
            _withdraw(here, waiting, question, say)
        elif services.promotions.may_approve(here):
            _decide(here, waiting, question, say)
    elif services.risk_model.may_promote(here):
        _propose(here, registry, question, say)
    if services.risk_model.may_promote(here) and registry.previous:
        _rollback(here, registry.previous, question, say)
    _decided(here, question, say)


def _told(here: Context, waiting: Proposed, question: str, say: Say) -> None:
    """Who proposed what and why, and what the gate says."""
    text = say(
        "{who} proposed version {v} on {day}: {reason}",
        who=waiting.proposed_by, v=waiting.version, day=say.day(waiting.proposed_at.date()),
        reason=waiting.reason,
    )  # fmt: skip
    st.html(html.block(f"<b>{html.text(text)}</b>"))
    against = services.promotions.against(here, waiting.version, question)
    for one in against:
        st.html(html.warning(say("The gate: {reason}", reason=say.label(one))))
    if not against:
        st.caption(say("The gate has nothing against it."))
    if here.principal.account != waiting.proposed_by and services.promotions.may_approve(here):
        return
    st.caption(say("A second person decides: a leader or another data scientist."))


def _propose(here: Context, registry: Registry, question: str, say: Say) -> None:
    """Ask for a version to be put to use."""
    champion = str((registry.champion or {}).get("version") or "")
    numbers = [one.number for one in services.risk_model.versions(here, question)]
    others = [n for n in numbers if n != champion]
    if not others:
        st.caption(say("No other version is waiting. Train one with `doudi train`."))
        return
    first = others.index(registry.challenger) if registry.challenger in others else 0
    with st.form(f"model_propose_{question}", clear_on_submit=False):
        version = st.selectbox(
            say("Version"), others, index=first, format_func=lambda n: f"v{n}",
            key="model_version",
        )  # fmt: skip
        reason = st.text_input(say("Why (kept for good)"), key="model_reason", max_chars=LONGEST)
        go = st.form_submit_button(say("Propose it"), type="primary", key="model_propose")
    if go:
        said.attempt(
            "model",
            lambda: services.promotions.propose(here, str(version), reason, question=question),
            say("Version {v} is proposed; a second person decides.", v=version),
        )


def _decide(here: Context, waiting: Proposed, question: str, say: Say) -> None:
    """Approve or decline somebody else's proposal."""
    stopped = services.promotions.against(here, waiting.version, question)
    refused = services.promotions.refusals(stopped)
    with st.form(f"model_decide_{waiting.number}"):
        note = st.text_input(say("Why (kept for good)"), key="model_note", max_chars=LONGEST)
        override = ""
        if stopped and not refused:
            override = st.text_input(
                say("Why it should be used although the gate doubts it (kept for good)"),
                key="model_override", max_chars=LONGEST,
            )  # fmt: skip
        left, right = st.columns(2)
        yes = left.form_submit_button(
            say("Approve version {v}", v=waiting.version), type="primary", key="model_approve",
            disabled=bool(refused),
            help=say("The gate refuses it: train another version.") if refused else None,
        )  # fmt: skip
        no = right.form_submit_button(say("Decline"), key="model_decline")
    if yes:
        said.attempt(
            "model",
            lambda: services.promotions.approve(
                here, waiting.number, note, question=question, override=override
            ),
            say("Version {v} is in use now.", v=waiting.version),
        )
    if no:
        said.attempt(
            "model",
            lambda: services.promotions.decline(here, waiting.number, note, question=question),
            say("Declined; the version in use stays."),
        )


def _withdraw(here: Context, waiting: Proposed, question: str, say: Say) -> None:
    with st.form(f"model_withdraw_{waiting.number}"):
        note = st.text_input(say("Why (kept for good)"), key="model_note", max_chars=LONGEST)
        go = st.form_submit_button(say("Withdraw my proposal"), key="model_withdraw")
    if go:
        said.attempt(
            "model",
            lambda: services.promotions.withdraw(here, waiting.number, note, question=question),
            say("Withdrawn."),
        )


def _rollback(here: Context, previous: str, question: str, say: Say) -> None:
    """One step back, at once: what went wrong must not wait for a second person."""
    with st.form(f"model_back_{question}"):
        reason = st.text_input(
            say("What went wrong (kept for good)"), key="model_back_reason", max_chars=LONGEST
        )
        go = st.form_submit_button(
            say("Roll back to version {v}", v=previous), key="model_rollback"
        )
    if go:
        said.attempt(
            "model",
            lambda: services.risk_model.rollback(here, reason, question=question),
            say("Version {v} is in use again.", v=previous),
        )


def not_approved(here: Context, question: str) -> list[Proposed]:
    """Decided proposals, newest first, but for those approved: these stand among promotions."""
    decided = services.promotions.decided(here, question)
    return [one for one in decided if one.state is not State.APPROVED]


def _decided(here: Context, question: str, say: Say) -> None:
    """Proposals that were not approved, the newest first."""
    found = not_approved(here, question)
    if not found:
        return
    rows = [
        [say.day(one.decided_at.date() if one.decided_at else None), f"v{one.version}",
         say(STATES[one.state]), one.proposed_by, one.reason, one.decided_by or "–",
         one.note or "–"]
        for one in found
    ]  # fmt: skip
    headers = [say("When"), say("Version"), say("Decision"), say("Proposed by"), say("Why"),
               say("Decided by"), say("What they said")]  # fmt: skip
    st.caption(say("Proposals that were not approved"))
    st.html(html.table(headers, rows, nowrap=(0, 1)))
