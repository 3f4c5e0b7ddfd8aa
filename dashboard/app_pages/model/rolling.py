"""Folds: every candidate on the same starts in time, and what choosing among them costs."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

import services
from dashboard import charts
from dashboard.app_pages.model.figures import ROLES, scorer
from dashboard.i18n import Say, mark
from dashboard.show import drawing, files, html, shell
from services import Context

LEAKS = {
    "alone": mark("{feature} alone tells need from no need (AUC {auc}): it may be made from the "
                  "answer."),
    "future": mark("{feature} knows what comes after its month (AUC {auc}) far better than what "
                   "was before ({compared}): it may have been written down later."),
    "later": mark("{feature} tells the family's next finding (AUC {auc}) better than this one "
                  "({compared})."),
}  # fmt: skip
DAYS_A_MONTH = 30.44
# A share of fewer visited picks says nothing.
SEEN_FROM = 20
MEASURES = {"ap": mark("Average precision"), "precision": mark("Precision at visiting capacity")}


def section(here: Context, question: str, say: Say) -> None:
    """The kept rolling test of the question, or how to make one."""
    content = services.risk_model.rolling(here, question)
    with shell.section(say("Folds: which candidate holds over time")):
        if not content:
            st.caption(say("No rolling test of this question is kept yet. Run "
                           "`doudi evaluate --question {q}`; it takes some minutes.",
                           q=question))  # fmt: skip
            return
        if content.get("synthetic"):
            st.html(html.block(html.tag(say("synthetic county"))))
        st.html(html.answer(answer(content, say)))
        files.link(here, "folds", {"question": question}, say("Download Excel"), say,
                   named=say("Folds"))  # fmt: skip
        chart = charts.rolling_folds(spans(content, say), {k: say(v) for k, v in ROLES.items()},
                                     say)  # fmt: skip
        drawing.chart(chart, "rolling_folds", say("Folds in time"), say)
        st.caption(note(content, say))
        st.html(candidates(content, say))
        if has_lead(content):
            st.caption(lead_note(say))
        chart = charts.at_capacities(curves(content), names_of(content, say), say)
        drawing.chart(chart, "rolling_capacity", say("Precision by share visited"), say)
        st.caption(say("Drawn where at least {n} of the picks were visited afterwards.",
                       n=say.number(SEEN_FROM)))  # fmt: skip
        st.html(choices(content, say))
        st.html(leaks(content, say))


def answer(content: dict[str, Any], say: Say) -> str:
    """Who ranked best over all folds, and whether that may be luck against the reference."""
    rows = [r for r in content["rows"] if r["population"] == "all" and r.get("ap") is not None]
    rows = [r for r in rows if r["candidate"] != "oracle"]
    if not rows:
        return say("The folds hold too few findings of need to tell the candidates apart.")
    best = max(rows, key=lambda r: r["ap"])
    told = say("Over {n} folds {name} ranks best (average precision {ap}, {low} to {high}).",
               n=say.number(len(content["folds"])), name=scorer(best["candidate"], say),
               ap=say.number(best["ap"], 3), low=say.number(best["ap_low"], 3),
               high=say.number(best["ap_high"], 3))  # fmt: skip
    gap = next((d for d in content["differences"] if d["candidate"] == best["candidate"]
                and d["measure"] == "ap"), None)  # fmt: skip
    if gap is None or gap["difference_low"] is None:
        return told
    values = {"name": scorer(content["reference"], say),
              "gap": say.number(gap["difference"], 3, sign=True),
              "low": say.number(gap["difference_low"], 3, sign=True),
              "high": say.number(gap["difference_high"], 3, sign=True)}  # fmt: skip
    if gap["difference_low"] <= 0:
        return told + say(" Against {name} it is {gap} ({low} to {high}): that may be luck.",
                          **values)  # fmt: skip
    return told + say(" Against {name} it is {gap} ({low} to {high}).", **values)


def note(content: dict[str, Any], say: Say) -> str:
    """How the folds keep the tested months and households unseen."""
    parts = content["folds"][-1]["parts"]
    told = say(
        "Each fold learns only what was known when its first tested month began. Households are "
        "dealt by lot into {n} parts, and each is judged by a model that never saw a row of "
        "theirs. Visits to alerts do not judge, because they went where the model in use sent "
        "them; they count in what was promised and found.",
        n=say.number(parts),
    )
    return told + say(" Judged by {n} visits, {cases} of which found need; intervals are 95%, "
                      "households drawn anew.",
                      n=say.number(sum(f["n_judged"] for f in content["folds"])),
                      cases=say.number(sum(f["n_cases"] for f in content["folds"])))  # fmt: skip


def spans(content: dict[str, Any], say: Say) -> list[tuple[str, str, date, date]]:
    roles = (("teach", "train"), ("curve", "calibrate"), ("test", "test"))
    found = []
    for fold in content["folds"]:
        name = say("Fold {n}", n=fold["number"])
        for key, role in roles:
            days = [date.fromisoformat(day) for day in fold[key]]
            # A month is drawn from its first day to its last.
            found.append((name, role, min(days).replace(day=1), max(days)))
    return found


def _pooled(content: dict[str, Any], section: str, **wanted: Any) -> dict[str, dict[str, Any]]:
    wanted = {"fold": None, **wanted}
    return {r["candidate"]: r for r in content[section]
            if all(r.get(k) == v for k, v in wanted.items())}  # fmt: skip


def candidates(content: dict[str, Any], say: Say, seen: str = "") -> str:
    """Two tables of the candidates, all folds pooled, as markup: at capacity, and as rankings.

    `seen` heads the picks that are known: in a county these were visited, in a table of one's own
    they have a label.
    """
    ranks = _pooled(content, "rows", population="all")
    at, promised = _pooled(content, "capacity", capacity="real"), _pooled(content, "promise")
    names = [name for name in content["candidates"] if name in ranks]
    lead = has_lead(content)
    headers = [say("Scorer"), say("Visits k"), seen or say("of them visited"),
               say("Precision at k"), say("95% interval"), say("ties won or lost"),
               say("Recall at k"), say("Promised − found, points")]  # fmt: skip
    headers += [say("Lead, months")] if lead else []
    rows = [[scorer(name, say), *_capacity(at.get(name, {}), promised.get(name, {}), say),
             *([_lead(at.get(name, {}), say)] if lead else [])]
            for name in names]  # fmt: skip
    ranking = [say("Scorer"), say("Average precision"), say("AUC"), say("Brier"),
               say("Calibration slope")]  # fmt: skip
    places = [[scorer(name, say), *_ranks(ranks[name], say)] for name in names]
    between = html.block(html.text(say("How well each ranks all that can be judged:")))
    return (
        html.table(headers, rows, right=range(1, len(headers)), nowrap=(0,))
        + between
        + html.table(ranking, places, right=range(1, len(ranking)), nowrap=(0,))
    )


def _capacity(at: dict[str, Any], promised: dict[str, Any], say: Say) -> list[str]:
    low, high = at.get("tie_low"), at.get("tie_high")
    tied = low is not None and high is not None and high - low >= 0.0005
    gap = promised.get("gap")
    return [
        say.number(at.get("k")),
        say.number(at.get("n_seen")),
        say.percent(at.get("precision"), 1),
        say.interval(at.get("precision_low"), at.get("precision_high")),
        say.interval(low, high) if tied else "–",
        say.percent(at.get("recall"), 1),
        "–"
        if gap is None
        else say("{gap} ({low} to {high})", gap=say.number(gap * 100, 1, sign=True),
                 low=_points(promised.get("gap_low"), say),
                 high=_points(promised.get("gap_high"), say)),
    ]  # fmt: skip


def _ranks(rank: dict[str, Any], say: Say) -> list[str]:
    return [
        with_interval(rank, "ap", say),
        with_interval(rank, "auc", say),
        say.number(rank.get("brier"), 4),
        with_interval(rank, "slope", say, 2),
    ]


def has_lead(content: dict[str, Any]) -> bool:
    """Whether days of need are known; a table of one's own has none."""
    return any("lead_days" in row for row in content["capacity"])


