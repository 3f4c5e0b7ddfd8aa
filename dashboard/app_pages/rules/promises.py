"""What an activation promised, and what came of it."""

from __future__ import annotations

from collections import Counter

import streamlit as st

import services
from dashboard.app_pages.rules import shelf
from dashboard.i18n import Say, mark
from dashboard.show import html
from services import Context
from services.laboratory import Outcome
from services.rules import Shelf

NOTE = mark(
    "Confirmed needs of alerts raised in the promised months, random draws left out; judged once "
    "the months have passed and four alerts in five have a result."
)


def table(here: Context, store: Shelf, say: Say) -> None:
    """One row a promise, and how often each analyst's lay inside their interval."""
    with st.spinner(say("Reading the past months; the first time takes up to half a minute…")):
        found = services.laboratory.outcomes(here)
    headers = [
        say("Version"),
        say("By"),
        say("From"),
        say("Months run"),
        say("Promised (90 %)"),
        say("Alerts"),
        say("With a result"),
        say("Came"),
        say("Inside"),
    ]
    st.html(html.table(headers, [_row(store, one, say) for one in found], right=range(3, 8)))
    for actor, (inside, judged) in _by_actor(found).items():
        st.caption(
            say(
                "{actor}: {inside} of {judged} judged promises inside their interval.",
                actor=actor,
                inside=inside,
                judged=judged,
            )
        )


def _row(store: Shelf, one: Outcome, say: Say) -> list[str]:
    return [
        shelf.named(store, str(one.version), say),
        one.actor,
        f"{one.since:%Y-%m}",
        say("{n} of {of}", n=len(one.months), of=one.promised),
        f"{one.expected:.0f} ({one.low:.0f}–{one.high:.0f})",
        say.number(one.alerts),
        say.number(one.settled),
        say.number(one.found),
        say("not yet") if one.inside is None else say("yes") if one.inside else say("no"),
    ]


def _by_actor(found: list[Outcome]) -> dict[str, tuple[int, int]]:
    judged, inside = Counter[str](), Counter[str]()
    for one in found:
        if one.inside is not None:
            judged[one.actor] += 1
            inside[one.actor] += one.inside
    return {actor: (inside[actor], n) for actor, n in judged.items()}
