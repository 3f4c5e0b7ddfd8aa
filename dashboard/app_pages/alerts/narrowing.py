"""The filters above the list of alerts: what can be chosen, and what it means for the list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

import services
from dashboard.i18n import Say, mark
from dashboard.show import address, words
from services import Context
from services.names import Kind

VIEWS = {
    "open": mark("Still open"),
    "new": mark("New this month"),
    "near": mark("Due soon"),
    "late": mark("Overdue"),
    "year": mark("Twelve months"),
    "all": mark("All"),
}
# What happened in the month, whenever the alert was raised, and how far alerts have come.
HAPPENED = {
    "checked": mark("checked this month"),
    "confirmed": mark("need confirmed this month"),
    "helped": mark("helped this month"),
}
REACHED = {
    "dispatched": mark("dispatched"),
    "checked": mark("checked"),
    "confirmed": mark("need confirmed"),
    "helped": mark("helped"),
}
# Who reads the list: the county team may look at it as the visitors see it.
SIGHTS = {"visit": mark("For visits"), "team": mark("County monitoring team")}


def sighted(here: Context, place: Any, say: Say) -> bool:
    """Whether the list is read by the county team, who may know which visits were drawn."""
    if not services.cases.may_sight(here):
        return False
    chosen = place.segmented_control(
        say("Who reads this list"), list(SIGHTS), required=True,
        format_func=lambda s: say(SIGHTS[s]), label_visibility="collapsed",
        **address.bind("sight", SIGHTS),
    )  # fmt: skip
    return chosen == "team"


def calendar_note(here: Context, say: Say) -> None:
    """A warning where deadlines reach a year whose public holidays nobody knows."""
    if years := services.workdays.unknown(here):
        st.warning(
            say(
                "The public holidays of {years} are not known: deadlines in it count weekends "
                "only and may move. The administrator enters them on the page Accounts once they "
                "are published.",
                years=say.pick("、", ", ").join(map(str, years)),
            ),
            icon=":material/event_busy:",
        )


def team_note(say: Say) -> None:
    """Say what must not leave the county team."""
    st.caption(
        say(
            "For the county team: it names the visits drawn at random, whose visitors must not "
            "know it. Please pass on the list for visits only."
        )
    )


def visit_note(say: Say) -> None:
    """Say what the list for visits leaves out."""
    st.caption(
        say(
            "Some visits are drawn at random to measure what alerts miss, and whoever visits must "
            "not know which. So this list and its download write 'visit' for every source but "
            "facts and reports, and leave out question, expected finding, score and risk."
        )
    )


def filters(here: Context, say: Say) -> tuple[Any, bool]:
    """The filters: what they mean for the list, and whether the county team reads it."""
    with st.container(key="alerts_views", horizontal=True, vertical_alignment="center"):
        view = st.segmented_control(
            say("Show"), list(VIEWS), required=True,
            format_func=lambda v: say(VIEWS[v]), label_visibility="collapsed",
            **address.bind("view", VIEWS),
        )  # fmt: skip
        urgent = st.checkbox(say("Urgent only"), **address.bind("urgent", (False, True)))
        seen = sighted(here, st, say)
    options = services.cases.options(here)
    cases, codes = services.cases, services.names.codes(Kind.BAND)
    _translate("sources", options["sources"], cases.blind, cases.sources, seen)
    _translate("bands", codes, cases.blind_band, cases.bands, seen)
    if not seen:
        address.correct(questions=[])
    fields = filter_fields(here, options, seen, say)
    further = any(address.value(name) for name, *_ in fields[4:])
    with st.container(key="alerts_first"):
        cells = st.columns(4)
    with st.container(key="alerts_more"), st.expander(say("More filters"), expanded=further):
        cells += [*st.columns(4), *st.columns(4)[:2]]
    chosen = {
        name: _many(cell, name, label, codes, named, say)
        for cell, (name, label, codes, named) in zip(cells, fields, strict=False)
    }
    if view == "new":
        chosen["raised_from"] = here.as_of.replace(day=1)
    elif view == "year":
        chosen["raised_from"] = services.overview.year_start(here.as_of)
    elif view in {"near", "late"}:
        chosen["due"] = view
    narrowed = {"urgent_only": urgent or None, "open_only": view == "open" or None}
    return services.cases.choice(**chosen, **narrowed), seen


def filter_fields(
    here: Context, options: dict[str, list[str]], seen: bool, say: Say
) -> list[tuple[str, str, list[Any], Any]]:
    """The filters of several values: name, label, codes to choose from, how a code is called."""
    names = services.names
    asked = [
        ("questions", say("Question"), names.codes(Kind.QUESTION),
         words.named(Kind.QUESTION, say)),
    ]  # fmt: skip
    return asked * seen + [
        ("handlings", say("Handling"), names.handlings(),
         lambda code: say.label(names.handling(code))),
        ("bands", say("Band"), services.cases.bands(names.codes(Kind.BAND), seen),
         words.named(Kind.BAND, say)),
        ("states", say("State"), names.codes(Kind.STATE), words.named(Kind.STATE, say)),
        ("sources", say("Source"), services.cases.sources(options["sources"], seen),
         lambda code: source(code, say)),
        ("departments", say("Department"), options["departments"],
         lambda code: say.label(names.department(code))),
        ("indicators", say("Indicator"), options["indicators"],
         lambda code: f"{code} {say.label(names.indicator(here.home, here.as_of, code))}"),
        ("outcomes", say("Outcome"), names.codes(Kind.OUTCOME), words.named(Kind.OUTCOME, say)),
        ("happened", say("What happened"), list(HAPPENED), lambda code: say(HAPPENED[code])),
        ("reached", say("Stage reached"), list(REACHED), lambda code: say(REACHED[code])),
    ]  # fmt: skip


def _translate(
    name: str,
    codes: list[str],
    blind: Callable[[str], str],
    offered: Callable[[list[str], bool], list[str]],
    seen: bool,
) -> None:
    """Keep what was chosen in the other view of the list, in the words of this one."""
    chosen = address.value(name)
    if not set(chosen) <= set(offered(codes, seen)):
        kept = [code for code in codes if code in chosen or blind(code) in chosen]
        address.correct(**{name: offered(kept, seen)})


def _many(place: Any, name: str, label: str, options: list[Any], named: Any, say: Say) -> list[Any]:
    return place.multiselect(
        label,
        options,
        format_func=named,
        placeholder=say("any"),
        **address.bind(name, options),
    )


def source(code: str, say: Say) -> str:
    """What a source is called."""
    return words.label(Kind.SOURCE, code, say)
