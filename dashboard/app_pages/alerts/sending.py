"""Sending ticked alerts out: to whom, what they have in hand already, and whether there is room."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import streamlit as st

import services
from dashboard.app_pages.alerts.ticks import Tick
from dashboard.i18n import Say
from dashboard.show import html, words
from services import Context
from services.handing import Load

Recipient = tuple[str, str | None]
OWN: Recipient = ("", None)  # each to its own township


def recipient(here: Context, chosen: Sequence[Tick], say: Say) -> Recipient:
    """Where the ticked alerts go. Those of one township may go to a village or person there."""
    towns = {tick.township for tick in chosen if tick.township}
    offered: dict[Recipient, str] = {OWN: say("each to its own township")}
    if len(towns) == 1:
        (town,) = towns
        villages = {tick.village for tick in chosen if tick.village}
        if len(villages) == 1:
            (village,) = villages
            offered[village, None] = say(
                "everybody of {place}", place=words.place(here, village, say)
            )
        for worker in services.handing.workers(here):
            if all(any(v.startswith(area) for area in worker.areas) for v in villages):
                offered[town, worker.account] = f"{worker.display} ({worker.account})"
    return st.selectbox(
        say("To whom"),
        list(offered),
        format_func=offered.__getitem__,
        key="alerts_dispatch_to",
        help=say(
            "A village or a person can be chosen when all that are ticked lie in one township."
        ),
    )


def crowded(loads: Sequence[Load], chosen: Sequence[Tick]) -> list[tuple[Load, int]]:
    """Townships that would get more this month than they can visit, with how many more."""
    more = Counter(tick.township for tick in chosen)
    return [
        (load, more[load.area])
        for load in loads
        if load.account is None
        and load.places is not None
        and more[load.area]
        and load.sent + more[load.area] > load.places
    ]


def warned(here: Context, over: Sequence[tuple[Load, int]], say: Say) -> bool:
    """Tell which townships have no room left; whether the reader sends them out all the same."""
    if not over:
        return True
    lines = [
        say(
            "{place}: {sent} sent this month, {more} more now, room for {places}.",
            place=words.place(here, load.area, say),
            sent=say.number(load.sent),
            more=say.number(more),
            places=say.number(load.places or 0),
        )
        for load, more in over
    ]
    st.warning("  \n".join(words.plain(line) for line in lines), icon=":material/groups:")
    return st.checkbox(say("Send them out all the same"), key="alerts_dispatch_over")


def in_hand(here: Context, loads: Sequence[Load], say: Say) -> None:
    """What every township and person has in hand, folded away."""
    with st.expander(say("Visits in hand by township and person")):
        rows = [
            [
                words.place(here, load.area, say) if load.account is None else "",
                load.display if load.account is not None else say("all"),
                say.number(load.waiting),
                say.number(load.late),
                say.number(load.sent) if load.account is None else "",
                words.room(load.places, load.ceiling, say) if load.account is None else "",
            ]
            for load in loads
        ]
        headers = [
            say("Township"),
            say("Person"),
            say("Visit owed"),
            say("Past due"),
            say("Sent this month"),
            say("Places a month"),
        ]
        st.html(html.table(headers, rows, right=(2, 3, 4, 5)))
        st.caption(words.load_explained(say))
