"""Fairness: is any group of households found less often, or bothered more, than all others?"""

import streamlit as st

import services
from dashboard.app_pages.fairness import figures, making
from dashboard.show import address, files, html, shell

here, say = shell.here(), shell.say()

st.title(say("Fairness by group"), anchor=False)
shell.past_note(here, say)
question = st.segmented_control(
    say("Question"),
    list(services.fairness.QUESTIONS),
    format_func=lambda q: say(figures.QUESTIONS[q]),
    required=True,
    **address.bind("fair", services.fairness.QUESTIONS),
)
report = making.report(here, question, say)
towns = services.fairness.names(here)
ruler = figures.choose_ruler(report, say)
st.html(html.answer(figures.sentence(report, ruler, say)))
figures.named(report, ruler, towns, say)
st.caption(figures.basis(report, ruler, say))
files.link(here, "fairness", {"question": question}, say("Download Excel"), say,
           named=say("Fairness by group"))  # fmt: skip
measure = figures.choose_measure(report, ruler, say)
st.caption(say(figures.MEANINGS[measure]))
frame = figures.labelled(report, towns, ruler, measure, say)
figures.dots(frame, measure, say)
with shell.section(say("Two dimensions crossed")):
    figures.crossings(report, frame, measure, say)
with shell.section(say("What equal recall would cost")):
    figures.price(report, towns, ruler, say)
figures.notes(report, ruler, say)
