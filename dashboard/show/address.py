"""The choices of a reader, kept in the address: the only place where they are kept.

An address holds every choice of every page, so that none is lost on the way to another page, and
so that it can be sent to a colleague. What equals its default is left out; language and month are
always written, because their defaults differ between readers and from month to month.

`read` takes in the address when it came from outside (a link, Back, a reload, a colleague); after
a widget was used, `write` puts the new choices into the address, in one piece: one step of the
browser's history for one visible step. A page ties its widgets to choices with `bind`, and leads
elsewhere with `link` and `jump`, never with `st.switch_page`, which costs two steps of history.
"""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import urlencode

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

import services

STATE, OPEN = "address", "address_open"
ECHO = 2.0  # seconds in which a browser on a slow line may still send the address before


@dataclass(frozen=True)
class Choice:
    """One choice: the key of its widget, its default, and how one value is read from text.

    A tuple as default: several values may be chosen. `narrows`: it changes what the list of
    alerts holds or in which order, so the list begins at its first page again.
    """

    key: str
    default: Any = ""
    kind: type = str
    narrows: bool = False
    always: bool = False

    @property
    def many(self) -> bool:
        """Whether several values may be chosen."""
        return isinstance(self.default, tuple)


def _filter(name: str, default: Any = (), kind: type = str) -> Choice:
    return Choice(f"alerts_f_{name}", default, kind, narrows=True)


# Name in the address -> choice, in the order in which an address is written.
CHOICES = {
    "lang": Choice("lang", always=True),
    "month": Choice("month", narrows=True, always=True),
    "township": Choice("township", narrows=True),
    "village": Choice("village", narrows=True),
    "measure": Choice("overview_measure", "watched"),
    "view": Choice("alerts_view", "open", narrows=True),
    "sight": Choice("alerts_sight", "visit", narrows=True),
    "urgent": _filter("urgent", False, bool),
    "questions": _filter("questions"),
    "handlings": _filter("handlings", kind=int),
    "bands": _filter("bands"),
    "states": _filter("states"),
    "sources": _filter("sources"),
    "departments": _filter("departments"),
    "indicators": _filter("indicators"),
    "outcomes": _filter("outcomes"),
    "happened": _filter("happened"),
    "reached": _filter("reached"),
    "order": Choice("alerts_sort", "urgent", narrows=True),
    "page": Choice("alerts_page", 1, int),
    "household": Choice("household_open"),
    "precision": Choice("precision_question", "existing"),
    "denominator": Choice("precision_denominator", services.trust.DENOMINATOR),
    "model": Choice("model_question"),
    "population": Choice("model_population"),
    "truth": Choice("model_truth", False, bool),
    "fair": Choice("fairness_question"),
    "ruler": Choice("fairness_ruler"),
    "fair_truth": Choice("fairness_truth", False, bool),
    "fair_measure": Choice("fairness_measure"),
    "fair_pair": Choice("fairness_pair"),
    "version": Choice("rules_version"),
    "off": Choice("laboratory_off", ()),
    "sampled": Choice("laboratory_sampled", ()),
    "lane": Choice("laboratory_lane", "existing"),
    "region": Choice("standards_region"),
    "checkup": Choice("indicators_view", "cards"),
    "indicator": Choice("indicators_open"),
    "differ": Choice("disagreements_list", "rules"),
    "group": Choice("watching_group", "county"),
    "explained": Choice("explanations_question"),
    "explained_version": Choice("explanations_version"),
    "feature": Choice("explanations_feature"),
}
# What an address to the list of alerts replaces: everything but who reads it.
LISTED = ("view", "urgent", "order", "page", *(n for n, c in CHOICES.items()
          if c.key.startswith("alerts_f_")))  # fmt: skip


class Destination(NamedTuple):
    """A page and the address it is opened with."""

    page: str
    query: dict[str, str | list[str]]


@dataclass
class _Place:
    """What a session has chosen, and what it knows of the address in its browser."""

    chosen: dict[str, Any] = field(default_factory=dict)
    defaults: dict[str, Any] = field(default_factory=dict)
    page: str = ""
    arrived: bool = True  # this run's choices came with the address
    stayed: bool = False  # on the page of the run before
    touched: bool = False
    offered: dict[str, tuple[str, tuple[Any, ...]]] = field(default_factory=dict)
    before: dict[str, Any] | None = None
    replaced: float = 0.0


