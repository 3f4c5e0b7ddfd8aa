"""Putting the record on the screen."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

import streamlit as st

import services
from core.workflow.calendar import CHINA_TIME
from dashboard.app_pages.reviews import looks as reviews
from dashboard.i18n import Say, mark
from dashboard.show import html, words
from services import Context
from services.auditing import Event, Page, Sought

SIZE = 50
DAYS = 30  # shown at first
LONGEST = 90  # characters of what an event says more
_DAY = re.compile(r"\b\d{4}-\d\d(-\d\d)?\b")
RESULTS = {"": mark("All"), "done": mark("done"), "refused": mark("refused")}
KINDS = {
    "many_households": mark("Many households"),
    "night": mark("At night"),
    "rest_day": mark("On a day of rest"),
    "own_area": mark("Own village"),
    "refusals": mark("Refused in a row"),
    "same_place": mark("First used where it was made"),
}


def filters(here: Context, say: Say) -> tuple[Sought, int]:
    """What is asked for, and which page of it."""
    offered = services.auditing.choices(here)
    cells = st.columns([2, 2, 1.4, 2.4, 1.6])
    account = cells[0].selectbox(
        say("Account"),
        ["", *offered.accounts],
        format_func=lambda a: a or say("All"),
        key="record_account",
    )
    action = cells[1].selectbox(
        say("Act"),
        ["", *offered.actions],
        format_func=lambda a: say.label(services.record_words.act(a)) if a else say("All"),
        key="record_action",
    )
    result = cells[2].selectbox(
        say("Result"), list(RESULTS), format_func=lambda r: say(RESULTS[r]), key="record_result"
    )
    today = datetime.now(CHINA_TIME).date()
    days = cells[3].date_input(
        say("Dates"), (today - timedelta(days=DAYS), today), key="record_days", format=words.DAY
    )
    about = cells[4].text_input(say("Household, alert or account"), key="record_object")
    number = int(st.session_state.get("record_page", 1))
    first, last = (days[0], days[-1]) if isinstance(days, tuple) and days else (today, today)
    return (
        Sought(
            account=account,
            action=action,
            result=result,
            object=about.strip(),
            since=datetime.combine(first, time(), CHINA_TIME),
            until=datetime.combine(last + timedelta(days=1), time(), CHINA_TIME),
        ),
        number,
    )


def events(here: Context, sought: Sought, number: int) -> Page:
    """The page of events asked for."""
    return services.auditing.events(here, sought, number, SIZE)


def sentence(found: Page, sought: Sought, say: Say) -> str:
    """How many events there are."""
    since, until = sought.since, sought.until
    last = until - timedelta(days=1) if until else None
    return say(
        "Events of the record with these filters: {n}, from {since} to {until}.",
        n=say.number(found.total),
        since=f"{since:%Y-%m-%d}" if since else "–",
        until=f"{last:%Y-%m-%d}" if last else "–",
    )


def table(here: Context, found: Page, say: Say) -> str:
    """The events, newest first, as markup."""
    rows = [_row(here, event, say) for event in found.events]
    headers = [
        say("No."),
        say("When"),
        say("Account"),
        say("Role"),
        say("Act"),
        say("About"),
        say("Area"),
        say("Purpose"),
        say("Result"),
        say("Network address"),
        say("More"),
    ]
    return html.table(headers, rows, right=(0,), raw=(1, 5, 8, 10), nowrap=(0, 8))


def _row(here: Context, event: Event, say: Say) -> list[str]:
    role = services.record_words.role(event.role)
    refused = event.result == "refused"
    result = say("refused") if refused else say("done")
    return [
        say.number(event.seq),
        f"{html.whole(f'{event.at:%Y-%m-%d}')} {event.at:%H:%M:%S}",
        event.account,
        say.label(role) if role else "–",
        say.label(services.record_words.act(event.action)),
        _about(event, say),
        words.place(here, event.area, say) if event.area else "–",
        event.purpose or "–",
        f"<b>{html.text(result)}</b>" if refused else html.text(result),
        event.place.split(" ")[0] or "–",
        _more(event, say),
    ]


def _about(event: Event, say: Say) -> str:
    kind = say.label(services.record_words.kind(event.object_kind))
    told = services.record_words.about(event.object_kind, event.object)
    key = told if isinstance(told, str) else say.label(told)
    if event.object_kind == "household":
        key = services.people.short(event.object)
    if event.object_kind == "account" and event.object == event.account:
        return html.text(say("own account"))
    rows = f" · {say.many('{n} row', '{n} rows', event.rows)}" if event.rows is not None else ""
    return (
        f"{html.text(kind)} <span title='{html.text(event.object)}'>{html.text(key)}</span>{rows}"
    )


def _more(event: Event, say: Say) -> str:
    """What else the event says, as markup."""
    parts = [
        f"{say.label(services.record_words.detail(name))} {_told(name, value, say)}"
        for name, value in event.detail.items()
        if name not in services.record_words.HIDDEN
    ]
    text = say.pick("；", "; ").join(parts)
    text = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
    return _DAY.sub(lambda day: html.whole(day[0]), html.text(text))


def _told(name: str, value: Any, say: Say) -> str:
    told = say.label(services.record_words.value(name, value))
    return services.people.short(told) if services.people.PSEUDONYM.fullmatch(told) else told


def pages(found: Page, say: Say) -> None:
    """Which page of the events."""
    last = max(1, -(-found.total // SIZE))
    if last > 1:
        st.number_input(
            say("Page (of {n})", n=last), min_value=1, max_value=last, key="record_page"
        )


def unusual(here: Context, sought: Sought, say: Say) -> None:
    """Accounts whose looking stands out in the days chosen."""
    since = sought.since or datetime.now(CHINA_TIME) - timedelta(days=DAYS)
    found = services.auditing.unusual(here, since, sought.until)
    if not found:
        st.caption(say("Nothing unusual in these days."))
        return
    rows = [[say(KINDS[one.kind]), say.label(one), f"{one.first}–{one.last}"] for one in found]
    st.html(html.table([say("Kind"), say("What"), say("Events")], rows, nowrap=(0, 2)))


def check(here: Context, say: Say) -> None:
    """Check the chain and the anchors at a click: it reads the whole record."""
    st.caption(
        say(
            "Every event carries the hash of the one before it, and the head is kept outside the "
            "database. The check finds every event that was changed, removed or put in."
        )
    )
    if not st.button(say("Check it now"), key="record_check"):
        return
    with st.spinner(say("Reading the record …")):
        found = services.auditing.check(here)
    if found.findings:
        lines = [html.text(say.label(one)) for one in found.findings[:20]]
        st.html(html.warning(say("The record was tampered with:")))
        st.html(html.block(html.bullets(lines)))
        return
    told = say(
        "Nothing was found in {n} events, each joined to the one before.",
        n=say.number(found.events),
    )
    beyond = max(0, found.head[0] - found.anchored)
    reach = say(
        "An anchor outside vouches for the first {anchored}; for the {beyond} after them nothing "
        "does yet.",
        anchored=say.number(found.anchored),
        beyond=say.number(beyond),
    )
    st.html(html.answer(f"{told} {reach}" if beyond else told))
    for note in found.notes:
        st.html(html.warning(say.pick(*note)))


def looked_at(here: Context, sought: Sought, say: Say) -> None:
    """Households and accounts: who looked at whom, how often, first and last."""
    frame = services.auditing.looked_at(here, replace(sought, action="", result=""))
    if frame.empty:
        st.caption(say("Nobody looked at a household in these days."))
        return
    rows = [
        [
            r["account"],
            services.people.short(r["object"]),
            say.number(r["looks"]),
            say.number(r["reveals"]),
            f"{r['first']:%Y-%m-%d %H:%M}",
            f"{r['last']:%Y-%m-%d %H:%M}",
        ]
        for r in frame.head(SIZE).to_dict("records")
    ]
    headers = [
        say("Account"),
        say("Household"),
        say("Looks"),
        say("Personal data shown"),
        say("First"),
        say("Last"),
    ]
    st.html(html.table(headers, rows, right=(2, 3), nowrap=(0, 4, 5)))
    if len(frame) > SIZE:
        st.caption(say("The last {n} of {all}.", n=SIZE, all=say.number(len(frame))))


def emergency(here: Context, say: Say) -> None:
    """Emergency looks and their reviews."""
    reviews.table(services.auditing.emergency_looks(here), say)
