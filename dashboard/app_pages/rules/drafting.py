"""Forms to begin a draft and to change its bands, indicators and alert policy."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

import services
from dashboard.app_pages.rules import shelf
from dashboard.i18n import Say, mark
from dashboard.show import said
from services import Context
from services.rules import Bars, Bound, Edit, Points, PolicyValue, Shelf, State, Switch, Version

FROM_THE_NEXT_RUN = mark("Changes are dated to the first month that was not run yet.")
BOUNDS = ("at_least", "below", "at_most")
SIGNS = {"at_least": "≥", "below": "<", "at_most": "≤"}
# The values of the alert policy that are tuned here; all others by import.
TUNED = (
    "capacity_per_1000_households",
    "event_budget_per_1000",
    "open_existing",
    "open_coming",
    "open_unwatched",
    "close_existing",
    "shares.coming",
    "shares.audit",
    "shares.explore",
    "cool_down_months.default",
)


def new(here: Context, store: Shelf, say: Say) -> None:
    """Begin a draft from a version or from an exported folder."""
    left, right = st.columns(2, vertical_alignment="bottom")
    title = left.text_input(say("Name of the draft"), key="rules_new", max_chars=80)
    bases = ["", *(str(one.number) for one in store.versions)]
    base = right.selectbox(
        say("Starts from"),
        bases,
        format_func=lambda n: shelf.named(store, n, say) if n else say("the newest in force"),
        key="rules_new_base",
    )
    packed = st.file_uploader(
        say("Or from an exported folder (zip of YAML files)"), type=["zip"], key="rules_new_zip"
    )
    if not st.button(say("Start the draft"), key="rules_new_go", type="primary"):
        return

    def make() -> None:
        if packed is None:
            services.rules.draft(here, title, base=int(base) if base else None)
        else:
            services.rules.imported(here, title, packed.getvalue())

    said.attempt("rules", make, say("The draft was started; open it above to change it."))


def open_for(here: Context, found: Version) -> bool:
    """Whether the reader may change this version."""
    return found.state in (State.DRAFT, State.TRIED) and services.rules.may_tune(here)


def change(here: Context, found: Version, say: Say) -> None:
    """Bands, one indicator, the policy: each with its own button."""
    bands, indicator, policy = st.tabs([say("Bands"), say("Indicators"), say("Alert policy")])
    with bands:
        _bands(here, found, say)
    with indicator:
        _indicator(here, found, say)
    with policy:
        _policy(here, found, say)


def _save(here: Context, found: Version, edits: Sequence[Edit], say: Say) -> None:
    if not edits:
        st.info(say("Nothing was changed."))
        return
    said.attempt(
        "rules",
        lambda: services.rules.change(here, found.number, edits, found.last_event),
        say("Saved in version {n}.", n=found.number),
    )


def _bands(here: Context, found: Version, say: Say) -> None:
    bars = services.rules.rules(here, found.number).bars
    columns = st.columns(4)
    names = (
        ("red", say("Red from")),
        ("orange", say("Orange from")),
        ("yellow", say("Yellow from")),
        ("blue", say("Blue from")),
    )
    wanted = {
        band: column.number_input(
            label, value=float(getattr(bars, band)), step=1.0, key=_key(found, band)
        )
        for column, (band, label) in zip(columns, names, strict=True)
    }
    if st.button(say("Save the bands"), key=_key(found, "bands_go")):
        _save(here, found, [Bars(**wanted)] if wanted != bars.model_dump() else [], say)


def _indicator(here: Context, found: Version, say: Say) -> None:
    rules = services.rules.rules(here, found.number)
    every = services.rules.rules(here, None).indicators | rules.indicators
    code = st.selectbox(
        say("Indicator"),
        sorted(every),
        index=None,
        placeholder=say("choose"),
        format_func=lambda one: f"{one} {say.label(every[one].label)}",
        key=_key(found, "indicator"),
    )
    if code is None:
        return
    on = st.toggle(say("In use"), value=code in rules.indicators, key=_key(found, code, "on"))
    if on != (code in rules.indicators):
        if st.button(say("Save"), key=_key(found, code, "switch")):
            _save(here, found, [Switch(code, on)], say)
        return
    if not on:
        return
    edits: list[Edit] = []
    for number, tier in enumerate(rules.indicators[code].tiers):
        words, line, points = st.columns([4, 2, 2], vertical_alignment="center")
        words.write(say.label(tier.label))
        for bound in BOUNDS:
            if (now := getattr(tier, bound)) is not None:
                value = line.number_input(
                    SIGNS[bound],
                    value=float(now),
                    format="%g",
                    key=_key(found, code, number, bound),
                )
                edits += [Bound(code, number, bound, value)] if value != now else []
        given = points.number_input(
            say("Points"), value=float(tier.points), step=1.0, format="%g",
            key=_key(found, code, number, "points"),
        )  # fmt: skip
        edits += [Points(code, number, given)] if given != tier.points else []
    if st.button(say("Save the indicator"), key=_key(found, code, "go")):
        _save(here, found, edits, say)


def _policy(here: Context, found: Version, say: Say) -> None:
    now = services.rules.policy_values(here, found.number, TUNED)
    columns = st.columns(2)
    edits: list[Edit] = []
    for number, (name, one) in enumerate(now.items()):
        value = columns[number % 2].number_input(
            say.label(one.words),
            value=one.value,
            step=1 if isinstance(one.value, int) else 0.01,
            key=_key(found, name),
        )
        edits += [PolicyValue(name, value)] if value != one.value else []
    if st.button(say("Save the policy"), key=_key(found, "policy_go")):
        _save(here, found, edits, say)


def _key(found: Version, *parts: object) -> str:
    """A widget's key: of one version as of its last event, so that a saved value shows anew."""
    return "_".join(map(str, ("rules", found.number, found.last_event, *parts)))
