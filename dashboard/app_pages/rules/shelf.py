"""Putting the versions of the rules on the screen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import streamlit as st

import services
from dashboard.i18n import Say
from dashboard.show import html
from services import Context
from services.rules import Difference, Shelf, State, Version


def sentence(store: Shelf, say: Say) -> str:
    """Which version holds now, which from the next run on, and what waits."""
    if store.now is None:
        first = say("No month was run with a kept version yet.")
    else:
        first = say("In force: {name}.", name=named(store, str(store.now), say))
    parts = [first]
    if store.next != store.now and store.next is not None:
        parts.append(say("From the next run on: {name}.", name=named(store, str(store.next), say)))
    waiting = sum(one.state is State.TRIED for one in store.versions)
    ready = sum(one.state is State.APPROVED for one in store.versions)
    if waiting:
        parts.append(
            say.many("One waits for a second person.", "{n} wait for a second person.", waiting)
        )
    if ready:
        parts.append(
            say.many(
                "One is approved and not in force.", "{n} are approved and not in force.", ready
            )
        )
    return " ".join(parts)


def named(store: Shelf, number: str, say: Say) -> str:
    """Number and name of a version; a dash for none."""
    if not number:
        return say("choose")
    found = next(one for one in store.versions if str(one.number) == number)
    return f"{number} · {title(found, say)}"


def title(one: Version, say: Say) -> str:
    """Name of a version; what came with the program is called so."""
    if one.kind == "shipped":
        return say("came with program {version}", version=one.title)
    return one.title


def table(store: Shelf, say: Say) -> str:
    """One row a version, as markup."""
    headers = [
        say("No."),
        say("Version"),
        say("State"),
        say("Written by"),
        say("Second person"),
        say("Holds for months"),
        say("Reason"),
    ]
    rows = [_row(store, one, say) for one in store.versions]
    return html.table(headers, rows, right=(0,), nowrap=(2, 5))


def _row(store: Shelf, one: Version, say: Say) -> list[str]:
    begun = [a for a in store.activations if a.version == one.number]
    return [
        str(one.number),
        title(one, say),
        say.label(one.state),
        say("the program") if one.kind == "shipped" else one.author,
        one.approved_by or "–",
        "; ".join(holds(store, one.number, say)) or "–",
        (begun[-1].reason or "–") if begun else "–",
    ]


def holds(store: Shelf, number: int, say: Say) -> list[str]:
    """The months for which a version holds: 'from 2026-07', 'from 2025-07 to 2026-06'."""
    starts = _starts(store)
    told = []
    for place, (since, version) in enumerate(starts):
        if version != number:
            continue
        if place + 1 == len(starts):
            told.append(say("from {month}", month=f"{since:%Y-%m}"))
            continue
        until = starts[place + 1][0]
        told.append(
            say("{month} until before {until}", month=f"{since:%Y-%m}", until=f"{until:%Y-%m}")
        )
    return told


def _starts(store: Shelf) -> list[tuple[date, int]]:
    """Which version begins on which day; of two on one day the later counts, as for a run."""
    by_day = {one.since: one.version for one in store.activations}
    return sorted(by_day.items())


def changes(here: Context, store: Shelf, found: Version, say: Say) -> None:
    """What differs from the version in force, or, of one that was in force, from its base."""
    in_force = found.number == store.next
    other = found.base if in_force else store.next
    if other is None and in_force:
        st.caption(say("There is no other version to compare it with."))
        return
    told = services.rules.compared(here, other, found.number)
    against = named(store, str(other), say) if other else say("the rules of the program")
    if not told:
        st.caption(say("It gives the same points, bands and alerts as {name}.", name=against))
        return
    st.caption(say("Compared with {name}:", name=against))
    st.html(differences(told, say))


def differences(told: Sequence[Difference], say: Say) -> str:
    """A table of values that differ, as markup."""
    rows = [[say.label(one.what), say.label(one.before), say.label(one.after)] for one in told]
    return html.table([say("What"), say("Before"), say("After")], rows, right=(1, 2))


def history(here: Context, found: Version, say: Say) -> str:
    """Who did what with a version, oldest first, as markup."""
    lines = []
    for act in services.rules.history(here, found.number):
        who = say("the program") if act.role == "system" and act.actor == "system" else act.actor
        what = html.text(f"{who} · {say.label(services.rules.DONE[act.action])}")
        note = f"<br>{html.text(act.note)}" if act.note else ""
        lines.append((f"{act.at:%Y-%m-%d %H:%M}", what + note))
    return html.line(lines)
