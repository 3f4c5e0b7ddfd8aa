"""Putting on the screen what the alerts missed, as random visits tell."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

import services
from alerts.wilson import wilson
from dashboard import charts
from dashboard.i18n import Say
from dashboard.show import drawing, html
from services import Context


def section(here: Context, say: Say) -> None:
    """Recall with its interval, naive figures beside it, what narrows it, and calibration.

    Raises NothingYet when no random visit has a result.
    """
    with st.spinner(say("Reading the random visits …")):
        found = services.missed.audited(here)
    st.html(html.answer(say.pick(found["sentence_zh"], found["sentence_en"])))
    if here.scope:
        st.caption(say("For the whole county: too few random visits fall into one area."))
    left, right = st.columns(2, gap="large")
    with left:
        st.html(figures(here, found, say))
        st.caption(say.pick(found["difference_zh"], found["difference_en"]))
        st.subheader(say("How many random visits a narrower answer needs"), anchor=False)
        _plan(found, say)
    with right:
        st.subheader(say("Predicted risk and what visits found"), anchor=False)
        _calibration(found, say)


def _calibration(found: dict[str, Any], say: Say) -> None:
    frame = pairs(found)
    if frame.empty:
        st.caption(say("No visit of these months was to a household with a stored risk."))
        return
    chart = charts.calibration_pair(frame, say)
    drawing.chart(chart, "precision_calibration", say("Predicted risk and what visits found"), say)
    st.html(bins(found, say))
    st.caption(
        say(
            "On the dashed line, prediction and finding agree. Random visits are weighted and "
            "false findings taken out; visits we chose went where need was expected, so they "
            "find more."
        )
    )


def figures(here: Context, found: dict[str, Any], say: Say) -> str:
    """Corrected beside naive, and on an invented county the truth, as markup."""
    rows = [
        [f"<b>{html.text(say('Recall, from random visits'))}</b>", *_shares(found["recall"], say),
         say.number(found["n_visits"])],
        [say("the same, findings as recorded (uncorrected)"), *_shares(found["uncorrected"], say),
         say.number(found["n_finds"])],
        [say("among families our own visits found (naive)"), *_shares(found["naive"], say),
         say.number(found["n_naive"])],
    ]  # fmt: skip
    truth = services.missed.true_recall(here)
    if truth is not None:
        label = html.tag(say("simulated truth"))
        rows.append([f"{html.text(say('Recall in truth'))} {label}", say.percent(truth.share), "–",
                     say.number(truth.families)])  # fmt: skip
    rows += [
        [say("Families found"), *_counts(found["found"], say), "–"],
        [say("Families missed"), *_counts(found["missed"], say), say.number(found["n_missed"])],
        [say("Visits that see a need where there is none"), *_shares(found["false_rate"], say, 1),
         say.number(found["n_control"])],
    ]  # fmt: skip
    headers = [say("Measure"), say("Value"), say("95% interval"), "n"]
    return html.table(headers, rows, right=(1, 2, 3), raw=(0,))


def _shares(estimate: dict[str, float] | None, say: Say, digits: int = 0) -> list[str]:
    if estimate is None:
        return ["–", "–"]
    low, high = (say.number(estimate[end] * 100, digits) for end in ("low", "high"))
    return [say.percent(estimate["value"], digits), f"{low}–{high}%"]


def _counts(estimate: dict[str, float], say: Say) -> list[str]:
    low, high = (say.number(round(estimate[end])) for end in ("low", "high"))
    return [say.number(round(estimate["value"])), f"{low}–{high}"]


def _plan(found: dict[str, Any], say: Say) -> None:
    plan = found["plan"]
    if plan is None:
        st.caption(say("Too few random visits to plan from."))
        return
    st.caption(
        say(
            "Today {n} random visits give an interval {width} points wide.",
            n=say.number(plan["visits_today"]),
            width=say.number(plan["width_today"] * 100),
        )
    )
    st.html(plan_table(plan, say))
    if any(row["simple"] is None for row in plan["wanted"]):
        st.caption(
            say(
                "'never': visits alone do not get there. About {width} points would remain with "
                "any number of them, from false findings and from not knowing how long a need "
                "lasts. A second look at every find narrows most.",
                width=say.number(plan["narrowest"] * 100),
            )
        )


def plan_table(plan: dict[str, Any], say: Say) -> str:
    """Wanted widths with the visits they need, then visits with the width they reach, as markup."""
    ways = ("simple", "by_score", "by_score_checked_twice")
    rows = [
        [say("{width} points wide", width=say.number(row["width"] * 100)),
         *(say.number(row[w]) if row[w] is not None else say("never") for w in ways)]
        for row in plan["wanted"]
    ]  # fmt: skip
    rows += [
        [say("{n} visits a year", n=say.number(row["visits"])),
         *(say("{width} points", width=say.number(row[w] * 100)) for w in ways)]
        for row in plan["reached"]
    ]  # fmt: skip
    headers = [say("Width or visits"), say("drawn simply"), say("drawn by score"),
               say("finds checked twice")]  # fmt: skip
    return html.table(headers, rows, right=(1, 2, 3), nowrap=(0,))


def pairs(found: dict[str, Any]) -> pd.DataFrame:
    """The bins of risk with an interval for the visits of our choice too."""
    frame = services.missed.bins(found)
    ends = [
        wilson(round(share * n), int(n)) if n else (None, None)
        for share, n in zip(frame["chosen_found"].fillna(0), frame["chosen_n"], strict=True)
    ]
    return frame.assign(chosen_low=[low for low, _ in ends], chosen_high=[high for _, high in ends])


def bins(found: dict[str, Any], say: Say) -> str:
    """The figures of the calibration as markup."""
    rows = [
        [say.interval(b["above"], b["up_to"]),
         say.percent(b["predicted"]), say.percent(b["found"]), say.interval(b["low"], b["high"]),
         say.number(b["n"]), say.percent(b["chosen_found"]), say.number(b["chosen_n"])]
        for b in found["calibration"]
    ]  # fmt: skip
    headers = [say("Risk"), say("predicted"), say("at random"), say("95% interval"), "n",
               say("by choice"), "n"]  # fmt: skip
    return html.table(headers, rows, right=range(1, 7), nowrap=(0,))
