"""Putting the report by groups on the screen."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

import services
from core.words import Text
from dashboard import charts
from dashboard.i18n import Say, mark
from dashboard.show import address, drawing, html

QUESTIONS = {"existing": mark("In need now"), "coming": mark("In need soon")}
RULES = {"alerts": mark("Alerts really raised"), "cutoff": mark("The model's cut-off at capacity")}
MEANINGS = {
    "recall": mark(
        "Recall: of the families in unmet need, the share that was found. Random visits tell of "
        "those nobody alerted; false finds are taken out."
    ),
    "missed": mark("Miss rate: of the families in unmet need, the share that was not found."),
    "precision": mark(
        "Precision: visits that confirmed an unmet need ÷ visits that settled what is true. A low "
        "one means that the group is visited in vain more often."
    ),
    "false_alarm": mark(
        "False-alarm rate: of the families in whom a visit found no need, the share that was "
        "alerted or picked."
    ),
    "gap": mark(
        "Found minus promised: share in which visits found need minus the mean probability that "
        "the model gave. Above zero the model thinks too little of the group's need."
    ),
    "alerted": mark("Share alerted or picked; groups differ in need, so they may differ here."),
}
# The most that are told one by one at the top; all of them are in the Excel file.
TOLD = 5


def choose_ruler(report: dict[str, Any], say: Say) -> str:
    """Which alerts are judged, and on an invented county by what."""
    there = [code for code in RULES if code in report["rulers"]]
    choice, against = st.columns([3, 2])
    ruler = choice.segmented_control(
        say("What is judged"),
        there,
        format_func=lambda code: say(RULES[code]),
        required=True,
        **address.bind("ruler", there),
    )
    truth = f"{ruler}_truth"
    if truth in report["rulers"] and against.toggle(
        say("Against the sealed truth of the synthetic county"),
        **address.bind("fair_truth", (False, True)),
    ):
        st.html(html.block(html.tag(say("simulated truth")), " ", html.text(
            say("No bureau has these figures: the invented county's own truth judges the picks.")
        )))  # fmt: skip
        return truth
    return str(ruler)


def choose_measure(report: dict[str, Any], ruler: str, say: Say) -> str:
    """Which measure is drawn; those that the ruler cannot tell are not offered."""
    known = {
        one["measure"]
        for one in report["figures"]
        if one["ruler"] == ruler and one["value"] is not None
    }
    names = [code for code in MEANINGS if code in known]
    return str(
        st.segmented_control(
            say("Measure"),
            names,
            format_func=lambda code: say.label(services.fairness.MEASURES[code]),
            required=True,
            **address.bind("fair_measure", names),
        )
    )


def sentence(report: dict[str, Any], ruler: str, say: Say) -> str:
    """How many groups are served worse than all others, in one sentence."""
    tested = _count(report, ruler, lambda one: one["adjusted"] is not None)
    worse = _count(report, ruler, lambda one: one["worse"])
    if not tested:
        return say("No group has visits enough to say whether it is served worse than others.")
    if not worse:
        return say(
            "None of the {n} groups compared is served worse than all other households, beyond "
            "what chance explains.",
            n=say.number(tested),
        )
    return say(
        "{k} of the {n} groups compared are served worse than all other households in some "
        "measure, beyond what chance explains.",
        k=say.number(worse),
        n=say.number(tested),
    )


def _count(report: dict[str, Any], ruler: str, which: Any) -> int:
    rows = (o for o in report["figures"] if o["ruler"] == ruler and not o["crossed"])
    return len({(o["dimension"], o["group"]) for o in rows if which(o)})


def named(report: dict[str, Any], ruler: str, towns: dict[str, Text], say: Say) -> None:
    """The groups served worse, in words, those found less often first."""
    rows = services.fairness.worst(report, ruler)
    order = list(MEANINGS)
    rows = sorted(rows, key=lambda one: (order.index(one["measure"]), one["adjusted"]))
    told = [
        html.text(say.label(services.fairness.sentence(one, _words(report, one, towns))))
        for one in rows
    ]
    if told:
        st.html(html.block(html.bullets(told[:TOLD])))
    if len(told) > TOLD:
        with st.expander(say("{n} more", n=say.number(len(told) - TOLD))):
            st.html(html.block(html.bullets(told[TOLD:])))


def _words(report: dict[str, Any], one: dict[str, Any], towns: dict[str, Text]) -> Text:
    found: Text = services.fairness.label(report, one["dimension"], one["group"], towns)
    return found


def basis(report: dict[str, Any], ruler: str, say: Say) -> str:
    """What the figures rest on: period or months, visits, households."""
    about = report["rulers"][ruler]
    if ruler.startswith("alerts"):
        told = say(
            "County-wide, alerts raised from {since} to {until}: {n} alerts, {verified} verified.",
            since=str(about["since"])[:7],
            until=str(about["until"])[:7],
            n=say.number(about["n_alerts"]),
            verified=say.number(about.get("n_verified")),
        )
        if about.get("n_random"):
            told += say(" {n} random visits tell of the families nobody alerted.",
                        n=say.number(about["n_random"]))  # fmt: skip
        return told
    return say(
        "County-wide, watched families at risk and not in process, months {months}: the {slots} "
        "highest risks a month are picked; {n} households and months can be judged.",
        months=say(", ").join(about["months"]),
        slots=say.number(about["slots"]),
        n=say.number(about["n"]),
    )


def labelled(
    report: dict[str, Any], towns: dict[str, Text], ruler: str, measure: str, say: Say
) -> pd.DataFrame:
    """The figures of a measure with labels in the reader's language."""
    frame = services.fairness.frame(report, towns, ruler, measure)
    for name in ("value", "low", "high", "rest"):
        frame[name] = frame[name].astype("float64")
    labels = [say.pick(zh, en) for zh, en in zip(frame["label_zh"], frame["label_en"], strict=True)]
    return frame.assign(label=labels, signed=measure == "gap")


