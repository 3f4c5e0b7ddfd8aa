"""One indicator opened: when and where it fires, what visits found, what it resembles."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

import services
from dashboard import charts
from dashboard.app_pages.indicators import cards
from dashboard.i18n import Say, mark
from dashboard.show import address, drawing, html, words
from dashboard.show.address import Destination
from services import Context
from services.indicators import Indicators
from services.names import Kind

TWINS = 6
GROUPS = {
    "visited": mark("visited while it fired"),
    "random": mark("of these, by lot"),
    "quiet": mark("by lot while it did not fire"),
    "blue": mark("brought to blue by it alone"),
    "yellow": mark("brought to yellow by it alone"),
}
LOWERING = {
    "blue": mark("kept from blue by it alone"),
    "yellow": mark("kept from yellow by it alone"),
}


def section(here: Context, found: Indicators, say: Say) -> None:
    """The chosen indicator in figures and pictures, and the way to try without it."""
    rows = cards.frame(found, say)
    codes = list(rows["indicator"])
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    code = left.selectbox(
        say("Indicator"),
        codes,
        format_func=lambda one: cards.called(found, one, say),
        **address.bind("indicator", codes),
    )
    try_without(code, say, right)
    card = rows[rows["indicator"] == code].iloc[0].to_dict()
    st.html(facts(card, say))
    if card["silent"]:
        st.info(say("It fired for nobody in these months."), icon=":material/notifications_off:")
        return
    left, right = st.columns(2, gap="large")
    with left:
        _firing(found, code, say)
        _townships(here, found, code, say)
    with right:
        _precision(card, say)
        _twins(found, code, say)
        _causes(here, code, say)


def try_without(code: str, say: Say, place: Any) -> None:
    """The way to the laboratory without this indicator, where the reader may use that page."""
    if address.is_open("laboratory"):
        there = Destination("laboratory", {**address.query(), "off": code})
        address.link(there, say("Try without it"), "try_without", place, ":material/science:")


def facts(card: dict[str, Any], say: Say) -> str:
    """The card's main figures as markup."""
    side = say("raises the score") if card["side"] > 0 else say("lowers the score")
    pairs = [
        (say("Effect"), html.text(side)),
        (say("Points now"), say.number(card["points"], sign=True)),
        (say("Data suggest"), html.text(advised(card, say))),
        (say("Households this month"), say.number(card["newest"])),
        (say("Households in the period"), say.number(card["distinct"])),
        (say("Repeat"), say.percent(card["repeat"])),
        (say("Known"), say.percent(card["known"])),
        (say("Remark"), html.text(card["remark"] or "–")),
    ]
    return html.facts(pairs)


def advised(card: dict[str, Any], say: Say) -> str:
    """Suggested points with interval and n; a dash where too few were visited."""
    if card["advised"] is None or card["advised"] != card["advised"]:
        return "–"
    return say(
        "{points} (90%: {ends}; n={n})",
        points=say.number(card["advised"], sign=True),
        ends=cards.advised_ends(card["low"], card["high"], say),
        n=say.number(card["n"]),
    )


def _firing(found: Indicators, code: str, say: Say) -> None:
    title = say("Households in which it fired, by month")
    st.subheader(title, anchor=False)
    own = found.checkup.monthly
    own = own[own["indicator"] == code]
    drawing.chart(charts.firing(own[["month", "fired"]], say), "indicator_firing", title, say)
    with st.expander(say("Figures")):
        st.html(_table(own.assign(label=own["month"]), say("Month"), say))


def _townships(here: Context, found: Indicators, code: str, say: Say) -> None:
    title = say("By township: share of households in which it fired")
    st.subheader(title, anchor=False)
    own = found.checkup.townships
    own = own[own["indicator"] == code]
    own = own.assign(label=[words.place(here, one, say) for one in own["township"]])
    drawn = pd.DataFrame(
        {
            "label": own["label"],
            "share": own["rate"],
            "note": [found_note(card, say) for card in own.to_dict("records")],
        }
    )
    drawing.chart(charts.spread(drawn, say), "indicator_townships", title, say)
    st.caption(say("Beside the bars: need found among households visited while it fired."))
    with st.expander(say("Figures")):
        st.html(_table(own, say("Township"), say))


