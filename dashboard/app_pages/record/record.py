"""The record: who did what, who looked at whom, what is unusual, whether it is whole."""

import streamlit as st

from dashboard.app_pages.record import events as record
from dashboard.show import html, shell

here, say = shell.here(), shell.say()

st.title(say("The record"), anchor=False)
sought, number = record.filters(here, say)
found = record.events(here, sought, number)
st.html(html.answer(record.sentence(found, sought, say)))
st.html(record.table(here, found, say))
record.pages(found, say)

left, right = st.columns([3, 2], gap="large")
with left, shell.section(say("Unusual looking"), say("Where to ask first; it accuses nobody.")):
    record.unusual(here, sought, say)
with right, shell.section(say("Is the record whole?")):
    record.check(here, say)
with shell.section(say("Who looked at whom")):
    record.looked_at(here, sought, say)
with shell.section(say("Emergency looks")):
    record.emergency(here, say)