def lead_months(row: dict[str, Any]) -> float | None:
    """Months from a pick to the day a visit first found need, the median of the right picks."""
    days = row.get("lead_days")
    return None if days is None else days / DAYS_A_MONTH


def _lead(row: dict[str, Any], say: Say) -> str:
    months = lead_months(row)
    if months is None:
        return "–"
    return say("{months} (n={n})", months=say.number(months, 1), n=say.number(row["n_lead"]))


def lead_note(say: Say) -> str:
    """What the lead time is, and how far it can be trusted."""
    return say(
        "Lead: months from the end of the month that picked a family to the day a visit first "
        "found its need, the median of the picks that were right; n of them. Few days are known, "
        "so small differences say nothing."
    )


def _points(value: float | None, say: Say) -> str:
    return "–" if value is None else say.number(value * 100, 0, sign=True)


def with_interval(row: dict[str, Any], name: str, say: Say, digits: int = 3) -> str:
    if row.get(name) is None:
        return "–"
    value, low, high = (
        say.number(row.get(f"{name}{end}"), digits) for end in ("", "_low", "_high")
    )
    return f"{value} ({low}–{high})"


def names_of(content: dict[str, Any], say: Say) -> dict[str, str]:
    return {name: scorer(name, say) for name in content["candidates"]}


