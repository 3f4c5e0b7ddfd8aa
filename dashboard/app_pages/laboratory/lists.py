"""Lists of a trial: who enters and leaves, groups and townships, overlap, sample villages."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

import services
from dashboard.app_pages.laboratory.levers import Asked, Base
from dashboard.i18n import Say
from dashboard.show import address, html, words
from services import Context
from services.laboratory import Moved, Trial
from services.names import Kind

MOST = 50


def moved(here: Context, tried: Trial, say: Say) -> None:
    """Households that only one of the two alerts, the likeliest finds first."""
    found = tried.compared
    if not tried.changes:
        st.caption(say("Nothing is changed yet: nobody enters or leaves."))
        return
    st.caption(say("{n} households are alerted under both.", n=say.number(found.staying)))
    for title, rows in ((say("Entering"), found.entering), (say("Leaving"), found.leaving)):
        st.markdown(f"**{title}: {say.number(len(rows))}**")
        if not rows:
            continue
        if not services.laboratory.may_open(here):
            st.caption(say("Your role may see the number, not the households."))
            continue
        st.html(html.table(*_households(here, rows[:MOST], say), right=(4, 5, 6), raw=(0,)))
        if len(rows) > MOST:
            st.caption(say("The first {n}; all of them are in the workbook.", n=MOST))


def _households(
    here: Context, rows: Sequence[Moved], say: Say
) -> tuple[list[str], list[list[str]]]:
    names = services.laboratory.who(here, [one.household for one in rows])
    headers = [
        say("Household"),
        say("Village"),
        say("First alert"),
        say("Source"),
        say("Score today"),
        say("Score then"),
        say("Chance of a find"),
    ]
    months = [f"{m:%Y-%m}" for m in services.laboratory.months(here)]
    told = []
    for one in rows:
        there = address.href(address.to("household", household=one.household))
        name = html.text(names.get(one.household) or one.household[:8])
        told.append(
            [
                f'<a href="{html.text(there)}" target="_self">{name}</a>',
                words.place(here, one.village or one.township, say),
                months[one.month],
                say.label(services.names.word(Kind.SOURCE, one.source)),
                f"{one.before:.1f}",
                f"{one.after:.1f}",
                say.percent(one.chance),
            ]
        )
    return headers, told


def effects(here: Context, tried: Trial, say: Say) -> None:
    """What the change means for groups of households and for townships; small ones in grey."""
    left, right = st.columns(2, gap="large")
    for column, title, rows, name in (
        (
            left,
            say("Group"),
            tried.compared.groups,
            lambda c: say.label(services.laboratory.GROUPS[c]),
        ),
        (right, say("Township"), tried.compared.townships, lambda c: words.place(here, c, say)),
    ):
        headers = [
            title,
            say("Households"),
            say("Alerted today"),
            say("Alerted then"),
            say("Entering"),
            say("Leaving"),
        ]
        cells = [
            [
                html.text(name(one.name) + (f" · {say('few')}" if one.small else "")),
                *(
                    say.number(value)
                    for value in (
                        one.households,
                        one.current,
                        one.draft,
                        one.entering,
                        one.leaving,
                    )
                ),
            ]
            for one in rows
        ]
        column.html(html.table(headers, cells, right=range(1, 6), raw=(0,)))


def overlaps(here: Context, base: Base, asked: Asked, say: Say) -> None:
    """Pairs that fire together most, and what one indicator adds alone; worked out when asked."""
    if not st.toggle(say("Work it out (some seconds)"), key="lab_overlap"):
        return
    found = services.laboratory.overlaps(here, base.number, asked.edits)
    left, right = st.columns(2, gap="large")
    pairs = [
        [
            f"{_named(here, one.first, say)} + {_named(here, one.second, say)}",
            say.number(one.together),
            say.percent(one.share),
        ]
        for one in found.pairs[:15]
    ]
    left.html(
        html.table(
            [say("Together"), say("Household-months"), say("Share of either")], pairs, right=(1, 2)
        )
    )
    alone = [
        [
            _named(here, one.indicator, say),
            say.number(one.households),
            say.number(one.fires),
            say.number(one.alone),
            say.number(one.needed),
        ]
        for one in sorted(found.alone, key=lambda one: -one.needed)
    ]
    headers = [
        say("Indicator"),
        say("Households"),
        say("Household-months"),
        say("Fires alone"),
        say("Decides the blue band"),
    ]
    right.html(html.table(headers, alone, right=range(1, 5)))
    right.caption(
        say(
            "Decides: the household reaches {bar} points with it and would not without it.",
            bar=f"{found.bar:g}",
        )
    )


def _named(here: Context, code: str, say: Say) -> str:
    return f"{code} {say.label(services.names.indicator(here.home, here.as_of, code))}"


def sample(here: Context, base: Base, asked: Asked, say: Say) -> None:
    """Every household of some villages, score and band before and after."""
    if not services.laboratory.may_open(here):
        st.caption(say("Your role may see the number, not the households."))
        return
    codes = services.laboratory.village_codes(here)
    chosen = st.multiselect(
        say("Villages"),
        codes,
        format_func=lambda code: words.place(here, code, say),
        placeholder=say("choose"),
        max_selections=4,
        **address.bind("sampled", codes),
    )
    if not chosen:
        st.caption(
            say("Choose up to four villages to see every household's score before and after.")
        )
        return
    found = services.laboratory.villages(here, base.number, asked.edits, tuple(chosen))
    frame = pd.DataFrame(
        {
            say("Household"): [one.household[:8] for one in found],
            say("Village"): [words.place(here, one.village, say) for one in found],
            say("Score today"): [one.before for one in found],
            say("Score then"): [one.after for one in found],
            say("Band today"): [_band(one.band_before, say) for one in found],
            say("Band then"): [_band(one.band_after, say) for one in found],
        }
    )
    changed = sum(one.band_before != one.band_after for one in found)
    st.caption(
        say(
            "{n} households; {changed} change their band.",
            n=say.number(len(found)),
            changed=say.number(changed),
        )
    )
    st.dataframe(frame, hide_index=True, height=360)


def _band(code: str, say: Say) -> str:
    return say.label(services.names.word(Kind.BAND, code))
