"""Putting the report cards on the screen: one row per indicator."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.i18n import UNKNOWN, Say, mark
from dashboard.show import address, html
from services.indicators import TOP, Indicators

VIEWS = {"cards": mark("Indicators"), "mean": mark("The per-capita mean")}
ROWS_SHOWN = 8
ROW_HEIGHT = 78  # the longest name, in four lines
REMARKS = {
    "silent": mark("silent"),
    "wrong_sign": mark("wrong sign"),
    "redundant": mark("like {twin}"),
}
MEANINGS = (
    mark(
        "An indicator fires where it raised a household's score; one that can only take points off "
        "fires where it lowered it."
    ),
    mark(
        "Found: households visited while it fired, and of them those with an unmet need; the "
        "interval is Wilson's 95%, n the households. By lot: only visits that nobody chose (random "
        "survey and audit). Below n = 10 no share is shown."
    ),
    mark(
        "Adds: households that only its points carried onto the watch list (blue); for one that "
        "takes points off, those it alone kept below. Repeat: firings of a household already "
        "counted in these months."
    ),
    mark(
        "Wrong sign: random visits found less need (for a minus, more) while it fired than while "
        "it did not, beyond chance among all indicators. Like another: half or more of the firings "
        "of either are common to both."
    ),
)


def frame(found: Indicators, say: Say) -> pd.DataFrame:
    """Cards with what the page adds: name, known, advised points with their ends and n, remark."""
    cards = found.checkup.cards
    told = cards.assign(
        name=[called(found, code, say) for code in cards["indicator"]],
        known=[(found.known or {}).get(code) for code in cards["indicator"]],
        remark=[remark(card, say) for card in cards.to_dict("records")],
    )
    if found.advice is None:
        return told.assign(advised=None, low=None, high=None, n=0)
    advised = found.advice.points.drop(columns="now")
    return told.merge(advised, on="indicator", how="left")


def called(found: Indicators, code: str, say: Say) -> str:
    """An indicator's code and name."""
    return f"{code} {say.label(found.names[code])}" if code in found.names else code


def remark(card: dict[str, Any], say: Say) -> str:
    """What stands out about an indicator, in a few words; '' for nothing."""
    told = [say(words, twin=card["twin"]) for key, words in REMARKS.items() if card[key]]
    return say(", ").join(told)


def sentence(found: Indicators, say: Say) -> str:
    """How many indicators there are, and how many give reason to look closer."""
    cards = found.checkup.cards
    return say(
        "{n} indicators are in force, {waiting} wait for a feed. In these months {silent} never "
        "fired, {wrong} point the wrong way beyond chance, and {alike} say nearly the same as "
        "another.",
        n=say.number(len(cards)),
        waiting=say.number(len(found.waiting)),
        silent=say.number(cards["silent"].sum()),
        wrong=say.number(cards["wrong_sign"].sum()),
        alike=say.number(cards["redundant"].sum()),
    )


def period(found: Indicators, say: Say) -> str:
    """Which months and visits the cards were made of."""
    about = found.checkup
    return say(
        "{n} scored months from {first} to {last}, all households of the area, as known then; "
        "{visits} visits with a result after them, {random} of them chosen by nobody.",
        n=say.number(len(about.months)),
        first=f"{about.months[0]:%Y-%m}",
        last=f"{about.months[-1]:%Y-%m}",
        visits=say.number(about.visits),
        random=say.number(about.random_visits),
    )


def relative(series: list[int]) -> list[float]:
    """A series as shares of its highest value: each line shows its own rise and fall."""
    top = max([*series, 1])
    return [value / top for value in series]


def spread(low: Any, high: Any, n: Any, say: Say) -> str:
    """What travels with a share: its interval and n."""
    if low is None or low != low:
        return f"({say.number(n)})"
    return f"{say.interval(low, high)} ({say.number(n)})"


def table(found: Indicators, say: Say) -> None:
    """All indicators in force, to be sorted by any column; a click on one opens it below."""
    rows = frame(found, say)
    codes = list(rows["indicator"])
    st.dataframe(
        pd.concat([_shown(rows, say), _waiting_rows(found, say)], ignore_index=True),
        hide_index=True,
        height=min(len(rows), ROWS_SHOWN) * ROW_HEIGHT + 40,
        row_height=ROW_HEIGHT,
        placeholder=UNKNOWN,
        column_config=_columns(say),
        key="indicators_table",
        on_select=partial(_opened, codes),
        selection_mode="single-cell",
    )
    st.caption(say("Click a cell to open its indicator below; click a header to sort."))


def _opened(codes: list[str]) -> None:
    cells = st.session_state["indicators_table"]["selection"].get("cells", [])
    if cells and cells[0][0] < len(codes):  # one that waits for a feed has nothing to open
        address.choose(indicator=codes[cells[0][0]])


def _waiting_rows(found: Indicators, say: Say) -> pd.DataFrame:
    names = [f"{one.id} {say.label(one.label)}" for one in found.waiting]
    return pd.DataFrame({"name": names, "remark": say("waits for a feed")})


