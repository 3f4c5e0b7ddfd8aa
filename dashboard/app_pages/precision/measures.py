"""The measures side by side, the days of each step, where false alarms lead, the worked example."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

import services
from dashboard.app_pages.precision import trust
from dashboard.app_pages.supervision import figures as supervision
from dashboard.i18n import Say
from dashboard.show import address, html, words
from services import Context
from services.names import Kind

# Causes that lead back to the data; the rule's own leads to its indicator.
OF_THE_DATA = ("data_wrong", "same_name", "stale")
OF_THE_RULE = "rule_too_wide"


def side_by_side(here: Context, say: Say) -> None:
    """Every measure with its words, the steady state and the warm-up apart."""
    whole = services.trust.side_by_side(here)
    phases = {name: _phase(here, name) for name in ("steady", "warm_up")}
    st.html(table(whole, phases, say))
    st.caption(
        say(
            "Alerts about need now, facts and reports, raised in the twelve months; the audit "
            "sample and the alerts about need soon stand apart. In brackets the 95% interval; "
            "behind it the counts."
        )
    )


def _phase(here: Context, name: str) -> pd.DataFrame | None:
    found = services.trust.side_by_side(here, name)
    return found if int(found["n"].max()) else None


def table(whole: pd.DataFrame, phases: dict[str, pd.DataFrame | None], say: Say) -> str:
    """One row for each measure as markup: what it divides, its values, what it says."""
    by_code = {
        name: {} if found is None else {r["measure"]: r for r in found.to_dict("records")}
        for name, found in {"whole": whole, **phases}.items()
    }
    rows = []
    for one in services.trust.MEASURES:
        values = [value(by_code[name].get(one.code), say) for name in ("whole", *phases)]
        name = html.text(say.label(one))
        strict = f"<b>{name}</b>" if one.code == "verified" else name
        rows.append(
            [strict, *map(html.text, values), html.text(say.pick(one.says_zh, one.says_en))]
        )
    headers = [say("Measure"), say("Twelve months"), say("Steady state"), say("Warm-up"),
               say("What it says")]  # fmt: skip
    return html.table(headers, rows, raw=range(5), nowrap=(0,))


def value(row: dict[str, Any] | None, say: Say) -> str:
    """A measure such as 58% (56–61%), 836 of 1,440; acts per alert as a number without interval."""
    if row is None or not row["n"]:
        return "–"
    hits, n = say.number(row["hits"]), say.number(row["n"])
    few = "*" if row["small"] else ""
    if row["measure"] == "acts_per_alert":
        told = say("{hits} acts, {n} alerts", hits=hits, n=n)
        return f"{say.number(row['share'], 2)}{few} · {told}"
    counts = say("{hits} of {n}", hits=hits, n=n)
    share = f"{say.percent(row['share'])}{few} ({say.interval(row['low'], row['high'])})"
    return f"{share} · {counts}"


def months(here: Context, denominator: str, say: Say) -> None:
    """Both questions month by month, with their phase."""
    found = services.trust.by_month(here, denominator)
    rows = [
        [
            r["group"],
            say(trust.QUESTIONS[r["question"]]),
            say("warm-up") if r["phase"] == "warm_up" else say("steady state"),
            say.number(r["n_alerts"]),
            say.number(r["n"]),
            say.number(r["confirmed_of_n"]),
            say.percent(r["precision"]) + ("*" if r["small"] and r["n"] else ""),
            say.interval(r["low"], r["high"]),
            say.percent(r["unverified_share"]),
        ]
        for r in found.to_dict("records")
    ]
    counts = [say("Alerts"), "n", say("Confirmed"), say("Precision"), say("95% interval")]
    headers = [say("Month"), say("Question"), say("Phase"), *counts, say("Not verified")]
    whole = (0, 1, 2) if say.language == "zh" else (0,)  # whole English words take too much room
    with st.expander(say("Every month of both questions")):
        st.html(html.table(headers, rows, right=range(3, 9), nowrap=whole))
        st.caption(say("An asterisk: fewer than 10 cases. Months of need soon younger than six "
                       "are left out."))  # fmt: skip


def steps(here: Context, say: Say) -> None:
    """Working days to each step, twelve months."""
    rows = [
        [
            say(supervision.STEPS[r["step"]]),
            say.number(r["n"]),
            say.number(r["mean"], 1),
            say.number(r["median"], 1),
            say.number(r["late"]),
        ]
        for r in services.trust.step_days(here).to_dict("records")
    ]
    if not rows:
        st.caption(say("No step was done in these twelve months."))
        return
    headers = [say("Step"), "n", say("mean"), say("median"), say("past due")]
    st.html(html.table(headers, rows, right=range(1, 5), nowrap=(0,)))
    st.caption(say("Working days, by the clock that each deadline runs by."))


def lead_back(here: Context, say: Say) -> None:
    """Where the causes of false alarms lead: to the data's tickets and to the rules' cards."""
    causes = services.trust.why_false(here)
    counts = dict(zip(causes["group"], causes["n"].astype(int), strict=True))
    of_data = sum(counts.get(cause, 0) for cause in OF_THE_DATA)
    if of_data and services.deliveries.may_see_feeds(here):
        _data(here, of_data, say)
    if counts.get(OF_THE_RULE):
        told = say(
            "Rule too wide: {n}. Each is shown on the card of its indicator.",
            n=say.number(counts[OF_THE_RULE]),
        )
        st.caption(told)
        there = address.to("indicators")
        address.link(there, say("Open the report cards"), "precision_cards")


def _data(here: Context, n: int, say: Say) -> None:
    feeds = services.corrections.by_feed(services.corrections.tickets(here))
    told = say(", ").join(
        f"{say.label(services.names.feed(f))} {say.number(o)}"
        for f, o in zip(feeds["feed"], feeds["open"], strict=True)
        if o and f
    )
    causes = say(", ").join(words.label(Kind.CAUSE, cause, say) for cause in OF_THE_DATA)
    st.caption(
        say(
            "Of these, {n} lie in the data ({causes}): each fact that a feed told opens a "
            "correction ticket. Open tickets: {feeds}.",
            n=say.number(n),
            causes=causes,
            feeds=told or say("none"),
        )
    )
    address.link(address.to("data"), say("Open the tickets"), "precision_tickets")


def example(here: Context, say: Say) -> None:
    """404 of 687: what the published figure counts, and what it does not say."""
    found = services.trust.side_by_side(here)
    acts = found[found["measure"] == "acts_per_alert"].iloc[0].to_dict()
    reference = services.trust.reference()
    lines = [
        say(
            "Published for Xiaochang: {alerts} alerts in two batches, {acts} acts of help = 117 "
            "education + 111 medical + 63 jobs + 99 emergency + 14 charity, told as {share}.",
            alerts=say.number(reference.n),
            acts=say.number(reference.successes),
            share=say.percent(reference.precision),
        ),
        say(
            "What it says: how much help followed, for each alert. It is of the kind of our last "
            "measure, acts of help ÷ raised, which here is {acts}.",
            acts=value(acts, say),
        ),
        say(
            "What it does not say: how many alerts were visited, how many families the 404 acts "
            "reached (one family can receive several), whether the need was unmet before, how many "
            "alerts were false, and how many families in need raised no alert."
        ),
        say(
            "So it has no n of visited alerts and no interval that would mean anything for a hit "
            "rate. The dashed line above shows it for orientation only; 59% of ours beside it "
            "would not mean the same."
        ),
    ]
    st.html(html.bullets(lines))
