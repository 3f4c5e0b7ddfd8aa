"""Forms of a confirmed need: taken up, sent back, passed on, met with what help, or dropped."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import streamlit as st

import services
from alerts.queries import AlertDetail
from dashboard.app_pages.household import chain, seen
from dashboard.i18n import Say, mark
from dashboard.show import address, said, shell, words
from services import Context
from services.names import Kind

# What can become of a need; None of them is chosen beforehand.
STEPS = {
    "met": mark("met: help was given"),
    "dropped": mark("dropped (say why)"),
    "taken": mark("taken up by the department"),
    "back": mark("not our department's (say why)"),
    "on": mark("to another department (say why)"),
}


def alert_part(
    here: Context, found: AlertDetail | None, past: bool, closed: bool, say: Say
) -> None:
    """Why the alert was raised, and its needs with the form for one; `closed`: nothing is done."""
    if found is None:
        st.header(say("Alert"), anchor=False)
        st.caption(chain.none_yet(past, say))
        if not closed and services.reporting.may_report(here):
            there = address.to("reporting", household=address.value("household"))
            address.link(there, say("Report this household"), "household_report", st)
        return
    with shell.section(say("Why the alert was raised")):
        st.html(chain.reasons(here, found, say))
    with shell.section(say("Needs and departments")):
        with st.container(key="household_needs"):
            st.html(chain.needs(found, say))
        if not closed:
            need_form(here, found, say)


def need_form(here: Context, found: AlertDetail, say: Say) -> None:
    """What became of one confirmed need."""
    said.show("household_need")
    open_needs = services.family.own_needs(here, found)
    roles = services.family.settle_roles(here)
    lead = services.handing.may_lead(here)
    if open_needs.empty or not (roles or lead):
        return
    since = seen.since(here, found)
    rows = {int(r["id"]): r for r in open_needs.to_dict("records")}
    need = st.selectbox(
        say("Need"),
        list(rows),
        format_func=lambda n: say.label(services.names.need(rows[n]["code"])),
        key=seen.key("need", found),
    )
    step = st.radio(
        say("What became of it"),
        _possible(rows[need]["state"], roles, lead),
        index=None,
        key=seen.key("need_step", found),
        format_func=lambda name: say(STEPS[name]),
    )
    if step is None:
        return
    with st.form("household_need_form"):
        given = _asked(here, rows[need], step, found, say)
        needs_role = step != "on"
        role = shell.acting_as(roles, "household_need_role", say) if needs_role else None
        go = seen.submit("need_go", say("Record it"), found, since, say)
    if not go:
        return
    if step == "on" and given["department"] is None:
        st.warning(say("Nothing was recorded. Choose the department."))
        return
    if step == "met" and given["help_kind"] is None:
        st.warning(say("Nothing was recorded. Say what kind of help was given."))
        return
    act = _act(here, need, step, seen.event(found), role, given)
    seen.attempt(act, "household_need", say("Recorded for this need."), say)


def _possible(state: str, roles: list[str], lead: bool) -> list[str]:
    """The steps open for a need in a state, to whoever holds these roles."""
    steps = ["met", "dropped"] if roles and state != "returned" else []
    department = {"department", "dispatcher"} & set(roles)
    if department and state == "confirmed":
        steps.append("taken")
    if "department" in roles and state in {"confirmed", "handling"}:
        steps.append("back")
    if roles and state == "returned":
        steps.append("dropped")
    return steps + (["on"] if lead else [])


def _asked(
    here: Context, row: dict[str, Any], step: str, found: AlertDetail, say: Say
) -> dict[str, Any]:
    """The fields that a step asks for."""
    given: dict[str, Any] = {}
    if step == "on":
        given["department"] = st.selectbox(
            say("Department"),
            [c for c in services.names.departments() if c != row["department"]],
            index=None,
            format_func=lambda c: say.label(services.names.department(c)),
            key=seen.key("need_department", found),
            placeholder=say("choose"),
        )
    if step == "met":
        given |= _help(here, found, say)
    given["note"] = st.text_input(say("Note"), key=seen.key("need_note", found), max_chars=300)
    return given


def _help(here: Context, found: AlertDetail, say: Say) -> dict[str, Any]:
    """What was given, how much and when."""
    kind = st.selectbox(
        say("Help given"),
        services.names.codes(Kind.HELP),
        index=None,
        format_func=words.named(Kind.HELP, say),
        key=seen.key("need_help", found),
        placeholder=say("choose"),
    )
    left, right = st.columns(2)
    amount = left.number_input(
        say("Amount, yuan (empty: goods or a service)"),
        min_value=1.0,
        value=None,
        step=100.0,
        key=seen.key("need_amount", found),
    )
    on: date | None = right.date_input(
        say("Given on (empty: today)"),
        value=None,
        min_value=found.alert.raised_on,
        key=seen.key("need_on", found),
        format=words.DAY,
    )
    return {"help_kind": kind, "amount": amount, "on": on}


def _act(
    here: Context, need: int, step: str, last: int, role: str | None, given: dict[str, Any]
) -> Callable[[], None]:
    """The use case that a step calls."""
    if step in {"met", "dropped"}:
        return lambda: services.family.settle(
            here, need, last, met=step == "met", role=role, **given
        )
    if step == "taken":
        return lambda: services.handing.take_up(here, need, last, role=role, **given)
    if step == "back":
        return lambda: services.handing.send_back(here, need, last, role=role, **given)
    return lambda: services.handing.pass_on(here, need, last, **given)
