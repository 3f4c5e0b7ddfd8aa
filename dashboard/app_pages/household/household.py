"""Household: who they are, why they stand out, what was done, and what the visit found."""

import streamlit as st

import services
from dashboard.app_pages.household import (
    acts,
    belonging,
    chain,
    choosing,
    family,
    needing,
    outside,
    pictures,
    reveal,
    story,
    voices,
)
from dashboard.app_pages.household import answer as family_answer
from dashboard.app_pages.household import closer as look_closer
from dashboard.show import files, html, shell

RECORD = "record"
here, say = shell.here(), shell.say()

st.title(say("Household profile"), anchor=False)
past = shell.is_past(here)
shell.past_note(here, say)
household = choosing.choose(here, say)
if not household:
    st.info(
        say("Open a household from the list of alerts, look one up, or pick one above."),
        icon=":material/family_restroom:",
    )
    shell.stop()

# In an emergency look there is nothing to act on; in a past month neither.
closed = past or outside.only_look(here, household, say)
# `then`: the month of the profile, an earlier one where the household has left the data.
then, about = choosing.find(here, household, say)
alert = chain.newest(here, household)
st.html(html.answer(family_answer.sentence(here, then, about, alert, say)))
top, side = st.columns([6, 1], vertical_alignment="top")
if about is not None:
    top.html(family.header(then, about, say, alerted=alert is not None))
    named = f"doudi-{services.people.short(household)}-{say.language}"
    files.link(here, "household", {"household": household}, say("Print"), say, side, named)
if alert is not None:
    top.html(family.alert_facts(here, alert, say))
    if not closed and services.family.awaits_result(alert):
        side.html(html.jump(RECORD, say("Record the visit")))

if about is not None:
    family.data_dates(then, say)
# Whoever goes there finds first whom to meet, what to check, and where to write it down.
visits = about is not None and not about.weighed
first = st.container(key="dd_halves_visit") if visits else None
voice, steadiness = None, st.container()
if about is not None:
    if about.weighed:
        asked = alert.alert.question if alert else None
        steadiness, voice = st.container(), voices.both(then, about, say, asked)
    with shell.section(say("Income and rigid spending per head, 24 months")):
        family.money(then, about, say)

left, right = st.container(key="dd_halves_story").columns(2, gap="large")
whom, what = first.columns(2, gap="large") if first else (left, right)
with whom, shell.section(say("Members")):
    family.show_members(then, household, say)
    if not closed and services.people.may_reveal(here):
        reveal.section(then, household, say)
with right:
    needing.alert_part(here, alert, past, closed, say)
with what:
    chain.checks_part(then, household, say)
    if alert is not None and (past or not closed):
        acts.visit(here, alert, past, RECORD, say)
with right:
    if alert is not None and not closed:
        acts.other_steps(here, alert, say)
with shell.section(say("Case history")):
    story.section(here, household, say)
    pictures.section(here, household, say, closed)
with shell.section(say("Who belonged to this household, and when")):
    belonging.section(here, household, say)
# Last: the model of the stored explanation loads slowly the first time.
if about is not None and voice is not None:
    look_closer.sections(then, about, voice, steadiness, say)
