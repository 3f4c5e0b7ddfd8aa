"""The form: what a training learns from and is compared with, as this county allows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

import services
from core.errors import Told
from dashboard.app_pages.training import words
from dashboard.i18n import Say, mark
from dashboard.show import html, said
from services import Context
from services.training import CANDIDATES, POPULATIONS, Choices, TrainingConfig

SPANS = {
    "usual": mark("As usual: a year before the newest month"),
    "known_by": mark("Known by a month"),
    "months": mark("From a month to a month"),
}
NO_LIMIT = 0


def section(here: Context, choices: Choices, say: Say) -> None:
    """The fields, a file in their place, the time it will take, and the start."""
    file = st.file_uploader(
        say("Or a configuration file (YAML), instead of the fields"),
        type=["yaml", "yml"],
        key="training_file",
        max_upload_size=1,
    )
    try:
        if file is not None:
            config = services.training.read_config(file.getvalue().decode("utf-8", "replace"))
            st.code(config.as_yaml(), language="yaml")
        else:
            config = services.training.parse(_fields(here, choices, say))
    except Told as refused:
        st.warning(refused.text(say.language))
        return
    _start(here, config, say)


def _fields(here: Context, choices: Choices, say: Say) -> Mapping[str, Any]:
    """What the fields say, as the plain values of a configuration."""
    left, right = st.columns(2, gap="large")
    with left:
        asked = _months(choices, say) | _what(choices, say)
    with right:
        asked |= _learners(say) | {"features": _features(here, choices, say)}
    return asked


def _months(choices: Choices, say: Say) -> dict[str, Any]:
    span = st.radio(
        say("What teaches"), list(SPANS), format_func=lambda s: say(SPANS[s]), key="training_span"
    )
    names = [f"{month:%Y-%m}" for month in choices.months]
    usual = f"{choices.usual:%Y-%m}"
    if span == "usual":
        st.caption(say("All that was known by {month}; later months test.", month=usual))
        return {}
    if span == "known_by":
        at = names.index(usual) if usual in names else 0
        day = st.selectbox(say("Known by"), names, index=at, key="training_known_by")
        return {"known_by": day}
    first, last = st.columns(2)
    begin = first.selectbox(say("First month"), names[::-1], key="training_from")
    end = last.selectbox(say("To"), names, index=min(15, len(names) - 1), key="training_to")
    return {"months": {"from": begin, "to": end}}


def _what(choices: Choices, say: Say) -> dict[str, Any]:
    questions = st.multiselect(
        say("Questions"),
        list(words.QUESTIONS),
        default=list(words.QUESTIONS),
        format_func=lambda q: words.question(q, say),
        key="training_questions",
        placeholder=say("choose"),
    )
    asked: dict[str, Any] = {"questions": questions}
    if "coming" in questions:
        horizon = st.number_input(
            say("Horizon in months (the county's is {n})", n=choices.horizon),
            1, 12, choices.horizon, key="training_horizon",
        )  # fmt: skip
        if horizon != choices.horizon:
            asked["horizon"] = int(horizon)
    asked["populations"] = st.multiselect(
        say("Households to learn from"),
        POPULATIONS,
        default=POPULATIONS,
        format_func=lambda p: words.population(p, say),
        key="training_populations",
        placeholder=say("choose"),
        help=say("All households are measured afterwards, whichever teach."),
    )
    return asked


def _learners(say: Say) -> dict[str, Any]:
    candidates = st.pills(
        say("Candidates"),
        CANDIDATES,
        selection_mode="multi",
        default=CANDIDATES,
        format_func=lambda c: words.candidate(c, say),
        key="training_candidates",
        help=say("Without logistic regression to compare with, the gate refuses a version."),
    )
    left, middle = st.columns(2)
    minutes = left.number_input(
        say("Time limit in minutes (0: none)"), 0, 1440, NO_LIMIT, key="training_minutes"
    )
    seed = middle.number_input(say("Seed"), 0, 1_000_000, 11, key="training_seed")
    sought = st.number_input(
        say("Minutes for seeking parameters (0: the usual ones)"), 0, 600, 0,
        key="training_tuning",
        help=say("Optuna tries others among the months that teach, over all questions; what it "
                 "found is used only if clearly better there. Months that test are never seen."),
    )  # fmt: skip
    refit = st.toggle(
        say("After the test learn once more, from all that is known by now"),
        value=True,
        key="training_refit",
    )
    asked = {"candidates": candidates, "refit": refit, "seed": int(seed)}
    asked |= {"minutes": float(minutes)} if minutes else {}
    return asked | ({"tuning": {"minutes": float(sought)}} if sought else {})


def _features(here: Context, choices: Choices, say: Say) -> dict[str, Any]:
    def named(name: str) -> str:
        card = choices.features[name]
        return f"{say.pick(card.zh, card.en)} · {name}"

    categories = st.pills(
        say("Features by category"),
        list(choices.categories),
        selection_mode="multi",
        default=list(choices.categories),
        format_func=lambda c: words.category(here, c, choices.categories[c], say),
        key="training_categories",
    )
    outside = [n for n, c in choices.features.items() if (c.category or "X") not in categories]
    inside = [n for n in choices.features if n not in set(outside)]
    exclude = st.multiselect(
        say("Leave out (type to search)"),
        inside,
        format_func=named,
        key="training_exclude",
        placeholder=say("choose"),
    )
    include = []
    if outside:
        include = st.multiselect(
            say("Take all the same (type to search)"), outside, format_func=named,
            key="training_include", placeholder=say("choose"),
        )  # fmt: skip
    count = len(inside) - len(exclude) + len(include)
    st.caption(say("{n} features may be learned from.", n=say.number(count)))
    return {"categories": categories, "include": include, "exclude": exclude}


def _start(here: Context, config: TrainingConfig, say: Say) -> None:
    st.html(html.block(html.text(_takes(here, config, say))))
    if st.button(say("Start the training"), key="training_start", type="primary"):
        said.attempt(
            "training",
            lambda: services.training.ask(here, config),
            say("The training is in the queue; its progress stands above."),
        )


def _takes(here: Context, config: TrainingConfig, say: Say) -> str:
    known = services.training.estimate(here)
    if known is None:
        return say("How long it takes is not known yet: no training was measured here.")
    seconds, n = known
    told = say(
        "It will take about {time}: the median of {n} trainings here, times {questions} "
        "question(s).",
        time=words.lasting(seconds * len(config.questions), say),
        n=n,
        questions=len(config.questions),
    )
    if not config.tuning:
        return told
    more = words.lasting(60 * config.tuning.minutes, say)
    return told + say(" Seeking parameters adds up to {time}.", time=more)
