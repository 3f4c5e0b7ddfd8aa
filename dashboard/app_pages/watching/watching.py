"""Model watch: have the inputs moved, does the model keep what it promises, and why."""

import streamlit as st

from dashboard.app_pages.watching import figures
from dashboard.show import address, files, html, shell

here, say = shell.here(), shell.say()

st.title(say("Model watch"), anchor=False)
shell.past_note(here, say)
found = figures.report(here, say)
if found is None:
    shell.stop()

st.html(html.answer(figures.sentence(found, say)))
st.caption(figures.about(found, say))
figures.notices(found, say)
left, right = st.columns([1, 5])
with left:
    files.link(here, "watching", {}, say("Download Excel"), say, named=say("Model watch"))
with right:
    figures.again(here, say)

with shell.section(say("Said before the visits, and what visits found")):
    figures.expected(found, say)
with shell.section(
    say("Does the model keep what it promises?"),
    say(
        "Households visited after each month that did not ask for it, and what had been promised "
        "of them. Open circles: visits are still coming in."
    ),
):
    figures.ripening(found, say)
with shell.section(say("What has moved")):
    group = st.segmented_control(
        say("Group of households"),
        list(figures.GROUPS),
        format_func=lambda one: say(figures.GROUPS[one]),
        required=True,
        **address.bind("group", figures.GROUPS),
    )
    figures.moved(found, group, say)
with shell.section(say("What departments delivered")):
    figures.deliveries(found, say)
    if told := figures.least_told(found, say):
        st.caption(told)
with shell.section(say("Where the risks lie")):
    figures.risks(found, group, say)
