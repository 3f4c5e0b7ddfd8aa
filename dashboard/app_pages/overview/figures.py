"""Putting the overview on the screen."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

import services
from dashboard import charts
from dashboard.i18n import Say, mark
from dashboard.show import address, drawing, html, words
from services import Context
from services.overview import MEASURES, Headline
from services.trust import Rate, Steady

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
            "{month}: {households} households are watched",
            month=head.month,
            households=say.number(head.now("households")),
        )
    ]
    if head.now("new") is not None:
        asked = say(", ").join(f"{name} {n}" for name, n in _asked(head, say))
        parts.append(
            say(
                "new alerts: {new} ({asked}); settled by visits: {checked}; unmet need confirmed: "
                "{confirmed}",
                new=say.number(head.now("new")),
                asked=asked or "–",
                checked=say.number(head.now("checked")),
                confirmed=say.number(head.now("confirmed")),
            )
        )
    if head.rates is not None:
        parts += _rates(head.rates, say)
    if head.overdue is not None:
        parts.append(say("overdue: {n}", n=say.number(head.overdue)))
    return say("; ").join(parts) + say(".")


def _asked(head: Headline, say: Say) -> list[tuple[str, str]]:
    """The month's new alerts by what they ask: existing and coming first, then facts, reports."""
    names = services.names
    kinds = [(names.Kind.QUESTION, c) for c in names.codes(names.Kind.QUESTION)]
    kinds += [(names.Kind.SOURCE, c) for c in names.codes(names.Kind.SOURCE)]
    return [
        (words.label(kind, code, say), say.number(head.questions[code]))
        for kind, code in kinds
        if head.questions.get(code)
    ]


def _rates(rates: Steady, say: Say) -> list[str]:
    """Precision as a steady state with its warm-up beside, and by question."""
    months = str(rates.warm_up_months)
    if rates.steady is None:
        if rates.warm_up is None or rates.warm_up.share is None:
            return []
        told = say(
            "precision in the first {months} months (warm-up) is {rate}; a steady state comes "
            "after",
            months=months,
            rate=rate(rates.warm_up, say),
        )
        return [told]
    told = say(
        "precision in the steady state, after the first {months} months, is {rate}, {unverified} "
        "not verified yet",
        months=months,
        rate=rate(rates.steady, say),
        unverified=say.percent(rates.steady.unverified),
    )
    parts = [told]
    if rates.existing is not None:
        parts.append(say("of these, need now: {rate}", rate=rate(rates.existing, say)))
    if rates.coming is not None:
        parts.append(
            say(
                "apart from these, need soon, judged six months after the alert, {rate}",
                rate=rate(rates.coming, say),
            )
        )
    if rates.warm_up is not None:
        parts.append(say("warm-up {rate}", rate=rate(rates.warm_up, say)))
    return parts


def rate(one: Rate, say: Say) -> str:
    """A precision that never travels alone: share, interval, n."""
    if one.share is None:
        return say("not known yet (n=0)")
    if not say.may_tell(one.share * one.n, one.n):
        return say("not told: few cases")
    return say(
        "{share} [{interval}, n={n}]",
        share=say.percent(one.share),
        interval=say.interval(one.low, one.high),
        n=say.number(one.n),
    )


# Name -> what its link says, the filters of the list behind it.
LISTS: dict[str, tuple[str, dict[str, Any]]] = {
    "new": (mark("New this month: {n}"), {"view": "new"}),
    "checked": (mark("Checked this month: {n}"), {"happened": ["checked"]}),
    "confirmed": (mark("Confirmed this month: {n}"), {"happened": ["confirmed"]}),
    "helped": (mark("Helped this month: {n}"), {"happened": ["helped"]}),
    "open": (mark("Still open: {n}"), {"view": "open"}),
    "late": (mark("Overdue: {n}"), {"view": "late"}),
    "near": (mark("Due soon: {n}"), {"view": "near"}),
}


def lists(head: Headline, say: Say) -> None:
    """Links to the alerts behind the figures, each with its number."""
    stands = {"open": head.open, "late": head.overdue, "near": head.near}
    places = [*st.columns(4), *st.columns(4, vertical_alignment="bottom")]
    for place, (name, (label, filters)) in zip(places, LISTS.items(), strict=False):
        n = stands[name] if name in stands else head.now(name)
        if n is not None:
            told = say(label, n=say.number(n))
            address.link(address.to_alerts(**filters), told, f"overview_{name}", place)


