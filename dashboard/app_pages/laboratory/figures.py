"""The figures of a trial in words and tables: today's rules beside the changed ones."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

import services
from dashboard.app_pages.laboratory.levers import Asked, Base
from dashboard.i18n import Say, mark
from dashboard.show import html
from services import Context
from services.laboratory import Estimates, Fitted, Side, Trial

NOTE = mark(
    "Expected finds weigh how visits came about; the share of visits on record stands beside. "
    "Cut-offs are chosen on the older months and told on the newer ones too."
)
QUESTIONS = {
    "existing": mark("in need now"),
    "coming": mark("will need soon"),
    "event": mark("fresh facts"),
}
MONTHS_A_YEAR = 12


def sentence(tried: Trial, say: Say) -> str:
    """Visits, finds and families of the changed rules against today's, in one sentence."""
    now, then = (side.report.whole for side in (tried.current, tried.draft))
    if not tried.changes:
        return say(
            "Today's rules on the past {n} months: {visits} alerts about {families} households, "
            "{found} expected to find an unmet need ({share}). Move a lever to see a difference.",
            n=len(tried.months),
            visits=say.number(now.alerts),
            families=say.number(now.distinct),
            found=say.number(round(now.questions["all"].expected)),
            share=interval(now.questions["all"].precision, say),
        )
    return say(
        "On the past {n} months: {visits} alerts instead of {visits_now}, {found} expected finds "
        "instead of {found_now} ({share} instead of {share_now}); {enter} households enter, "
        "{leave} leave.",
        n=len(tried.months),
        visits=say.number(then.alerts),
        visits_now=say.number(now.alerts),
        found=say.number(round(then.questions["all"].expected)),
        found_now=say.number(round(now.questions["all"].expected)),
        share=_share(then.questions["all"].precision, say),
        share_now=_share(now.questions["all"].precision, say),
        enter=say.number(len(tried.compared.entering)),
        leave=say.number(len(tried.compared.leaving)),
    )


def _share(one: object, say: Say) -> str:
    return "–" if one is None else say.percent(one.value)  # type: ignore[attr-defined]


def interval(one: object, say: Say) -> str:
    """'63 % (61–65)'; a dash where nothing is known."""
    if one is None:
        return "–"
    low, high = one.low, one.high  # type: ignore[attr-defined]
    return f"{_share(one, say)} ({low * 100:.0f}–{high * 100:.0f})"


Cell = Callable[[Side], str]


def rows(tried: Trial, say: Say) -> list[tuple[str, str, str]]:
    """Every figure: its name, today's value, the draft's."""
    return [
        (name, cell(tried.current), cell(tried.draft))
        for name, cell in (*_visits(say), *_finds(say), *_beyond(say))
    ]


def _visits(say: Say) -> list[tuple[str, Cell]]:
    def whole(side: Side) -> Estimates:
        return side.report.whole

    def monthly(side: Side) -> str:
        months = max(1, len(whole(side).months))
        return f"{whole(side).alerts / months:.1f}"

    return [
        (say("Alerts in these months"), lambda s: say.number(whole(s).alerts)),
        (say("Visits a month"), monthly),
        (say("Distinct households"), lambda s: say.number(whole(s).distinct)),
        (say("Repeat ratio"), lambda s: say.percent(whole(s).repeat)),
    ]


def _finds(say: Say) -> list[tuple[str, Cell]]:
    found: list[tuple[str, Cell]] = [
        (
            say("Expected confirmed needs"),
            lambda s: say.number(round(s.report.whole.questions["all"].expected)),
        ),
        (
            say("Precision, all months (95 %)"),
            lambda s: interval(s.report.whole.questions["all"].precision, say),
        ),
        (
            say("… on the months for choosing"),
            lambda s: interval(s.report.choosing.questions["all"].precision, say),
        ),
        (
            say("… on the months for reporting"),
            lambda s: interval(s.report.reporting.questions["all"].precision, say),
        ),
        (
            say("Plain share of visits on record (n)"),
            lambda s: _naive(s, say),
        ),
    ]
    for code, word in QUESTIONS.items():
        found.append(
            (
                say("Precision: {question} (alerts)", question=say(word)),
                lambda s, code=code: _of_question(s, code, say),  # type: ignore[misc]
            )
        )
    return found


def _naive(side: Side, say: Say) -> str:
    one = side.report.whole.questions["all"]
    return f"{interval(one.naive, say)} · n={say.number(one.n_naive)}"


