"""Putting precision on the screen: never a share without denominator, n, interval, unverified."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

import services
from dashboard import charts
from dashboard.i18n import Say, mark
from dashboard.show import drawing, html, words
from services import Context
from services.trust import Coming, Overall

DENOMINATORS = {
    "concluded": mark("verified alerts"),
    "visited": mark("visited alerts"),
    "closed": mark("closed alerts"),
    "dispatched": mark("dispatched alerts"),
    "raised": mark("alerts raised"),
}
MEANINGS = {
    "closed": mark(
        "Closed: finished cases, and those under watch after a finding. A confirmed case closes "
        "only when its help is done, so the newest months start low and rise."
    ),
    "concluded": mark(
        "Verified: the visit settled what is true; no contact and refusals are left out."
    ),
    "visited": mark(
        "Visited: every alert with a result, also that nobody was met or the family refused."
    ),
    "dispatched": mark("Dispatched: every alert that went to a worker, visited or not yet."),
    "raised": mark("Raised: every alert, also those nobody has looked at yet."),
}
QUESTIONS = {
    "existing": mark("In need now, with sudden facts"),
    "coming": mark("In need soon"),
}
GROUPS = {
    "question": mark("By question"),
    "source": mark("By source"),
    "band": mark("By band"),
    "handling": mark("By handling class"),
    "indicator": mark("By rule that fired"),
    "need": mark("By need"),
    "department": mark("By department"),
    "township": mark("By township"),
    "population": mark("Return to poverty and first entry"),
}
# What a later record proves says nothing of one need, rule or department; all come from the model.
OF_COMING = ("question", "handling", "band", "township", "population")


def groups(question: str) -> dict[str, str]:
    """Groupings that make sense for a question, with their titles."""
    return {by: t for by, t in GROUPS.items() if question == "existing" or by in OF_COMING}


def sentence(found: Overall, denominator: str, say: Say) -> str:
    """The page's answer with everything that must travel with it; `found` names its months."""
    name, months = say(DENOMINATORS[denominator]), span(found.months)
    if found.share is None:
        return say(
            "{months}: none of the {alerts} alerts counts among the {name} yet; {unverified} are "
            "not verified.",
            months=months,
            alerts=say.number(found.alerts),
            name=name,
            unverified=say.percent(found.unverified),
        )
    told = say.may_tell(found.confirmed, found.n)
    return say(
        "{months}: of {n} {name}, {confirmed} had an unmet need confirmed: precision {share} "
        "({interval}, 95% interval). Of all {alerts} alerts {unverified} are not verified; true "
        "but already covered, which does not count: {covered}.",
        months=months,
        n=say.number(found.n),
        name=name,
        confirmed=say.number(found.confirmed),
        share=say.percent(found.share if told else None),
        interval=say.interval(found.low, found.high) if told else say.percent(None),
        alerts=say.number(found.alerts),
        unverified=say.percent(found.unverified),
        covered=say.number(found.covered),
    )


def coming_sentence(found: Coming, say: Say) -> str:
    """The answer about the coming: only alerts whose six months have passed can be judged."""
    waiting = say(
        "Younger alerts still waiting for their six months: {n} (already come true: {hits}).",
        n=say.number(found.waiting),
        hits=say.number(found.waiting_true),
    )
    if not found.alerts:
        return say("No alert about need soon is six months old yet.") + " " + waiting
    known = say.may_tell(found.came_true, found.alerts)
    told = say(
        "Alerts about need soon that are at least six months old: {n}; followed by a need within "
        "six months: {hits}, that is {share} ({interval}, 95% interval).",
        n=say.number(found.alerts),
        hits=say.number(found.came_true),
        share=say.percent(found.came_true / found.alerts if known else None),
        interval=say.interval(found.low, found.high) if known else say.percent(None),
    )
    return f"{told} {waiting}"


def lead_sentence(found: Coming, say: Say) -> str:
    """Median lead time with its n."""
    if not found.n_lead:
        return say("No need is on record after these alerts yet, so there is no lead time.")
    return say(
        "Median of the months from alert to the first recorded need: {months} (n={n}). A need "
        "found at the visit itself counts too; then the lead is short.",
        months=say.number(found.median, 1),
        n=say.number(found.n_lead),
    )


def span(months: Sequence[str]) -> str:
    """First and last month, once when they are the same."""
    if not months:
        return "–"
    return months[0] if len(months) == 1 else f"{months[0]} – {months[-1]}"


def headline(here: Context, denominator: str, question: str) -> Overall:
    """The steady state where there is one, else all twelve months."""
    steady = _phase(here, denominator, question, "steady")
    if steady is not None and steady.n:
        return steady
    return services.trust.overall(here, denominator, question)


def _phase(here: Context, denominator: str, question: str, phase: str) -> Overall | None:
    try:
        return services.trust.overall(here, denominator, question, phase)
    except services.NothingYet:
        return None