def dots(frame: pd.DataFrame, measure: str, say: Say) -> None:
    """Single groups on the left, townships on the right."""
    single = frame[~frame["crossed"].astype(bool)]
    towns = single["dimension"] == "township"
    left, right = st.columns([3, 2], gap="large")
    name = say.label(services.fairness.MEASURES[measure])
    for place, rows, key, title in (
        (left, single[~towns], "fairness_groups", say("{measure} by group", measure=name)),
        (right, single[towns], "fairness_towns", say("{measure} by township", measure=name)),
    ):
        with place:
            st.subheader(title, anchor=False)
            drawing.chart(charts.groups(rows, say), key, title, say)
    st.caption(
        say(
            "Dots with 95% intervals; n beside them. Diamond: served worse than all others. Hollow "
            "and grey: n below {small}, or fewer than {few} families found in need; shown, not "
            "judged.",
            small=services.fairness.SMALL,
            few=services.fairness.FEW_FINDS,
        )
    )


def crossings(report: dict[str, Any], frame: pd.DataFrame, measure: str, say: Say) -> None:
    """One pair of dimensions as a map of cells."""
    pairs = services.fairness.crossings(report)
    if not pairs:
        st.caption(drawing.nothing_here(say))
        return
    words = {d["code"]: say.pick(d["zh"], d["en"]) for d in report["dimensions"]}
    pair = st.selectbox(
        say("Dimensions"),
        pairs,
        format_func=lambda code: " × ".join(words.get(one, one) for one in code.split(" × ")),
        **address.bind("fair_pair", pairs),
    )
    rows = frame[frame["dimension"] == pair]
    parts = rows["label"].str.split(say.pick("、", ", "), n=1, expand=True)
    cells = rows.assign(row=parts[0], column=parts[1])
    name = say.label(services.fairness.MEASURES[measure])
    drawing.chart(charts.crossed(cells, say), "fairness_crossed", name, say)


def price(report: dict[str, Any], towns: dict[str, Text], ruler: str, say: Say) -> None:
    """What bringing each group to the recall of all others would cost, as a table."""
    cut = ruler.replace("alerts", "cutoff")
    rows = services.fairness.equal(report, towns, cut)
    if not len(rows):
        st.caption(say("No model was tested on later months up to here, so nothing is known."))
        return
    st.caption(
        say(
            "The model's cut-off is lowered for one group alone, until as many of its families in "
            "need are picked as among all others. The visits are added; nobody else loses one. "
            "Intervals of 95%; below n = 30 a group is left out."
        )
    )
    st.html(html.table(_headers(say), [_cost(row, say) for row in rows.to_dict("records")],
                       right=range(1, 8), nowrap=(0,)))  # fmt: skip


def _headers(say: Say) -> list[str]:
    return [
        say("Group"), say("Recall now"), say("All others"), "n", say("Visits a month more"),
        say("Precision before"), say("Precision after"), say("Precision of those added"),
    ]  # fmt: skip


def _cost(row: dict[str, Any], say: Say) -> list[str]:
    added = say.percent(row["added"]) if row["added"] is not None else say.percent(None)
    after = f"{say.percent(row['after'])} ({say.interval(row['after_low'], row['after_high'])}, "
    return [
        say.pick(row["label_zh"], row["label_en"]),
        say.percent(row["recall"]),
        say.percent(row["aim"]),
        say.number(row["n"]),
        f"{say.number(row['more'], 1, sign=True)} ({say.number(row['more_low'], 1)}–"
        f"{say.number(row['more_high'], 1)})",
        say.percent(row["before"]),
        f"{after}n={say.number(row['after_n'])})",
        f"{added} (n={say.number(row['added_n'])})",
    ]


def notes(report: dict[str, Any], ruler: str, say: Say) -> None:
    """How groups are named, what is not in the data, what could not be measured."""
    st.caption(
        say(
            "Each group is compared with all other households. With so many comparisons some "
            "differ by chance: their p-values are adjusted together (Benjamini–Hochberg, 5%). "
            "Below a difference of 5 points in recall or precision, or 2 points in false alarms "
            "or in found minus promised, nobody is named."
        )
    )
    for one in report["absent"]:
        st.caption(say("Not in the data: {what}.", what=say.pick(one["zh"], one["en"])))
    if "random_visits" in report["missing"]:
        st.caption(say("No random visit in these months: recall and false alarms are not known. "
                       "Visits by lot are planned in the laboratory."))  # fmt: skip
    if "cutoff" in report["missing"]:
        st.caption(say("The model's cut-off is not measured: no model trained by then was tested "
                       "on later months. Train one, or choose a later month."))  # fmt: skip
    if ruler.startswith("cutoff"):
        st.caption(say("The figures are those of the last version trained, not of stored risks."))
