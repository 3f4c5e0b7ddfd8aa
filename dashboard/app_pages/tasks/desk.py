"""The tasks on the screen of a desk: one sentence, cards, and the ways to phone and file."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

import services
from dashboard.app_pages.alerts.cards import IN_SESSION
from dashboard.i18n import Say, mark
from dashboard.show import address, files, html, words
from services import Context
from services.names import Kind
from services.tasks import Conflict, Task

DRAWN = 60  # cards on the page; the file has them all
DUE = {"late": mark("overdue"), "near": mark("due soon"), "ok": mark("in time")}


def sentence(found: Sequence[Task], total: int, conflicts: Sequence[Conflict], say: Say) -> str:
    """How many there are, how many are late or nearly, and how many conflicts wait."""
    told = say(
        "Households to visit: {n}; overdue: {late}; due within two working days: {near}.",
        n=say.number(total),
        late=say.number(sum(task.due == "late" for task in found)),
        near=say.number(sum(task.due == "near" for task in found)),
    )
    if total > len(found):
        shown = say.number(len(found))
        told += say.pick("", " ") + say("Counted among the first {n} by due day.", n=shown)
    if conflicts:
        waiting = say.number(len(conflicts))
        told += say.pick("", " ") + say("Written in two ways, to be settled: {n}.", n=waiting)
    return told


def ways(here: Context, found: Sequence[Task], say: Say) -> None:
    """To the phone's page, and the list as a file."""
    with st.container(horizontal=True, key="tasks_ways"):
        phone = html.text(say("Open on this phone (works without a network)"))
        there = f"/phone/?lang={say.language}"
        st.html(f'<a class="dd-file" href="{there}" target="_self">{phone}</a>', width="content")
        if found:
            place = st.container(width="content")
            files.link(here, "tasks", {}, say("Download Excel"), say, place, say("My tasks"))


def cards(here: Context, found: Sequence[Task], total: int, say: Say) -> None:
    """The tasks as cards that open the household."""
    drawn = "".join(_card(here, task, say) for task in found[:DRAWN])
    st.html(f'<div class="dd dd-cards">{drawn}</div>')
    st.html(IN_SESSION, unsafe_allow_javascript=True)
    if total > DRAWN:
        st.caption(
            say(
                "Shown are the {n} that are due first, of {total}. Choose a village above to see "
                "fewer.",
                n=say.number(min(DRAWN, len(found))),
                total=say.number(total),
            )
        )


def where(here: Context, task: Task, say: Say) -> str:
    """Township and village of a task."""
    codes = [code for code in (task.township, task.village) if code]
    return " › ".join(words.place(here, code, say) for code in codes)


def due(task: Task, say: Say) -> str:
    """The due day with how it stands; a dash where none runs."""
    return f"{say.day(task.due_on)} · {say(DUE[task.due])}" if task.due_on else say.day(None)


def state(task: Task, say: Say) -> str:
    """The state in words, with the visits that met nobody."""
    return words.state({"state": task.state, "tries": task.tries}, say)


def _card(here: Context, task: Task, say: Say) -> str:
    there = address.href(address.to("household", household=task.household))
    head = html.band(task.band, words.label(Kind.BAND, task.band, say))
    if task.urgent:
        head += f'<span class="dd-urgent">! {html.text(say("urgent"))}</span>'
    reasons = html.bullets(html.text(say.label(reason.told)) for reason in task.reasons[:3])
    who = words.household(task.who, task.household, say)
    late = ' class="dd-late"' if task.due == "late" else ""
    return (
        f'<a class="dd-card" href="{html.text(there)}" target="_self">'
        f"<div>{head}<b>{html.text(who)}</b></div>"
        f"<div>{html.text(where(here, task, say))} · {html.text(task.number)}</div>{reasons}"
        f'<div class="dd-card-foot"><span>{html.text(state(task, say))}</span>'
        f"<span{late}>{html.text(say('Due'))} {html.text(due(task, say))}</span></div></a>"
    )


def needs(task: Task, say: Say) -> list[str]:
    """The needs to look for, each with its department."""
    return [
        f"{say.label(services.names.need(code))} ({say.label(services.names.department(own))})"
        for code, own in task.needs
    ]
