"""Putting the two voices on the screen: the scorecard's points and the model's contributions."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

import services
from dashboard import charts
from dashboard.i18n import Say
from dashboard.show import drawing, html, shell, words
from services import Context
from services.family import Family
from services.voices import Voice


def both(here: Context, family: Family, say: Say, question: str | None) -> Voice | None:
    """The two voices side by side; `question` is what the household's alert asks.

    Returns the model's, for what is told of it further down.
    """
    if told := disagreement(family, say):
        st.html(html.warning(told))
    rules, model = st.container(key="dd_halves_voices").columns(2, gap="large")
    with rules, shell.section(say("What the rules say")):
        scorecard_voice(here, family, say)
    with model, shell.section(say("What the model says")):
        return model_voice(here, family, say, question)


def scorecard_voice(here: Context, family: Family, say: Say) -> None:
    """The rules' voice: bars by category that add up to the score, then the reasons."""
    score = family.score
    if not score:
        raise services.NothingYet("scores", here.as_of)
    labels = services.names.categories(here.home, here.as_of)
    frame = pd.DataFrame(
        [(say.label(labels[c]), float(score.get(f"cat_{c}") or 0)) for c in "ABCDEFGH"],
        columns=["label", "points"],
    )
    total = float(score["rule_score"])
    parts = services.voices.points(here, family.household)
    if parts["contribution"].any() or total:
        chart = charts.score_bars(frame, total, str(score["band"]), say)
        drawing.chart(chart, "household_score", say("What the rules say"), say)
        _points(parts, score, say)
    else:
        st.caption(
            say(
                "No rule gives this family points: what is on record of it meets none of the "
                "indicators. What was looked at stands below."
            )
        )
    if st.toggle(say("Show everything that was looked at"), key="household_all"):
        _looked_at(here, family, say)


def _points(parts: pd.DataFrame, score: dict[str, Any], say: Say) -> None:
    """The parts of a score that are not zero, largest first, with their sum.

    Below what the rule found stands the family's own fact, once where several rules rest on it.
    """
    parts = parts[parts["contribution"].abs() > 0].sort_values("contribution", ascending=False)
    rows, said = [], {""}
    for p in parts.to_dict("records"):
        found, line = html.text(say.pick(p["zh"], p["en"])), say.pick(p["line_zh"], p["line_en"])
        if line not in said:
            found += f"<br><small>{html.text(line)}</small>"
            said.add(line)
        points = say.number(p["contribution"], 1, sign=True)
        rows.append([p["indicator"].removesuffix("_cap"), found, points])
    st.html(
        html.table(
            [say("Rule"), say("What it found"), say("Points per head")],
            rows,
            right=(2,),
            raw=(1,),
            nowrap=(2,),
        )
    )
    shown = say.number(parts["contribution"].sum(), 1)
    st.caption(say("The points add up to {sum}; rules of {version}.", sum=shown,
                   version=str(score.get("rule_version", "–"))[:10]))  # fmt: skip


def _looked_at(here: Context, family: Family, say: Say) -> None:
    states = {
        "scored": say("gives points"),
        "zero": say("known, no points"),
        "unknown": say("unknown"),
        "skipped": say("does not apply"),
        "cap": say("upper limit"),
    }
    frame = services.voices.looked_at(here, family.household)
    rows = [
        [
            r["indicator"],
            say.label(services.names.indicator(here.home, here.as_of, r["indicator"])),
            states[r["status"]],
            say.pick(r["zh"], r["en"]) or "–",
        ]
        for r in frame.to_dict("records")
    ]
    st.html(html.table([say("Rule"), say("Indicator"), say("Data"), say("What it found")], rows))


def model_voice(
    here: Context, family: Family, say: Say, question: str | None = None
) -> Voice | None:
    """The model's voice: from the average to this family, then the facts that moved it.

    `question`: what the household's alert asks; explained on demand when nothing is stored.
    """
    voice = services.voices.model_voice(here, family.household)
    if voice is None and family.risk is None:
        st.info(
            say(
                "The model says nothing about this household: it is not watched, lives on Dibao "
                "or Tekun already, or no model is in use."
            )
        )
        return None
    if voice is None:
        st.caption(say("Only alerted households are explained in advance."))
        if not st.button(say("Explain this household now"), key="household_explain"):
            return None
        voice = services.voices.explain_now(here, family.household, question or "existing")
    asked = words.label(services.names.Kind.QUESTION, voice.question, say)
    st.caption(say("Explained: the risk of '{question}'.", question=asked))
    chart = charts.risk_steps(_steps(here, voice, say), voice.start, voice.end, say)
    drawing.chart(chart, "household_risk", say("What the model says"), say)
    headers = [say("Category"), say("Fact"), say("Effect on the risk")]
    st.html(html.table(headers, fact_rows(here, voice, say)))
    if voice.rest is not None:
        st.caption(say.label(voice.rest))
    st.caption(
        say(
            "From {start}, the model's answer for an average household of those it learned from, "
            "in percentage points, the largest effect first; model version {version}. The effects "
            "say what the model weighs, not what caused the hardship.",
            start=say.percent(voice.start),
            version=voice.version,
        )
    )
    return voice


def _steps(here: Context, voice: Voice, say: Say) -> pd.DataFrame:
    """The steps of the way with their category in words."""
    labels = services.names.categories(here.home, here.as_of)
    told = [
        say("All others together")
        if code == services.voices.OTHERS
        else say.label(labels.get(code, labels["X"]))
        for code in voice.by_category["category"]
    ]
    return voice.by_category.assign(label=told)


def fact_rows(here: Context, voice: Voice, say: Say) -> list[list[str]]:
    """The facts that moved the model most, one line each, with their strength in words."""
    labels = services.names.categories(here.home, here.as_of)
    return [
        [
            say.label(labels.get(row["category"], labels["X"])),
            say.pick(row["zh"], row["en"]),
            strength(float(row["weight"]), say),
        ]
        for row in voice.by_fact.to_dict("records")
    ]


def strength(weight: float, say: Say) -> str:
    """A contribution in log-odds as words."""
    size = abs(weight)
    if size < 0.05:
        return say("hardly any")
    if weight > 0:
        return say("▲▲ raises it strongly") if size >= 0.5 else say("▲ raises it")
    return say("▼▼ lowers it strongly") if size >= 0.5 else say("▼ lowers it")


def disagreement(family: Family, say: Say) -> str:
    """One line where the two voices contradict each other, else ''."""
    side = services.voices.disagreement(family.score.get("band"), family.rank, family.at_risk)
    if side == "rules":
        return say(
            "The two voices disagree: the rules put this household high, the model in the lower "
            "half. Look first at what the rules found that the model may not weigh."
        )
    if side == "model":
        return say(
            "The two voices disagree: the model puts this household among the highest twentieth, "
            "the rules see little. Ask about facts that give no points."
        )
    return ""
