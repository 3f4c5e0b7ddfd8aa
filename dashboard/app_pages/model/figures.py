"""Putting the risk model on the screen."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd
import streamlit as st

import services
from dashboard import charts
from dashboard.app_pages.model import seeking
from dashboard.i18n import Say, mark
from dashboard.show import address, drawing, html, shell
from services import Context
from services.risk_model import Registry

SCORERS = {
    "model": mark("Risk model"),
    "champion": mark("Champion so far"),
    "lightgbm": mark("LightGBM, free"),
    "lightgbm_monotone": mark("LightGBM, monotone"),
    "lightgbm_tuned": mark("LightGBM, parameters sought"),
    "logistic": mark("Logistic regression"),
    "both": mark("Model and scorecard together"),
    "scorecard": mark("Scorecard alone"),
    "income": mark("Lowest income first"),
    "oracle": mark("Oracle (best possible)"),
}
QUESTIONS = {
    "existing": mark("In need now"),
    "coming": mark("In need soon"),
}
POPULATIONS = {
    "all": mark("All watched"),
    "entry": mark("Outside every roll"),
    "return": mark("Return to poverty"),
    "new_entry": mark("First entry"),
}
# The same in every row of a question's table, or of use to nobody there: told once above it.
JUDGED = ("n_test", "prevalence", "k", "brier")
ROLES = {
    "train": mark("train"),
    "calibrate": mark("calibrate"),
    "test": mark("test"),
    "gap": mark("gap (horizon)"),
}


def scorer(name: str, say: Say) -> str:
    """A scorer's name in words."""
    return say(SCORERS[name]) if name in SCORERS else name.replace("_", " ")


def sentence(table: pd.DataFrame, content: dict[str, Any], say: Say) -> str:
    """How good the model is at visiting capacity, beside the next best."""
    own = table[table["scorer"] == "model"] if len(table) else table
    if own.empty or pd.isna(own["precision_at_k"].iloc[0]):
        return say("The last training could not be measured: too few closed months.")
    row = own.iloc[0]
    text = say(
        "Visiting the {k} households with the highest risk in the test months, the model finds "
        "need in {share} ({interval}); by chance it would be {base}.",
        k=say.number(row["k"]),
        share=say.percent(row["precision_at_k"], 1),
        interval=say.interval(row["precision_low"], row["precision_high"]),
        base=say.percent(row["prevalence"], 1),
    )
    if not pd.isna(row.get("n_seen", float("nan"))):
        text += say(" Only {n} of its picks were visited afterwards and can tell.",
                    n=say.number(row["n_seen"]))  # fmt: skip
    others = table[table["scorer"].isin(["scorecard", "logistic", "income"])]
    others = others.dropna(subset=["precision_at_k"])
    if others.empty:
        return text
    best = others.loc[others["precision_at_k"].idxmax()]
    return text + say(
        " {name} finds {share}.",
        name=scorer(str(best["scorer"]), say),
        share=say.percent(best["precision_at_k"], 1),
    )


def measured_on(content: dict[str, Any], latest: dict[str, Any], say: Say) -> str:
    """Which version and months the figures belong to, how many visits a month, and what a search
    for parameters gave."""
    months = (content.get("split") or {}).get("test") or []
    slots = content.get("slots")
    if not content.get("rows"):
        return say("Version {v}, the last one trained, was tested on no later month yet.",
                   v=latest.get("version", "–"))  # fmt: skip
    told = say("Figures of version {v}, tested on {n} later months.",
               v=content.get("version", "–"), n=say.number(len(months)))  # fmt: skip
    if slots:
        told += say(" The lane has {n} visits a month.", n=say.number(slots))
    judged = (content.get("gate") or {}).get("judged_slots")
    if judged and judged != slots:
        told += say(" Few families can be judged, so the {n} highest a month are compared.",
                    n=say.number(judged))  # fmt: skip
    if content.get("version") != latest.get("version"):
        told += say(" Version {v}, trained later, was tested on no later month yet.",
                    v=latest.get("version", "–"))  # fmt: skip
    sought = seeking.sentence(content, say)
    return f"{told} {sought}" if sought else told


