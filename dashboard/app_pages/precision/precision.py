"""Precision: how often the alerts were right, what they missed, and how sure we can be."""

import streamlit as st

import services
from dashboard import charts
from dashboard.app_pages.precision import measures, mismatch, missed, trust
from dashboard.show import address, drawing, files, html, shell

here, say = shell.here(), shell.say()

st.title(say("Precision"), anchor=False)
shell.past_note(here, say)
asked, counted = st.columns([2, 3])
question = asked.segmented_control(
    say("What the visit was to find"),
    list(trust.QUESTIONS),
    format_func=lambda q: say(trust.QUESTIONS[q]),
    required=True,
    **address.bind("precision", trust.QUESTIONS),
)
denominator = counted.segmented_control(
    say("Denominator"),
    list(trust.DENOMINATORS),
    format_func=lambda d: say(trust.DENOMINATORS[d]),
    required=True,
    **address.bind("denominator", trust.DENOMINATORS),
)
found = trust.headline(here, denominator, "existing")
early = services.trust.coming(here) if question == "coming" else None
if early is None:
    st.html(html.answer(trust.sentence(found, denominator, say)))
    trust.beside(here, denominator, found, say)
else:
    st.html(html.answer(trust.coming_sentence(early, say)))
st.caption(say(trust.MEANINGS[denominator]))
named = f"{say('Precision')} {say(trust.QUESTIONS[question])}"
asked_for = {"denominator": denominator, "question": question}
files.link(here, "precision", asked_for, say("Download Excel"), say, named=named)

left, right = st.columns([3, 2], gap="large")
with left, shell.section(say("By month of the alert")):
    trust.by_month(here, denominator, question, say)
if early is not None:
    with right, shell.section(say("How early: months from alert to need")):
        if early.n_lead:
            chart = charts.lead(early.lead, say)
            drawing.chart(chart, "precision_lead", say("How early: months from alert to need"), say)
        st.caption(trust.lead_sentence(early, say))
else:
    with right, shell.section(say("Why alerts were false")):
        trust.show_causes(here, say)
        measures.lead_back(here, say)
with left:
    measures.months(here, denominator, say)

if early is None:
    with shell.section(say("One set of alerts, every measure")):
        measures.side_by_side(here, say)
    left, right = st.columns(2, gap="large")
    with left, shell.section(say("404 of 687: an example of how to read a published figure")):
        measures.example(here, say)
    with right, shell.section(say("Time to each step")):
        measures.steps(here, say)

with shell.section(say("Help that does not match the reason")):
    mismatch.section(here, say)

random_visits = st.container()  # they take seconds to read: their place is here, they come last
whole = services.trust.overall(here, denominator, "existing") if early is None else None
st.caption(
    say("Below: all twelve months, the warm-up included. The thin line is their mean.")
    if whole
    else say("Below: all of them whose six months have passed.")
)
left, right = st.columns(2, gap="large")
for number, (by, title) in enumerate(trust.groups(question).items()):
    with (left, right)[number % 2], shell.section(say(title)):
        frame = trust.grouped(here, by, denominator, question, say)
        chart = charts.dots(frame, say, whole.share if whole else None)
        drawing.chart(
            chart, f"precision_by_{by}", say(title), say, why_empty=trust.nothing_settled(say)
        )
        with st.expander(say("Figures")):
            st.html(trust.table(frame, say("Group"), say))
st.caption(say("Hollow grey dots: fewer than 10 cases; read them as hints only."))

with random_visits, shell.section(say("What did we miss?")):
    missed.section(here, say)
