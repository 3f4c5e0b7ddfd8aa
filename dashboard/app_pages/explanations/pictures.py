"""The pictures of a version's explanation."""

from __future__ import annotations

import pandas as pd
import streamlit as st

import services
from dashboard import charts
from dashboard.app_pages.explanations.wording import DIRECTIONS, Overview, labelled
from dashboard.charts.style import shorten
from dashboard.i18n import Say
from dashboard.show import address, drawing

# Points of each feature in the picture of all; the picture of one shows all that are kept.
DRAWN, LABEL = 200, 26


def swarm(found: Overview, say: Say) -> None:
    """Every feature at once."""
    points = found.points.groupby("feature", sort=False).head(DRAWN)
    chart = charts.beeswarm(points, labelled(found.weights, say), say)
    drawing.chart(chart, "explanations_swarm", say("What moves the risk"), say)


def one(found: Overview, say: Say) -> None:
    """One feature: its value against its effect."""
    rows = labelled(found.weights, say).set_index("feature", drop=False)
    chosen = st.selectbox(
        say("Feature"),
        list(rows.index),
        format_func=lambda name: rows.loc[name, "label"],
        width=460,
        **address.bind("feature", list(rows.index)),
    )
    about = rows.loc[chosen]
    points = found.points[found.points["feature"] == chosen]
    partner = about["partner"]
    named = say.label(services.names.feature(partner)) if isinstance(partner, str) else None
    unit = say.label(services.names.unit(about["unit"]))
    chart = charts.dependence(points, about["label"], unit, named, say)
    drawing.chart(chart, "explanations_one", about["label"], say)
    st.caption(_about(about, named, say))


def _about(about: pd.Series, partner: str | None, say: Say) -> str:
    told = say(
        "{direction}; unknown for {unknown} of the households. Values beyond the first and last "
        "percentile are drawn at it.",
        direction=say(DIRECTIONS[about["direction"]]),
        unknown=say.percent(about["unknown"]),
    )
    if partner:
        told += say(" Coloured by what it acts together with most: {partner}.", partner=partner)
    return told


def together(found: Overview, say: Say) -> None:
    """Pairs of features by how much they do together."""
    if found.pairs.empty:
        st.caption(say("This version splits on categories; shap cannot tell its pairs apart."))
        return
    pairs = list(zip(found.pairs["first"], found.pairs["second"], strict=True))
    labels = [_pair(pair, LABEL, say) for pair in pairs]
    # Two bars of one name would be drawn as one.
    told = [
        _pair(pair, 200, say) if labels.count(label) > 1 else label
        for pair, label in zip(pairs, labels, strict=True)
    ]
    frame = pd.DataFrame({"label": told, "weight": found.pairs["strength"]})
    chart = charts.importance(frame, say)
    drawing.chart(chart, "explanations_pairs", say("What acts together"), say)
    st.caption(
        say(
            "Mean size of what two features do together beyond what each does alone, in log-odds, "
            "from {n} of the households.",
            n=say.number(found.paired),
        )
    )


def _pair(pair: tuple[str, str], width: int, say: Say) -> str:
    return " × ".join(shorten(say.label(services.names.feature(name)), width) for name in pair)


def steady(found: Overview, say: Say) -> None:
    """How many households keep which share of their reasons."""
    one = found.stability
    if one is None:
        st.caption(say("This month holds no household whose reasons could be tried."))
        return
    chart = charts.steadiness(one.shares, say)
    drawing.chart(chart, "explanations_steady", say("Whether the reasons hold"), say)
    st.caption(
        say(
            "Households by the share of their three strongest reasons that stays, mean of {draws} "
            "draws (seeds 1 to {draws}) in which every amount is changed by up to {shake} either "
            "way; figures of one fact move together, counts stay. Below two thirds a family's page "
            "says so: {unstable} of {n}.",
            draws=say.number(one.draws),
            shake=say.percent(one.shake),
            unstable=say.number(one.unstable),
            n=say.number(one.n),
        )
    )
