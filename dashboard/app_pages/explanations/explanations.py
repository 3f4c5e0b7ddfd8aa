"""Explanations: what moves a stored version of the model, and whether its reasons hold."""

import streamlit as st

from dashboard.app_pages.explanations import choosing, pictures, wording
from dashboard.show import files, html, shell

here, say = shell.here(), shell.say()

st.title(say("Explanations of the model"), anchor=False)
shell.past_note(here, say)
asked = choosing.choose(here, say)
found = choosing.overview(here, asked, say)
st.html(html.answer(wording.sentence(found, say)))
st.caption(wording.made_of(found, say))
files.link(here, "explanations", {"question": asked.question, "version": asked.version},
           say("Download Excel"), say, named=say("Explanations of the model"))  # fmt: skip
with shell.section(say("What moves the risk"), say(wording.HOW_TO_READ)):
    pictures.swarm(found, say)
with shell.section(say("One feature"), anchor="feature"):
    pictures.one(found, say)
left, right = st.columns([3, 2], gap="large")
with left, shell.section(say("What acts together")):
    pictures.together(found, say)
with right, shell.section(say("Whether the reasons hold")):
    pictures.steady(found, say)
with shell.section(say("The features in figures")):
    st.html(wording.table(here, found, say))
