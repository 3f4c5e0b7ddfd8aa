"""Alerts: whom to visit next, and why."""

import streamlit as st

from dashboard import services
from dashboard.show import (
    address,
    alerts_book,
    cases,
    cover,
    html,
    narrowing,
    shell,
    ticks,
)

here, say = shell.here(), shell.say()

st.title(say("List of alerts"), anchor=False)
shell.past_note(here, say)
where, seen = narrowing.filters(here, say)
bar = st.columns([4, 1.4, 1.2], vertical_alignment="bottom")
sort = bar[1].selectbox(
    say("Order"),
    cases.orders(seen),
    format_func=lambda s: say(cases.SORTS[s]),
    label_visibility="collapsed",
    **address.bind("order", cases.orders(seen)),
)
found = services.cases.page(*here, where, address.value("page"), sort, seen)
address.correct(page=found.number)
ticks.follow(here, found)
late = int(found.rows["late"].sum())
bar[0].html(
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
bar[2].download_button(
    say("Download Excel"),
    lambda: alerts_book.book(here, where, sort, seen, told, say),
    file_name=cover.file_name(here, say("List of alerts"), "xlsx", say),
    icon=":material/download:",
    key="alerts_download",
    on_click="ignore",
    width="stretch",
)

if not found.total:
    st.info(
        say("No alert fits these filters. Remove one of them, or choose 'All'."),
        icon=":material/filter_alt_off:",
    )
    shell.stop()

drawn, clicked = cases.table(here, found, seen, say)
if clicked:
    address.jump(address.to("household", household=clicked), say("Household profile"))
cases.order_and_page(found.pages, say)
if shell.is_past(here):
    ticks.lost_note(say)
    shell.act_in_newest(here, "alerts", say)
else:
    cases.dispatch_form(here, drawn, say)

cases.opener(found, say)