def read() -> None:
    """Take the choices from the address, unless this run follows a choice made on the page."""
    place = st.session_state.get(STATE)
    given, _ = _given()
    if place is None:
        place = st.session_state[STATE] = _Place(given)
        held = {n: st.session_state[c.key] for n, c in CHOICES.items() if c.key in st.session_state}
        place.chosen |= held
        return
    place.stayed = place.page == _page()
    place.arrived = not _same(given, place.chosen) and (
        _by_history() or not (place.touched or _late_echo(place, given))
    )
    if place.arrived:
        place.chosen, place.touched = given, False


def write(checked: bool) -> None:
    """Put the choices into the address if it says something else.

    Until a page has `checked` all its choices, an address from outside is left as it is: what it
    corrects is then written once.
    """
    place = _place()
    if place.arrived and not checked:
        return
    given, clean = _given()
    # Known here only: in a session's first run Streamlit finds the page after `read`.
    place.touched, place.page = False, _page()
    if not clean or not _same(given, place.chosen):
        place.before, place.replaced = given, time.monotonic()
        st.query_params.from_dict(query())
    elif place.arrived and place.stayed:
        # A link to the page one is on changes the address only when the page writes it.
        st.query_params.from_dict({k: st.query_params.get_all(k) for k in st.query_params})


def stayed() -> bool:
    """Whether this run draws the page of the run before it."""
    return _place().stayed


def value(name: str) -> Any:
    """What is chosen, or its default."""
    return _value(name, _place().chosen)


def choose(**choices: Any) -> None:
    """Make choices on behalf of the reader."""
    place = _place()
    place.chosen = _with(place.chosen, choices)
    place.touched = True


def correct(**choices: Any) -> None:
    """Replace a choice that cannot be, such as page 999; nothing else changes."""
    place = _place()
    for name, one in choices.items():
        if one != _value(name, place.chosen):
            place.chosen[name] = one


def bind(name: str, options: Collection[Any], fallback: Any = None) -> dict[str, Any]:
    """Arguments that tie a widget to a choice; values that are no option are dropped.

    Without a fallback the default of the choice stands in, or else the first option.
    """
    choice, place = CHOICES[name], _place()
    if not choice.many and len(options):
        usual = choice.default if fallback is None else fallback
        place.defaults[name] = usual if usual in options else next(iter(options))
    held = value(name)
    fitting: Any = [v for v in held if v in options] if choice.many else held
    if not choice.many and held not in options:
        fitting = place.defaults.get(name)
    correct(**{name: fitting})
    offered = (value("lang"), tuple(options))
    # The browser holds the words of the options: in another language they must be told again.
    if st.session_state.get(choice.key) != fitting or place.offered.get(name) != offered:
        st.session_state[choice.key] = fitting
    place.offered[name] = offered
    return {"key": choice.key, "on_change": _take, "args": (name,)}


def query(**changed: Any) -> dict[str, str | list[str]]:
    """The choices as an address, with some of them changed."""
    chosen = _with(_place().chosen, changed)
    found: dict[str, str | list[str]] = {}
    for name, choice in CHOICES.items():
        one = _value(name, chosen)
        if choice.many:
            if one:
                found[name] = [str(v) for v in one]
        elif one != _default(name) or (choice.always and one):
            found[name] = str(int(one) if choice.kind is bool else one)
    return found


def area(code: str) -> dict[str, str]:
    """A township or village code as choices."""
    township = services.county.township_of(code) if code else ""
    return {"township": township, "village": code if code != township else ""}


def to(page: str, /, **changed: Any) -> Destination:
    """Another page, or this one, with the same choices but those that change."""
    return Destination(page, query(**changed))


def to_alerts(**filters: Any) -> Destination:
    """The list of alerts with these filters and no other: all states unless `view` says which.

    The names are those of CHOICES: `address.to_alerts(view="late", bands=["red"])`.
    """
    bare = {name: CHOICES[name].default for name in LISTED}
    return to("alerts", **{**bare, "view": "all", **filters})


