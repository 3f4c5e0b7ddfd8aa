"""Forms of a household's alert: what the visit found, what became of a need, any other step."""

from __future__ import annotations

from typing import Any

import streamlit as st

import services
from alerts.queries import AlertDetail
from dashboard.app_pages.household import leading, seen
from dashboard.i18n import Say, mark
from dashboard.show import said, shell, words
from services import Context
from services.names import Kind

# What a visit can find about one need of a family whose situation is confirmed.
ANSWERS = {
    "confirmed": mark("True, and the need is not met"),
    "already_covered": mark("True, but already met"),
    "not_eligible": mark("True, but the rule is not met"),
    "false_alarm": mark("Not true"),
}


def visit(here: Context, found: AlertDetail, past: bool, anchor: str, say: Say) -> None:
    """The part of the page where a visit's result is recorded; in a past month the way to now."""
    with shell.section(say("Record the visit"), anchor=anchor):
        if past:
            shell.act_in_newest(here, "household", say)
        else:
            leading.approval(here, found, say)
            outcome_form(here, found, say)


def outcome_form(here: Context, found: AlertDetail, say: Say) -> None:
    """Write down what the visit found. A form that was begun stays when the page has grown old."""
    said.show("household_record")
    since = seen.since(here, found)
    key = seen.key("outcome", found)
    begun = since is not None and st.session_state.get(key) is not None
    if not services.family.awaits_result(found) and not begun:
        st.caption(say("A result stands for this alert; needs and next steps are below."))
        return
    outcome = st.selectbox(
        say("What the visit found"),
        services.names.codes(Kind.OUTCOME),
        index=None,
        format_func=words.named(Kind.OUTCOME, say),
        key=key,
        placeholder=say("choose"),
    )
    if outcome is None:
        return
    roles = services.family.result_roles(here, found, outcome)
    if not roles and not begun:
        st.caption(say("Your role cannot record this result now."))
        return
    with st.form("household_outcome_form"):
        given = _finding(found, outcome, say)
        role = shell.acting_as(roles, "household_role", say)
        sure = st.checkbox(
            say("This is what two people found on site; I know it is recorded for good."),
            key=seen.key("sure", found),
        )
        go = seen.submit("record", say("Record the result"), found, since, say)
    if not go:
        return
    if lacking := _lacking(found, outcome, given, say):
        st.warning(lacking)
        return
    if not sure:
        st.warning(say("Tick the confirmation, then record again."))
        return

    def record() -> None:
        services.family.record(
            here,
            found.alert.id,
            seen.event(found),
            role=role,
            outcome=outcome,
            **given,
        )

    result = words.label(Kind.OUTCOME, outcome, say)
    told = say("The result is recorded: {outcome}.", outcome=result)
    seen.attempt(record, "household_record", told, say)


def _finding(found: AlertDetail, outcome: str, say: Say) -> dict[str, Any]:
    """The fields that this outcome asks for: cause, needs, note. Nothing is chosen beforehand."""
    cause, needs = None, None
    if outcome == "false_alarm":
        cause = st.selectbox(
            say("Why it was false"),
            services.names.codes(Kind.CAUSE),
            index=None,
            format_func=words.named(Kind.CAUSE, say),
            key=seen.key("cause", found),
            placeholder=say("choose"),
        )
    if outcome == "confirmed":
        needs = _answers(found, say)
    note = st.text_area(
        say("Note (describe the situation; no names, ID or phone numbers)"),
        key=seen.key("note", found),
        max_chars=1000,
    )
    return {"cause": cause, "needs": needs, "note": note}


def _answers(found: AlertDetail, say: Say) -> dict[str, str | None]:
    """What was found about each suspected need, and needs that nobody had suspected."""
    answers = {}
    for code in _asked(found):
        answers[code] = st.radio(
            say.label(services.names.need(code)),
            list(ANSWERS),
            index=None,
            horizontal=True,
            format_func=lambda answer: say(ANSWERS[answer]),
            key=seen.key(f"answer_{code}", found),
        )
    more = st.multiselect(
        say("Further unmet needs that the visit found"),
        [c for c in services.names.need_codes() if c not in set(found.needs["code"])],
        format_func=lambda c: say.label(services.names.need(c)),
        key=seen.key("needs", found),
        placeholder=say("none"),
    )
    return answers | dict.fromkeys(more, "confirmed")


def _asked(found: AlertDetail) -> list[str]:
    """Needs that a visit answers: all that are not met yet."""
    return list(found.needs.loc[found.needs["state"] != "met", "code"])


def _lacking(found: AlertDetail, outcome: str, given: dict[str, Any], say: Say) -> str:
    """What a confirmation still lacks, as a sentence; '' when it is complete."""
    if outcome != "confirmed":
        return ""
    open_ones = [code for code, answer in given["needs"].items() if answer is None]
    if open_ones:
        named = say(", ").join(say.label(services.names.need(code)) for code in open_ones)
        return say("Nothing was recorded. Say for each need what was found: {needs}.", needs=named)
    if "confirmed" not in given["needs"].values():
        return say(
            "Nothing was recorded. 'True, need confirmed' takes at least one need that is true and "
            "not met; if the family lacks nothing, choose another result."
        )
    return ""


def other_steps(here: Context, found: AlertDetail, say: Say) -> None:
    """Every other step, folded away; what was done last stands before them."""
    said.show("household_step")
    leading.steps(here, found, say)
    with st.expander(say("Other steps")):
        step_form(here, found, say)


def step_form(here: Context, found: AlertDetail, say: Say) -> None:
    """Any other step: dispatch, accept, return, note, finish a watch, reopen."""
    since = seen.since(here, found)
    role = shell.acting_as(services.family.step_roles(here), "household_step_role", say)
    steps = services.family.plain_steps(found, role) if role else []
    if not steps:
        st.caption(say("This role can do nothing here now."))
        return
    with st.form("household_step_form", border=False):
        action = st.selectbox(
            say("Step"),
            steps,
            format_func=words.named(Kind.ACTION, say),
            key="household_step",
        )
        note = st.text_input(
            say("Note"), key=seen.key("step_note", found), max_chars=seen.STEP_NOTE
        )
        go = seen.submit("step_go", say("Do this step"), found, since, say)
    if not go:
        return

    def move() -> None:
        services.family.move(
            here,
            found.alert.id,
            seen.event(found),
            role=role,
            action=action,
            note=note,
        )

    told = say("Done: {action}.", action=words.label(Kind.ACTION, action, say))
    seen.attempt(move, "household_step", told, say)
