"""Ticks on the list of alerts: each belongs to an alert, never to the row it was drawn in.

A tick is taken from the rows as they were drawn when it was made, with the alert's last event as
the reader saw it. It survives another order and another page, and the page names everybody ticked
before an act. Another filter, area or month takes all ticks away, and so does an act.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from hashlib import sha256

import pandas as pd
import streamlit as st

import services
from dashboard.i18n import Say
from dashboard.show import html, words
from services import Context
from services.cases import CasePage
from services.names import Kind

_TICKED, _LIST, _LOST, _NAMED = "ticks", "ticks_list", "ticks_lost", "ticks_named"
# Keys reach the browser: they must not tell the places in the record, which tell the draws.
_SALT = secrets.token_bytes(16)
_NAMES_HEIGHT = 320  # a longer list of names scrolls
_NAMES_SHOWN = 6


@dataclass(frozen=True)
class Tick:
    """One alert somebody ticked, as the row showed it."""

    alert: int
    last_event: int
    household: str
    who: str
    village: str | None
    township: str | None
    band: str
    state: str


def ticked() -> dict[int, Tick]:
    """Every tick by alert, in the order in which they were made."""
    return st.session_state.setdefault(_TICKED, {})


def clear() -> None:
    """Take all ticks away."""
    st.session_state[_TICKED] = {}


def follow(here: Context, found: CasePage) -> None:
    """Take the ticks away when the list is no longer the one they were made on.

    Called whenever the list is read, also when nothing fits the filters.
    """
    now = (here, found.where)
    before = st.session_state.get(_LIST)
    st.session_state[_LIST] = now
    if before is None or before == now:
        return
    if ticked():
        st.session_state[_LOST] = len(ticked())
    clear()


def lost_note(say: Say) -> None:
    """Say once how many ticks another filter took away."""
    if lost := st.session_state.pop(_LOST, 0):
        st.info(
            say(
                "The list was narrowed anew; ticks taken away: {n}.",
                n=say.number(lost),
            ),
            icon=":material/filter_alt:",
        )


def drawn(rows: pd.DataFrame) -> tuple[Tick, ...]:
    """The rows of a table as ticks that could be made on it."""
    names = [
        "id",
        "last_event",
        "household",
        "who",
        "village_code",
        "township_code",
        "band",
        "state",
    ]
    return tuple(
        Tick(int(row[0]), int(row[1]), *row[2:]) for row in rows[names].itertuples(index=False)
    )


def table_key(kind: str, shown: Iterable[Tick]) -> str:
    """Key of a table: other rows, or the same in another order, are another table to the browser.

    So a tick that is still on its way when the rows change can only reach the rows it was made on.
    """
    ids = ",".join(str(tick.alert) for tick in shown)
    return f"alerts_table_{kind}_{hmac.new(_SALT, ids.encode(), sha256).hexdigest()[:12]}"


def selection(key: str, shown: tuple[Tick, ...]) -> dict[str, dict[str, list[int]]]:
    """The selection that a table must show; corrects one that is on the screen already."""
    have = ticked()
    rows = [number for number, tick in enumerate(shown) if tick.alert in have]
    wanted = {"selection": {"rows": rows}}
    # A header that was clicked stays chosen, and would swallow the next tick.
    headed = (st.session_state.get(key) or {}).get("selection", {}).get("columns")
    if key in st.session_state and (headed or sorted(_rows(key)) != rows):
        st.session_state[key] = wanted
    return wanted


def taker(key: str, shown: tuple[Tick, ...]) -> partial[None]:
    """What a table calls when its selection changes, with the rows as they are drawn now."""
    return partial(_take, key, shown)


def _take(key: str, shown: tuple[Tick, ...]) -> None:
    chosen = {shown[number].alert: shown[number] for number in _rows(key)}
    have = ticked()
    for tick in shown:
        if tick.alert not in chosen:
            have.pop(tick.alert, None)
        else:
            have.setdefault(tick.alert, tick)


def _rows(key: str) -> list[int]:
    return list((st.session_state.get(key) or {}).get("selection", {}).get("rows", []))


def names(here: Context, shown: Iterable[Tick], say: Say) -> tuple[Tick, ...]:
    """Name every household that is ticked, each with a way to take its tick away."""
    chosen = tuple(ticked().values())
    here_now = {tick.alert for tick in shown}
    away = sum(tick.alert not in here_now for tick in chosen)
    st.markdown("**" + say("Households to be dispatched: {n}", n=say.number(len(chosen))) + "**")
    if away:
        st.caption(say("Ticked on another page of this list: {n}.", n=say.number(away)))
    stuck = sum(not services.cases.can_dispatch(tick.state) for tick in chosen)
    if stuck:
        st.caption(say("Not to be dispatched in their present state: {n}.", n=say.number(stuck)))
    height = _NAMES_HEIGHT if len(chosen) > _NAMES_SHOWN else "content"
    with st.container(height=height, border=len(chosen) > _NAMES_SHOWN, gap="xxsmall"):
        for tick in chosen:
            line, button = st.columns([6, 1.2], vertical_alignment="center")
            line.html(_line(here, tick, tick.alert in here_now, say))
            button.button(
                say("Leave out"),
                key=f"alerts_untick_{tick.alert}",
                on_click=_leave_out,
                args=(tick.alert,),
                type="tertiary",
                icon=":material/close:",
            )
    return chosen


def called(tick: Tick, say: Say) -> str:
    """How a ticked household is called: masked name and the start of its key."""
    return words.household(tick.who, tick.household, say)


def _line(here: Context, tick: Tick, here_now: bool, say: Say) -> str:
    place = " › ".join(
        words.place(here, code, say)
        for code in (tick.township, tick.village)
        if code and code == code
    )
    band = html.band(tick.band, words.label(Kind.BAND, tick.band, say))
    small = [words.label(Kind.STATE, tick.state, say)]
    small += [] if here_now else [say("on another page")]
    more = " · ".join(html.text(part) for part in small)
    return html.block(
        f"{band} <b>{html.text(called(tick, say))}</b> {html.text(place)} <small>{more}</small>"
    )


def _leave_out(alert: int) -> None:
    ticked().pop(alert, None)


def hold(named: tuple[Tick, ...]) -> None:
    """Remember whom the page named when the button was pressed."""
    st.session_state[_NAMED] = named


def agreed() -> list[Tick]:
    """Whom the act is for: named on the page when the button was pressed, and ticked still."""
    have = ticked()
    return [tick for tick in st.session_state.pop(_NAMED, ()) if have.get(tick.alert) == tick]
