"""Emergency looks: a second person judges whether the glass was broken for a reason."""

import streamlit as st

import services
from dashboard.app_pages.reviews import looks as reviews
from dashboard.show import html, said, shell

here, say = shell.here(), shell.say()

st.title(say("Emergency looks"), anchor=False)
looks = services.glass.looks(here)
st.html(html.answer(reviews.sentence(looks, say)))
said.show("reviews")
reviews.form(here, looks, say)
with shell.section(say("All emergency looks")):
    reviews.table(looks, say)
