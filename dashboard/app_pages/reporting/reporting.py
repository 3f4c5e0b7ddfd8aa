"""Report a household in difficulty, in under a minute; and what became of one's reports."""

import streamlit as st

from dashboard.app_pages.reporting import telling
from dashboard.show import said, shell

here, say = shell.here(), shell.say()

st.title(say("Report a household"), anchor=False)
if shell.is_past(here):
    shell.act_in_newest(here, "reporting", say)
    shell.stop()
st.caption(
    say(
        "Villages, schools, clinics and the hotline report families in difficulty. A report opens "
        "an alert beside the month's capacity, or joins the household's open one; whoever reports "
        "is its first receiver."
    )
)
said.show("reporting")
telling.form(here, say)
with shell.section(say("My reports")):
    telling.mine(here, say)
