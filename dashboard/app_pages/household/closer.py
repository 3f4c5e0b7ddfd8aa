"""The model's answer about a household looked at more closely.

Whether its reasons hold, what became of similar families, and what could lower the risk. For who
may see what raised alerts: a visitor is to find out, not to expect.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

import services
from dashboard import charts
from dashboard.charts.style import shorten
from dashboard.i18n import Say
from dashboard.show import drawing, html, shell
from services import Context
from services.explanations import Lowering, Similar, Steady
from services.family import Family
from services.voices import Voice

# Figures of one change told one by one; the others are counted.
FIGURES = 3
LABEL = 40  # half-width columns of a feature's name beside its bar


def sections(here: Context, family: Family, voice: Voice, above: Any, say: Say) -> None:
    """The mark `above` the reasons, then what is worked out when asked for."""
    with shell.section(say("Feature by feature")):
        if st.toggle(say("Show what each feature adds"), key="household_features"):
            by_feature(voice, say)
    asked = (family.household, voice.question, voice.version)
    kept = services.explanations.steadiness(here, *asked)
    if kept is None:
        return
    if not kept.holds:
        above.html(html.warning(unsteady(kept, say)))
    left, right = st.container(key="dd_halves_closer").columns(2, gap="large")
    with left, shell.section(say("Similar families and what became of them")):
        if st.toggle(say("Look for similar families"), key="household_similar"):
            with st.spinner(say("Comparing with past months …")):
                found = services.explanations.similar(here, *asked)
            similar(found, voice.question, say)
    with right, shell.section(say("What could lower the risk")):
        if st.toggle(say("Work out what could lower it"), key="household_lowering"):
            lowering(services.explanations.lowering(here, *asked) or [], say)


def by_feature(voice: Voice, say: Say) -> None:
    """The strongest features one by one, as the model weighs them before they are made facts."""
    rows = voice.by_feature.to_dict("records")
    named = [feature_label(row, LABEL, say) for row in rows]
    # Two bars of one name would be drawn as one.
    labels = [
        feature_label(row, 200, say) if named.count(name) > 1 else name
        for row, name in zip(rows, named, strict=True)
    ]
    chart = charts.feature_steps(voice.by_feature.assign(label=labels), voice.moved, say)
    drawing.chart(chart, "household_by_feature", say("Feature by feature"), say)
    st.caption(
        say(
            "SHAP values in log-odds, from the model's starting point to this household: above "
            "zero a feature raises the risk. The {n} strongest features by themselves; those that "
            "tell the same are one fact above. A value that would name a place is left out.",
            n=say.number(sum(row["zh"] != services.voices.OTHERS for row in rows)),
        )
    )


def feature_label(row: dict[str, Any], width: int, say: Say) -> str:
    """A feature's name, cut to `width` half-width columns, with its whole value."""
    if row["zh"] == services.voices.OTHERS:
        return say("All others together")
    name, value = say.pick(row["zh"], row["en"]), say.pick(row["value_zh"], row["value_en"])
    return shorten(name, width) + (f"{say.pick('：', ': ')}{value}" if value else "")


def unsteady(kept: Steady, say: Say) -> str:
    """That the order of the reasons does not hold, in words."""
    return say(
        "The reasons are unsteady: when the family's figures change by up to {shake}, only {share} "
        "of the model's three strongest reasons stay. Read all of them together, not the first "
        "alone.",
        share=say.percent(kept.share),
        shake=say.percent(kept.shake),
    )


def similar(found: Similar | None, question: str, say: Say) -> None:
    """What became of the nearest past households, in one sentence and one by one."""
    if found is None:
        st.caption(
            say(
                "No earlier month has profiles and findings of visits to compare with. They come "
                "with the next months' runs."
            )
        )
        return
    st.html(html.answer(similar_sentence(found, question, say)))
    rows = [
        [
            say.percent(alike),
            f"{month:%Y-%m}",
            say("need found") if need else say("no need found"),
            say(", ").join(say.label(one) for one in shared[:FIGURES]) or "–",
        ]
        for alike, month, need, shared in found.nearest
    ]
    headers = [say("Alike"), say("Month"), say("What became of it"), say("Alike in")]
    st.html(html.table(headers, rows, right=(0,), nowrap=(1, 2)))
    st.caption(
        say(
            "Alike: the share of the model's trees that treat both the same. Families of earlier "
            "months of the whole county, named by nothing; only those that were visited, and "
            "visits went where need was expected. An application is no such visit."
        )
    )


def similar_sentence(found: Similar, question: str, say: Say) -> str:
    """Of the nearest how many were found in need, beside all that were visited."""
    told = {
        "share": say.percent(found.found / max(found.n, 1)),
        "interval": say.interval(found.low, found.high),
        "found": say.number(found.found),
        "n": say.number(found.n),
        "base": say.percent(found.base),
        "among": say.number(found.among),
    }
    if question == "coming":
        return say(
            "Of the {n} most similar past families {found} were found in need within six months: "
            "{share} (95% interval {interval}); of all {among} that were visited, {base}.",
            **told,
        )
    return say(
        "Of the {n} most similar past families {found} were found in need at the next visit: "
        "{share} (95% interval {interval}); of all {among} that were visited, {base}.",
        **told,
    )


def lowering(found: list[Lowering], say: Say) -> None:
    """Changes that help could bring, what the model would say then, and who acts."""
    if not found:
        st.caption(
            say(
                "Nothing that help can change would lower the model's answer for this family. "
                "That says nothing about whether help is needed."
            )
        )
        return
    joint = say("; ")
    rows = [
        [
            joint.join(say.label(one) for one in change.told),
            f"{say.percent(change.before)} → {say.percent(change.after)}",
            _acts(change, say),
            _figures(change, say),
        ]
        for change in found
    ]
    headers = [say("If"), say("Risk"), say("Kind of help"), say("Figures changed")]
    st.html(html.table(headers, rows, nowrap=(1,)))
    st.caption(
        say(
            "What the model would answer if these figures were others, each brought to what is "
            "usual in the county, one or two kinds of help at a time. An association, not a "
            "promise: the model does not know what causes hardship. Age, sex, illness, disability "
            "and deaths are never among them."
        )
    )


def lowering_line(change: Lowering, say: Say) -> str:
    """One change in a line: what, the risk before and after, who acts."""
    return say(
        "{told}: risk {before} → {after} ({who})",
        told=say("; ").join(say.label(one) for one in change.told),
        before=say.percent(change.before),
        after=say.percent(change.after),
        who=_acts(change, say),
    )


def _acts(change: Lowering, say: Say) -> str:
    names = services.names
    return say("; ").join(
        f"{say.label(names.department(who))}{say.pick('：', ': ')}{say.label(names.need(need))}"
        for need, who in zip(change.needs, change.departments, strict=True)
    )


def _figures(change: Lowering, say: Say) -> str:
    told = [
        f"{say.label(label)} {say.label(now)} → {say.label(then)}"
        for label, now, then in change.moved[:FIGURES]
    ]
    more = len(change.moved) - FIGURES
    if more > 0:
        told.append(say("and {n} more figures", n=say.number(more)))
    return say("; ").join(told)
