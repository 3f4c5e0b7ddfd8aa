"""Forms by which a case is led: handed on, its clock stood still, its result approved."""

from __future__ import annotations

import streamlit as st

import services
from alerts.queries import AlertDetail
from dashboard.app_pages.household import seen
from dashboard.i18n import Say
from dashboard.show import said, words
from services import Context
from services.names import Kind

HELD = ("dispatched", "accepted", "checking", "retry")
PAUSED = (*HELD, "assisting")


def approval(here: Context, found: AlertDetail, say: Say) -> None:
    """A result that waits for a second person: what was found, and whether it is approved."""
    said.show("household_approval")
    if found.alert.state != "approval":
        return
    result = words.label(Kind.OUTCOME, found.alert.outcome, say)
    st.info(
        say("The result '{outcome}' waits for the approval of a second person.", outcome=result),
        icon=":material/how_to_reg:",
    )
    if not services.handing.may_lead(here):
        return
    since = seen.since(here, found)
    with st.form("household_approval_form"):
        answer = st.radio(
            say("Your decision"),
            [True, False],
            index=None,
            horizontal=True,
            format_func=lambda yes: say("approve: the case closes") if yes else say("send it back"),
            key=seen.key("approval", found),
        )
        note = st.text_input(
            say("Note (needed to send it back)"),
            key=seen.key("approval_note", found),
            max_chars=seen.STEP_NOTE,
        )
        go = seen.submit("approval", say("Record the decision"), found, since, say)
    if not go:
        return
    if answer is None:
        st.warning(say("Nothing was recorded. Choose a decision first."))
        return

    def decide() -> None:
        alert, last = found.alert.id, seen.event(found)
        if answer:
            services.handing.approve(here, alert, last, note=note)
        else:
            services.family.move(here, alert, last, action="reject", note=note)

    seen.attempt(decide, "household_approval", say("The decision is recorded."), say)


def hand_on(here: Context, found: AlertDetail, say: Say) -> None:
    """Give the case to another village or person of its township."""
    said.show("household_assign")
    roles = services.handing.assign_roles(here)
    if found.alert.state not in HELD or not roles:
        return
    since = seen.since(here, found)
    offered = _offered(here, found, say)
    with st.expander(say("Hand to someone else")), st.form("household_assign_form", border=False):
        chosen = st.selectbox(
            say("Who is to visit"),
            list(offered),
            index=None,
            format_func=offered.__getitem__,
            key=seen.key("assign_to", found),
            placeholder=say("choose"),
        )
        note = st.text_input(
            say("Why"), key=seen.key("assign_note", found), max_chars=seen.STEP_NOTE
        )
        go = seen.submit("assign", say("Hand it on"), found, since, say)
    if not go:
        return
    if chosen is None:
        st.warning(say("Nothing was recorded. Choose who is to visit."))
        return

    def assign() -> None:
        area, account = chosen
        services.handing.assign(
            here, found.alert.id, seen.event(found), area=area, account=account, note=note
        )

    seen.attempt(assign, "household_assign", say("Handed to {who}.", who=offered[chosen]), say)


def _offered(here: Context, found: AlertDetail, say: Say) -> dict[tuple[str, str | None], str]:
    """Who can take the case: its township, its village, and the people who visit there and whom
    the reader may send."""
    town, village = found.alert.township_code or "", found.alert.village_code or ""
    places = [code for code in (town, village) if code]
    offered: dict[tuple[str, str | None], str] = {
        (code, None): say("everybody of {place}", place=words.place(here, code, say))
        for code in places
    }
    loads = {
        load.account: load.waiting
        for load in services.handing.loads(here)
        if load.account is not None
    }
    own = services.handing.own_area(here)
    for worker in services.handing.workers(here):
        areas = [area for area in worker.areas if village.startswith(area)]
        if areas and max(areas).startswith(own):
            offered[max(areas), worker.account] = say(
                "{name} ({account}), visits in hand: {n}",
                name=worker.display,
                account=worker.account,
                n=say.number(loads.get(worker.account, 0)),
            )
    return offered


def pause(here: Context, found: AlertDetail, say: Say) -> None:
    """Let the clock of the case stand still until a day."""
    said.show("household_suspend")
    alert = found.alert
    if (
        alert.state not in PAUSED
        or alert.suspended_until is not None
        or not services.handing.may_lead(here)
    ):
        return
    since = seen.since(here, found)
    with st.expander(say("Suspend")), st.form("household_suspend_form", border=False):
        st.caption(
            say(
                "No deadline runs while a case is suspended. After the last day the step has its "
                "whole limit again."
            )
        )
        first, last = services.handing.suspension_days(here)
        until = st.date_input(
            say("Suspended until (included)"),
            value=None,
            min_value=first,
            max_value=last,
            key=seen.key("suspend_until", found),
            format=words.DAY,
        )
        note = st.text_input(
            say("Why"), key=seen.key("suspend_note", found), max_chars=seen.STEP_NOTE
        )
        go = seen.submit("suspend", say("Suspend it"), found, since, say)
    if not go:
        return
    if until is None:
        st.warning(say("Nothing was recorded. Choose the last day."))
        return

    def suspend() -> None:
        services.handing.suspend(here, alert.id, seen.event(found), until=until, note=note)

    told = say("Suspended until {day}.", day=say.day(until))
    seen.attempt(suspend, "household_suspend", told, say)


def steps(here: Context, found: AlertDetail, say: Say) -> None:
    """Both ways to lead a case that somebody has."""
    hand_on(here, found, say)
    pause(here, found, say)


def holder(here: Context, found: AlertDetail, say: Say) -> str:
    """Who has the case, in words; '' for nobody."""
    alert = found.alert
    if alert.holder_role is None:
        return ""
    where = words.place(here, alert.holder_area, say) if alert.holder_area else ""
    if alert.holder_account:
        return say.pick("{w} {a}", "{a}, {w}").format(w=where, a=alert.holder_account).strip(" ,")
    return where