def figures(head: Headline, say: Say) -> None:
    """Six cards with a sparkline and the change on last month."""
    cards = st.columns(6)
    people = say("People in these households: {n}.", n=say.number(head.now("persons")))
    _card(cards[0], head, "households", say("Watched households (low-income)"), say, told=people)
    apart = " · ".join(f"{name} {n}" for name, n in _asked(head, say))
    # The ceiling decides how many are new: a change on last month would say nothing.
    _card(
        cards[1], head, "new", say("New alerts"), say, note=apart or None,
        told=say("Alerts raised in this month. The ceiling on visits decides how many."),
    )  # fmt: skip
    _card(
        cards[2], head, "checked", say("Checked this month"), say,
        told=say(
            "Alerts of which a visit settled in this month what is true, whenever they were raised."
        ),
    )  # fmt: skip
    _card(
        cards[3], head, "confirmed", say("Confirmed this month"), say,
        told=say(
            "Alerts of which a visit confirmed an unmet need in this month, whenever they were "
            "raised."
        ),
    )  # fmt: skip
    _precision_card(cards[4], head, say)
    cards[5].metric(
        say("Overdue"),
        say.number(head.overdue),
        say("+{n} due soon", n=say.number(head.near)) if head.near else None,
        border=True,
        height="stretch",
        delta_color="off",
        delta_arrow="off",
        help=say(
            "Open alerts past their due day: in an earlier month at its end, in the newest as of "
            "now."
        ),
    )


def _precision_card(place: st.delta_generator.DeltaGenerator, head: Headline, say: Say) -> None:
    rates = head.rates
    shown = (rates.steady or rates.warm_up) if rates else None
    told = [say("Confirmed unmet needs ÷ alerts whose visit settled what is true.")]
    if rates and rates.warm_up and rates.steady:
        told.append(say("Warm-up: {rate}.", rate=rate(rates.warm_up, say)))
    series = _series(head.trend, "precision")
    place.metric(
        say("Precision, steady state") if rates and rates.steady else say("Precision, warm-up"),
        say.percent(shown.share if shown else None),
        f"{say.interval(shown.low, shown.high)}, n={say.number(shown.n)}" if shown else None,
        border=True,
        height="stretch",
        chart_data=series if len(series) > 1 else None,
        delta_color="off",
        delta_arrow="off",
        help=" ".join(told),
    )


def _card(place: st.delta_generator.DeltaGenerator, head: Headline, name: str, label: str,
          say: Say, note: str | None = None, told: str | None = None) -> None:  # fmt: skip
    """One figure; below it `note`, or the change on last month; `told` says what it counts."""
    change = None if note else head.change(name)
    series = _series(head.trend, name)
    if change is not None:
        grown = say("{n} on last month", n=say.number(change, sign=True))
        note = grown if change else say("as last month")
    place.metric(
        label,
        say.number(head.now(name)),
        note,
        border=True,
        height="stretch",
        delta_color="off",
        # The words come first, so Streamlit cannot see the sign by itself.
        delta_arrow="off" if not change else "up" if change > 0 else "down",
        chart_data=series if len(series) > 1 else None,
        chart_type="bar" if name != "households" else "line",
        help=told,
    )


def _series(trend: pd.DataFrame, name: str) -> list[float]:
    return [float(v) for v in trend[name].dropna()] if name in trend else []


def bands(head: Headline, say: Say) -> None:
    """The month's new alerts by band, as words with colours."""
    kind = services.names.Kind.BAND
    chips = [
        html.band(code, f"{words.label(kind, code, say)} {say.number(head.bands[code])}")
        for code in [*services.names.codes(kind), *services.names.BLIND]
        if head.bands.get(code)
    ]
    if chips:
        told = html.text(say("New alerts by band:"))
        st.html(html.block(f"{told} {' '.join(chips)}"))


LATE_WORDS = {
    "level_1": mark("to township leaders"),
    "level_2": mark("to the county bureau"),
    "level_3": mark("to the county mechanism"),
    "returned": mark("sent back to be dispatched anew"),
    "lapsed": mark("closed, never visited"),
}


def escalated(head: Headline, say: Say) -> None:
    """What lateness led to in the month, beside the overdue."""
    if head.overdue is None and not any(head.steps.values()):
        return
    told = [f"{say(LATE_WORDS[name])} {say.number(n)}" for name, n in head.steps.items()]
    line = html.text(say("Overdue reported this month:"))
    st.html(html.block(f"{line} {''.join(html.tag(t) for t in told)}"))


FEED_WORDS = {
    "fresh": mark("on time"),
    "late": mark("late"),
    "silent": mark("no longer reporting, taken as unknown"),
    "missing": mark("not reported"),
}


