"""Overview: where need is, what was done, what is overdue, whether the alerts can be trusted."""

import streamlit as st

import services
from dashboard import charts
from dashboard.app_pages.model import beginning
from dashboard.app_pages.overview import bulletin, places
from dashboard.app_pages.overview import figures as overview
from dashboard.show import address, drawing, html, shell

here, say = shell.here(), shell.say()

st.title(say("Overview"), anchor=False)
shell.past_note(here, say)
head = services.overview.headline(here)
st.html(html.answer(overview.sentence(head, say)))
overview.figures(head, say)
overview.bands(head, say)
places.quota(here, say)
overview.escalated(head, say)

beginning.section(here, say)
overview.lists(head, say)
bulletin.downloads(here, head, say)

with shell.section(say("Why not everybody was raised")):
    places.why_not(here, say)

if services.county.county(here).synthetic:
    with shell.section(say("Family-months of unmet need")):
        places.lived(here, say)

with shell.section(say("Where need is")):
    clicked = overview.township_part(here, say)
    if clicked:
        address.jump(clicked, say("Open"))

left, right = st.columns(2, gap="large")
with left, shell.section(say("From alert to help, twelve months")):
    steps = overview.funnel_frame(here, say)
    drawing.chart(
        charts.funnel(steps, say), "overview_funnel", say("From alert to help, twelve months"), say
    )
    overview.funnel_lists(here, say)
with right:
    with shell.section(say("What raised the alerts")):
        frame = overview.source_frame(here, say)
        chart = charts.by_source(frame, say)
        drawing.chart(chart, "overview_sources", say("What raised the alerts"), say)
    with shell.section(say("Needs by department, twelve months")):
        frame = overview.need_frame(here, say)
        if frame.empty:
            raise services.NothingYet("alerts_here", here.as_of)
        chart = charts.need_bars(frame, say)
        drawing.chart(chart, "overview_needs", say("Needs by department, twelve months"), say)
        st.caption(
            say(
                "Needs of alerts raised in the twelve months, by where they stand on the day shown."
            )
        )

if services.deliveries.may_see_feeds(here):
    with shell.section(say("How the data is reported")):
        overview.feed_strip(here, say)
