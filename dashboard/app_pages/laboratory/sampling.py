"""Sampling below the line: the random visits that a wanted width of recall needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

import services
from dashboard.app_pages.laboratory import levers
from dashboard.app_pages.laboratory.levers import Base
from dashboard.i18n import Say
from dashboard.show import html
from services import Context, NothingYet
from services.laboratory import Trial

MONTHS = 12
_MOST = 1.0


def section(here: Context, base: Base, tried: Trial, say: Say) -> None:
    """Widths with the visits they need, and a button that sets the audit's share to them."""
    if not st.toggle(say("Plan the random visits (some seconds)"), key="lab_sampling"):
        return
    try:
        with st.spinner(say("Reading the random visits…")):
            plan = services.missed.audited(here)["plan"]
    except NothingYet:
        plan = None
    if plan is None:
        st.caption(say("Too few random visits to plan from."))
        return
    counts, policy = tried.draft.replayed.counts[-1], tried.draft.policy
    st.caption(
        say(
            "Today {n} random visits a year leave an interval {width} points wide; the audit "
            "takes {share} of {capacity} visits a month.",
            n=say.number(plan["visits_today"]),
            width=say.number(plan["width_today"] * 100),
            share=say.percent(policy.shares.audit),
            capacity=say.number(counts.capacity),
        )
    )
    shares = {
        row["width"]: row["by_score"] / MONTHS / max(1, counts.capacity)
        for row in plan["wanted"]
        if row["by_score"] is not None
    }
    st.html(_table(plan["wanted"], shares, say))
    left = _MOST - policy.shares.coming - policy.shares.explore
    _choose(base, {width: share for width, share in shares.items() if share <= left}, say)


def _table(wanted: Sequence[Mapping[str, Any]], shares: Mapping[float, float], say: Say) -> str:
    """One row a width: random visits a year and a month, and what of the capacity they take."""
    rows = [
        [
            say("{width} points wide", width=say.number(row["width"] * 100)),
            say("never") if row["by_score"] is None else say.number(row["by_score"]),
            "–" if row["by_score"] is None else f"{row['by_score'] / MONTHS:.1f}",
            say.percent(shares.get(row["width"])),
        ]
        for row in wanted
    ]
    headers = [
        say("Interval of recall"),
        say("Random visits a year, drawn by score"),
        say("A month"),
        say("Share of the capacity"),
    ]
    return html.table(headers, rows, right=(1, 2, 3))


def _choose(base: Base, possible: Mapping[float, float], say: Say) -> None:
    """A width to take over into the lever of the audit's share."""
    if not possible:
        st.caption(say("No width of these fits into the capacity beside the other shares."))
        return
    width = st.selectbox(
        say("Wanted width"),
        list(possible),
        format_func=lambda w: say("{width} points wide", width=say.number(w * 100)),
        key="lab_width",
    )
    st.button(
        say("Put it into the plan: set the audit's share"),
        on_click=_set,
        args=(levers.audit_key(base), possible[width]),
        key="lab_plan",
    )
    st.caption(
        say("It becomes part of the draft when that is saved, and of the month's run after.")
    )


def _set(key: str, share: float) -> None:
    st.session_state[key] = round(share, 3)
