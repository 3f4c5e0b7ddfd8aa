"""Alerts: whom to visit next, and why."""

import streamlit as st

import services
from dashboard.app_pages.alerts import (
    book as alerts_book,
)
from dashboard.app_pages.alerts import (
    cards,
    narrowing,
    orders,
    ticks,
)
from dashboard.app_pages.alerts import (
    table as cases,
)
from dashboard.app_pages.tasks import sheets
from dashboard.show import address, files, html, shell

here, say = shell.here(), shell.say()

st.title(say("List of alerts"), anchor=False)
shell.past_note(here, say)
narrowing.calendar_note(here, say)
where, seen = narrowing.filters(here, say)
if seen:
    narrowing.team_note(say)
with st.container(key="alerts_bar", horizontal=True, vertical_alignment="bottom"):
    count = st.container(key="alerts_count")
    order = st.container(key="alerts_order", width=260)
    download = st.container(key="alerts_file", width="content", horizontal=True)
sort = orders.choose(order, seen, say)
found = services.cases.page(here, where, address.value("page"), sort, seen)
address.correct(page=found.number)
ticks.follow(here, found)
late = int(found.rows["late"].sum())
count.html(
    html.answer(
        say(
            "Alerts with these filters: {n}; page {page} of {pages}; overdue on this page: {late}.",
            n=say.number(found.total),
            page=say.number(found.number),
            pages=say.number(found.pages),
            late=say.number(late),
        )
    )
)
# What is chosen is read here: the file is made later, outside this run of the page.
told = alerts_book.filters(here, seen, say)
asked = alerts_book.asked(where, sort, seen, told)
files.link(here, "alerts", asked, say("Download Excel"), say, download, say("List of alerts"))
if len(found.rows) and not shell.is_past(here):
    chosen = list(ticks.ticked()) or [int(i) for i in found.rows["id"]]
    sheets.link(here, list(services.family.keys(here, chosen).values()), say, download)

if not found.total:
    st.info(
        say("No alert fits these filters. Remove one of them, or choose 'All'."),
        icon=":material/filter_alt_off:",
    )
    shell.stop()

with st.container(key="alerts_desk"):
    drawn, clicked = cases.table(here, found, seen, say)
    cases.how_to(here, seen, say)
with st.container(key="alerts_cards"):
    cards.show(here, found.rows, say)
if clicked:
    address.jump(address.to("household", household=clicked), say("Household profile"))
cases.page_number(found.pages, say)
if shell.is_past(here):
    ticks.lost_note(say)
    shell.act_in_newest(here, "alerts", say)
else:
    cases.dispatch_form(here, drawn, say)
cases.opener(found, say)
if not seen:
    narrowing.visit_note(say)
