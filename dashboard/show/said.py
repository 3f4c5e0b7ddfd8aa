"""Telling what an act did where the reader looks: beside its form, and in a toast."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.errors import Told
from dashboard.show import shell, words


def keep(place: str, text: str) -> None:
    """Have it told at a place of the page, after the page has been drawn again."""
    st.session_state[f"said_{place}"] = text


def show(place: str) -> None:
    """Tell what the last act at this place did, once."""
    if text := st.session_state.pop(f"said_{place}", None):
        st.success(words.plain(text), icon=":material/check_circle:")
        st.toast(words.plain(text), icon=":material/check_circle:")


def attempt(place: str, act: Callable[[], object], told: str) -> None:
    """Do an act and draw the page again, or say beside its form why it was refused."""
    try:
        act()
    except Told as refused:
        st.warning(refused.text(shell.language()))
        return
    keep(place, told)
    st.rerun()
