"""The explanations of a version in words: the answer, what it was made of, the table."""

from __future__ import annotations

from typing import Any

import pandas as pd

import services
from dashboard.i18n import Say, mark
from dashboard.show import html
from services import Context

Overview = Any  # models.risk.explaining.overview.Overview, as the use case hands it out
QUESTIONS = {
    "existing": mark("In need now"),
    "coming": mark("In need soon"),
    "": mark("In need within the horizon"),
}
DIRECTIONS = {
    1: mark("▲ more raises it"),
    -1: mark("▼ more lowers it"),
    0: mark("both ways"),
}
HOW_TO_READ = mark(
    "Every point is a household; of those explained, up to 200 are drawn. Right of the line the "
    "feature raised its risk, left it lowered it; the colour says whether the value was low or "
    "high among the households, a hollow point that it is not known. At the right: the mean effect "
    "either way. The model weighs; it does not say what caused the hardship."
)


def labelled(weights: pd.DataFrame, say: Say) -> pd.DataFrame:
    """The weights with each feature's name as `label`."""
    labels = [say.pick(r["label_zh"], r["label_en"]) for r in weights.to_dict("records")]
    return weights.assign(label=labels)


def sentence(found: Overview, say: Say) -> str:
    """What the version weighs most, and whether the reasons of alerts hold."""
    top = labelled(found.weights.head(3), say).to_dict("records")
    named = say(", ").join(
        say("{name} ({direction})", name=r["label"], direction=say(DIRECTIONS[r["direction"]]))
        for r in top
    )
    told = say("Version {version} weighs most: {named}.", version=found.version, named=named)
    return told + (held(found, say) if found.stability is not None else "")


def held(found: Overview, say: Say) -> str:
    """The share of the strongest reasons that stays, with its interval and n."""
    one = found.stability
    message = {
        "alerts": mark(
            " When every amount is changed by up to {shake}, {share} of the three strongest "
            "reasons of an alert stay (95% interval {low}–{high}, n={n} alerts)."
        ),
        "highest": mark(
            " When every amount is changed by up to {shake}, {share} of the three strongest "
            "reasons stay (95% interval {low}–{high}, n={n} households with the highest risk; no "
            "alert of this month was explained)."
        ),
    }[one.of]
    return say(
        message,
        shake=say.percent(one.shake),
        share=say.percent(one.mean, 1),
        low=say.percent(one.low, 1),
        high=say.percent(one.high, 1),
        n=say.number(one.n),
    )


def made_of(found: Overview, say: Say) -> str:
    """Of which households, drawn how, and that the parts add up."""
    return say(
        "{sample} of the {households} watched households of {month}, drawn with seed {seed}; SHAP "
        "values, averaged over the boosters. Starting point and effects add up to the model's "
        "answer for each household (largest difference {gap}).",
        sample=say.number(found.sample),
        households=say.number(found.households),
        month=found.as_of[:7],
        seed=found.seed,
        gap=f"{found.gap:.0e}",
    )


def table(here: Context, found: Overview, say: Say) -> str:
    """The strongest features with their figures, as markup."""
    labels = services.names.categories(here.home, here.as_of)
    rows = labelled(found.weights, say)
    names = dict(zip(rows["feature"], rows["label"], strict=True))
    told = [
        [
            r["label"],
            say.label(labels.get(r["category"], labels["X"])),
            say.number(r["weight"], 3),
            say(DIRECTIONS[r["direction"]]),
            say.percent(r["unknown"]),
            names.get(r["partner"]) or feature(here, r["partner"], say),
        ]
        for r in rows.to_dict("records")
    ]
    headers = [say("Feature"), say("Category"), say("Mean effect (log-odds)"), say("Direction"),
               say("Unknown"), say("Acts most with")]  # fmt: skip
    return html.table(headers, told, right=(2, 4), nowrap=(3,))


def feature(here: Context, name: str | None, say: Say) -> str:
    """A feature's name in words; a dash for none."""
    return say.label(services.names.feature(name)) if name else "–"