def curves(content: dict[str, Any]) -> pd.DataFrame:
    rows = [r for r in content["capacity"] if r["fold"] is None and r["capacity"] != "real"]
    frame = pd.DataFrame(rows, columns=["candidate", "capacity", "precision", "precision_low",
                                        "precision_high", "n_seen"])  # fmt: skip
    frame = frame[frame["n_seen"] >= SEEN_FROM]
    return frame.assign(share=frame["capacity"].astype(float)).dropna(subset=["precision"])


def choices(content: dict[str, Any], say: Say) -> str:
    """What choosing by the folds before would have cost in the next one, as markup."""
    if not content["regret"]:
        return html.block(html.text(say("One fold only: nothing can be said about choosing.")))
    headers = [say("Fold"), say("Measure"), say("Best in the folds before"), say("It reached"),
               say("Best in this fold"), say("It reached"), say("Regret")]  # fmt: skip
    rows = [
        [say.number(r["fold"]), say(MEASURES[r["measure"]]), scorer(r["chosen"], say),
         say.number(r["chosen_value"], 3), scorer(r["best"], say), say.number(r["best_value"], 3),
         say.number(r["regret"], 3)]
        for r in content["regret"]
    ]  # fmt: skip
    told = html.text(say("Whoever did best in the folds before is chosen for the next: what that "
                         "choice lost there."))  # fmt: skip
    return html.block(told) + html.table(headers, rows, right=(3, 5, 6), nowrap=(0, 2, 4))


def leaks(content: dict[str, Any], say: Say) -> str:
    """Features that know too much, in words, as markup."""
    found = content["leaks"]
    seen = say("Sought among {n} rows, {m} of them with an earlier finding of the same family.",
               n=say.number(found["n"]), m=say.number(found["compared"]))  # fmt: skip
    if not found["flags"]:
        told = say("No feature alone separates, none knows the future.")
        return html.block(html.text(f"{told} {seen}" if say.language == "en" else told + seen))
    lines = [leak(flag, say) for flag in found["flags"]]
    return html.block(html.bullets(html.text(line) for line in lines), html.text(seen))


def leak(flag: dict[str, Any], say: Say) -> str:
    """What speaks against one feature, in words."""
    return say(
        LEAKS[flag["kind"]],
        feature=say.pick(flag["label_zh"], flag["label_en"]),
        auc=say.number(flag["auc"], 2),
        compared=say.number(flag["compared"], 2),
    )
