"""Putting on the screen every version of a question, each with its card to take along."""

from __future__ import annotations

import streamlit as st

import services
from dashboard.i18n import Say, mark
from dashboard.show import files, html
from services import Context

# The newest; older cards are had by `doudi card`.
SHOWN = 12
ROLES = {
    "champion": mark("In use (champion)"),
    "challenger": mark("Challenger, in shadow"),
    "previous": mark("In use before"),
    "": mark("Not in use"),
}


def section(here: Context, question: str, say: Say) -> None:
    """A line a version: what it is, and its model card."""
    found = services.risk_model.versions(here, question)
    if not found:
        st.caption(say("No version is registered yet. Train one with `doudi train`."))
        return
    rows = [
        [f"v{one.number}", say(ROLES[one.role]), _link(here, question, one.number, say)]
        for one in found[:SHOWN]
    ]
    headers = [say("Version"), say("What it is"), say("Model card")]
    st.html(html.table(headers, rows, raw=(2,), nowrap=(0,)))
    if len(found) > SHOWN:
        st.caption(say("The {n} newest of {all}; `doudi card VERSION` writes any other.",
                       n=SHOWN, all=say.number(len(found))))  # fmt: skip
    st.caption(say("MLflow's own pages open on the server itself with `doudi mlflow`."))


def _link(here: Context, question: str, version: str, say: Say) -> str:
    title = say("Model card, version {v}", v=version)
    asked = {"version": version, "question": question}
    there = html.text(files.address(here, "model_card", asked, title, say))
    return (
        f'<a class="dd-file" href="{there}" target="_self" download>'
        f"<span aria-hidden='true'>⤓</span> {html.text(title)}</a>"
    )
