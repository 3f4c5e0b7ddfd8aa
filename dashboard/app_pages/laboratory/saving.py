"""Saving what the levers say, trying a draft for its approval, and comparing drafts."""

from __future__ import annotations

from typing import Any

import streamlit as st

import services
from dashboard.app_pages.laboratory.levers import Asked, Base
from dashboard.app_pages.rules import shelf
from dashboard.i18n import Say
from dashboard.show import address, files, html, said
from services import Context
from services.laboratory import Trial
from services.rules import State


def section(here: Context, base: Base, asked: Asked, tried: Trial, say: Say) -> None:
    """What differs from today's rules; saving, trying, files; all tried drafts in one table."""
    if tried.changes:
        st.html(shelf.differences(tried.changes, say))
    if services.rules.may_tune(here):
        _save(here, base, asked, say)
    given = {"version": base.number, "edits": services.laboratory.told(asked.edits)}
    place = st.container(horizontal=True)
    files.link(here, "laboratory", given, say("Download Excel"), say, place=place,
               named=say("Laboratory"))  # fmt: skip
    files.link(here, "laboratory_page", given, say("One page to print"), say, place=place,
               named=say("Laboratory"))  # fmt: skip
    drafts(here, say)


def _save(here: Context, base: Base, asked: Asked, say: Say) -> None:
    left, middle, right = st.columns([3, 2, 2], vertical_alignment="bottom")
    title = left.text_input(say("Name of the draft"), key="lab_title", max_chars=80)
    if middle.button(say("Save as a new draft"), key="lab_save", width="stretch"):
        said.attempt(
            "laboratory",
            lambda: services.rules.draft(here, title, asked.edits, base.number),
            say("Saved as a draft. Choose it above under “Starts from” to go on with it."),
        )
    found = base.found
    if found is None or found.state not in (State.DRAFT, State.TRIED):
        return
    if asked.edits:
        if right.button(
            say("Save into version {n}", n=found.number), key="lab_into", width="stretch"
        ):
            said.attempt(
                "laboratory",
                lambda: services.rules.change(here, found.number, asked.edits, found.last_event),
                say("Saved in version {n}.", n=found.number),
            )
    elif right.button(
        say("Keep this trial with version {n}", n=found.number),
        key="lab_try",
        type="primary",
        width="stretch",
    ):
        said.attempt(
            "laboratory",
            lambda: services.laboratory.keep(here, found.number, found.last_event),
            say("The trial was kept; a second person can approve version {n} now.", n=found.number),
        )


def drafts(here: Context, say: Say) -> None:
    """Every version whose trial was kept, side by side."""
    store = services.rules.shelf(here)
    kept = [one for one in store.versions if one.tried and "figures" in one.tried]
    if not kept:
        st.caption(say("No trial was kept yet; kept ones stand here side by side."))
        return
    headers = [
        say("Version"),
        say("State"),
        say("Alerts"),
        say("Households"),
        say("Expected confirmed needs"),
        say("Precision (95 %)"),
        say("Recall (95 %)"),
        say("Next quarter (90 %)"),
        say("The gate"),
    ]
    rows = [_row(store, one, say) for one in kept]
    st.html(html.table(headers, rows, right=range(2, 8)))
    numbers = ", ".join(str(one.number) for one in kept)
    address.link(
        address.to("rules", version=str(kept[0].number)),
        say("Approve, activate, go back: page Rules ({numbers})", numbers=numbers),
        "lab_rules",
    )


def _row(store: Any, one: Any, say: Say) -> list[str]:
    figures, promised = one.tried["figures"]["draft"], one.tried["promise"]
    return [
        shelf.named(store, str(one.number), say),
        say.label(one.state),
        say.number(figures["alerts"]),
        say.number(figures["households"]),
        say.number(round(figures["expected"])),
        _interval(figures["precision"], say),
        _interval(figures["recall"], say),
        f"{promised['expected']:.0f} ({promised['low']:.0f}–{promised['high']:.0f})",
        say("refused") if one.tried["refused"] else say("passes"),
    ]


def _interval(one: Any, say: Say) -> str:
    if not one:
        return "–"
    return f"{say.percent(one['value'])} ({one['low'] * 100:.0f}–{one['high'] * 100:.0f})"
