"""What the monthly bulletin says: one page, from the same reads as the overview.

The content is made here once; `bulletin_pdf` and `bulletin_word` only put it on paper.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import streamlit as st

import services
from alerts.precision import SMALL
from core.home import add_months
from dashboard.app_pages.overview import figures as overview
from dashboard.app_pages.overview import places
from dashboard.app_pages.overview.public import PublicSay
from dashboard.app_pages.precision import trust
from dashboard.i18n import Say, mark
from dashboard.show import cover, files, words
from services import Context, NothingYet
from services.names import Kind
from services.overview import Headline
from services.trust import Overall

_TITLE = mark("Monthly bulletin on low-income households, {month}")
_PUBLIC_TITLE = mark("Low-income households, {month}: figures for the public")
# What one page holds; what is cut is counted.
OLDEST, DEPARTMENTS, FEEDS = 5, 8, 7


@dataclass(frozen=True)
class Table:
    """Headers and cells in words; `words` are the columns that hold no numbers; `widths` shares.

    A row of one cell heads the rows below it.
    """

    headers: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[float]
    words: Sequence[int] = (0,)


@dataclass(frozen=True)
class Part:
    """One part under its heading: sentences, then perhaps a table, then perhaps a note."""

    title: str
    lines: Sequence[str] = ()
    table: Table | None = None
    note: str = ""


@dataclass(frozen=True)
class Bulletin:
    """The page from top to bottom: rows of columns side by side, each with its parts."""

    title: str
    place: str
    mark: str
    made: str
    lead: str
    rows: Sequence[Sequence[Sequence[Part]]] = field(default_factory=list)
    foot: str = ""
    language: str = "zh"


def bulletin(here: Context, say: Say, public: bool = False) -> Bulletin:
    """The bulletin of the month and area. Raises NothingYet when the month has no figures.

    `public`: for readers outside the house; no count that could name a family, and no single case.
    """
    say = PublicSay(say.language) if public else say
    head = services.overview.headline(here)
    last = _last_month(here)
    waited = _or_empty(_waiting, say("What waited, and why"), here, say)
    feeds = []
    if services.deliveries.may_see_feeds(here):
        feeds.append(_or_empty(_feeds, say("Feeds late or missing"), here, say))
    needs = _or_empty(_needs, say("Needs by department, twelve months"), here, say)
    late = _or_empty(_late, say("Overdue"), here, say, head, public)
    question = say("Precision: {question}", question=say(trust.QUESTIONS["existing"]))
    rows = [
        [[_figures(head, last, say)], [_or_empty(_precision, question, here, say)]],
        [[_groups(here, head, last, say)]],
        [[needs, waited], [late, *feeds]],
    ]
    month = say.month(here.as_of)
    return Bulletin(
        (say(_PUBLIC_TITLE) if public else say(_TITLE)).format(month=month),
        f"{cover.county(here, say)} · {cover.area(here, say)} · {cover.standing(here, say)}",
        cover.mark(here),
        say("Made {when}", when=cover.made(say)),
        overview.sentence(head, say),
        rows,
        foot(public, say),
        say.language,
    )


def foot(public: bool, say: Say) -> str:
    """What stands at the foot of a bulletin: how its figures are to be read."""
    told = say(
        "Rates with denominator, 95% interval and n; a dash is unknown, never zero. An "
        "asterisk: fewer than 10 cases, a hint only. Doudi decides about nobody: people do."
    )
    if not public:
        return told
    return say(
        "For readers outside the bureau: counts of 1 to 7 are written <8, others to the nearest "
        "5, so that no family can be told, nor from two months. A dash is unknown or not told."
    )


def downloads(here: Context, head: Headline, say: Say) -> None:
    """The bulletin as PDF and for Word, made when clicked; words where there is nothing to tell."""
    if head.open is None:
        st.caption(say("The monthly bulletin comes with the first alerts: none was raised yet."))
        return
    offered = (
        ("pdf", False, say("Bulletin, PDF")),
        ("docx", False, say("Bulletin, Word")),
        ("pdf", True, say("Public bulletin, PDF")),
        ("docx", True, say("Public bulletin, Word")),
    )
    for place, (ending, public, label) in zip(st.columns(4), offered, strict=True):
        name = say("Monthly bulletin, public") if public else say("Monthly bulletin")
        files.link(here, ending, {"public": public}, label, say, place, name)


def asked_for(here: Context, ending: str, asked: Mapping[str, Any], say: Say) -> bytes:
    """The bulletin that a link asks for, as PDF or for Word."""
    # Loads two libraries, which only a download needs.
    from dashboard.app_pages.overview.paper import on_paper

    return on_paper(bulletin(here, say, bool(asked["public"])), ending)


def _or_empty(
    make: Callable[..., Part], title: str, here: Context, say: Say, *more: object
) -> Part:
    """A part, or its heading with the words that there is nothing yet."""
    try:
        return make(title, here, say, *more)
    except NothingYet:
        return Part(title, [say("Nothing is known of this yet.")])


def _last_month(here: Context) -> Headline | None:
    """The month before as the overview shows it; None when it was never run."""
    month = add_months(here.as_of, -1)
    if month not in services.county.months(here):
        return None
    return services.overview.headline(here.at(month))


def _figures(head: Headline, last: Headline | None, say: Say) -> Part:
    """The six figures of the month beside those of the month before."""
    names = {
        "households": say("Watched households"),
        "persons": say("Watched people (low-income)"),
        "new": say("New alerts"),
        "checked": say("Checked this month"),
        "confirmed": say("Confirmed this month"),
    }
    rows = [
        [
            label,
            say.number(head.now(name)),
            say.number(last.now(name) if last else None),
            _change(head.change(name), say),
        ]
        for name, label in names.items()
    ]
    before = last.overdue if last else None
    change = None if None in (head.overdue, before) else head.overdue - before  # type: ignore[operator]
    shares, intervals = zip(_rate(head, say), _rate(last, say), strict=True)
    rows.append([_phase(head, say), *shares, ""])
    rows.append([say("95% interval, n"), *intervals, ""])
    overdue = [say.number(head.overdue), say.number(before), _change(change, say)]
    rows.append([say("Overdue at the end"), *overdue])
    headers = [
        say("The month's figures"),
        head.month,
        last.month if last else say("Last month"),
        say("Change"),
    ]
    return Part(say("The month in six figures"), table=Table(headers, rows, (36, 25, 25, 14)))


def _change(value: float | None, say: Say) -> str:
    return say.number(value, sign=True)


def _phase(head: Headline, say: Say) -> str:
    steady = head.rates is not None and head.rates.steady is not None
    return say("Precision, steady state") if steady else say("Precision, warm-up")


def _rate(head: Headline | None, say: Say) -> tuple[str, str]:
    """Precision as the card of the overview shows it: share, then interval and n."""
    shown = (head.rates.steady or head.rates.warm_up) if head and head.rates else None
    if shown is None or shown.share is None:
        return say.percent(None), say.percent(None)
    if not say.may_tell(shown.share * shown.n, shown.n):
        return say.percent(None), say.percent(None)
    interval = f"{say.interval(shown.low, shown.high)}, n={say.number(shown.n)}"
    return say.percent(shown.share), interval


def _precision(title: str, here: Context, say: Say) -> Part:
    """The sentence, the coming, and the same alerts under every denominator."""
    found = trust.headline(here, services.trust.DENOMINATOR, "existing")
    lines = [
        trust.sentence(found, services.trust.DENOMINATOR, say),
        trust.coming_sentence(services.trust.coming(here), say),
    ]
    rows = []
    for code, label in trust.DENOMINATORS.items():
        one = trust.headline(here, code, "existing")
        rows.append([say(label), *_share(one.n, one.confirmed, one.share, one.low, one.high, say)])
    headers = [say("Denominator"), *_share_headers(say)]
    return Part(title, lines, Table(headers, rows, (34, 14, 18, 16, 18)))


def _share_headers(say: Say) -> list[str]:
    return [say("n"), say("Confirmed"), say("Precision"), say("95% interval")]


def _share(
    n: float, hits: float, share: float | None, low: float | None, high: float | None, say: Say
) -> list[str]:
    if not say.may_tell(hits, n):
        return [say.number(n), say.number(hits), say.percent(None), say.percent(None)]
    few = "*" if 0 < n < SMALL else ""
    interval = say.interval(low, high) if n else say.percent(None)
    return [say.number(n), say.number(hits), say.percent(share) + few, interval]


def _groups(here: Context, head: Headline, last: Headline | None, say: Say) -> Part:
    """New alerts and precision by source, then by band."""
    raised = services.overview.by_source(here) if head.open is not None else None
    by_source = [_by_month(raised, head.month), _by_month(raised, last.month if last else "")]
    by_band = [head.bands, last.bands if last else {}]
    rows = []
    for by, kind, counts in (("source", Kind.SOURCE, by_source), ("band", Kind.BAND, by_band)):
        rates = _rates(here, by, say)
        told = []
        for code in [*services.names.codes(kind), *services.names.BLIND]:
            new, before = (one.get(code, 0) for one in counts)
            if not (new or before or code in rates):
                continue
            counted = [say.number(new), say.number(before if last else None)]
            known = rates.get(code, [say.percent(None)] * 6)
            told.append([words.label(kind, code, say), *counted, *known])
        rows += [[say(trust.GROUPS[by])], *told] if told else []
    headers = [
        say("Source, then band"),
        say("New"),
        say("Last month"),
        say("Alerts, 12 months"),
        *_share_headers(say),
        say("Not verified"),
    ]
    title = say("New alerts by source and by band; precision of twelve months, need now")
    if not rows:
        return Part(title, [say("No alert was raised yet.")])
    return Part(title, table=Table(headers, rows, (26, 8, 10, 12, 8, 10, 10, 12, 11)))


def _by_month(raised: pd.DataFrame | None, month: str) -> dict[str, int]:
    if raised is None:
        return {}
    own = raised[raised["month"] == month]
    return dict(zip(own["source"], own["n"].astype(int), strict=True))


def _rates(here: Context, by: str, say: Say) -> dict[str, list[str]]:
    """Alerts, n, confirmed, precision, interval, not verified of each group, in words."""
    try:
        frame = services.trust.grouped(here, by, services.trust.DENOMINATOR, "existing")
        sighted = by == "source" and services.cases.may_sight(here)
        drawn = services.trust.audit(here) if sighted else None
    except NothingYet:
        return {}
    # Visits drawn at random are no alerts: they stand beside, never in a sum.
    apart = {} if drawn is None else {"audit": _drawn(drawn, say)}
    return apart | {
        row["group"]: [
            say.number(row["n_alerts"]),
            *_share(
                row["n"], row["confirmed_of_n"], row["precision"], row["low"], row["high"], say
            ),
            say.percent(row["unverified_share"]),
        ]
        for row in frame.to_dict("records")
    }


def _drawn(found: Overall, say: Say) -> list[str]:
    share = _share(found.n, found.confirmed, found.share, found.low, found.high, say)
    return [say.number(found.alerts), *share, say.percent(found.unverified)]


def _needs(title: str, here: Context, say: Say) -> Part:
    """Needs by department; the smallest departments together when there are many."""
    frame, columns = overview.need_frame(here, say), ["suspected", "confirmed", "met"]
    rows = [[r["label"], *(r[k] for k in columns)] for r in frame.to_dict("records")]
    if len(rows) > DEPARTMENTS:
        others = rows[DEPARTMENTS - 1 :]
        sums = [sum(row[i] for row in others) for i in (1, 2, 3)]
        rows = [*rows[: DEPARTMENTS - 1], [say("{n} others", n=len(others)), *sums]]
    if not rows:
        return Part(title, [say("No need was named in these twelve months.")])
    told = [[label, *map(say.number, counts)] for label, *counts in rows]
    headers = [say("Department"), say("Suspected"), say("Confirmed"), say("Met")]
    return Part(title, table=Table(headers, told, (46, 18, 18, 18)))


def _late(title: str, here: Context, say: Say, head: Headline, public: bool) -> Part:
    """How many are overdue, what that led to, and for the county team the oldest ones."""
    lines = [
        say(
            "Overdue: {n}; due soon: {near}.",
            n=say.number(head.overdue),
            near=say.number(head.near),
        )
    ]
    if any(head.steps.values()):
        named = ((say(overview.LATE_WORDS[name]), n) for name, n in head.steps.items() if n)
        told = [f"{word} {say.number(n)}" for word, n in named]
        lines.append(say("Reported this month:") + say.pick("", " ") + say(", ").join(told))
    if public or not services.cases.may_sight(here):
        return Part(title, lines)
    oldest = services.cases.overdue(here, OLDEST)
    if oldest.empty:
        return Part(title, lines)
    rows = [
        [
            row["number"],
            " ".join(words.place(here, row[k], say) for k in ("township_code", "village_code")),
            words.label(Kind.STATE, row["state"], say),
            say.day(row["due_on"]),
            say.number(row["days_late"]),
        ]
        for row in oldest.to_dict("records")
    ]
    headers = [say("The oldest"), say("Where"), say("State"), say("Due"), say("Days")]
    return Part(title, lines, Table(headers, rows, (26, 29, 16, 19, 10), (0, 1, 2, 3)))


def _waiting(title: str, here: Context, say: Say) -> Part:
    """What the ceiling on visits left waiting: the whole county's, also for an area of it."""
    found = services.places.places(here)
    lines = [places.chosen(found, say)]
    if here.scope:
        lines.insert(0, say("These figures are the whole county's: the ceiling is the county's."))
    headers, rows = places.lanes(found, say)
    return Part(title, lines, Table(headers, rows, (40, 17, 17, 26)))


def _feeds(title: str, here: Context, say: Say) -> Part:
    """Feeds that are not fresh, the silent and missing first."""
    frame = services.deliveries.feeds(here)
    order = ["silent", "missing", "late"]
    lacking = frame[frame["state"].isin(order)]
    asked = len(frame) - int((frame["state"] == "not_awaited").sum())
    lines = [say("Feeds on time: {n} of {all}.", n=asked - len(lacking), all=asked)]
    if lacking.empty:
        return Part(title, lines)
    lacking = lacking.sort_values("state", key=lambda s: s.map(order.index), kind="stable")
    rows = [
        [
            say.label(services.names.feed(row["feed"])),
            say.label(services.names.owner(row["feed"])),
            say(overview.FEED_WORDS[row["state"]]),
            row["last_period"] or say.percent(None),
        ]
        for row in lacking.head(FEEDS).to_dict("records")
    ]
    headers = [say("Feed"), say("Owner"), say("State"), say("Newest period")]
    more = len(lacking) - len(rows)
    note = say.many("and {n} more feed", "and {n} more feeds", more) if more else ""
    return Part(title, lines, Table(headers, rows, (30, 28, 26, 16), (0, 1, 2, 3)), note)
