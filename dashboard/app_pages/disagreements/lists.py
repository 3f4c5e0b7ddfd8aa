"""Putting the disagreements on the screen: two lists, both explanations, later who was right."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from dashboard import charts
from dashboard.charts.style import shorten
from dashboard.i18n import UNKNOWN, Say, mark
from dashboard.show import address, drawing, html, words
from services import Context
from services.disagreements import SHOWN, Disagreements

LISTS = {
    "rules": mark("The rules shout, the model shrugs"),
    "model": mark("The model shouts, the rules shrug"),
}
GROUPS = {
    "rules": mark("only the rules call it high"),
    "model": mark("only the model calls it high"),
    "both": mark("both call it high"),
}
ROW_HEIGHT, ROWS_SHOWN = 104, 6
ROOM = 165  # half-width characters that fit such a row


def sentence(later: pd.DataFrame, say: Say) -> str:
    """What became of past disagreements."""
    rows = later[later["visits"] == "all"].set_index("list")
    told = {name: rows.loc[name] for name in GROUPS if name in rows.index}
    if not told or any(row["share"] is None or row["share"] != row["share"]
                       for row in told.values()):  # fmt: skip
        return say(
            "Who was right cannot be told yet: too few of the households on which rules and model "
            "differed six months ago were visited since."
        )
    return say(
        "Where only the model called a household high, visits within six months found need in "
        "{model}; where only the rules did, in {rules}; where both did, in {both}.",
        **{name: _share(row, say) for name, row in told.items()},
    )


def _share(row: pd.Series, say: Say) -> str:
    return say(
        "{share} (95% interval {interval}, n={n})",
        share=say.percent(row["share"]),
        interval=say.interval(row["low"], row["high"]),
        n=say.number(row["n"]),
    )


def note(found: Disagreements, which: str, say: Say) -> str:
    """Of whom the list is, and how much of it is shown."""
    return say(
        "Watched households not in process, ranked by both: {n}. The list holds the {listed} on "
        "which the ranks differ most this way; the first {shown} are shown. A place of 90% means: "
        "higher than 90% of them.",
        n=say.number(found.compared),
        listed=say.number(found.listed),
        shown=say.number(min(SHOWN, len(rows_of(found, which)))),
    )


def rows_of(found: Disagreements, which: str) -> pd.DataFrame:
    """The rows of a list."""
    return found.rules if which == "rules" else found.model


def frame(here: Context, rows: pd.DataFrame, say: Say) -> pd.DataFrame:
    """A list in the reader's words, the reasons of both side by side."""
    joint = say.pick("；", "; ")
    not_told = say("computed for alerts only; open the household to ask for it")
    return pd.DataFrame(
        {
            say("Household"): [
                words.household(who, code, say)
                for who, code in zip(rows["who"], rows["household"], strict=True)
            ],
            say("Where"): [
                "\n".join(words.place(here, one, say) for one in (town, village) if one)
                for town, village in zip(rows["township"], rows["village"], strict=True)
            ],
            say("Score"): rows["rule_score"].astype("float64").tolist(),
            say("Place by rules"): (rows["rule_place"] * 100).tolist(),
            say("Risk"): (rows["risk"] * 100).tolist(),
            say("Place by model"): (rows["risk_place"] * 100).tolist(),
            say("What the rules say"): [shorten(joint.join(told), ROOM) or UNKNOWN
                                        for told in rows[f"rules_{say.language}"]],
            say("What the model says"): [shorten(joint.join(told), ROOM) or not_told
                                         for told in rows[f"model_{say.language}"]],
        }
    )  # fmt: skip