def found_note(card: dict[str, Any], say: Say) -> str:
    """What visits found, behind a bar; only n where it is too small."""
    if card["share"] is None or card["share"] != card["share"]:
        return f"n={say.number(card['n'])}"
    share = say.percent(card["share"])
    return say("found {share}, n={n}", share=share, n=say.number(card["n"]))


def _table(rows: pd.DataFrame, first: str, say: Say) -> str:
    """Firing and finding by group as markup."""
    told = [
        [
            r["label"], say.number(r["fired"]), say.percent(r["rate"], 1), say.number(r["n"]),
            say.number(r["found"]), say.percent(r["share"]), say.interval(r["low"], r["high"]),
        ]
        for r in rows.to_dict("records")
    ]  # fmt: skip
    headers = [first, say("Fired"), say("of households"), say("visited"), say("found"),
               say("share"), say("95% interval")]  # fmt: skip
    return html.table(headers, told, right=range(1, 7), nowrap=(0,))


def _precision(card: dict[str, Any], say: Say) -> None:
    title = say("What visits found")
    st.subheader(title, anchor=False)
    labels = GROUPS if card["side"] > 0 else GROUPS | LOWERING
    rows = pd.DataFrame(
        [
            {
                "label": say(label),
                "precision": card[f"{key}_share"],
                "low": card[f"{key}_low"],
                "high": card[f"{key}_high"],
                "n": card[f"{key}_n"],
                "small": False,
            }
            for key, label in labels.items()
        ]
    ).astype({"precision": "float64", "low": "float64", "high": "float64"})
    why = say("Fewer than 10 households were visited while it fired: no share is shown.")
    drawing.chart(charts.dots(rows, say), "indicator_precision", title, say, why_empty=why)
    few = rows[rows["precision"].isna()]
    if len(few):
        told = [f"{label} n={say.number(n)}" for label, n in few[["label", "n"]].values]
        st.caption(say("Too few to say: {list}.", list=say(", ").join(told)))


def _twins(found: Indicators, code: str, say: Say) -> None:
    title = say("Which indicators fire together with it")
    st.subheader(title, anchor=False)
    shares = found.checkup.overlap[code].drop(code).dropna().nlargest(TWINS)
    shares = shares[shares > 0]
    drawn = pd.DataFrame(
        {
            "label": [cards.called(found, one, say) for one in shares.index],
            "share": shares.to_numpy(),
            "note": "",
        }
    )
    drawing.chart(charts.spread(drawn, say), "indicator_twins", title, say)
    st.caption(say("Common firings as a share of the firings of either, household by month."))


def _causes(here: Context, code: str, say: Say) -> None:
    title = say("Why its alerts were false")
    st.subheader(title, anchor=False)
    own = services.indicators.causes(here)
    own = own[own["indicator"] == code]
    if own.empty:
        st.caption(say("No alert that named it was closed as a false alarm in these months."))
        return
    false, concluded = int(own["false"].iloc[0]), int(own["concluded"].iloc[0])
    drawn = pd.DataFrame(
        {
            "label": [cause(one, say) for one in own["cause"]],
            "n": own["n"].to_numpy(),
            "share": own["n"].to_numpy() / false,
        }
    )
    drawing.chart(charts.causes(drawn, say), "indicator_causes", title, say)
    wide = int(own.loc[own["cause"] == "rule_too_wide", "n"].sum())
    if wide:
        st.warning(
            say(
                "Visits found this rule too wide {n} times ({share} of its {all} concluded "
                "alerts): look at its limits, and try a change in the laboratory.",
                n=say.number(wide),
                share=say.percent(wide / concluded),
                all=say.number(concluded),
            ),
            icon=":material/rule:",
        )
    st.caption(
        say(
            "Of {n} concluded alerts that named it among their reasons, {false} were false alarms.",
            false=say.number(false),
            n=say.number(concluded),
        )
    )


def cause(code: Any, say: Say) -> str:
    """A cause in words; false alarms without one say so."""
    known = code is not None and code == code
    return words.label(Kind.CAUSE, code, say) if known else say("no cause given")
