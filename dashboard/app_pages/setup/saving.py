"""What saving would do, the button that does it, and the way back."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

import services
from dashboard.i18n import Say
from dashboard.show import html, said
from services import Context
from services.setup import Answers, Kept, Standing


def section(here: Context, standing: Standing, answers: Answers, say: Say) -> None:
    """Problems, hints and changes; the button only where there is something to save."""
    seen = services.setup.preview(here, answers)
    for one in seen.problems:
        st.warning(say.label(one))
    if seen.hints:
        st.html(html.bullets(html.text(say.label(one)) for one in seen.hints))
    if not seen.problems:
        if not seen.changes:
            st.caption(say("Nothing was changed."))
        else:
            st.html(html.bullets(html.text(say.label(one)) for one in seen.changes))
    ready = bool(seen.changes) and answers != standing.answers and not seen.problems
    if st.button(say("Save the county"), type="primary", key="setup_save", disabled=not ready):
        said.attempt("setup", lambda: _save(here, answers), say("Saved."))


def _save(here: Context, answers: Answers) -> None:
    services.setup.save(here, answers)
    for key in list(st.session_state):
        if str(key).startswith("setup_"):
            del st.session_state[key]


def previous(here: Context, kept: Sequence[Kept], say: Say) -> None:
    """The set-ups that were replaced, and the button that brings one back."""
    headers = [say("No."), say("Name"), say("Held until"), say("Replaced by")]
    rows = [[str(one.number), one.name, one.until, one.by] for one in kept]
    st.html(html.table(headers, rows, right=(0,), nowrap=(2,)))
    with st.popover(say("Bring a previous version back")):
        number = st.selectbox(say("Version"), [one.number for one in kept], key="setup_version")
        if st.button(say("Yes, bring it back"), key="setup_back"):
            said.attempt(
                "setup",
                lambda: _back(here, number),
                say("Version {n} stands again; what stood is kept.", n=number),
            )


def _back(here: Context, number: int) -> None:
    services.setup.bring_back(here, number)
    for key in list(st.session_state):
        if str(key).startswith("setup_"):
            del st.session_state[key]