def card(content: dict[str, Any], registry: Registry, say: Say) -> None:
    """The champion's card: since when, trained on what, who promoted it and why."""
    champion = registry.champion or content.get("champion") or {}
    version = champion.get("version")
    if version is None:
        st.info(
            say(
                "No version is in use yet. Promote one below or run `doudi promote VERSION "
                '--reason "…"`.'
            )
        )
    training = content.get("training") or {}
    same = version is None or str(content.get("version")) == str(version)
    pairs = [
        (say("Champion"), html.text(f"v{version}" if version else "–")),
        (say("Since"), html.text(champion.get("promoted_on") or "–")),
        (say("Promoted by"), html.text(champion.get("actor") or "–")),
        (say("Why"), html.text(champion.get("reason") or "–")),
    ]
    if same:
        pairs += [
            (say("Trained as known on"), html.text(_known(content, say))),
            (say("Rows"), say.number(training.get("n_train"))),
            (say("Features"), say.number(content.get("n_features"))),
            (say("Horizon"), html.text(_months(content.get("horizon"), say))),
        ]
    st.html(html.facts(pairs))
    if not same:
        st.caption(
            say(
                "The figures below belong to version {v}, the last one trained.",
                v=content.get("version", "–"),
            )
        )


def _months(n: int | None, say: Say) -> str:
    return "–" if n is None else say.many("{n} month", "{n} months", int(n))


def _known(content: dict[str, Any], say: Say) -> str:
    """The day whose knowledge taught the tested model, and the version in use if it is newer."""
    tested = str(content.get("as_of_trained") or "–")[:10]
    newer = content.get("refit_known_by")
    if not newer:
        return tested
    return say("{tested} for the test; {newer} for use", tested=tested, newer=str(newer)[:10])


def table(frame: pd.DataFrame, say: Say) -> str:
    """All scorers on the same rows, as markup; columns that nobody filled are left out."""
    if frame.empty:
        return html.block(html.text(say("No later visit has judged this group yet.")))
    columns = [
        (say("Scorer"), "scorer", lambda r: scorer(str(r["scorer"]), say)),
        (say("Test rows"), "n_test", lambda r: say.number(r["n_test"])),
        (say("In need"), "prevalence", lambda r: say.percent(r["prevalence"], 1)),
        (say("Visits k"), "k", lambda r: say.number(r["k"])),
        (say("of them visited"), "n_seen", lambda r: say.number(r["n_seen"])),
        (say("Precision at k"), "precision_at_k", lambda r: say.percent(r["precision_at_k"], 1)),
        (say("95% interval"), "precision_low",
         lambda r: say.interval(r["precision_low"], r["precision_high"])),
        (say("ties won or lost"), "tie_low", lambda r: _ties(r, say)),
        (say("random visits only"), "n_random", lambda r: _random(r, say)),
        (say("Recall at k"), "recall_at_k", lambda r: say.percent(r["recall_at_k"], 1)),
        (say("Average precision"), "ap", lambda r: say.number(r["ap"], 3)),
        (say("AUC"), "auc", lambda r: say.number(r["auc"], 3)),
        (say("Brier"), "brier", lambda r: say.number(r["brier"], 4)),
        (say("Calibration error"), "ece", lambda r: say.number(r["ece"], 4)),
    ]  # fmt: skip
    shared = JUDGED if "n_seen" in frame.columns or "against" in frame.columns else ()
    columns = [
        c
        for c in columns
        if c[1] in frame.columns and frame[c[1]].notna().any() and c[1] not in shared
    ]
    rows = [[told(row) for _, _, told in columns] for row in frame.to_dict("records")]
    return html.table([c[0] for c in columns], rows, right=range(1, len(columns)), nowrap=(0,))


