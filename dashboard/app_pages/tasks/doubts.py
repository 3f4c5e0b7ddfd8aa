"""What two people wrote differently about one visit: both values and writers, one to be chosen."""

from __future__ import annotations

import json
from collections.abc import Sequence

import streamlit as st

import services
from dashboard.i18n import Say, mark
from dashboard.show import said, shell, words
from services import Context
from services.names import Kind
from services.tasks import KEPT, OTHER, RESULT, Conflict

FIELDS = {
    "note": mark("Note"),
    "outcome": mark("What the visit found"),
    "cause": mark("Cause"),
    RESULT: mark("Result"),
}


def show(here: Context, found: Sequence[Conflict], say: Say) -> None:
    """Every conflict with its two values; whoever records visits chooses."""
    if not found:
        return
    with shell.section(say("Written in two ways")):
        st.caption(
            say(
                "Two people wrote about the same visit without seeing each other's words. Both are "
                "kept; choose the one that holds. The choice is recorded."
            )
        )
        for conflict in found:
            _one(here, conflict, say)


def _one(here: Context, conflict: Conflict, say: Say) -> None:
    may = services.tasks.may_record(here)
    with st.container(border=True, key=f"tasks_doubt_{conflict.id}"):
        who = words.household(conflict.who, conflict.household, say)
        head = f"{who} · {conflict.number} · {field(here, conflict.field, say)}"
        st.markdown(f"**{words.plain(head)}**")
        sides = (
            (KEPT, conflict.kept, conflict.kept_by, conflict.kept_at, say("What stands")),
            (OTHER, conflict.other, conflict.other_by, conflict.other_at, say("What came later")),
        )
        for place, (which, told, writer, at, name) in zip(st.columns(2), sides, strict=True):
            with place:
                value_ = value(conflict.field, told, say)
                st.markdown(words.plain(f"{name}: {value_}"))
                st.caption(words.plain(f"{writer}, {at:%Y-%m-%d %H:%M}"))
                key = f"tasks_{which}_{conflict.id}"
                if may and st.button(say("Choose this one"), key=key, width="stretch"):
                    _choose(here, conflict, which, value_, say)


def _choose(here: Context, conflict: Conflict, which: str, told: str, say: Say) -> None:
    said.attempt(
        "tasks",
        lambda: services.tasks.choose(here, conflict.id, which, conflict.kept),
        say("Chosen: {value}", value=told),
    )


def field(here: Context, name: str, say: Say) -> str:
    """What a field of a visit's sheet is called."""
    kind, _, code = name.partition(":")
    if kind in FIELDS:
        return say(FIELDS[kind])
    if kind == "need":
        return say.label(services.names.need(code))
    about = say.label(services.names.indicator(here.home, here.as_of, code))
    return f"{say('Checked on site') if kind == 'tick' else say('Is it true?')} {about}"


def value(name: str, told: str, say: Say) -> str:
    """A value of a field in words."""
    kind = name.partition(":")[0]
    if not told:
        return say("nothing")
    if kind == RESULT:
        return _result(told, say)
    if kind == "fact":
        return words.label(Kind.TRUTH, told, say)
    if kind == "tick":
        return "✓"
    if kind == "cause":
        return words.label(Kind.CAUSE, told, say)
    return told if kind == "note" else words.label(Kind.OUTCOME, told, say)


def _result(told: str, say: Say) -> str:
    """A result, or the step that stands in its place, in one line."""
    found = json.loads(told)
    if not found["outcome"]:
        return words.label(Kind.ACTION, found["action"], say)
    parts = [words.label(Kind.OUTCOME, found["outcome"], say)]
    if found["cause"]:
        parts.append(words.label(Kind.CAUSE, found["cause"], say))
    for code, one in found["needs"].items():
        need = say.label(services.names.need(code))
        parts.append(f"{need}: {words.label(Kind.OUTCOME, one, say)}")
    return " · ".join([*parts, *([found["note"]] if found["note"] else [])])