def beside(here: Context, denominator: str, found: Overall, say: Say) -> None:
    """Warm-up and audit sample, which the headline leaves out; `found` is the headline."""
    warm = _phase(here, denominator, "existing", "warm_up")
    drawn = services.trust.audit(here) if services.cases.may_sight(here) else None
    pairs, early = [], set(services.trust.warm_up(here))
    if early >= set(found.months) or warm is None or not warm.n:
        warm = None
    if early & set(found.months):
        st.caption(say("No steady state yet: these months hold the warm-up, which harvests a "
                       "backlog."))  # fmt: skip
    if warm is not None:
        pairs.append((say("Warm-up months {months}, apart", months=span(warm.months)),
                      html.text(figures(warm, say))))  # fmt: skip
    if drawn is not None and drawn.n:
        label = say("Audit sample, drawn at random, apart")
        pairs.append((label, html.text(figures(drawn, say))))
    if pairs:
        st.html(html.facts(pairs))


def figures(found: Overall, say: Say) -> str:
    """A share with interval and counts, such as 41% (35–47%), 120 of 290."""
    return say(
        "{share} ({interval}), {hits} of {n}",
        share=say.percent(found.share),
        interval=say.interval(found.low, found.high),
        hits=say.number(found.confirmed),
        n=say.number(found.n),
    )


def grouped(here: Context, by: str, denominator: str, question: str, say: Say) -> pd.DataFrame:
    """Precision by one grouping with labels in the reader's language."""
    frame = services.trust.grouped(here, by, denominator, question)
    named = frame["label_zh"] if say.language == "zh" else frame["label_en"]
    labels = (
        [words.place(here, g, say) for g in frame["group"]] if by == "township" else list(named)
    )
    if by == "indicator":
        labels = [f"{g} {n}" for g, n in zip(frame["group"], named, strict=True)]
    return frame.assign(label=labels)


def monthly(here: Context, denominator: str, question: str) -> pd.DataFrame:
    """Precision by month of raising."""
    frame = services.trust.grouped(here, "month", denominator, question)
    return frame.rename(columns={"group": "month"})


def by_month(here: Context, denominator: str, question: str, say: Say) -> None:
    """The trend with its warm-up shaded; the published figure stands beside alerts of now only."""
    frame = monthly(here, denominator, question)
    if frame.empty:
        st.caption(say("No alert about need soon is six months old yet."))
        return
    if frame["precision"].isna().all():
        st.caption(nothing_settled(say))
        return
    line = None
    if question == "existing":
        found = services.trust.reference()
        label = say("Xiaochang {share}, see below", share=say.percent(found.precision))
        line = (found.precision, label)
    warm = services.trust.warm_up(here)
    chart = charts.trend(frame, say, line, warm)
    drawing.chart(chart, "precision_trend", say("By month of the alert"), say)
    st.caption(
        reference_note(say)
        if question == "existing"
        else say("Months younger than six are left out: only early hits could be told of them.")
    )


def nothing_settled(say: Say) -> str:
    """Why there is no share to draw although alerts were raised."""
    return say(
        "No alert of these months counts under this denominator yet: shares appear when visits "
        "have settled what is true. Choose a wider area, a later month or another denominator."
    )


def show_causes(here: Context, say: Say) -> None:
    """Why alerts were false, on the page."""
    frame = why_false(here, say)
    if frame.empty:
        st.caption(say("No false alarm was recorded in these twelve months."))
        return
    chart = charts.causes(frame, say)
    drawing.chart(chart, "precision_causes", say("Why alerts were false"), say)


def why_false(here: Context, say: Say) -> pd.DataFrame:
    """Causes of false alarms in words."""
    frame = services.trust.why_false(here)
    kind = services.names.Kind.CAUSE
    return frame.assign(label=[words.label(kind, g, say) for g in frame["group"]])


def reference_label(say: Say) -> str:
    """The published figure in a few words for the chart."""
    found = services.trust.reference()
    low, high = found.interval
    return say(
        "Xiaochang {hits}/{n} = {share} ({interval}), other denominator",
        hits=found.successes,
        n=found.n,
        share=say.percent(found.precision),
        interval=say.interval(low, high),
    )


def reference_note(say: Say) -> str:
    """Why the published figure is a line to look at and not a target."""
    return say(
        "{label}. It divides acts of help by alerts, and one family can receive several acts: not "
        "the same measure as ours.",
        label=reference_label(say),
    )


def table(frame: pd.DataFrame, first: str, say: Say) -> str:
    """The figures behind a chart, as markup; cells with few cases are grey."""
    rows = []
    for row in frame.to_dict("records"):
        grey = "<span class='q'>{}</span>" if row["small"] else "{}"
        cells = [
            html.text(row["label"]),
            say.number(row["n_alerts"]),
            say.number(row["n"]),
            say.number(row["confirmed_of_n"]),
            say.percent(row["precision"], 1),
            say.interval(row["low"], row["high"]),
            say.percent(row["unverified_share"]),
        ]
        rows.append([grey.format(cell) for cell in cells])
    headers = [first, say("Alerts"), "n", say("Confirmed"), say("Precision"),
               say("95% interval"), say("Not verified")]  # fmt: skip
    return html.table(headers, rows, right=range(1, 7), raw=range(7))