def judged_by(frame: pd.DataFrame, say: Say) -> str:
    """What all rows of a question's table share: who judges, how many are in need, the picks."""
    if frame.empty or not {"n_seen", "against"} & set(frame.columns):
        return ""
    row = frame.dropna(subset=["prevalence"]).iloc[0]
    return say(
        "Judged by {n} households and months, {base} of them in need; each method picks {k}.",
        n=say.number(row["n_test"]),
        base=say.percent(row["prevalence"], 1),
        k=say.number(row["k"]),
    )


def of_the_best(frame: pd.DataFrame, say: Say) -> str:
    """How much of the best possible the model reaches, where the best possible is known."""
    if frame.empty:
        return ""
    at = frame.set_index("scorer")["precision_at_k"]
    if not {"model", "oracle"} <= set(at.index) or not at["oracle"]:
        return ""
    return say("The risk model reaches {share} of the best possible.",
               share=say.percent(at["model"] / at["oracle"]))  # fmt: skip


def _ties(row: dict[str, Any], say: Say) -> str:
    """The span that the order of equal scores leaves open; a dash where it leaves none."""
    low, high = row["tie_low"], row["tie_high"]
    if pd.isna(low) or pd.isna(high) or high - low < 0.0005:
        return "–"
    return f"{say.number(low * 100, 1)}–{say.number(high * 100, 1)}%"


def _random(row: dict[str, Any], say: Say) -> str:
    n = row["n_random"]
    if not n or pd.isna(n):
        return "–"
    return f"{say.percent(row['precision_random'])} (n={say.number(n)})"


def with_figures(here: Context, question: str, latest: dict[str, Any]) -> dict[str, Any]:
    """The last training where it was tested on later months, else what the champion's own was."""
    if latest.get("rows") or not question:
        return latest
    champion = services.risk_model.registry(here, question).champion
    if champion is None or str(champion["version"]) == str(latest.get("version")):
        return latest
    found = services.risk_model.measured(here, question, str(champion["version"]))
    return found if found.get("rows") else latest


def choose_table(content: dict[str, Any], names: list[str], say: Say) -> pd.DataFrame:
    """The rows of the population chosen, judged by visits or, invented counties only, by truth."""
    if not names:
        return pd.DataFrame()
    choice, against = st.columns([3, 2])
    population = choice.segmented_control(
        say("Population"),
        names,
        format_func=lambda p: say(POPULATIONS.get(p, p)),
        required=True,
        **address.bind("population", names),
    )
    truth = False
    if content.get("truth_rows"):
        truth = against.toggle(
            say("Against the sealed truth of the synthetic county"),
            **address.bind("truth", (False, True)),
        )
    if truth:
        st.html(html.block(html.tag(say("simulated truth")), " ", html.text(
            say("No bureau has these figures: the invented county's own truth judges the picks.")
        )))  # fmt: skip
    table = services.risk_model.table(content, population, truth)
    told = " ".join(t for t in (judged_by(table, say), of_the_best(table, say)) if t)
    if told:
        st.caption(told)
    return table


def labelled(table: pd.DataFrame, say: Say) -> pd.DataFrame:
    """The table with words for scorers, the model itself marked."""
    names = [scorer(s, say) for s in table["scorer"]]
    return table.assign(label=names, own=table["scorer"] == "model")


def calibration(content: dict[str, Any], say: Say) -> None:
    """Predicted against observed of the scorers that promise a probability."""
    frame = services.risk_model.calibration(content)
    if frame.empty:
        st.caption(say("Kept with the last training only; this version's run kept no curve."))
        return
    shown = frame[frame["scorer"].isin(["model", "champion", "logistic"])]
    names = {s: scorer(s, say) for s in SCORERS}
    chart = charts.calibration(shown, say, names)
    drawing.chart(chart, "model_calibration", say("Calibration: predicted and observed"), say)


def spans(content: dict[str, Any], say: Say) -> list[tuple[str, str, date, date]]:
    """The folds as (role, label, first, last), with the gap between training and later months."""
    found = services.risk_model.fold_spans(content)
    rows = [(role, say(ROLES[role]), first, last) for role, first, last in found]
    taught = [r for r in rows if r[0] == "train"]
    later = [r for r in rows if r[0] != "train"]
    if taught and later and not content.get("question"):
        start, stop = taught[-1][3] + timedelta(days=1), min(r[2] for r in later)
        if stop > start:
            rows.insert(len(taught), ("gap", say(ROLES["gap"]), start, stop - timedelta(days=1)))
    return rows