def _shown(rows: pd.DataFrame, say: Say) -> pd.DataFrame:
    """The columns of the table by their keys, in order."""
    told = {
        "name": rows["name"],
        "series": [relative(series) for series in rows["series"]],
        "distinct": rows["distinct"],
        "repeat": rows["repeat"] * 100,
        "known": rows["known"].astype("float64") * 100,
    }
    for key in ("visited", "random", "blue"):
        told[f"{key}_share"] = rows[f"{key}_share"].astype("float64") * 100
        told[f"{key}_n"] = [
            spread(card[f"{key}_low"], card[f"{key}_high"], card[f"{key}_n"], say)
            for card in rows.to_dict("records")
        ]
    told["blue_distinct"] = rows["blue_distinct"]
    told["points"] = rows["points"]
    told["advised"] = rows["advised"].astype("float64")
    told["ends"] = [
        advised_ends(low, high, say) for low, high in zip(rows["low"], rows["high"], strict=True)
    ]
    told["remark"] = rows["remark"]
    order = ["name", "remark", "series", "distinct", "repeat", "known", "visited_share",
             "visited_n", "random_share", "random_n", "blue_distinct", "blue_share", "blue_n",
             "points", "advised", "ends"]  # fmt: skip
    return pd.DataFrame(told)[order]


def advised_ends(low: Any, high: Any, say: Say) -> str:
    """The 90 % interval of suggested points; '' without one."""
    if low is None or low != low:
        return ""
    return say("{low} to {high}", low=say.number(low), high=say.number(high))


def _columns(say: Say) -> dict[str, Any]:
    """Widths that fit a screen of 1440 pixels without scrolling sideways."""
    config = st.column_config
    share = partial(config.NumberColumn, format="%.0f%%", width=53)
    count = partial(config.NumberColumn, format="localized")
    spread_of = partial(config.TextColumn, say("interval (n)"))
    return {
        "name": config.TextColumn(say("Indicator"), width=170, pinned=True),
        "remark": config.TextColumn(say("Remark"), width=66),
        "series": config.LineChartColumn(
            say("By month"),
            width=64,
            y_min=0,
            y_max=1.25,
            help=say("Households by month, as a share of the busiest month."),
        ),
        "distinct": count(say("Households"), width=76),
        "repeat": share(say("Repeat")),
        "known": share(
            say("Known"), help=say("Persons or households for which it can be judged this month.")
        ),
        "visited_share": share(say("Found")),
        "visited_n": spread_of(width=100),
        "random_share": share(say("By lot")),
        "random_n": spread_of(width=86),
        "blue_distinct": count(say("Adds"), width=64),
        "blue_share": share(say("Found")),
        "blue_n": spread_of(width=88),
        "points": config.NumberColumn(
            say("Points"), format="%.0f", width=50, help=say("The tier furthest from zero.")
        ),
        "advised": config.NumberColumn(
            say("Advice"), format="%.0f", width=52, help=say("Points that the data suggest.")
        ),
        "ends": config.TextColumn("90%", width=72, help=say("90% interval")),
    }


def notes(found: Indicators, say: Say) -> None:
    """What the columns mean, and how far the suggested points can be trusted."""
    st.caption(advice_sentence(found, say))
    with st.expander(say("What the columns mean")):
        for words in MEANINGS:
            st.caption(say(words))


def advice_sentence(found: Indicators, say: Say) -> str:
    """From what the suggested points were learned, and how they did on months they had not seen."""
    advice = found.advice
    if advice is None:
        return say("Too few visits in this area and these months to suggest points.")
    told = say(
        "Suggested points are advice, not a change: learned from {n} rounds and random visits "
        "({found} found need), weighted as if households had been drawn by lot, never with the "
        "sign turned.",
        n=say.number(advice.visits),
        found=say.number(advice.found),
    )
    tried = advice.tried
    if tried is None:
        return told
    return told + say(
        " Learned on earlier months and tried on the newest four ({n} visits, {found} found): of "
        "the {top} of visited households with the most points, need was found in {advised} with "
        "the suggested points and in {today} with today's, {verdict} (difference {gain} "
        "percentage points, 90% interval {low} to {high}).",
        n=say.number(tried.n),
        found=say.number(tried.found),
        top=say.percent(TOP),
        advised=say.percent(tried.advised),
        today=say.percent(tried.today),
        verdict=_verdict(tried.low, tried.high, say),
        gain=say.number(tried.gain * 100, 1, sign=True),
        low=say.number(tried.low * 100, 1, sign=True),
        high=say.number(tried.high * 100, 1, sign=True),
    )


def _verdict(low: float, high: float, say: Say) -> str:
    if low > 0:
        return say("more than chance explains")
    if high < 0:
        return say("less, and not by chance alone")
    return say("no more difference than chance explains")


def waiting(found: Indicators, say: Say) -> None:
    """Indicators of the 55 that no feed supports yet."""
    st.caption(say("Nobody knows what these would say: they give no points and count as unknown."))
    rows = [[f"{w.id} {say.label(w.label)}", say.label(w.waiting_for)] for w in found.waiting]
    st.html(html.table([say("Indicator"), say("Waits for")], rows, nowrap=(0,)))