def feed_strip(here: Context, say: Say) -> None:
    """One chip a feed that the county gets: fresh, late, silent or missing, last delivery."""
    states = {code: say(word) for code, word in FEED_WORDS.items()}
    chips = []
    found = services.deliveries.feeds(here)
    for row in found[found["state"] != "not_awaited"].to_dict("records"):
        name = html.text(say.label(services.names.feed(row["feed"])))
        when = f" {row['last_period']}" if row["last_period"] else ""
        word = html.text(states[row["state"]])
        chips.append(f'<span class="{row["state"]}">{name} · {word}{when}</span>')
    st.html(f'<div class="dd dd-strip">{"".join(chips)}</div>')


# Measures that count alerts -> the filters of the list behind a bar.
MEASURE_LISTS: dict[str, dict[str, Any]] = {
    "raised": {"view": "year"},
    "open": {"view": "open"},
    "confirmed": {"view": "year", "outcomes": ["confirmed"]},
}


def township_part(here: Context, say: Say) -> address.Destination | None:
    """Map beside the ranked list; returns where a bar that was clicked leads, if any.

    Bars of alerts lead to their list; bars of households, of which there is no list, to the
    overview of that area.
    """
    measure = st.segmented_control(
        say("Measure"),
        MEASURES,
        format_func=lambda m: say(MEASURE_WORDS[m]),
        required=True,
        label_visibility="collapsed",
        **address.bind("measure", MEASURES),
    )
    frame = services.overview.townships(here, measure)
    frame = frame.assign(name=[words.place(here, c, say) for c in frame["code"]])
    st.caption(
        say(
            "{measure} per 1,000 households; in brackets the number",
            measure=say(MEASURE_WORDS[measure]),
        )
        + say.pick("。", ". ")
        + (
            say("A click on a bar opens its alerts.")
            if measure in MEASURE_LISTS
            else say("A click on a bar shows the overview of that place.")
        )
    )
    listed, drawn = frame, st.container()
    geojson = services.county.geojson(here)
    # A bureau's table of townships has no outlines: then the bars stand alone.
    if not here.scope.code and any(one.get("geometry") for one in geojson["features"]):
        drawn, side = st.columns([3, 2])
        figure = charts.township_map(frame, geojson, say)
        drawing.chart(figure, "overview_map", say(MEASURE_WORDS[measure]), say, drawn)
        drawn = side
    picked = drawing.chart(
        charts.ranked(listed, say),
        # Another list forgets what was clicked in this one.
        f"overview_ranked_{measure}_{here.scope.code}",
        say(MEASURE_WORDS[measure]),
        say,
        drawn,
        on_select="rerun",
        selection_mode="points",
    )
    points = picked.get("selection", {}).get("points", [])
    names = {row["name"]: row["code"] for row in frame.to_dict("records")}
    code = names.get(points[0].get("y")) if points else None
    if code is None:
        return None
    area = address.area(code)
    if measure in MEASURE_LISTS:
        return address.to_alerts(**MEASURE_LISTS[measure], **area)
    return address.to("overview", **area)


def funnel_lists(here: Context, say: Say) -> None:
    """Under the funnel: what it counts, and a link to the alerts of each step."""
    st.caption(
        say(
            "Alerts raised from {since} to {until}, and how far they had come by the day shown.",
            since=f"{services.overview.year_start(here.as_of):%Y-%m}",
            until=f"{here.as_of:%Y-%m}",
        )
    )
    steps = services.overview.steps(here)
    places = [*st.columns(3), *st.columns(3)]
    for place, step in zip(places, steps, strict=False):
        filters = {} if step.code == "raised" else {"reached": [step.code]}
        there = address.to_alerts(view="year", **filters)
        told = f"{say.label(step)} {say.number(step.n)}"
        address.link(there, told, f"overview_step_{step.code}", place)


def funnel_frame(here: Context, say: Say) -> pd.DataFrame:
    """Steps with their losses as text. Raises NothingYet where no alert was raised."""
    steps, rows = services.overview.steps(here), []
    if not steps or not steps[0].n:
        raise services.NothingYet("alerts_here", here.as_of)
    for step in steps:
        lost = [f"{say.label(loss)} {say.number(loss.n)}" for loss in step.losses]
        rows.append((say.label(step), step.n, step.share or 0.0, say(", ").join(lost)))
    return pd.DataFrame(rows, columns=["label", "n", "share", "losses"])


def source_frame(here: Context, say: Say) -> pd.DataFrame:
    """Monthly alerts with the source's name. Raises NothingYet where none was raised."""
    frame = services.overview.by_source(here)
    if frame.empty:
        raise services.NothingYet("alerts_here", here.as_of)
    kind = services.names.Kind.SOURCE
    return frame.assign(label=[words.label(kind, s, say) for s in frame["source"]])


def need_frame(here: Context, say: Say) -> pd.DataFrame:
    """Needs with the department's name."""
    frame = services.overview.needs(here)
    labels = [say.label(services.names.department(d)) for d in frame["department"]]
    return frame.assign(label=labels)
