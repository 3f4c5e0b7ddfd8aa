"""Disagreements: households on which scorecard and model differ most, and later who was right."""

import streamlit as st

import services
from dashboard.app_pages.disagreements import lists
from dashboard.show import address, html, shell

here, say = shell.here(), shell.say()

st.title(say("Disagreements of scorecard and model"), anchor=False)
shell.past_note(here, say)
found = services.disagreements.disagreements(here)
with st.spinner(say("Looking up what visits found later …")):
    later = services.disagreements.who_was_right(here)
st.html(html.answer(lists.sentence(later, say)))
which = st.segmented_control(
    say("List"),
    list(lists.LISTS),
    format_func=lambda one: say(lists.LISTS[one]),
    required=True,
    **address.bind("differ", lists.LISTS),
)
st.caption(lists.note(found, which, say))
clicked = lists.table(here, found, which, say)
if clicked:
    address.jump(address.to("household", household=clicked), say("Household profile"))
lists.opener(found, which, say)
with shell.section(say("Later, who was right")):
    lists.who_was_right(later, say)
