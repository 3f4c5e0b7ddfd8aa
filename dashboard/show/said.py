"""Telling what an act did where the reader looks: beside its form, and in a toast."""

from __future__ import annotations

import streamlit as st

from dashboard.show import words


def keep(place: str, text: str) -> None:
    """Have it told at a place of the page, after the page has been drawn again."""
    st.session_state[f"said_{place}"] = text


def show(place: str) -> None:
    """Tell what the last act at this place did, once."""
    if text := st.session_state.pop(f"said_{place}", None):
        st.success(words.plain(text), icon=":material/check_circle:")
        st.toast(words.plain(text), icon=":material/check_circle:")
