"""Referrals 转介: what a visit sent on to another body, answered by it or followed up."""

from __future__ import annotations

from typing import Any

from alerts.errors import AlertNotFound, MoveRefused
from alerts.models import Alert
from alerts.policy import load_policy
from alerts.referrals import following
from alerts.referrals.lifecycle import Action as Step
from alerts.referrals.lifecycle import State
from alerts.referrals.models import Referral
from core.access.roles import Action
from core.words import Text
from services import record
from services.context import Context
from services.reads import base
from services.reads import referrals as reads
from services.reads.referrals import steps
from services.roles import acting_role, case_roles
from services.use_case import acting, reading

__all__ = [
    "answer",
    "follow",
    "may_answer",
    "may_follow",
    "referrals",
    "state_word",
    "step_word",
    "steps",
]

referrals = reading(Action.SEE_ALERTS, reads.referrals)
# What the body itself says, and what the county does about a body that says nothing.
ANSWERS, FOLLOWING = (Step.ANSWER, Step.DECLINE), (Step.PASS_ON, Step.REMIND, Step.END)


def state_word(code: str) -> Text:
    """What a referral's state is called."""
    return Text.of(State(code))


def step_word(code: str) -> Text:
    """What an action on a referral is called."""
    return Text.of(Step(code))


def may_answer(context: Context, state: str) -> list[str]:
    """The answers that the principal may give, or write down, for a referral in a state."""
    return _may(context, Action.SETTLE, state, ANSWERS)


def may_follow(context: Context, state: str) -> list[str]:
    """What the principal may do about a referral that nobody answered."""
    return _may(context, Action.DISPATCH, state, FOLLOWING)


def _may(context: Context, action: Action, state: str, wanted: tuple[Step, ...]) -> list[str]:
    held = case_roles(context, action)
    can = {step for role in held for step in steps(state, role)}
    return [step.value for step in wanted if step.value in can]


@acting(Action.SETTLE)
def answer(context: Context, referral: int, seen_event: int, *, step: str, note: str) -> None:
    """The body's answer: taken up and what was done, or not theirs; with a sentence.

    Raises MoveRefused, ReferralChanged, AlertNotFound, or PrivateDataRefused.
    """
    chosen = _one_of(step, ANSWERS)
    _move(context, Action.SETTLE, referral, seen_event, chosen, note=note)


@acting(Action.DISPATCH)
def follow(
    context: Context,
    referral: int,
    seen_event: int,
    *,
    step: str,
    note: str | None = None,
    department: str | None = None,
) -> None:
    """Remind the body, pass the referral on to another department, or end it without an answer.

    Raises as `answer` does, and AlertsError for a department that there is not.
    """
    more = {"note": note, "department": department}
    chosen = _one_of(step, FOLLOWING)
    _move(context, Action.DISPATCH, referral, seen_event, chosen, **more)


def _one_of(step: str, steps: tuple[Step, ...]) -> Step:
    for one in steps:
        if one.value == step:
            return one
    told = Text("、".join(s.zh for s in steps), ", ".join(s.en for s in steps))
    raise MoveRefused(f"这里可以：{told.zh}", f"what can be done here: {told.en}")


def _move(
    context: Context, action: Action, referral: int, seen_event: int, step: Step, **more: Any
) -> None:
    now = base.moment_of(context.home, context.as_of)
    with base.alert_session(context.home, context.scope) as session:
        mine = reads.referrals(context.home, context.as_of, context.scope)
        if int(referral) not in set(mine["id"]):
            raise AlertNotFound("转介", "referral", int(referral))
        moved: Referral = following.move(
            session,
            int(referral),
            step,
            actor=context.principal.account,
            role=acting_role(context, action),
            now=now,
            seen_event=int(seen_event),
            policy=load_policy(base.home_at(context.home), now.date()),
            **more,
        )
        alert = session.get_one(Alert, moved.alert_id)
        about = {"household": alert.household, "need": moved.code, "department": moved.department}
        act = f"{step.value}_referral"
        record.add(context, session, act, "alert", str(moved.alert_id), detail=about)
    base.forget()
