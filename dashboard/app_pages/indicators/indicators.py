"""Report cards: which indicator earns its points, and whom the per-capita mean passes over."""

import streamlit as st

import services
from dashboard.app_pages.indicators import cards, mean, opened
from dashboard.show import address, files, html, shell

here, say = shell.here(), shell.say()

st.title(say("Report cards of the indicators"), anchor=False)
shell.past_note(here, say)
view = st.segmented_control(
    say("What is examined"),
    list(cards.VIEWS),
    format_func=lambda one: say(cards.VIEWS[one]),
    required=True,
    **address.bind("checkup", cards.VIEWS),
)
if view == "mean":
    mean.section(here, say)
    shell.stop()

with st.spinner(say("Reading twelve months of points and visits; the first time takes a while …")):
    found = services.indicators.indicators(here)
st.html(html.answer(cards.sentence(found, say)))
st.caption(cards.period(found, say))
files.link(here, "indicators", {}, say("Download Excel"), say, named=say("Report cards"))
cards.table(found, say)
cards.notes(found, say)
with shell.section(say("One indicator"), anchor="one"):
    opened.section(here, found, say)
if found.waiting:
    with shell.section(say("Waiting for a feed")):
        cards.waiting(found, say)
