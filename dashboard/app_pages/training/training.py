"""Retrain: choose what a training learns from, follow the queue, stop what is not wanted."""

import streamlit as st

import services
from dashboard.app_pages.model import beginning
from dashboard.app_pages.training import form, queue
from dashboard.show import said, shell

here, say = shell.here(), shell.say()

st.title(say("Retrain"), anchor=False)
st.caption(
    say(
        "A training runs apart from this page: you may close the browser. One runs at a time, the "
        "others wait. It registers a challenger; putting it to use stays a step of its own."
    )
)
beginning.section(here, say)
said.show("training")
choices = services.training.choices(here)
queue.section(here, say)
with shell.section(say("Ask for a training")):
    form.section(here, choices, say)
