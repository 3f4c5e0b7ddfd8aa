"""Supervision 督办: who has how much to do, what is late, how long steps take; report upwards."""

import streamlit as st

import services
from dashboard.app_pages.supervision import bulletin, figures, oldest, referrals
from dashboard.show import files, html, shell

here, say = shell.here(), shell.say()

st.title(say("Supervision"), anchor=False)
shell.past_note(here, say)
found = services.supervision.figures(here)
st.html(html.answer(figures.sentence(found, say)))
if told := figures.since(found, say):
    st.caption(told)
if here.scope.department:
    st.caption(say("Only alerts with a confirmed need of this department are counted."))
named = say("Supervision")
files.link(here, "supervision", {}, say("Download Excel, every table"), say, named=named)

with shell.section(
    say("Load by place"),
    say("Open alerts by where the family lives. Red: past the due day of their step."),
):
    figures.places(here, found, say)
with shell.section(say("Working days per step")):
    figures.steps(found, say)
with shell.section(say("The ten overdue for longest")):
    oldest.section(here, say)
with shell.section(say("Referrals")):
    referrals.section(here, "supervision", say)

left, right = st.columns(2, gap="large")
with left, shell.section(say("Needs by department")):
    figures.departments(found, say)
with right:
    with shell.section(say("By band")):
        figures.bands(found, say)
    with shell.section(say("By person")):
        figures.persons(found, say)
with shell.section(say("Reported upwards")):
    figures.reported(here, found, say)
with shell.section(say("Monthly bulletin on the work")):
    bulletin.downloads(here, say)
