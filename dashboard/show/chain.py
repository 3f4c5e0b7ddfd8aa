"""Putting a household's alert on the screen: reasons, needs, checks, chain of help, forms."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from alerts.queries import AlertDetail
from dashboard import services
from dashboard.i18n import Say
from dashboard.services import Here
from dashboard.services.names import Kind
from dashboard.show import html, shell, words


def newest(here: Here, household: str) -> AlertDetail | None:
    """The household's open alert, else its last one; None when there was never one."""
    frame = services.family.alerts_of(*here, household)
    if frame.empty:
        return None
    return services.family.detail(*here, int(frame["id"].iloc[0]))


def reasons(found: AlertDetail, say: Say) -> str:
    """Why the alert was raised, strongest first, as markup."""
    items = []
    for row in found.reasons.to_dict("records"):
        source = html.tag(words.label(Kind.SOURCE, row["source"], say))
        items.append(f"{source} {html.text(say.pick(row['text_zh'], row['text_en']))}")
    return html.block(html.bullets(items))


def needs(found: AlertDetail, say: Say) -> str:
    """Needs with their department and where they stand, as markup."""
    rows = [
        [
            say.label(services.names.need(r["code"])),
            say.label(services.names.department(r["department"])),
            words.label(Kind.NEED_STATE, r["state"], say),
            say.day(r["settled_on"]),
        ]
        for r in found.needs.to_dict("records")
    ]
    headers = [say("Need"), say("Department"), say("State"), say("Settled on")]
    return html.table(headers, rows, nowrap=(1, 2, 3))


def checks(here: Here, household: str, say: Say) -> str:
    """What to look at on site for the rules that gave points, as markup ('' for none)."""
    parts = services.voices.points(*here, household)
    codes = parts.loc[parts["points"] > 0, "indicator"].tolist()
    items = [
        f"☐ <b>{html.text(say.label(name))}</b> {html.text(say.label(check))}"
        for _, name, check in services.family.checks(codes, here.as_of)
    ]
    return html.block(*(f"<div>{item}</div>" for item in items)) if items else ""


def events(found: AlertDetail, say: Say) -> str:
    """The chain of help: every act with who, when and what, as markup."""
    items = []
    for row in found.events.to_dict("records"):
        what = words.label(Kind.ACTION, row["action"], say)
        need = say.label(services.names.need(row["need"])) if _known(row["need"]) else ""
        who = f"{words.label(Kind.ROLE, row['role'], say)} {row['actor']}"
        cause = words.label(Kind.CAUSE, row["cause"], say) if _known(row["cause"]) else ""
        note = row["note"] if _known(row["note"]) and row["action"] != "join" else ""
        more = " · ".join(html.text(x) for x in (need, cause, note) if x)
        items.append(
            (say.day(row["at"]), f"<b>{html.text(what)}</b> <small>{html.text(who)}</small> {more}")
        )
    return html.line(items)


def _known(value: object) -> bool:
    return value is not None and not pd.isna(value) and value != ""


