"""My tasks: whom I am to visit, due first; and what was written in two ways."""

import streamlit as st

import services
from dashboard.app_pages.supervision import referrals
from dashboard.app_pages.tasks import desk, doubts, sheets
from dashboard.show import html, said, shell

here, say = shell.here(), shell.say()

st.title(say("My tasks"), anchor=False)
if shell.is_past(here):
    shell.act_in_newest(here, "tasks", say)
    shell.stop()
found, total = services.tasks.mine(here)
conflicts = services.tasks.conflicts(here)
st.html(html.answer(desk.sentence(found, total, conflicts, say)))
said.show("tasks")
desk.ways(here, found, say)
doubts.show(here, conflicts, say)
if not found:
    st.info(
        say(
            "Nothing to visit now in this area. Alerts appear here once they are dispatched; "
            "choose a wider area above, or look at the list of alerts."
        ),
        icon=":material/task_alt:",
    )
else:
    sheets.chooser(here, found, say)
    desk.cards(here, found, total, say)
if bool(services.referrals.referrals(here)["open"].any()):
    with shell.section(say("Referrals without an answer")):
        referrals.section(here, "tasks", say)
