"""The check list on the screen."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard.i18n import Say
from dashboard.show import address, html
from services.setup import Grade, Line, Standing

_COLOUR = {Grade.MISSING: "#B3261E", Grade.ODD: "#9A4A05", Grade.GOOD: "#0F6E6E"}
_SIGN = {Grade.MISSING: "✕", Grade.ODD: "○", Grade.GOOD: "✓"}


def sentence(standing: Standing, lines: Sequence[Line], say: Say) -> str:
    """How far the set-up is."""
    if not standing.answers.code:
        return say(
            "There is no county here yet. Fill in the five parts below and save; nothing is "
            "written before."
        )
    count = {grade: sum(line.grade is grade for line in lines) for grade in Grade}
    return say(
        "{name}: missing {missing}, to do {odd}, in place {good}.",
        name=say.pick(standing.answers.name, standing.answers.name_en or standing.answers.name),
        missing=count[Grade.MISSING],
        odd=count[Grade.ODD],
        good=count[Grade.GOOD],
    )


def table(lines: Sequence[Line], say: Say) -> None:
    """What is not in place, the missing first; what is, behind a click."""
    open_ones = [line for line in lines if line.grade is not Grade.GOOD]
    headers = [
        say("State"),
        say("What"),
        say("What it costs"),
        say("Whose turn"),
        say("What mends it"),
    ]
    if open_ones:
        st.html(
            html.table(
                headers, [_row(line, say) for line in open_ones], raw=range(5), nowrap=(0, 3)
            )
        )
    done = [line for line in lines if line.grade is Grade.GOOD]
    with st.expander(say("In place: {n}", n=len(done))):
        rows = [
            [_state(one, say), html.text(say.label(one.what)), html.text(say.label(one.cost))]
            for one in done
        ]
        st.html(
            html.table(
                [say("State"), say("What"), say("How it stands")], rows, raw=range(3), nowrap=(0,)
            )
        )


def _state(line: Line, say: Say) -> str:
    word = html.text(say.label(line.grade))
    return f'<span style="color:{_COLOUR[line.grade]}">{_SIGN[line.grade]} {word}</span>'


def _row(line: Line, say: Say) -> list[str]:
    cost = html.text(say.label(line.cost))
    if line.names:
        told = say(", ").join(say.label(name) for name in line.names)
        cost += f"<br><small>{html.text(told)}</small>"
    mend = html.text(say.label(line.mend)) if line.mend else "–"
    if line.page and address.is_open(line.page) and line.page != "setup":
        there = html.text(address.href(address.to(line.page)))
        mend = f'<a href="{there}" target="_self">{mend}</a>'
    if line.command:
        mend += f"<br><code>{html.text(line.command)}</code>"
    turn = html.text(say.label(line.turn)) if line.turn else "–"
    return [_state(line, say), html.text(say.label(line.what)), cost, turn, mend]
