"""Putting the overview on the screen."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard import charts, services
from dashboard.charts.style import CONFIG
from dashboard.i18n import Say, mark
from dashboard.services import Here
from dashboard.services.overview import MEASURES, Headline
from dashboard.show import html, words

MEASURE_WORDS = {
    "watched": mark("watched households"),
    "red_orange": mark("households in the red or orange band"),
    "raised": mark("alerts raised, 12 months"),
    "open": mark("open alerts"),
    "confirmed": mark("confirmed unmet needs, 12 months"),
}


def sentence(head: Headline, say: Say) -> str:
    """The month in one sentence; parts that are not known yet are left out."""
    parts = [
        say(
            "{month}: {households} households ({persons} people) are watched",
            month=head.month,
            households=say.number(head.now("households")),
            persons=say.number(head.now("persons")),
        )
    ]
    if head.now("new") is not None:
        parts.append(
            say(
                "{new} alerts are new; visits settled {checked} and confirmed an unmet need in "
                "{confirmed}",
                new=say.number(head.now("new")),
                checked=say.number(head.now("checked")),
                confirmed=say.number(head.now("confirmed")),
            )
        )
    if head.share is not None:
        parts.append(
            say(
                "precision over twelve months is {share} ({interval}, n={n} closed alerts, "
                "{unverified} of all not verified)",
                share=say.percent(head.share),
                interval=say.interval(head.low, head.high),
                n=say.number(head.n),
                unverified=say.percent(head.unverified),
            )
        )
    if head.overdue is not None:
        parts.append(say("{n} are overdue", n=say.number(head.overdue)))
    return say("; ").join(parts) + say(".")


def figures(head: Headline, say: Say) -> None:
    """Six cards with a sparkline and the change on last month."""
    cards = st.columns(6)
    people = say.number(head.now("persons"))
    _card(cards[0], head, "households", say("Watched ({n} people)", n=people), say)
    _card(cards[1], head, "new", say("New alerts"), say)
    _card(cards[2], head, "checked", say("Checked this month"), say)
    _card(cards[3], head, "confirmed", say("Unmet need confirmed"), say)
    note = f"{say.interval(head.low, head.high)}, n={say.number(head.n)}"
    series = _series(head.trend, "precision")
    cards[4].metric(
        say("Precision"),
        say.percent(head.share),
        note,
        border=True,
        height="stretch",
        chart_data=series if len(series) > 1 else None,
        delta_color="off",
        delta_arrow="off",
        help=" ".join(
            text
            for text in (
                say("Closed alerts with a confirmed unmet need ÷ closed alerts, twelve months."),
                _points(head.change("precision"), say),
            )
            if text
        ),
    )
    cards[5].metric(
        say("Overdue"),
        say.number(head.overdue),
        say("+{n} due soon", n=say.number(head.near)) if head.near else None,
        border=True,
        height="stretch",
        delta_color="off",
        delta_arrow="off",
    )


def _card(place: st.delta_generator.DeltaGenerator, head: Headline, name: str, label: str,
          say: Say) -> None:  # fmt: skip
    change, series = head.change(name), _series(head.trend, name)
    place.metric(
        label,
        say.number(head.now(name)),
        None if change is None else say("{n} on last month", n=say.number(change, sign=True)),
        border=True,
        height="stretch",
        delta_color="off",
        # The words come first, so Streamlit cannot see the sign by itself.
        delta_arrow="off" if not change else "up" if change > 0 else "down",
        chart_data=series if len(series) > 1 else None,
        chart_type="bar" if name != "households" else "line",
    )


def _series(trend: pd.DataFrame, name: str) -> list[float]:
    return [float(v) for v in trend[name].dropna()] if name in trend else []


def _points(change: float | None, say: Say) -> str | None:
    if change is None:
        return None
    return say(
        "Newest month against the one before: {n} points.",
        n=say.number(change * 100, 1, sign=True),
    )


def bands(head: Headline, say: Say) -> None:
    """The month's new alerts by band, as words with colours."""
    kind = services.names.Kind.BAND
    chips = [
        html.band(code, f"{words.label(kind, code, say)} {say.number(head.bands[code])}")
        for code in services.names.codes(kind)
        if head.bands.get(code)
    ]
    if chips:
        told = html.text(say("New alerts by band:"))
        st.html(html.block(f"{told} {' '.join(chips)}"))


def feed_strip(here: Here, say: Say) -> None:
    """One chip a feed: fresh, late or missing, with its last delivery."""
    states = {"fresh": say("fresh"), "late": say("late"), "missing": say("not delivered")}
    chips = []
    for row in services.deliveries.feeds(here.home, here.as_of).to_dict("records"):
        name = html.text(say.label(services.names.feed(row["feed"])))
        when = f" {row['last_period']}" if row["last_period"] else ""
        word = html.text(states[row["state"]])
        chips.append(f'<span class="{row["state"]}">{name} · {word}{when}</span>')
    st.html(f'<div class="dd dd-strip">{"".join(chips)}</div>')


def township_part(here: Here, say: Say) -> str | None:
    """Map beside the ranked list; returns the township clicked in the list, if any."""
    measure = st.segmented_control(
        say("Measure"),
        MEASURES,
        default="watched",
        format_func=lambda m: say(MEASURE_WORDS[m]),
        required=True,
        key="overview_measure",
        label_visibility="collapsed",
    )
    frame = services.overview.townships(*here, measure)
    frame = frame.assign(name=[words.place(here, c, say) for c in frame["code"]])
    st.caption(
        say(
            "{measure} per 1,000 households; in brackets the number",
            measure=say(MEASURE_WORDS[measure]),
        )
    )
    listed, drawn = frame, st.container()
    if not here.scope:
        drawn, side = st.columns([3, 2])
        geojson = services.county.geojson(here.home)
        figure = charts.township_map(frame, geojson, say)
        drawn.plotly_chart(figure, config=CONFIG, key="overview_map", theme=None)
        drawn = side
    picked = drawn.plotly_chart(
        charts.ranked(listed, say),
        config=CONFIG,
        key="overview_ranked",
        theme=None,
        on_select="rerun",
        selection_mode="points",
    )
    points = (picked or {}).get("selection", {}).get("points", [])
    names = {row["name"]: row["code"] for row in frame.to_dict("records")}
    return names.get(points[0].get("y")) if points else None


def funnel_frame(here: Here, say: Say) -> pd.DataFrame:
    """Steps with their losses as text."""
    rows = []
    for step in services.overview.steps(*here):
        lost = [f"{say.label(loss)} {say.number(loss.n)}" for loss in step.losses]
        rows.append((say.label(step), step.n, step.share or 0.0, say(", ").join(lost)))
    return pd.DataFrame(rows, columns=["label", "n", "share", "losses"])


def source_frame(here: Here, say: Say) -> pd.DataFrame:
    """Monthly alerts with the source's name."""
    frame = services.overview.by_source(*here)
    kind = services.names.Kind.SOURCE
    return frame.assign(label=[words.label(kind, s, say) for s in frame["source"]])


def need_frame(here: Here, say: Say) -> pd.DataFrame:
    """Needs with the department's name."""
    frame = services.overview.needs(*here)
    labels = [say.label(services.names.department(d)) for d in frame["department"]]
    return frame.assign(label=labels)
