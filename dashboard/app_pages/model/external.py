"""The last table of one's own: folds, candidates, leaks and what the gate says of its model."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

import services
from dashboard import charts
from dashboard.app_pages.model import rolling
from dashboard.app_pages.model.figures import POPULATIONS, ROLES, scorer
from dashboard.i18n import Say
from dashboard.show import drawing, files, html, shell
from services import Context

COMMAND = "doudi train --profile FILE --label COLUMN --time COLUMN"


def section(here: Context, say: Say) -> None:
    """The kept report, or the command that makes one."""
    content = services.risk_model.external(here)
    with shell.section(say("A table of one's own")):
        if not content:
            st.caption(say("No table of one's own was tried yet. Any labelled Parquet or CSV goes "
                           "through the same folds, candidates and gate by `{command}`.",
                           command=COMMAND))  # fmt: skip
            return
        _answer(content, say)
        place = st.container(horizontal=True)
        files.link(here, "external", {}, say("Report of the table"), say, place)
        files.link(here, "external_figures", {}, say("Download Excel"), say, place,
                   named=say("A table of one's own"))  # fmt: skip
        report = content["folds_report"]
        chart = charts.rolling_folds(rolling.spans(report, say),
                                     {k: say(v) for k, v in ROLES.items()}, say)  # fmt: skip
        drawing.chart(chart, "external_folds", say("Folds in time"), say)
        st.caption(note(content, say))
        st.html(rolling.candidates(report, say, say("of them labelled")))
        if populations := by_population(report, say):
            st.html(populations)
        _pictures(content, say)
        st.html(rolling.choices(report, say))


def _answer(content: dict[str, Any], say: Say) -> None:
    """What was tried and who ranks best; then what speaks against it, leaks by name."""
    if content.get("synthetic"):
        st.html(html.block(html.tag(say("synthetic data"))))
    report = content["folds_report"]
    st.html(html.answer(rolling.answer(report, say)))
    st.caption(
        say("{table}: {n} rows with a label, {cases} of them 1, of {groups} households; version "
            "{v} of doudi-risk.", table=content["table"], n=say.number(content["n_labelled"]),
            cases=say.number(content["n_cases"]), groups=say.number(content["n_groups"]),
            v=content["version"])
    )  # fmt: skip
    faults = [say.pick(one["zh"], one["en"]) for one in content["faults"]]
    if faults:
        told = html.bullets(html.text(one) for one in faults)
        st.html(html.block(html.text(say("The gate refuses this version:"))) + told)
    else:
        st.html(html.block(html.text(say("The gate has nothing against this version."))))
    st.html(rolling.leaks(report, say))


def note(content: dict[str, Any], say: Say) -> str:
    """How the folds keep tested months and households unseen."""
    folds, asked = content["folds_report"]["folds"], content["asked"]
    told = say("Each fold learns only labels known when its first tested month began "
               "(months ahead: {horizon}, months until a label arrives: {gap}).",
               horizon=asked["horizon"],
               gap=asked["gap"])  # fmt: skip
    if folds[0]["parts"] > 1:
        told += say(" Households are dealt by lot into {n} parts, and each is judged by a model "
                    "that never saw a row of theirs.", n=folds[0]["parts"])  # fmt: skip
    if len(folds) < asked["folds"]:
        told += say(" {asked} folds were asked for; the months allow {n}.",
                    asked=asked["folds"], n=len(folds))  # fmt: skip
    return told + say(" Judged by {n} rows, {cases} of them 1; intervals are 95%, households "
                      "drawn anew.", n=say.number(sum(f["n_judged"] for f in folds)),
                      cases=say.number(sum(f["n_cases"] for f in folds)))  # fmt: skip


def by_population(report: dict[str, Any], say: Say) -> str:
    """The ranking figures by population, '' where the table has one."""
    found = [r for r in report["rows"] if r["population"] != "all"]
    if not found:
        return ""
    headers = [say("Population"), say("Scorer"), "n", say("In need"), say("Average precision"),
               say("AUC")]  # fmt: skip
    rows = [
        [population(r["population"], say), scorer(r["candidate"], say), say.number(r["n"]),
         say.percent(r["prevalence"], 1), rolling.with_interval(r, "ap", say),
         rolling.with_interval(r, "auc", say)]
        for r in found
    ]  # fmt: skip
    return html.table(headers, rows, right=range(2, len(headers)), nowrap=(0, 1))


def population(name: str, say: Say) -> str:
    """A population in words; one of the reader's own table as it stands there."""
    return say(POPULATIONS[name]) if name in POPULATIONS else name


def _pictures(content: dict[str, Any], say: Say) -> None:
    report = content["folds_report"]
    names = rolling.names_of(report, say)
    left, right = st.columns(2, gap="large")
    with left:
        chart = charts.at_capacities(rolling.curves(report), names, say)
        drawing.chart(chart, "external_capacity", say("Precision by share visited"), say)
        st.caption(say("Drawn where at least {n} of the picks have a label.",
                       n=say.number(rolling.SEEN_FROM)))  # fmt: skip
    with right:
        frame = pd.DataFrame(content["folds_reliability"])
        shown = {name: scorer(name, say) for name in ("model", "logistic")}
        chart = charts.calibration(frame, say, shown)
        drawing.chart(chart, "external_calibration", say("Calibration: predicted and observed"),
                      say)  # fmt: skip
        st.caption(say("Tenths of the tested rows, all folds: promised and found."))
