"""Pictures of a trial: visits by month and township, the curve over all cut-offs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

import services
from dashboard import charts
from dashboard.app_pages.laboratory import figures
from dashboard.app_pages.laboratory.levers import Asked, Base
from dashboard.i18n import Say, mark
from dashboard.show import address, drawing, html, words
from services import Context
from services.laboratory import Point, Side, Trial

LANES = {
    "both": mark("Rules and model"),
    "model": mark("Model alone"),
    "rules": mark("Rules alone"),
}
NAMED = {"today": mark("today"), "draft": mark("these rules")}
QUESTIONS = {"existing": mark("in need now"), "coming": mark("will need soon")}


def visits(here: Context, tried: Trial, say: Say) -> None:
    """Alerts of each month beside the capacity; townships with their largest month."""
    now, then = tried.current.replayed, tried.draft.replayed
    months = [f"{month:%Y-%m}" for month in tried.months]
    counts = then.counts[-1]
    room = counts.capacity - counts.drawn + tried.draft.policy.event_budget(counts.households)
    title = say("Alerts by month, random draws left out")
    chart = charts.trial_visits(
        months, now.per_month.tolist(), then.per_month.tolist(), float(room), say
    )
    drawing.chart(chart, "lab_visits", title, say)
    with st.expander(say("By township")):
        st.html(html.table(*_townships(here, tried, say), right=range(1, 5)))


def _townships(here: Context, tried: Trial, say: Say) -> tuple[list[str], list[list[str]]]:
    headers = [
        say("Township"),
        say("Visits a month, today"),
        say("Visits a month, these"),
        say("Largest month, these"),
        say("Share of the capacity by its households"),
    ]
    now, then = (_by_township(side) for side in (tried.current, tried.draft))
    rows = []
    for code, values in sorted(then.items(), key=lambda pair: -pair[1].sum()):
        before = now.get(code, np.zeros(1))
        rows.append(
            [
                words.place(here, code, say),
                f"{before.mean():.1f}",
                f"{values.mean():.1f}",
                f"{values.max():.0f}",
                f"{_share_of(tried.draft, code):.1f}",
            ]
        )
    return headers, rows


def _by_township(side: Side) -> dict[str, np.ndarray]:
    """Visits of each month by township code."""
    table = side.report.whole.visits
    return {code: table[:, n] for n, code in enumerate(side.replayed.material.townships)}


def _share_of(side: Side, code: str) -> float:
    """Visits a month that a township's households would have by the policy's capacity."""
    material = side.replayed.material
    newest, place = material.months[-1], material.townships.index(code)
    households = int((newest.township == place).sum())
    policy = side.policy
    return households * (policy.capacity_per_1000_households + policy.event_budget_per_1000) / 1000


def curve(here: Context, base: Base, asked: Asked, say: Say) -> None:
    """The curve of one question, drawn when asked for: it runs the past some forty times."""
    lane = st.segmented_control(
        say("Question"),
        list(QUESTIONS),
        format_func=lambda code: say(QUESTIONS[code]),
        required=True,
        **address.bind("lane", QUESTIONS),
    )
    if not st.toggle(say("Draw the curve (some seconds)"), key="lab_curve"):
        return
    with st.spinner(say("Trying cut-offs on the past months…")):
        found = services.laboratory.curves(here, base.number, asked.edits, lane)
        tried = services.laboratory.trial(here, base.number, asked.edits)
    policy, counts = tried.draft.policy, tried.draft.replayed.counts[-1]
    drawn = {name: _points(points, say) for name, points in found.items()}
    names = {name: say(LANES[name]) for name in found}
    places = float(policy.slots(counts.households)[lane])
    chart = charts.cut_offs(drawn, names, places, say)
    drawing.chart(chart, "lab_curve_chart", say("Finds over visits for every cut-off"), say)
    with st.expander(say("As a table")):
        st.html(html.table(*_table(found, say), right=range(1, 6)))


def _points(points: Sequence[Point], say: Say) -> list[tuple[float, float, str]]:
    ordered = sorted(points, key=lambda point: point.visits)
    return [
        (point.visits, point.finds, say(NAMED[point.name]) if point.name in NAMED else "")
        for point in ordered
    ]


def _table(found: dict[str, tuple[Point, ...]], say: Say) -> tuple[list[str], list[list[str]]]:
    headers = [
        say("Lane"),
        say("Cut-off"),
        say("Visits a month"),
        say("Expected finds a month"),
        say("Precision (95 %)"),
        say("Recall (95 %)"),
    ]
    rows = []
    for lane, points in found.items():
        for point in points:
            precision, recall = point.found.precision, point.recall
            rows.append(
                [
                    say(LANES[lane]) + (f" · {say(NAMED[point.name])}" if point.name else ""),
                    f"{point.cut_off:g}",
                    f"{point.visits:.1f}",
                    f"{point.finds:.1f}",
                    figures.interval(precision, say),
                    figures.interval(recall.recall if recall else None, say),
                ]
            )
    return headers, rows
