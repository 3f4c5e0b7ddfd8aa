"""Data: what each department delivered, what was kept, and what goes back."""

import streamlit as st

import services
from dashboard import charts
from dashboard.app_pages.data import (
    corrections,
    feeds,
    households,
    mapping,
    persons,
    returned,
    templates,
    trust,
    waiting,
)
from dashboard.show import drawing, shell

here, say = shell.here(), shell.say()

st.title(say("Feeds"), anchor=False)
frame = services.deliveries.feeds(here)
feeds.overview(here, frame, say)

with shell.section(
    say("Deliveries that wait for a decision"),
    say("None of them counts until somebody says what it is; a reason is recorded."),
):
    waiting.section(here, say)

with shell.section(say("Odd or refused files")):
    waiting.odd(here, say)

with shell.section(say("Reports of 24 months")):
    chart = charts.freshness(feeds.strip(here, say), say)
    drawing.chart(chart, "data_freshness", say("Reports of 24 months"), say)

with shell.section(say("How far each feed can be trusted")):
    trust.section(here, say)

with shell.section(
    say("Check of each file"),
    say("Rows received = accepted + returned for correction + exact duplicates."),
):
    feeds.batches(here, say)

with shell.section(say("Undo a delivery")):
    waiting.undoing(here, say)

with shell.section(
    say("Rows to be corrected"),
    say(
        "One correction ticket a delivery, due in ten working days. The file that brings the rows "
        "back closes it row by row."
    ),
):
    returned.section(here, say)
    feeds.quarantine(here, say)

if services.deliveries.may_deliver(here):
    with shell.section(say("Upload and mapping"), anchor="mapping"):
        mapping.section(here, say)

with shell.section(
    say("Correction tickets"),
    say(
        "Facts that a visit found false because the data were wrong, of another person or out of "
        "date, by the feed that told them."
    ),
):
    corrections.section(here, say)

persons.part(here, say)

with shell.section(say("Households that change")):
    households.section(here, say)

with shell.section(say("Excel templates for the departments")):
    templates.links(here, say)

strange = services.deliveries.unrecognised(here)
if len(strange):
    with shell.section(say("Files that belong to no feed")):
        feeds.strangers(strange, say)
