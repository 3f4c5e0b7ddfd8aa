"""The table of townships and villages: handed out, uploaded, told."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

import services
from core.errors import Told
from dashboard.i18n import Say
from dashboard.show import files, html
from services import Context
from services.setup import Answers

MEGABYTES = 8
_SHOWN = 12


def fields(here: Context, stands: Answers, answers: Answers, say: Say) -> Answers:
    """The answers with the uploaded table's places, or those that stand."""
    left, right = st.columns([2, 1])
    file = left.file_uploader(
        say("Table of townships and villages (Excel or CSV): code, name, code of what is above"),
        type=["xlsx", "xls", "csv", "txt"],
        key="setup_regions",
        max_upload_size=MEGABYTES,
    )
    files.link(here, "regions_template", {}, say("Template of the table (Excel)"), say, right)
    found = answers.places
    if file is not None:
        try:
            found = tuple(services.setup.read_places(file.getvalue()))
        except Told as refused:
            st.warning(refused.text(say.language))
    told = replace(answers, places=found)
    if not found:
        st.caption(say("No table yet: pages show codes, and no account can be given a township."))
        return told
    st.caption(
        say(
            "Townships: {n}; villages: {m}.",
            n=say.number(told.townships),
            m=say.number(told.villages),
        )
    )
    _table(told, say)
    return told


def _table(told: Answers, say: Say) -> None:
    """The first townships with how many villages each has."""
    towns = [place for place in told.places if not place.is_village]
    count: dict[str, int] = {}
    for place in told.places:
        if place.is_village:
            count[place.around] = count.get(place.around, 0) + 1
    rows = [[one.code, one.name, say.number(count.get(one.code, 0))] for one in towns[:_SHOWN]]
    st.html(html.table([say("Code"), say("Township"), say("Villages")], rows, right=(2,)))
    if len(towns) > _SHOWN:
        st.caption(say("and {n} more townships", n=len(towns) - _SHOWN))