def outcome_form(here: Here, found: AlertDetail, say: Say) -> None:
    """Write down what the visit found; a refusal of the record is shown as a warning."""
    if not services.family.awaits_result(found):
        st.caption(say("A result stands for this alert; needs and next steps are below."))
        return
    kind = services.names.Kind
    outcome = st.selectbox(
        say("What the visit found"), services.names.codes(kind.OUTCOME), index=None,
        format_func=words.named(kind.OUTCOME, say), key="household_outcome",
        placeholder=say("choose"),
    )  # fmt: skip
    if outcome is None:
        return
    with st.form("household_outcome_form"):
        cause, confirmed = None, None
        if outcome == "false_alarm":
            cause = st.selectbox(
                say("Why it was false"), services.names.codes(kind.CAUSE), index=None,
                format_func=words.named(kind.CAUSE, say), key="household_cause",
                placeholder=say("choose"),
            )  # fmt: skip
        if outcome == "confirmed":
            confirmed = st.multiselect(
                say("Needs confirmed"), services.names.need_codes(),
                default=[c for c in found.needs["code"] if c in services.names.need_codes()],
                format_func=lambda c: say.label(services.names.need(c)), key="household_needs",
            )  # fmt: skip
        note = st.text_area(
            say("Note (describe the situation; no names, ID or phone numbers)"),
            key="household_note", max_chars=1000,
        )  # fmt: skip
        roles = services.family.result_roles(found, outcome)
        actor, role = shell.actor_fields("household", roles, say)
        sure = st.checkbox(
            say("This is what two people found on site; I know it is recorded for good."),
            key="household_sure",
        )
        go = st.form_submit_button(say("Record the result"), type="primary", key="household_record")
    if not go:
        return
    if not actor or not sure:
        st.warning(say("Give your name and tick the confirmation; then record again."))
        return
    try:
        services.family.record(
            *here, found.alert.id, found.alert.version_id, actor=actor, role=role,
            outcome=outcome, cause=cause, note=note, needs=confirmed,
        )  # fmt: skip
    except services.AlertsError as refused:
        st.warning(refused.text(say.language))
        return
    shell.flash(say("The result is recorded: {outcome}.",
                    outcome=words.label(kind.OUTCOME, outcome, say)))  # fmt: skip
    st.rerun()


def step_form(here: Here, found: AlertDetail, say: Say) -> None:
    """Any other step: dispatch, accept, return, note, finish a watch, reopen."""
    roles = ["dispatcher", "worker", "department", "supervisor"]
    role = st.selectbox(say("Acting as"), roles, format_func=words.named(Kind.ROLE, say),
                        key="household_step_role")  # fmt: skip
    steps = services.family.plain_steps(found, role)
    if not steps:
        st.caption(say("This role can do nothing here now."))
        return
    with st.form("household_step_form", border=False):
        action = st.selectbox(say("Step"), steps, format_func=words.named(Kind.ACTION, say),
                              key="household_step")  # fmt: skip
        note = st.text_input(say("Note"), key="household_step_note", max_chars=300)
        actor = st.text_input(say("Your name or account"), key="household_step_actor", max_chars=40)
        go = st.form_submit_button(say("Do this step"), key="household_step_go")
    if not go:
        return
    if not actor.strip():
        st.warning(say("Write your name or account first: every step is recorded with it."))
        return
    try:
        services.family.move(*here, found.alert.id, found.alert.version_id, actor=actor.strip(),
                             role=role, action=action, note=note)  # fmt: skip
    except services.AlertsError as refused:
        st.warning(refused.text(say.language))
        return
    shell.flash(say("Done: {action}.", action=words.label(Kind.ACTION, action, say)))
    st.rerun()


def need_form(here: Here, found: AlertDetail, say: Say) -> None:
    """Mark a confirmed need as met or dropped."""
    open_needs = found.needs[found.needs["state"] == "confirmed"]
    if open_needs.empty or found.alert.state != "assisting":
        return
    labels = {
        int(r["id"]): say.label(services.names.need(r["code"]))
        for r in open_needs.to_dict("records")
    }
    with st.form("household_need_form"):
        need = st.selectbox(say("Need"), list(labels), format_func=labels.get, key="household_need")
        met = st.radio(
            say("What became of it"), [True, False], horizontal=True, key="household_need_met",
            format_func=lambda m: say("met: help was given") if m else say("dropped (say why)"),
        )  # fmt: skip
        note = st.text_input(say("Note"), key="household_need_note", max_chars=300)
        actor, role = shell.actor_fields(
            "household_need", ["department", "worker", "dispatcher"], say
        )
        go = st.form_submit_button(say("Settle this need"), key="household_need_go")
    if not go:
        return
    if not actor:
        st.warning(say("Write your name or account first: every step is recorded with it."))
        return
    try:
        services.family.settle(*here, need, found.alert.version_id, actor=actor, role=role,
                               met=met, note=note)  # fmt: skip
    except services.AlertsError as refused:
        st.warning(refused.text(say.language))
        return
    shell.flash(say("The need is settled."))
    st.rerun()
