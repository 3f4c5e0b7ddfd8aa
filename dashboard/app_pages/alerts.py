"""Alerts: whom to visit next, and why."""

import streamlit as st

from dashboard import services
from dashboard.show import cases, html, shell, ticks

here, say = shell.here(), shell.say()
cases.apply_preset()

st.title(say("List of alerts"), anchor=False)
where, seen = cases.filters(here, say)
bar = st.columns([4, 1.4, 1.2], vertical_alignment="bottom")
sort = bar[1].selectbox(
    say("Order"),
    cases.orders(seen),
    format_func=lambda s: say(cases.SORTS[s]),
    key="alerts_sort",
    label_visibility="collapsed",
    persist_state="session",
)
wanted = int(st.session_state.get("alerts_page", 1))
found = services.cases.page(*here, where, wanted, sort)
ticks.follow(here, found)
late = int(found.rows["late"].sum())
bar[0].html(
    html.answer(
        say(
            "{n} alerts with these filters; page {page} of {pages}, {late} on it overdue.",
            n=say.number(found.total),
            page=say.number(found.number),
            pages=say.number(found.pages),
            late=say.number(late),
        )
    )
)
bar[2].download_button(
    say("Download Excel"),
    lambda: cases.download(here, where, sort, seen, say),
    file_name=f"doudi-alerts-{here.as_of:%Y-%m}.xlsx",
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
    st.stop()

drawn, clicked = cases.table(here, found, seen, say)
if clicked:
    st.switch_page("app_pages/household.py", query_params={"household": clicked})
cases.order_and_page(found.pages, say)
cases.dispatch_form(here, drawn, say)

if opened := cases.opener(found, say):
    st.switch_page("app_pages/household.py", query_params={"household": opened})
