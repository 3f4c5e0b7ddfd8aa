"""Which household the page is about: chosen, and found where and when the data knows it."""

from __future__ import annotations

from datetime import date
from typing import Any, NoReturn

import streamlit as st

import services
from dashboard.i18n import Say
from dashboard.show import address, html, shell, words
from services import Context
from services.family import Family


def choose(here: Context, say: Say) -> str | None:
    """The household of the link, or one typed or picked here."""
    asked = address.value("household")
    if asked and not services.people.PSEUDONYM.fullmatch(asked):
        told = say("'{key}' in the address is no key of a household.", key=asked[:40])
        st.warning(words.plain(told), icon=":material/search_off:")
        address.correct(household="")
        asked = ""
    with st.expander(say("Look up another household"), expanded=not asked):
        left, right = st.columns(2)
        with left, st.form("household_lookup", border=False):
            typed = st.text_input(say("Household number or key"), key="household_typed")
            found = st.form_submit_button(say("Open"), key="household_look")
        if found and (key := services.people.find_household(here, typed)):
            asked = key
            address.choose(household=key)
        if services.cases.may_sight(here):
            _highest(here, right, say)
    return asked or None


def _highest(here: Context, place: Any, say: Say) -> None:
    """The families that the rules place highest, to be opened by a click."""
    top = services.family.highest(here)
    names = dict(zip(top["household"], top["who"], strict=True))
    scores = dict(zip(top["household"], top["rule_score"], strict=True))
    place.selectbox(
        say("Highest rule scores of {month}", month=f"{here.as_of:%Y-%m}"),
        list(names),
        index=None,
        placeholder=say("choose a household"),
        format_func=lambda h: f"{words.household(names[h], h, say)} · {scores[h]:.1f}",
        key="household_pick",
        on_change=_pick,
    )


def _pick() -> None:
    """Open the household that was picked; the box is free for the next one."""
    address.choose(household=st.session_state["household_pick"])
    st.session_state["household_pick"] = None


def _read(here: Context, household: str) -> Family:
    """The household as its reader may know it."""
    may_weigh = services.family.may_weigh(here, household)
    read = services.family.weighed if may_weigh else services.family.family
    found: Family = read(here, household)
    return found


def profile(here: Context, household: str) -> tuple[Context, Family | None]:
    """A household's profile and the month it is of: the newest up to the month shown, if any."""
    try:
        return here, _read(here, household)
    except services.NothingYet as missing:
        if missing.what != "household":
            raise
    month = services.family.last_seen(here, household, here.as_of)
    if month is None:
        return here, None
    return here.at(month), _read(here.at(month), household)


def find(here: Context, household: str, say: Say) -> tuple[Context, Family | None]:
    """The household, and the month and area in which its profile is read.

    A household that has left the profile of the month is shown by its last one, with a note. One
    that no profile ever held has alerts at most: None. Outside the area, or not known yet by the
    month, the page says so, leads there, and ends.
    """
    try:
        return here, _read(here, household)
    except services.NothingYet as missing:
        if missing.what != "household":
            raise
    month = services.family.last_seen(here, household, here.as_of)
    if month is None:
        return here, _never_seen(here, household, say)
    then = here.at(month)
    try:
        about = _read(then, household)
    except services.NothingYet:
        _elsewhere(here, month, say)
    told = say(
        "This household is not in the data of {month} any more. Its profile is that of {last}, "
        "the last month that knows it; its alert is as it stands in {month}.",
        month=f"{here.as_of:%Y-%m}",
        last=f"{month:%Y-%m}",
    )
    st.html(html.warning(told))
    return then, about


def _never_seen(here: Context, household: str, say: Say) -> None:
    """Of a household in no profile up to the month: its alert alone can be shown, if it has one."""
    if later := services.family.last_seen(here, household):
        told = say("In {month} this household was not known yet.", month=f"{here.as_of:%Y-%m}")
        st.info(told, icon=":material/history:")
        label = say("Show it as of {month}", month=f"{later:%Y-%m}")
        there = address.to("household", month=f"{later:%Y-%m}")
        address.link(there, label, "household_month", icon=":material/history:")
        shell.stop()
    if services.family.alerts_of(here, household).empty:
        st.warning(
            say(
                "No household with the key {key} is known here. Check the address, or look the "
                "household up above.",
                key=household,
            ),
            icon=":material/search_off:",
        )
        shell.stop()
    st.html(
        html.warning(
            say(
                "No month of data knows this household ({key}): only its alert is shown. Tell the "
                "data stewards its alert number.",
                key=services.people.short(household),
            )
        )
    )


def _elsewhere(here: Context, month: date, say: Say) -> NoReturn:
    """The household lives outside the chosen area: say so, and lead to it."""
    st.info(say("This household lies outside the chosen area."), icon=":material/location_off:")
    there = address.to("household", month=f"{month:%Y-%m}", township="", village="")
    address.link(there, say("Show it without the area"), "household_area", icon=":material/public:")
    shell.stop()