def href(where: Destination) -> str:
    """A destination as a link within markup, seen from any page."""
    return f"{where.page}?{urlencode(where.query, doseq=True)}"


def open_pages(names: set[str]) -> None:
    """Say which pages the reader's roles may use: links lead nowhere else."""
    st.session_state[OPEN] = frozenset(names)


def is_open(page: str) -> bool:
    """Whether the reader may use a page."""
    return page in st.session_state.get(OPEN, frozenset())


def link(
    where: Destination, label: str, key: str, place: Any = st, icon: str | None = None
) -> None:
    """A link that looks like a button; it can be copied and opened in another tab.

    To a page that the reader may not use, it is only its words.
    """
    if not is_open(where.page):
        place.caption(label)
        return
    place.container(key=f"dd_link_{key}").page_link(
        f"app_pages/{where.page}/{where.page}.py", label=label, icon=icon, query_params=where.query,
        width="stretch",
    )  # fmt: skip


def jump(where: Destination, label: str) -> None:
    """Go to a destination at once, after a click on a chart or in a table.

    A link is drawn and followed: one step of history. It stays for readers without scripts.
    """
    if not is_open(where.page):
        return
    with st.container(key="dd_jump"):
        st.page_link(
            f"app_pages/{where.page}/{where.page}.py", label=label, query_params=where.query
        )
        st.html(FOLLOW, unsafe_allow_javascript=True)


# The link is drawn by a part of Streamlit that the browser may have to load first.
FOLLOW = """<script>
(() => {
  let left = 100;
  const timer = setInterval(() => {
    const link = document.querySelector(".st-key-dd_jump a");
    if (link) link.click();
    if (link || !--left) clearInterval(timer);
  }, 30);
})();
</script>"""


def _place() -> _Place:
    return st.session_state.setdefault(STATE, _Place())


def _take(name: str) -> None:
    """A reader used the widget of a choice; words of the language before are no choice."""
    one = st.session_state[CHOICES[name].key]
    _, options = _place().offered[name]
    if all(v in options for v in (one if CHOICES[name].many else [one])):
        choose(**{name: one})


def _with(chosen: dict[str, Any], changed: dict[str, Any]) -> dict[str, Any]:
    """Choices after a change: a village belongs to its township, a page to its list."""
    after = {**chosen, **changed}
    moved = {n for n in changed if _value(n, after) != _value(n, chosen)}
    if "township" in moved and "village" not in changed:
        after["village"] = ""
    if "page" not in changed and any(CHOICES[n].narrows for n in moved):
        after["page"] = 1
    return after


def _value(name: str, chosen: dict[str, Any]) -> Any:
    one = chosen.get(name, _default(name))
    return list(one) if CHOICES[name].many else one


def _default(name: str) -> Any:
    return _place().defaults.get(name, CHOICES[name].default)


def _same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return all(_value(name, one) == _value(name, other) for name in CHOICES)


def _given() -> tuple[dict[str, Any], bool]:
    """The choices in the address, and whether all of it could be read."""
    found: dict[str, Any] = {}
    clean = True
    for name, choice in CHOICES.items():
        texts = st.query_params.get_all(name)
        values = [one for text in texts if (one := _parsed(choice, text)) is not None]
        clean = clean and len(values) == len(texts) and (choice.many or len(texts) < 2)
        if values:
            found[name] = values if choice.many else values[-1]
    return found, clean


def _parsed(choice: Choice, text: str) -> Any:
    """One value from its text; None where it is none."""
    if choice.kind is bool:
        return {"0": False, "1": True}.get(text)
    try:
        return choice.kind(text) if text else None
    except ValueError:
        return None


def _page() -> str:
    """What Streamlit calls the page of this run."""
    return str(getattr(get_script_run_ctx(), "page_script_hash", ""))


def _by_history() -> bool:
    """Whether the reader pressed Back or Forward."""
    return bool(getattr(get_script_run_ctx(), "is_history_navigation", False))


def _late_echo(place: _Place, given: dict[str, Any]) -> bool:
    """Whether the browser had not heard of the last `write` yet when it asked for this run."""
    known = place.before is not None and _same(given, place.before)
    return known and time.monotonic() - place.replaced < ECHO
