"""Putting on the screen the challenger in shadow: whom both would visit, and what visits found."""

from __future__ import annotations

from datetime import date
from typing import Any

import streamlit as st

import services
from dashboard.i18n import Say, mark
from dashboard.show import html
from services import Context

SPANS = 4  # spans of months told, the newest
PARTS = {
    "shared": mark("picked by both"),
    "champion_only": mark("by the champion only"),
    "challenger_only": mark("by the challenger only"),
}


def section(here: Context, question: str, challenger: str | None, say: Say) -> None:
    """One sentence for the months together, then a line a month."""
    rows = services.risk_model.shadow(here, question)
    if not rows:
        st.caption(
            say("Version {v} waits: the next monthly run scores with it beside the champion.",
                v=challenger)
            if challenger
            else say("No challenger is waiting, so none scores in shadow.")
        )  # fmt: skip
        return
    st.html(html.block(html.text(sentence(services.risk_model.shadow_totals(rows), say))))
    headers = [say("Month"), say("Champion"), say("Challenger"), say("Visits k"), say("Shared"),
               *(say(one) for one in PARTS.values()), say("Mean risk of both"),
               say("Rank correlation"), say("Largest gap of the distributions")]  # fmt: skip
    cells = [_cells(row, say) for row in reversed(rows)]
    st.html(html.table(headers, cells, right=range(3, len(headers)), nowrap=(0, 4, 5, 6, 7)))
    st.caption(
        say("Visits to alerts went where the champion sent them: they see few families that only "
            "the challenger chose. Shares are of families visited since, with a 95% interval. The "
            "challenger raises no alert.")
    )  # fmt: skip


def sentence(told: dict[str, Any], say: Say) -> str:
    """Months, shared picks, and what visits found of each part."""
    parts = [
        say("{part}: {found}", part=say(words), found=found(told, part, say))
        for part, words in PARTS.items()
    ]
    return say(
        "Version {new} in shadow beside version {old} for {n}: they share {shared} of {k} picks. "
        "Found in need, of those visited since: {parts}.",
        new=told["challenger_version"],
        old=told["champion_version"],
        n=say.many("{n} month", "{n} months", int(told["months"])),
        shared=say.number(told["shared"]),
        k=say.number(told["slots"]),
        parts=say("; ").join(parts),
    )


def found(row: dict[str, Any], part: str, say: Say) -> str:
    """A share with interval and n; a dash where nobody was visited yet."""
    n = row[f"{part}_seen"]
    if not n:
        return say("none visited yet")
    ends = say.interval(row[f"{part}_low"], row[f"{part}_high"])
    return f"{say.percent(row[f'{part}_found'])} ({ends}, n={say.number(n)})"


def _cells(row: dict[str, Any], say: Say) -> list[str]:
    return [
        str(row["month"])[:7],
        f"v{row['champion_version']}",
        f"v{row['challenger_version']}",
        say.number(row["slots"]),
        say.number(row["shared"]),
        *(found(row, part, say) for part in PARTS),
        f"{say.percent(row['champion_mean'], 1)} / {say.percent(row['challenger_mean'], 1)}",
        say.number(row["rank_correlation"], 2),
        say.percent(row["distance"]),
    ]


def stored(here: Context, say: Say) -> None:
    """Which version the stored risks carry, month by month; equal months are told together."""
    runs: list[list[Any]] = []  # newest month, oldest month, version
    for day, version in services.risk_model.scored_by(here):
        if runs and runs[-1][2] == version:
            runs[-1][1] = day
        else:
            runs.append([day, day, version])
    if runs:
        told = say("; ").join(
            f"{_span(first, last)} {named(version, say)}" for last, first, version in runs[:SPANS]
        )
        st.caption(say("Stored risks carry their version. {told}", told=told))


def _span(first: date, last: date) -> str:
    return f"{first:%Y-%m}" if first == last else f"{first:%Y-%m}–{last:%Y-%m}"


def named(version: str, say: Say) -> str:
    """'existing 3, coming 2' in words."""
    words = {"existing": say("In need now"), "coming": say("In need soon")}
    parts = [one.rsplit(" ", 1) for one in version.split(", ")]
    return say(", ").join(
        f"{words[one[0]]} v{one[1]}" if len(one) == 2 and one[0] in words else " ".join(one)
        for one in parts
    )
