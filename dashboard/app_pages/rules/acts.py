"""What can be done with a version: approve, send back, put in force, step back, discard."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

import services
from dashboard.app_pages.rules import shelf
from dashboard.i18n import Say
from dashboard.show import files, said, shell
from services import Context
from services.rules import Shelf, State, Version


def section(here: Context, store: Shelf, found: Version, say: Say) -> None:
    """The acts that are possible now for this reader, side by side; the download always."""
    with shell.section(say("What can be done")):
        place = st.container(horizontal=True)
        tuner, approver = services.rules.may_tune(here), services.rules.may_approve(here)
        own = here.principal.account in services.rules.writers(here, found.number)
        if found.state is State.TRIED and approver and not own:
            _approve(here, found, place, say)
        if found.state in (State.TRIED, State.APPROVED) and approver:
            _with_note(here, found, place, say("Send back"), services.rules.send_back, say)
        if found.state is State.APPROVED and tuner:
            _activate(here, store, found, place, say)
        if found.number == store.next and tuner and len(store.activations) > 1:
            _step_back(here, found, place, say)
        if found.state in (State.DRAFT, State.TRIED) and tuner:
            _discard(here, found, place, say)
        _explain(found, own, say)
        asked, named = {"version": found.number}, say("Rules {n}", n=found.number)
        files.link(here, "rules", asked, say("Download as YAML (zip)"), say, named=named)


def _explain(found: Version, own: bool, say: Say) -> None:
    """What the version waits for."""
    if found.state is State.DRAFT:
        st.caption(say("It was not tried yet: try it in the laboratory before it can be approved."))
    elif found.state is State.TRIED and own:
        st.caption(say("It waits for a second person: whoever wrote it cannot approve it."))


def _approve(here: Context, found: Version, place: object, say: Say) -> None:
    with place.popover(say("Approve")):  # type: ignore[attr-defined]
        note = st.text_area(say("What you looked at"), key=f"rules_approve_{found.number}")
        refusals = services.rules.refusals(here, found.number)
        override = None
        for one in refusals:
            st.warning(say.label(one))
        if refusals:
            override = st.text_area(
                say("Why it may pass all the same"), key=f"rules_override_{found.number}"
            )
        if st.button(say("Yes, approve"), key=f"rules_approve_go_{found.number}", type="primary"):
            said.attempt(
                "rules",
                lambda: services.rules.approve(
                    here, found.number, note, found.last_event, override or None
                ),
                say("Version {n} was approved.", n=found.number),
            )


def _activate(here: Context, store: Shelf, found: Version, place: object, say: Say) -> None:
    with place.popover(say("Put in force")):  # type: ignore[attr-defined]
        st.write(say("It holds from the next run on. This will change:"))
        shelf.changes(here, store, found, say)
        reason = st.text_area(say("Reason"), key=f"rules_activate_{found.number}")
        if st.button(
            say("Yes, put it in force"), key=f"rules_activate_go_{found.number}", type="primary"
        ):
            said.attempt(
                "rules",
                lambda: services.rules.activate(here, found.number, reason, found.last_event),
                say("Version {n} holds from the next run on.", n=found.number),
            )


def _step_back(here: Context, found: Version, place: object, say: Say) -> None:
    with place.popover(say("Go back to the version before")):  # type: ignore[attr-defined]
        st.write(say("From the next run on the version before holds again. Past months stay."))
        reason = st.text_area(say("Reason"), key=f"rules_back_{found.number}")
        if st.button(say("Yes, go back"), key=f"rules_back_go_{found.number}", type="primary"):
            said.attempt(
                "rules",
                lambda: services.rules.step_back(here, found.number, reason, found.last_event),
                say("The version before holds again from the next run on."),
            )


def _discard(here: Context, found: Version, place: object, say: Say) -> None:
    with place.popover(say("Discard")):  # type: ignore[attr-defined]
        st.write(say("It stays to be read and can no longer be changed or put in force."))
        if st.button(say("Yes, discard it"), key=f"rules_discard_go_{found.number}"):
            said.attempt(
                "rules",
                lambda: services.rules.discard(here, found.number, found.last_event),
                say("Version {n} was discarded.", n=found.number),
            )


def _with_note(
    here: Context,
    found: Version,
    place: object,
    label: str,
    act: Callable[..., object],
    say: Say,
) -> None:
    with place.popover(label):  # type: ignore[attr-defined]
        note = st.text_area(say("What should be changed"), key=f"rules_return_{found.number}")
        if st.button(say("Yes, send it back"), key=f"rules_return_go_{found.number}"):
            said.attempt(
                "rules",
                lambda: act(here, found.number, note, found.last_event),
                say("Version {n} was sent back.", n=found.number),
            )
