"""Tokens of other systems on the page of accounts: the list, the form, the way to end one."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

import services
from core.access.principal import Grant
from core.access.roles import Action, may
from dashboard.app_pages.accounts import forms as accounts
from dashboard.i18n import Say
from dashboard.show import html, words
from services import Context
from services.tokens import LONGEST, SCOPES, Issued

_ONCE, _MADE = "tokens_text", "tokens_made"


def once(say: Say) -> None:
    """A token that was made, shown until the page is drawn again."""
    if _ONCE not in st.session_state:
        return
    system, text = st.session_state.pop(_ONCE)
    told = say(
        "Token of {name}, shown only now. Hand it to the system's operator by a safe way:",
        name=system,
    )
    st.html(html.warning(told))
    st.code(text, language=None)


def table(issued: Sequence[Issued], say: Say) -> str:
    """One row a token, as markup."""
    rows = [
        [
            html.text(one.id),
            html.text(one.system),
            html.text(one.account),
            html.text(say.pick("、", ", ").join(map(say.label, one.scopes))),
            html.text(f"{one.expires_at:%Y-%m-%d}"),
            html.text(f"{one.last_used_at:%Y-%m-%d %H:%M}" if one.last_used_at else "–"),
            html.text(say("in force") if one.holds else say("ended")),
        ]
        for one in issued
    ]
    headers = [say("Token"), say("System"), say("Account"), say("What it may do"), say("Until")]
    headers += [say("Last used"), say("State")]
    return html.table(headers, rows, raw=range(7), nowrap=(0, 4, 5))


def new(here: Context, cards: Sequence[services.accounts.Card], say: Say) -> None:
    """The form for a token, and for the account of a system that has none yet."""
    known = {card.name: card for card in cards if card.is_system and not card.disabled}
    if st.session_state.pop(_MADE, False):  # the next one begins with an empty form
        empty = {"tokens_system": "", "tokens_account": "", "tokens_scopes": []}
        st.session_state.update(empty)
    left, middle, right = st.columns(3)
    system = left.text_input(say("The system's name"), key="tokens_system", max_chars=80)
    name = middle.text_input(say("Its account (letters and digits)"), key="tokens_account")
    days = right.number_input(
        say("Days"), 1, LONGEST.days, LONGEST.days, step=1, key="tokens_days", format="%d"
    )
    card = known.get(name.strip().lower())
    given = None
    if card is None:
        given = accounts.grant_fields(here, "tokens", say)
    else:
        st.caption(say("The account {name} exists and keeps its roles.", name=card.name))
    roles = [one.role for one in (card.grants if card else [given] if given else [])]
    scopes = st.multiselect(
        say("What it may do"),
        [scope for scope in SCOPES if any(may(role, scope) for role in roles)],
        format_func=lambda scope: words.capital(say.label(scope)),
        key="tokens_scopes",
        placeholder=say("choose"),
    )
    if st.button(say("Make the token"), key="tokens_go", type="primary"):
        _make(here, name, system, scopes, [given] if given else [], int(days), say)


def _make(
    here: Context,
    name: str,
    system: str,
    scopes: Sequence[Action],
    grants: Sequence[Grant],
    days: int,
    say: Say,
) -> None:
    def make() -> None:
        drawn = services.tokens.make(here, name, system, scopes, grants=grants, days=days)
        st.session_state[_ONCE], st.session_state[_MADE] = (system.strip(), drawn.text), True

    accounts.attempt(make, say("A token for {name} was made.", name=system.strip()))


def end(here: Context, issued: Sequence[Issued], say: Say) -> None:
    """Choose a token that holds, and end it."""
    holding = {one.id: one for one in issued if one.holds}
    if not holding:
        return
    chosen = st.selectbox(
        say("Token"),
        list(holding),
        index=None,
        placeholder=say("choose"),
        format_func=lambda token: f"{token} · {holding[token].system}",
        key="tokens_which",
    )
    if chosen is None:
        return
    with st.popover(say("Withdraw the token")):
        st.write(say("The system {name} is shut out at once.", name=holding[chosen].system))
        if st.button(say("Yes, do it"), key="tokens_withdraw"):
            accounts.attempt(
                lambda: services.tokens.withdraw(here, chosen),
                say("The token of {name} was withdrawn.", name=holding[chosen].system),
            )
