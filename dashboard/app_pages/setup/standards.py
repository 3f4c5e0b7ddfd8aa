"""Local standards at set-up: what is told so far, and the form for one document's figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import streamlit as st

import services
from core.errors import Told
from dashboard.app_pages.standards.figures import SIDES, UNITS
from dashboard.i18n import Say
from dashboard.show import html, said, words
from services import Context
from services.setup import Answers, Figure, Standing

_ADDED, _DONE = "setup_figures", "setup_figures_done"


def section(here: Context, standing: Standing, answers: Answers, say: Say) -> Answers:
    """The answers with the figures added on the page; those that stand are shown above."""
    added: list[Figure] = st.session_state.setdefault(_ADDED, [])
    entered = [
        Figure(n.name, n.side, n.since, n.value, n.document)
        for n in standing.entered
        if n.value is not None and n.region == standing.answers.code
    ]
    told = [*answers.figures, *entered, *added]
    if told:
        st.html(table(told, say))
    else:
        st.caption(say("No figure yet. Enter S, D, M, W, k and theta from their documents."))
    if standing.run:
        st.caption(
            say(
                "Months were run by these figures: they stay. A new figure holds from its date and "
                "counts from the next run on."
            )
        )
    _form(here, standing, added, say)
    return replace(answers, figures=(*answers.figures, *added))


def table(figures: Sequence[Figure], say: Say) -> str:
    """One row a standard and day, urban and rural beside each other."""
    rows: dict[tuple[str, date, str], dict[str, float]] = {}
    order = list(services.setup.NAMES)
    for one in sorted(figures, key=lambda f: (order.index(f.name), f.since)):
        rows.setdefault((one.name, one.since, one.document), {})[one.side] = one.value
    headers = [
        say("Standard"),
        say("Since"),
        say("urban"),
        say("rural"),
        say("Unit"),
        say("Document"),
    ]
    cells = [
        [
            say.label(services.standards.words(name)),
            f"{since:%Y-%m-%d}",
            _value(sides.get("urban")),
            _value(sides.get("rural")),
            say(UNITS[services.setup.NAMES[name][0]]),
            document,
        ]
        for (name, since, document), sides in rows.items()
    ]
    return html.table(headers, cells, right=(2, 3), nowrap=(1, 2, 3))


def _value(amount: float | None) -> str:
    return "–" if amount is None else f"{amount:g}" if amount < 100 else f"{amount:,.0f}"


def _form(here: Context, standing: Standing, added: list[Figure], say: Say) -> None:
    """One standard on both sides, from one document."""
    if st.session_state.pop(_DONE, False):
        st.session_state.update({"setup_urban": None, "setup_rural": None})
    with st.form("setup_figure_form"):
        first, second, third, fourth = st.columns(4)
        name = first.selectbox(
            say("Standard"),
            list(services.setup.NAMES),
            format_func=lambda n: say.label(services.standards.words(n)),
            key="setup_standard",
        )
        values = {
            "urban": second.number_input(say(SIDES["urban"]), value=None, key="setup_urban"),
            "rural": third.number_input(say(SIDES["rural"]), value=None, key="setup_rural"),
        }
        since = fourth.date_input(
            say("Holds from"), value=None, key="setup_since", format=words.DAY
        )
        document = first.text_input(say("Document number"), key="setup_number", max_chars=120)
        dated = second.date_input(
            say("Date of the document"), value=None, key="setup_dated", format=words.DAY
        )
        link = third.text_input(say("Link to its text (may be empty)"), key="setup_link")
        go = st.form_submit_button(say("Add this standard"), key="setup_add")
    if not go:
        return
    if since is None:
        st.warning(say("Say from which day it holds."))
        return
    figures = [
        Figure(name, side, since, float(value), document, dated, link.strip())
        for side, value in values.items()
        if value is not None
    ]
    _take(here, standing, added, figures, say)


def _take(
    here: Context, standing: Standing, added: list[Figure], figures: list[Figure], say: Say
) -> None:
    """Check new figures by the set-up's own rules; keep them for saving, or enter them at once."""
    if not figures:
        st.warning(say("Type the value first."))
        return
    code = standing.answers.code
    wrong = services.setup.figure_problems([*added, *figures], code)
    if wrong:
        for one in wrong:
            st.warning(say.label(one))
        return
    if standing.run:
        try:
            services.setup.enter(here, figures)
        except Told as refused:
            st.warning(refused.text(say.language))
            return
        said.keep("setup", say("Entered. Months that were run keep their figures."))
    else:
        added += figures
    st.session_state[_DONE] = True
    st.rerun()