def _of_question(side: Side, code: str, say: Say) -> str:
    one = side.report.whole.questions[code]
    return f"{interval(one.precision, say)} · {say.number(one.alerts)}"


def _beyond(say: Say) -> list[tuple[str, Cell]]:
    return [
        (say("Recall, from random visits (95 %, n)"), lambda s: _recall(s, say)),
        (say("Months from alert to need (median)"), lambda s: _lead(s, say)),
        (say("Next quarter, promised finds (90 %)"), lambda s: _promise(s, say)),
    ]


def _recall(side: Side, say: Say) -> str:
    one = side.report.whole.recall
    if one is None:
        return say("no random visit")
    return f"{interval(one.recall, say)} · n={say.number(one.n_visits)}"


def _lead(side: Side, say: Say) -> str:
    lead = side.report.whole.lead
    if lead.median is None:
        return "–"
    return (
        f"{lead.median:.1f} ({lead.quarter:.1f}–{lead.three_quarters:.1f}) · n={say.number(lead.n)}"
    )


def _promise(side: Side, say: Say) -> str:
    one = side.promise
    return f"{one.expected:.0f} ({one.low:.0f}–{one.high:.0f})"


def table(tried: Trial, say: Say) -> str:
    """Today's rules and the draft side by side, as markup."""
    headers = [say("Figure"), say("Today's rules"), say("These rules")]
    return html.table(headers, rows(tried, say), right=(1, 2), nowrap=(1, 2))


def payoff(tried: Trial, cost: float, worth: float, say: Say) -> str:
    """What visits cost and found families are worth a year, under both."""
    told = []
    for name, side in ((say("Today's rules"), tried.current), (say("These rules"), tried.draft)):
        whole = side.report.whole
        scale = MONTHS_A_YEAR / max(1, len(whole.months))
        finds = whole.questions["all"].expected * scale
        paid = services.laboratory.payoff(whole.alerts * scale, finds, cost, worth)
        each = "–" if paid.per_found is None else f"{paid.per_found:,.0f}"
        told.append(
            (
                name,
                html.text(
                    say(
                        "{balance} yuan a year ({finds} found, {each} yuan each)",
                        balance=f"{round(paid.balance, -3):,.0f}",
                        finds=f"{finds:,.0f}",
                        each=each,
                    )
                ),
            )
        )
    return html.facts(told)


def proposals(here: Context, base: Base, asked: Asked, say: Say) -> None:
    """Cut-offs that fit the capacity, a recall floor, a steady load; sought when asked for."""
    st.caption(say("Sought for these rules: the cut-off of need now, all else as the levers say."))
    if not st.button(say("Propose cut-offs"), key="lab_propose", icon=":material/search:"):
        return
    with st.spinner(say("Trying cut-offs on the past months…")):
        found = services.laboratory.proposals(here, base.number, asked.edits, asked.floor)
    told = [
        [
            say("Fits the capacity"),
            f"{found.capacity.cut_off:.2f}",
            _reached(found.capacity, say, f"{found.capacity.wanted:.0f}"),
            f"{found.capacity.choosing.value:.1f}",
            f"{found.capacity.reporting.value:.1f}" if found.capacity.reporting else "–",
            f"{found.capacity.visits:.1f}",
        ]
    ]
    if found.recall is not None:
        told.append(
            [
                say("Keeps the recall floor"),
                f"{found.recall.cut_off:.2f}",
                _reached(found.recall, say, say.percent(found.recall.wanted)),
                interval(found.recall.choosing, say),
                interval(found.recall.reporting, say),
                f"{found.recall.visits:.1f}",
            ]
        )
    headers = [
        say("Proposal"),
        say("Cut-off"),
        say("Wanted"),
        say("On the months for choosing"),
        say("On the months for reporting"),
        say("Visits a month"),
    ]
    st.html(html.table(headers, told, right=range(1, 6)))
    st.caption(
        say(
            "A steady load: the top {share} of households each month ({places} places); the "
            "cut-off behind it lay between {low} and {high}.",
            share=f"{(1 - found.steady.percentile) * 100:.2f} %",
            places=found.steady.places,
            low=f"{min(found.steady.cut_offs):.2f}",
            high=f"{max(found.steady.cut_offs):.2f}",
        )
    )
    if found.recall is None:
        st.caption(
            say("No random visit tells what alerts miss: a recall floor cannot be kept yet.")
        )


def _reached(one: Fitted, say: Say, wanted: str) -> str:
    return wanted if one.reached else say("{wanted} (no cut-off gives it)", wanted=wanted)