def table(here: Context, found: Disagreements, which: str, say: Say) -> str | None:
    """The list; returns the household whose cell was clicked."""
    rows = rows_of(found, which)
    if rows.empty:
        st.info(say("Nobody in this area: rules and model agree, or nobody is watched."))
        return None
    event = st.dataframe(
        frame(here, rows, say),
        hide_index=True,
        height=min(len(rows), ROWS_SHOWN) * ROW_HEIGHT + 40,
        row_height=ROW_HEIGHT,
        placeholder=UNKNOWN,
        column_config=_columns(say),
        key=f"disagreements_{which}",
        on_select="rerun",
        selection_mode="single-cell",
    )
    st.caption(say("Click a cell to open its household. ↑ raises the risk, ↓ lowers it."))
    cells = event["selection"].get("cells", [])
    return str(rows["household"].iloc[cells[0][0]]) if cells else None


def _columns(say: Say) -> dict[str, Any]:
    config = st.column_config
    place = {"format": "%.0f%%", "min_value": 0, "max_value": 100, "width": 104}
    return {
        say("Household"): config.TextColumn(width=90),
        say("Where"): config.TextColumn(width=100),
        say("Score"): config.NumberColumn(format="%.1f", width=62, help=say("Rule score")),
        say("Place by rules"): config.ProgressColumn(**place),
        say("Risk"): config.NumberColumn(format="%.0f%%", width=58),
        say("Place by model"): config.ProgressColumn(**place),
        say("What the rules say"): config.TextColumn(width=290),
        say("What the model says"): config.TextColumn(width=290),
    }


def opener(found: Disagreements, which: str, say: Say) -> None:
    """A household of the list chosen by name: the way in for keyboards and screen readers."""
    rows = rows_of(found, which)
    if rows.empty:
        return
    left, right, _ = st.columns([3, 1, 3], vertical_alignment="bottom")
    names = dict(zip(rows["household"], rows["who"], strict=True))
    chosen = left.selectbox(
        say("Open a household of this page"),
        list(names),
        format_func=lambda code: words.household(names[code], code, say),
        key=f"disagreements_which_{which}",
    )
    there = address.to("household", household=chosen)
    address.link(there, say("Open"), "disagreements_open", right)


def who_was_right(later: pd.DataFrame, say: Say) -> None:
    """What visits within six months found in households that past months listed."""
    months = int(later["months"].max()) if len(later) else 0
    st.caption(
        say(
            "From {n} past months whose six months have passed; a household counts once. The lists "
            "are as long as today's. By lot: visits that nobody chose, which alone are fair to "
            "both; the others went where rules or model pointed.",
            n=say.number(months),
        )
    )
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.html(figures(later, say))
    with right:
        title = say("Need found within six months, all visits")
        why = say("No list has 10 visited households yet: no share is shown.")
        drawing.chart(
            charts.dots(dots(later, say), say), "disagreements_later", title, say, why_empty=why
        )


def figures(later: pd.DataFrame, say: Say) -> str:
    """Counts, shares and intervals by list and kind of visit, as markup."""
    kinds = {"all": say("all"), "random": say("by lot")}
    rows = [
        [
            say(GROUPS[r["list"]]), say.number(r["listed"]), kinds[r["visits"]],
            say.number(r["n"]), say.number(r["found"]), say.percent(r["share"]),
            say.interval(r["low"], r["high"]),
        ]
        for r in later.to_dict("records")
    ]  # fmt: skip
    headers = [say("List"), say("Households"), say("Visits"), say("visited"), say("found"),
               say("share"), say("95% interval")]  # fmt: skip
    return html.table(headers, rows, right=(1, 3, 4, 5, 6))


def dots(later: pd.DataFrame, say: Say) -> pd.DataFrame:
    """The lists with all their visits, as the dots take them."""
    rows = later[later["visits"] == "all"]
    return pd.DataFrame(
        {
            "label": [say(GROUPS[name]) for name in rows["list"]],
            "precision": rows["share"].astype("float64").to_numpy(),
            "low": rows["low"].astype("float64").to_numpy(),
            "high": rows["high"].astype("float64").to_numpy(),
            "n": rows["n"].to_numpy(),
            "small": False,
        }
    )
