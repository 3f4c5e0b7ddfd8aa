"""Putting the risk model on the screen."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import services
from dashboard.i18n import Say, mark
from dashboard.services import Here
from dashboard.services.risk_model import Registry, RiskError
from dashboard.show import html, shell, words

SCORERS = {
    "model": mark("Risk model"),
    "champion": mark("Champion so far"),
    "scorecard": mark("Scorecard alone"),
    "logistic": mark("Logistic regression"),
    "income": mark("Lowest income first"),
    "oracle": mark("Oracle (best possible)"),
}
POPULATIONS = {
    "all": mark("All watched"),
    "entry": mark("Outside every roll"),
    "return": mark("Return to poverty"),
    "new_entry": mark("First entry"),
}
ROLES = {
    "train": mark("train"),
    "calibrate": mark("calibrate"),
    "test": mark("test"),
    "gap": mark("gap (horizon)"),
}


def scorer(name: str, say: Say) -> str:
    """A scorer's name in words."""
    return say(SCORERS[name]) if name in SCORERS else name.replace("_", " ")


def sentence(table: pd.DataFrame, say: Say) -> str:
    """How good the model is at visiting capacity, beside the next best."""
    own = table[table["scorer"] == "model"]
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
    others = table[~table["scorer"].isin(["model", "champion", "oracle"])]
    others = others.dropna(subset=["precision_at_k"])
    if others.empty:
        return text
    best = others.loc[others["precision_at_k"].idxmax()]
    return text + say(
        " {name} finds {share}.",
        name=scorer(str(best["scorer"]), say),
        share=say.percent(best["precision_at_k"], 1),
    )


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
            (say("Trained as known on"), html.text(str(content.get("as_of_trained", "–"))[:10])),
            (say("Rows"), say.number(training.get("n_train"))),
            (say("Features"), say.number(content.get("n_features"))),
            (say("Horizon"), html.text(say("{n} months", n=content.get("horizon", "–")))),
        ]
    st.html(html.facts(pairs))
    if not same:
        st.caption(
            say(
                "The figures below belong to version {v}, the last one trained.",
                v=content.get("version", "–"),
            )
        )


def table(frame: pd.DataFrame, say: Say) -> str:
    """All scorers on the same rows, as markup."""
    headers = [
        *(say("Scorer"), say("Test rows"), say("In need"), say("Visits k")),
        *(say("Precision at k"), say("95% interval"), say("Recall at k")),
        *(say("Average precision"), say("AUC"), say("Brier"), say("Calibration error")),
    ]
    rows = [
        [
            scorer(str(r["scorer"]), say),
            say.number(r["n_test"]),
            say.percent(r["prevalence"], 1),
            say.number(r["k"]),
            say.percent(r["precision_at_k"], 1),
            say.interval(r["precision_low"], r["precision_high"]),
            say.percent(r["recall_at_k"], 1),
            say.number(r["ap"], 3),
            say.number(r["auc"], 3),
            say.number(r.get("brier"), 4),
            say.number(r.get("ece"), 4),
        ]
        for r in frame.to_dict("records")
    ]
    return html.table(headers, rows, right=range(1, 11))


def spans(content: dict[str, Any], say: Say) -> list[tuple[str, str, date, date]]:
    """The folds as (role, label, first, last), with the gap between training and later months."""
    found = services.risk_model.fold_spans(content)
    rows = [(role, say(ROLES[role]), first, last) for role, first, last in found]
    taught = [r for r in rows if r[0] == "train"]
    later = [r for r in rows if r[0] != "train"]
    if taught and later:
        start, stop = taught[-1][3] + timedelta(days=1), min(r[2] for r in later)
        if stop > start:
            rows.insert(len(taught), ("gap", say(ROLES["gap"]), start, stop - timedelta(days=1)))
    return rows


def by_category(frame: pd.DataFrame, here: Here, say: Say) -> pd.DataFrame:
    """Mean |SHAP| summed by category."""
    labels = services.names.categories(here.as_of)
    summed = frame.groupby("category", as_index=False)["mean_abs_shap"].sum()
    names = [say.label(labels.get(c, labels["X"])) for c in summed["category"]]
    return summed.assign(label=names, weight=summed["mean_abs_shap"])


def by_feature(frame: pd.DataFrame, say: Say) -> pd.DataFrame:
    """Mean |SHAP| of each feature, in words."""
    names = frame["label_zh"] if say.language == "zh" else frame["label_en"]
    return frame.assign(label=names, weight=frame["mean_abs_shap"]).drop_duplicates("label")


def history(registry: Registry, say: Say) -> str:
    """All promotions and rollbacks, newest first, as markup."""
    actions = {"promote": say("promoted"), "rollback": say("rolled back")}
    rows = [
        [
            str(r["at"])[:16].replace("T", " "),
            actions.get(r["action"], r["action"]),
            f"v{r['version']}",
            f"v{r['previous']}" if r["previous"] else "–",
            r["actor"],
            r["reason"] + (f" ({say('forced')})" if r["forced"] else ""),
        ]
        for r in registry.history.to_dict("records")
    ]
    headers = [
        say("When (UTC)"),
        say("Step"),
        say("Version"),
        say("Before"),
        say("Who"),
        say("Why"),
    ]
    return html.table(headers, rows, nowrap=(0,))


def step_form(here: Here, registry: Registry, say: Say) -> None:
    """Promote the challenger or roll back, with a written reason."""
    steps = []
    if registry.challenger:
        steps.append("promote")
    if registry.previous:
        steps.append("rollback")
    if not steps:
        st.caption(say("No other version is waiting. Train one with `doudi train`."))
        return
    names = {
        "promote": say("Promote version {v}", v=registry.challenger or "–"),
        "rollback": say("Roll back to version {v}", v=registry.previous or "–"),
    }
    with st.form("model_step_form"):
        step = st.radio(say("Step"), steps, format_func=names.get, key="model_step")
        reason = st.text_input(say("Why (kept for good)"), key="model_reason", max_chars=300)
        actor, _role = shell.actor_fields("model", words.ROLES["model"], say)
        force = st.checkbox(say("Even if a check speaks against it"), key="model_force")
        go = st.form_submit_button(say("Do this step"), type="primary", key="model_go")
    if not go:
        return
    if not actor or not reason.strip():
        st.warning(say("Give your name and a reason; both are kept with the model."))
        return
    try:
        if step == "promote":
            services.risk_model.promote(here.home, str(registry.challenger), reason, actor, force)
        else:
            services.risk_model.rollback(here.home, reason, actor)
    except RiskError as refused:
        st.warning(str(refused))
        return
    shell.flash(say("Done: {action}.", action=names[step]))
    st.rerun()
