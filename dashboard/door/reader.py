"""Who is reading, asked at every run of a page: Streamlit itself checks nobody."""

from __future__ import annotations

import streamlit as st

from core.access.principal import Principal
from dashboard.door.browser import SESSION
from services import door

# An open page asks this often whether its sign-in still holds; asking is no activity.
STILL_THERE = 15  # seconds


def secret() -> str | None:
    """What this browser holds."""
    return st.context.cookies.get(SESSION)


def principal(home: str) -> Principal | None:
    """Who holds it; this run of the page counts as something the person did."""
    return door.principal_of(home, secret())


@st.fragment(run_every=STILL_THERE)
def stays(home: str) -> None:
    """Draw the page again, without its content, when the sign-in was ended elsewhere."""
    if door.principal_of(home, secret(), active=False) is None:
        st.rerun(scope="app")
