"""Household: who they are, why they stand out, what was done, and what the visit found."""

import streamlit as st

from dashboard import services
from dashboard.show import acts, chain, family, family_answer, html, printing, shell, voices

RECORD = "record"
here, say = shell.here(), shell.say()

st.title(say("Household profile"), anchor=False)
past = shell.is_past(here)
shell.past_note(here, say)
household = family.choose(here, say)
if not household:
    st.info(
        say("Open a household from the list of alerts, look one up, or pick one above."),
        icon=":material/family_restroom:",
    )
    shell.stop()

# `then`: the month of the profile, an earlier one where the household has left the data.
then, about = family.find(here, household, say)
alert = chain.newest(here, household)
st.html(html.answer(family_answer.sentence(here, then, about, alert, say)))
top, side = st.columns([6, 1], vertical_alignment="top")
if about is not None:
    top.html(family.header(then, about, say, alerted=alert is not None))
    side.download_button(
        say("Print"),
        lambda: printing.household(here, then, about, alert, say),
        file_name=f"doudi-{services.people.short(household)}-{say.language}.html",
        mime="text/html",
        icon=":material/print:",
        key="household_print",
        on_click="ignore",
    )
if alert is not None:
    top.html(family.alert_facts(here, alert, say))
    if not past and services.family.awaits_result(alert):
        side.html(html.jump(RECORD, say("Record the visit")))

if about is not None:
    family.data_dates(then, say)
    if told := voices.disagreement(about, say):
        st.html(html.warning(told))
    rules, model = st.container(key="dd_halves_voices").columns(2, gap="large")
    with rules, shell.section(say("What the rules say")):
        voices.scorecard_voice(then, about, say)
    with model, shell.section(say("What the model says")):
        voices.model_voice(then, about, say, alert.alert.question if alert else None)
    with shell.section(say("Income and rigid spending per head, 24 months")):
        family.money(then, about, say)

left, right = st.container(key="dd_halves_story").columns(2, gap="large")
with left:
    with shell.section(say("Members")):
        family.show_members(then, household, say)
    with shell.section(say("Help received")):
        family.help_received(then, household, say)
    with shell.section(say("What happened, 24 months")):
        family.timeline(then, household, say)
with right:
    if alert is None:
        st.header(say("Alert"), anchor=False)
        st.caption(chain.none_yet(past, say))
    else:
        with shell.section(say("Why the alert was raised")):
            st.html(chain.reasons(here, alert, say))
        with shell.section(say("Needs and departments")):
            st.html(chain.needs(alert, say))
            if not past:
                acts.need_form(here, alert, say)
    if found := chain.checks(then, household, say):
        with shell.section(say("What to check on site")):
            st.html(found)
    if alert is not None:
        with shell.section(say("Record the visit"), anchor=RECORD):
            if past:
                shell.act_in_newest(here, "household", say)
            else:
                acts.outcome_form(here, alert, say)
        with shell.section(say("Chain of help")):
            st.html(chain.events(alert, say))
        if not past:
            with st.expander(say("Other steps")):
                acts.step_form(here, alert, say)
