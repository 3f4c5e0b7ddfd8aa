"""Set up the county: who it is, where, by which standards, from which feeds; what is missing."""

import streamlit as st

import services
from dashboard.app_pages.data import templates
from dashboard.app_pages.setup import checks, feeds, identity, places, saving, standards
from dashboard.show import html, said, shell

here, say = shell.here(), shell.say()

st.title(say("Set up the county"), anchor=False)
standing = services.setup.standing(here)
lines = services.setup.checklist(here)
st.html(html.answer(checks.sentence(standing, lines, say)))
said.show("setup")
if standing.answers.code:
    with shell.section(say("Check list")):
        checks.table(lines, say)
with shell.section(say("1. The county")):
    answers = identity.fields(standing.answers, say)
with shell.section(say("2. Townships and villages")):
    answers = places.fields(here, standing.answers, answers, say)
with shell.section(say("3. Local standards")):
    answers = standards.section(here, standing, answers, say)
with shell.section(say("4. Feeds")):
    answers = feeds.fields(standing.answers, answers, say)
with shell.section(say("5. Preview and save")):
    saving.section(here, standing, answers, say)
with shell.section(say("Excel templates for the departments")):
    templates.links(here, say, answers.feeds)
if standing.previous:
    with shell.section(say("Previous versions")):
        saving.previous(here, standing.previous, say)
