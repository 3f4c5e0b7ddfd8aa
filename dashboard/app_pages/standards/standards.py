"""Local standards: what holds where, since when, from which document; entering a notice."""

import streamlit as st

import services
from dashboard.app_pages.standards import figures, notice
from dashboard.show import address, html, said, shell

here, say = shell.here(), shell.say()

st.title(say("Local standards"), anchor=False)
places = services.standards.regions(here)
region = st.selectbox(
    say("Region"),
    list(places),
    format_func=lambda code: figures.place(places, code, say),
    **address.bind("region", list(places)),
)
found = services.standards.figures(here, region)
st.html(html.answer(figures.sentence(found, places, region, here.as_of, say)))
said.show("standards")
with shell.section(say("In force at the end of {month}", month=f"{here.as_of:%Y-%m}")):
    if any(one.value is not None for one in found):
        st.html(figures.table(found, places, say))
    else:
        st.info(say("No standard holds here yet. Enter the figures of the county's notice below."))
with shell.section(say("Where figures differ, from the next run on")):
    figures.by_region(here, places, say)
entries = services.standards.entered(here)
with shell.section(say("Entered by the office")):
    if entries:
        st.html(notice.table(entries, places, say))
    else:
        st.caption(say("Nothing was entered yet: all figures come from standards.yaml."))
if services.standards.may_set(here):
    if entries:
        notice.withdraw(here, entries, places, say)
    with shell.section(say("Enter a figure")):
        notice.new(here, places, region, say)
