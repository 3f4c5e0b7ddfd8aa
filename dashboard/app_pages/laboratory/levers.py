"""The levers: what an analyst may move, and the edits of the rules that this makes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

import services
from dashboard.app_pages.rules.drafting import SIGNS
from dashboard.i18n import Say
from dashboard.show import address, words
from services import Context
from services.rules import (
    Bars,
    Bound,
    Edit,
    Points,
    PolicyNow,
    PolicyValue,
    Switch,
    Tier,
    Version,
)

# Name of a value of the policy, least, most, step.
Lever = tuple[str, float, float, float]
BANDS = ("red", "orange", "yellow", "blue")
CUT_OFFS: Sequence[Lever] = (
    ("open_existing", 0.05, 0.95, 0.01),
    ("open_coming", 0.05, 0.95, 0.01),
    ("open_unwatched", 0.05, 0.95, 0.01),
)
ROOM: Sequence[Lever] = (
    ("capacity_per_1000_households", 0.1, 20.0, 0.1),
    ("shares.coming", 0.0, 1.0, 0.01),
    ("shares.audit", 0.0, 1.0, 0.01),
    ("shares.explore", 0.0, 1.0, 0.01),
    ("cool_down_months.default", 0, 36, 1),
)


@dataclass(frozen=True)
class Base:
    """The version that the levers start from; `number` None: what holds next."""

    number: int | None
    found: Version | None


@dataclass(frozen=True)
class Asked:
    """What the levers say. `cost` of a visit and `worth` of a found family are in yuan."""

    edits: tuple[Edit, ...]
    cost: float
    worth: float
    floor: float


def version(here: Context, say: Say) -> Base:
    """Choose the version to start from; its address can be sent to a colleague."""
    store = services.rules.shelf(here)
    numbers = ["", *(str(one.number) for one in store.versions)]
    names = {str(one.number): one.title for one in store.versions}
    chosen = st.selectbox(
        say("Starts from"),
        numbers,
        format_func=lambda n: f"{n} · {names[n]}" if n else say("the newest in force"),
        **address.bind("version", numbers),
    )
    if not chosen:
        return Base(None, None)
    return Base(int(chosen), services.rules.version(here, int(chosen)))


def all_of(here: Context, base: Base, say: Say) -> Asked:
    """Draw the levers; the edits they make."""
    edits: list[Edit] = []
    stored = services.rules.policy_values(
        here, base.number, [name for name, *_ in (*CUT_OFFS, *ROOM)]
    )
    st.markdown(f"**{say('Cut-offs')}**")
    edits += _values(base, stored, CUT_OFFS, say)
    st.markdown(f"**{say('Bands of the rule score')}**")
    edits += _bands(here, base, say)
    st.markdown(f"**{say('Visiting capacity')}**")
    edits += _values(base, stored, ROOM, say)
    edits += _townships(here, base, say)
    st.markdown(f"**{say('Indicators')}**")
    edits += _switched(here, base, say)
    edits += _points(here, base, say)
    st.markdown(f"**{say('Weighing up')}**")
    left, right = st.columns(2)
    cost = left.number_input(say("A visit costs, yuan"), 0.0, value=60.0, step=10.0, key="lab_cost")
    worth = right.number_input(
        say("A found family is worth, yuan"), 0.0, value=3000.0, step=100.0, key="lab_worth"
    )
    st.caption(say("Both amounts are assumptions of ours to start from; set the county's own."))
    floor = st.slider(say("Recall floor"), 0.1, 0.95, 0.6, 0.05, key="lab_floor")
    return Asked(tuple(edits), float(cost), float(worth), float(floor))


def _values(
    base: Base, stored: Mapping[str, PolicyNow], levers: Sequence[Lever], say: Say
) -> list[Edit]:
    edits: list[Edit] = []
    for name, least, most, step in levers:
        one, kind = stored[name], type(step)
        value = st.number_input(
            say.label(one.words),
            kind(min(least, one.value)),
            kind(max(most, one.value)),  # a county's own file may hold more
            kind(one.value),
            kind(step),
            key=_key(base, name),
        )
        if value != kind(one.value):
            edits.append(PolicyValue(name, value))
    return edits


def _townships(here: Context, base: Base, say: Say) -> list[Edit]:
    """A ceiling of its own for a township; an empty field leaves it under the county's alone."""
    stored = services.rules.policy(here, base.number).township_capacity
    wanted: dict[str, int] = {}
    with st.expander(say("Ceilings of single townships")):
        for code in services.county.areas(here):
            given = st.number_input(
                words.place(here, code, say),
                min_value=0,
                value=stored.get(code),
                step=1,
                placeholder=say("none"),
                key=_key(base, "town", code),
            )
            if given is not None:
                wanted[code] = int(given)
    return (
        []
        if wanted == stored
        else [PolicyValue("township_capacity", tuple(sorted(wanted.items())))]
    )


def audit_key(base: Base) -> str:
    """The key of the lever for the audit's share, which the sampling plan sets."""
    return _key(base, "shares.audit")


def _bands(here: Context, base: Base, say: Say) -> list[Edit]:
    bars = services.rules.rules(here, base.number).bars
    names = {
        "red": say("Red from"),
        "orange": say("Orange from"),
        "yellow": say("Yellow from"),
        "blue": say("Blue from"),
    }
    columns = st.columns(2)
    wanted = {
        band: columns[place % 2].number_input(
            names[band], value=float(getattr(bars, band)), step=1.0, key=_key(base, band)
        )
        for place, band in enumerate(BANDS)
    }
    return [] if wanted == {b: float(getattr(bars, b)) for b in BANDS} else [Bars(**wanted)]


def _switched(here: Context, base: Base, say: Say) -> list[Edit]:
    rules = services.rules.rules(here, base.number)
    off = st.multiselect(
        say("Try without"),
        sorted(rules.indicators),
        format_func=lambda code: f"{code} {say.label(rules.indicators[code].label)}",
        placeholder=say("choose"),
        **address.bind("off", sorted(rules.indicators)),
    )
    return [Switch(code, False) for code in off]


def _points(here: Context, base: Base, say: Say) -> list[Edit]:
    """Points and lines of one indicator; those of several are moved one after another and saved."""
    rules = services.rules.rules(here, base.number)
    code = st.selectbox(
        say("Points of"),
        sorted(rules.indicators),
        index=None,
        placeholder=say("choose"),
        format_func=lambda one: f"{one} {say.label(rules.indicators[one].label)}",
        key=_key(base, "points"),
    )
    if code is None:
        return []
    edits: list[Edit] = []
    for place, tier in enumerate(rules.indicators[code].tiers):
        edits += _tier(base, code, place, tier, say)
    return edits


def _tier(base: Base, code: str, place: int, tier: Tier, say: Say) -> list[Edit]:
    """Points and lines of one tier."""
    edits: list[Edit] = []
    value = st.number_input(
        say.label(tier.label), value=float(tier.points), step=1.0, key=_key(base, code, place)
    )
    if value != float(tier.points):
        edits.append(Points(code, place, value))
    for bound, sign in SIGNS.items():
        if (now := getattr(tier, bound)) is None:
            continue
        line = st.number_input(
            say("Line of it: {sign}", sign=sign),
            value=float(now),
            format="%g",
            key=_key(base, code, place, bound),
        )
        if line != float(now):
            edits.append(Bound(code, place, bound, line))
    return edits


def _key(base: Base, *parts: object) -> str:
    """A lever's key: of one version as it stands, so that another begins at its own values."""
    stand = f"{base.number}_{base.found.last_event}" if base.found else "newest"
    return "_".join(map(str, ("lab", stand, *parts)))
