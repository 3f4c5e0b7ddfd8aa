"""Notices on the page of accounts: on or off, where to, what became of them; never an address."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

import services
from core.access.roles import Role
from dashboard.app_pages.accounts import forms as accounts
from dashboard.i18n import Say
from dashboard.show import html
from services import Context
from services.accounts import Card
from services.notices import SERVICES, Channel, Status

_MADE = "notices_made"


def section(here: Context, cards: Sequence[Card], say: Say) -> None:
    """Everything about notices, or why their file cannot be read."""
    st.caption(
        say(
            "A digest in numbers and a link, once a working day, to WeCom, DingTalk, Feishu, "
            "e-mail or a webhook. No family is ever named in one; of a group, counts below {n} are "
            "hidden. Data scientists are told how many notices the newest watch of the model "
            "raised. A timer on the server sends them: doudi notices send.",
            n=services.disclosure.SMALLEST,
        )
    )
    try:
        found = services.notices.status(here)
    except services.notices.NoticeError as refused:
        st.warning(refused.text(say.language))
        return
    _switch(here, found, say)
    if found.channels:
        st.html(_channels(here, found, say))
        _one(here, found, say)
    if found.newest:
        st.html(_newest(found, say))
    with st.expander(say("New channel"), expanded=not found.channels):
        _new(here, cards, say)


def _switch(here: Context, found: Status, say: Say) -> None:
    link = st.text_input(
        say("Address of these pages, for the link in a notice"),
        found.link,
        key="notices_link",
        placeholder="https://",
        max_chars=200,
    )
    told = say("Notices are on.") if found.on else say("Notices are off: nothing is sent.")
    st.write(told)
    label = say("Switch off") if found.on else say("Switch on")
    if st.button(label, key="notices_switch"):
        done = say("Notices are off now.") if found.on else say("Notices are on now.")
        accounts.attempt(
            lambda: services.notices.switch(here, not found.on, link=link, language=say.language),
            done,
        )


def _channels(here: Context, found: Status, say: Say) -> str:
    rows = [
        [one.name, say.label(kind), _whose(here, one, say)]
        for one, kind in zip(found.channels, found.services, strict=True)
    ]
    return html.table([say("Channel"), say("Kind"), say("Whose work it tells")], rows)


def _whose(here: Context, one: Channel, say: Say) -> str:
    if one.account:
        return one.account
    return accounts.grant(here, services.accounts.Grant(Role(one.role), _area(one)), say)


def _area(one: Channel) -> services.accounts.Area:
    return services.accounts.Area(one.area, one.department)


def _newest(found: Status, say: Say) -> str:
    rows = [
        [
            say.day(one.day),
            one.channel,
            say.label(one.state),
            say.number(one.tries),
            f"{one.next_at:%m-%d %H:%M}" if one.next_at and one.state == "waiting" else "–",
            one.problem or "–",
        ]
        for one in found.newest[:20]
    ]
    headers = [say("Day"), say("Channel"), say("State"), say("Tries"), say("Next try")]
    return html.table([*headers, say("Problem")], rows, right=(3,), nowrap=(0, 4))


def _one(here: Context, found: Status, say: Say) -> None:
    """Try a channel, or take it away."""
    chosen = st.selectbox(
        say("Channel"),
        [one.name for one in found.channels],
        index=None,
        placeholder=say("choose"),
        key="notices_which",
    )
    if chosen is None:
        return
    left, right = st.columns(2)
    if left.button(say("Send a test"), key="notices_test"):
        problem = services.notices.try_out(here, chosen)
        if problem:
            st.warning(say("It was not taken: {problem}", problem=problem))
        else:
            st.success(say("The test was sent."))
    with right.popover(say("Remove the channel")):
        if st.button(say("Yes, do it"), key="notices_remove"):
            accounts.attempt(
                lambda: services.notices.remove(here, chosen),
                say("The channel {name} was removed.", name=chosen),
            )


def _new(here: Context, cards: Sequence[Card], say: Say) -> None:
    """The form for a channel: a person's own work, or that of a role in an area."""
    if st.session_state.pop(_MADE, False):  # the next one begins with an empty form
        st.session_state.update({"notices_name": "", "notices_url": ""})
    left, right = st.columns(2)
    name = left.text_input(say("The channel's name"), key="notices_name", max_chars=40)
    url = right.text_input(
        say("Its address (kept secret)"),
        key="notices_url",
        type="password",
        help=" ".join(f"{scheme}://" for scheme in SERVICES),
    )
    people = [card.name for card in cards if not card.disabled and not card.is_system]
    account = left.selectbox(
        say("Whose own work"), people, index=None, placeholder=say("choose"), key="notices_account"
    )
    st.caption(say("Or the work of a role:"))
    given = accounts.grant_fields(here, "notices", say)
    if not st.button(say("Add the channel"), key="notices_go", type="primary"):
        return
    role = (given.role.value, given.area.code, given.area.department) if given else ("", "", "")
    channel = Channel(name.strip(), url.strip(), account or "", *role)

    def add() -> None:
        services.notices.add(here, channel)
        st.session_state[_MADE] = True

    accounts.attempt(add, say("The channel {name} was added.", name=channel.name))
