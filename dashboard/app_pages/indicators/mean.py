"""The per-capita mean examined: whom it alone catches, and whom the worst-off member would."""

from __future__ import annotations

import pandas as pd
import streamlit as st

import services
from dashboard import charts
from dashboard.i18n import Say, mark
from dashboard.show import drawing, html, shell
from services import Context
from services.indicators import Mean

SIDES = {
    "mean": mark("only the mean"),
    "worst": mark("only the worst-off member"),
    "both": mark("both"),
}


def section(here: Context, say: Say) -> None:
    """The month and the year: how many each catches alone, by size, and what visits found."""
    with st.spinner(say("Scoring the members of twelve months …")):
        found = services.indicators.mean(here)
    st.html(html.answer(sentence(found, say)))
    st.caption(
        say(
            "The rule score is a household's mean over its members. The worst-off member's score "
            "is that member's points and the household's, under the same limits. Both get the same "
            "number of visits: the watched households, not in process, at or above the yellow bar."
        )
    )
    left, right = st.columns(2, gap="large")
    with left, shell.section(say("This month, by household size")):
        st.html(counts(found.month, say))
    with right, shell.section(say("In {n} months: what visits found", n=say.number(found.months))):
        drawn = dots(found.year, say)
        title = say("Need found among households caught")
        drawing.chart(charts.dots(drawn, say), "mean_found", title, say, why_empty=_few(say))
    with shell.section(say("In {n} months, by household size", n=say.number(found.months))):
        st.html(figures(found.year, say))
        st.caption(
            say(
                "A household counts once in each row; visits of any kind within three months. "
                "Below n = 10 no share is shown. Visits went where the mean pointed, so households "
                "that only the worst-off member would catch were visited less."
            )
        )


def sentence(found: Mean, say: Say) -> str:
    """What the other measure would change this month, and what is known of it."""
    month, year = (f[f["size"] == "all"].set_index("side") for f in (found.month, found.year))
    told = say(
        "Of {visits} visits this month, the worst-off member would give {n} to other households "
        "than the mean does.",
        visits=say.number(found.visits),
        n=say.number(month.loc["worst", "households"]),
    )
    shares = [year.loc[side, "share"] for side in ("mean", "worst")]
    if any(share is None or share != share for share in shares):
        return told + say(" Too few of them were visited in these months to say who was right.")
    return told + say(
        " In these months visits found need in {mean} of those only the mean caught ({mean_low}, "
        "n={mean_n}) and in {worst} of those only the worst-off member would have ({worst_low}, "
        "n={worst_n}).",
        mean=say.percent(shares[0]),
        mean_low=say.interval(year.loc["mean", "low"], year.loc["mean", "high"]),
        mean_n=say.number(year.loc["mean", "n"]),
        worst=say.percent(shares[1]),
        worst_low=say.interval(year.loc["worst", "low"], year.loc["worst", "high"]),
        worst_n=say.number(year.loc["worst", "n"]),
    )


def _few(say: Say) -> str:
    return say("Fewer than 10 of the households were visited: no share is shown.")


def size(code: str, say: Say) -> str:
    """A household size, or all of them."""
    return say("all sizes") if code == "all" else code


def counts(frame: pd.DataFrame, say: Say) -> str:
    """Households by size and who catches them, as markup."""
    wide = frame.pivot(index="size", columns="side", values="households")
    order = [one for one in frame["size"].unique() if one in wide.index]
    rows = [[size(one, say), *(say.number(wide.loc[one, side]) for side in SIDES)] for one in order]
    headers = [say("Members"), *(say(words) for words in SIDES.values())]
    return html.table(headers, rows, right=(1, 2, 3))


def dots(frame: pd.DataFrame, say: Say) -> pd.DataFrame:
    """The three groups of all sizes, as the dots take them."""
    rows = frame[frame["size"] == "all"]
    return pd.DataFrame(
        {
            "label": [say(SIDES[side]) for side in rows["side"]],
            "precision": rows["share"].astype("float64").to_numpy(),
            "low": rows["low"].astype("float64").to_numpy(),
            "high": rows["high"].astype("float64").to_numpy(),
            "n": rows["n"].to_numpy(),
            "small": False,
        }
    )


def figures(frame: pd.DataFrame, say: Say) -> str:
    """Who catches, by size, with what visits found, as markup."""
    rows = [
        [
            say(SIDES[r["side"]]), size(r["size"], say), say.number(r["households"]),
            say.number(r["n"]), say.number(r["found"]), say.percent(r["share"]),
            say.interval(r["low"], r["high"]),
        ]
        for r in frame.to_dict("records")
    ]  # fmt: skip
    headers = [say("Caught by"), say("Members"), say("Households"), say("visited"), say("found"),
               say("share"), say("95% interval")]  # fmt: skip
    return html.table(headers, rows, right=range(2, 7), nowrap=(0, 1))
