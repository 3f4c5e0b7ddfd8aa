"""How far a feed can be trusted: rows against what is usual, matches, what goes back and why."""

from __future__ import annotations

import pandas as pd
import streamlit as st

import services
from dashboard import charts
from dashboard.app_pages.data import feeds as page
from dashboard.i18n import Say
from dashboard.show import drawing, html
from services import Context

SHORT = 20  # rows below which a township's change says nothing


def section(here: Context, say: Say) -> None:
    """One feed at a time: a sentence, its months as a picture, its townships as a table."""
    frame = services.deliveries.feeds(here)
    names = frame.loc[frame["batches"] > 0, "feed"].tolist()
    if not names:
        st.caption(say("Nothing has been reported yet."))
        return
    feed = st.columns([2, 3])[0].selectbox(
        say("Feed"),
        names,
        format_func=lambda f: say.label(services.names.feed(f)),
        key="data_trust_feed",
    )
    months = services.deliveries.trust_months(here, feed)
    if months.empty:
        st.caption(say("No report of this feed is in force."))
        return
    limit = services.deliveries.fall_that_waits(feed)
    st.markdown(sentence(months, limit, say))
    title = say("Rows received and what is usual")
    st.markdown(f"**{title}**")
    drawing.chart(charts.volume(months, limit, say), "data_trust_volume", title, say)
    title = say("Share of rows that went back, by reason")
    st.markdown(f"**{title}**")
    told = months.assign(reasons=[_in_words(r, say) for r in months["reasons"]])
    drawing.chart(
        charts.sent_back(told, say),
        "data_trust_reasons",
        title,
        say,
        why_empty=say("No row of this feed went back."),
    )
    _townships(here, feed, say)


def sentence(months: pd.DataFrame, limit: float | None, say: Say) -> str:
    """The newest month in words."""
    last = months.iloc[-1]
    told = say(
        "{month}: rows received {received}, matched with the register {matched}, sent back "
        "{quarantined}.",
        month=last["period"],
        received=say.number(last["received"]),
        matched=_share(last["matched"], say),
        quarantined=_share(last["quarantined"], say),
    )
    if last["usual"] is not None and last["usual"] == last["usual"]:
        told += say.pick("", " ") + say(
            "Usual: {usual}; this is {change} of it.",
            usual=_usual(float(last["usual"]), say),
            change=_share(1 + last["change"], say),
        )
    if limit is not None:
        told += say.pick("", " ") + say(
            "A fall of {limit} or more waits for a person before it counts.",
            limit=_share(limit, say),
        )
    return told


def _usual(rows: float, say: Say) -> str:
    """A median of rows; half a row of few is told, or the share beside it would not fit it."""
    return say.number(rows, 0 if rows >= SHORT or rows == round(rows) else 1)


def _share(value: float | None, say: Say) -> str:
    return "–" if value is None or value != value else say.percent(value)


def _in_words(reasons: dict[str, int], say: Say) -> dict[str, int]:
    return {page.reason(code, say): n for code, n in reasons.items()}


def _townships(here: Context, feed: str, say: Say) -> None:
    frame = services.deliveries.trust_townships(here, feed)
    if frame.empty:
        st.caption(say("This feed names nobody, so it cannot be shown by township."))
        return
    rows = [
        [
            services.county.place(here, r["township"], say.language)
            if r["township"]
            else say("not registered here"),
            say.number(r["rows"]),
            say.number(round(r["usual"])),
            _change(r, say),
        ]
        for r in frame.to_dict("records")
    ]
    heads = [say("Township"), say("Rows, newest report"), say("Mean of the three before")]
    st.html(html.table([*heads, say("Change")], rows, right=range(1, 4)))
    st.caption(
        say(
            "By the township where people are registered. Small counts change by chance and are "
            "shown without a share."
        )
    )


def _change(row: dict, say: Say) -> str:
    if row["usual"] < SHORT or row["change"] != row["change"]:
        return "–"
    return f"{'+' if row['change'] > 0 else ''}{say.percent(row['change'])}"