def folds_note(content: dict[str, Any], say: Say) -> str:
    """What keeps the tested months unseen."""
    if not content.get("question"):
        return say("Training ends a whole horizon before the months it is tested on.")
    return say("All that taught was known by {day}; the months that test come after it.",
               day=str(content.get("as_of_trained") or "–")[:10])  # fmt: skip


def by_category(frame: pd.DataFrame, here: Context, say: Say) -> pd.DataFrame:
    """Mean |SHAP| summed by category."""
    labels = services.names.categories(here.home, here.as_of)
    summed = frame.groupby("category", as_index=False)["mean_abs_shap"].sum()
    names = [say.label(labels.get(c, labels["X"])) for c in summed["category"]]
    return summed.assign(label=names, weight=summed["mean_abs_shap"])


def by_feature(frame: pd.DataFrame, say: Say) -> pd.DataFrame:
    """Mean |SHAP| of each feature, in words."""
    names = frame["label_zh"] if say.language == "zh" else frame["label_en"]
    return frame.assign(label=names, weight=frame["mean_abs_shap"]).drop_duplicates("label")


def influence(content: dict[str, Any], here: Context, say: Say) -> None:
    """What weighs in the version trained last: by category, and by factor."""
    weights = services.risk_model.importance(content)
    if not len(weights):
        return
    left, right = st.columns([2, 3], gap="large")
    with left, shell.section(say("Influence by category")):
        chart = charts.importance(by_category(weights, here, say), say)
        drawing.chart(chart, "model_categories", say("Influence by category"), say)
    with right, shell.section(say("Influence by factor")):
        chart = charts.importance(by_feature(weights, say), say)
        drawing.chart(chart, "model_features", say("Influence by factor"), say)


def history(registry: Registry, say: Say) -> str:
    """All promotions and rollbacks, newest first, as markup."""
    rows = [[say.day(row[0]), *row[1:]] for row in history_rows(registry.history, say)]
    return html.table(history_titles(say), rows, nowrap=(0,))


def history_titles(say: Say) -> list[str]:
    """What the columns of `history_rows` hold."""
    return [
        say("When"),
        say("Step"),
        say("Version"),
        say("Before"),
        say("Proposed by"),
        say("Approved by"),
        say("Why"),
    ]


def history_rows(history: pd.DataFrame, say: Say) -> list[list[Any]]:
    """One row a promotion or rollback, newest first: the moment, then words."""
    actions = {"promote": say("promoted"), "rollback": say("rolled back")}
    return [
        [
            china_time(str(r["at"])),
            actions.get(r["action"], r["action"]),
            f"v{r['version']}",
            _named(r["previous"], "v"),
            r["actor"],
            _named(r["second"]),
            _why(r, say),
        ]
        for r in history.to_dict("records")
    ]


def _named(value: Any, before: str = "") -> str:
    """A name or number that may be unknown (None, which a table keeps as NaN)."""
    return "–" if pd.isna(value) else f"{before}{value}"


def _why(row: dict[str, Any], say: Say) -> str:
    """The reason, and what was written against the gate where it spoke against the version."""
    if not row["forced"]:
        return str(row["reason"])
    told = say("forced") if pd.isna(row["override"]) else row["override"]
    said = say("; ").join(say.pick(one["zh"], one["en"]) for one in row["said"] or ())
    if not said:  # steps of before the gate's words were kept
        return say("{reason} (against the gate: {told})", reason=row["reason"], told=told)
    return say(
        "{reason} (the gate: {said}; against it: {told})",
        reason=row["reason"],
        said=said,
        told=told,
    )


def china_time(text: str) -> datetime:
    """A moment kept in UTC as the office's clock shows it."""
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return (moment.replace(tzinfo=None) + timedelta(hours=8)).replace(second=0, microsecond=0)
