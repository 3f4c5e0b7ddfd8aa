"""The empty Excel file of every feed, to hand to its department."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

import services
from dashboard.i18n import Say
from dashboard.show import files
from services import Context


def links(here: Context, say: Say, feeds: Sequence[str] = ()) -> None:
    """A link for each feed (all of them when none is named), three beside each other."""
    st.caption(
        say(
            "Headers, permitted values and units as the check expects them. A filled-in file is "
            "named like 医保结算_202606_20260628.xlsx: feed, month, day of delivery."
        )
    )
    columns = st.columns(3)
    for place, feed in enumerate(feeds or services.setup.all_feeds()):
        name = say.label(services.names.feed(feed))
        files.link(here, "feed_template", {"feed": feed}, name, say, columns[place % 3])
