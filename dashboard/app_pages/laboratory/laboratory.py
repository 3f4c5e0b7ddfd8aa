"""The threshold laboratory: move a lever, see what the past twelve months would have been."""

import streamlit as st

import services
from dashboard.app_pages.laboratory import figures, levers, lists, pictures, sampling, saving
from dashboard.show import html, said, shell

here, say = shell.here(), shell.say()

st.title(say("Threshold laboratory"), anchor=False)
top = st.container()
said.show("laboratory")
left, right = st.columns([2, 5], gap="large")
with left:
    base = levers.version(here, say)
    asked = levers.all_of(here, base, say)
with top, st.spinner(say("Reading the past months; the first time takes up to half a minute…")):
    tried = services.laboratory.trial(here, base.number, asked.edits)
with top:
    st.html(html.answer(figures.sentence(tried, say)))
    for refused in tried.refused:
        st.html(html.warning(say("The gate: {reason}", reason=say.label(refused))))
with right:
    with shell.section(say("Today's rules and these"), say(figures.NOTE)):
        st.html(figures.table(tried, say))
        st.html(figures.payoff(tried, asked.cost, asked.worth, say))
    with shell.section(say("Visits a month")):
        pictures.visits(here, tried, say)
    with shell.section(say("Every cut-off")):
        pictures.curve(here, base, asked, say)
    with shell.section(say("Cut-offs proposed")):
        figures.proposals(here, base, asked, say)
with shell.section(say("Who enters and who leaves")):
    lists.moved(here, tried, say)
with shell.section(say("Effect by group and by township")):
    lists.effects(here, tried, say)
with shell.section(say("Indicators that fire together")):
    lists.overlaps(here, base, asked, say)
with shell.section(say("Sample villages")):
    lists.sample(here, base, asked, say)
with shell.section(say("Sampling below the line")):
    sampling.section(here, base, tried, say)
with shell.section(say("Save and compare")):
    saving.section(here, base, asked, tried, say)
