"""The monthly bulletin on the work: one page, from the same figures as the page of supervision.

Put on paper by the Overview's bulletin (`overview.bulletin_pdf`, `overview.bulletin_word`). The
public one writes no small count and no count exactly (`overview.public`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

import services
from core.home import add_months
from dashboard.app_pages.overview import bulletin as papers
from dashboard.app_pages.overview.bulletin import Bulletin, Part, Table
from dashboard.app_pages.overview.public import PublicSay
from dashboard.app_pages.supervision import figures
from dashboard.i18n import Say, mark
from dashboard.show import cover, files, words
from services import Context, NothingYet
from services.names import Kind
from services.overview import Headline
from services.supervision import Supervision

_TITLE = mark("Work on early warnings, {month}: what was raised, checked, found and helped")
PLACES, DEPARTMENTS = 14, 8  # rows that one page holds; what is cut is counted


def downloads(here: Context, say: Say) -> None:
    """Links to the bulletin for the bureau and for the public, as PDF and for Word."""
    offered = (
        ("work_pdf", False, say("Work bulletin, PDF")),
        ("work_docx", False, say("Work bulletin, Word")),
        ("work_pdf", True, say("Public, PDF")),
        ("work_docx", True, say("Public, Word")),
    )
    for place, (kind, public, label) in zip(st.columns(4), offered, strict=True):
        name = say("Work bulletin, public") if public else say("Work bulletin")
        files.link(here, kind, {"public": public}, label, say, place, name)
    st.caption(
        say(
            "One A4 page. In the public one counts of 1 to 7 are written <8, others to the nearest "
            "5, and means of fewer than 8 cases are left out."
        )
    )


def asked_for(here: Context, ending: str, asked: Mapping[str, Any], say: Say) -> bytes:
    """The bulletin that a link asks for, as PDF or for Word."""
    # Loads two libraries, which only a download needs.
    from dashboard.app_pages.overview.paper import on_paper

    return on_paper(bulletin(here, say, bool(asked["public"])), ending)


def bulletin(here: Context, say: Say, public: bool = False) -> Bulletin:
    """The bulletin of the month and area. Raises NothingYet when no alert was ever raised."""
    say = PublicSay(say.language) if public else say
    found = services.supervision.figures(here)
    head, last = services.overview.headline(here), _last(here)
    left = [_work(head, last, found, say), _departments(found, say)]
    right = [_steps(found, say), _causes(here, say)]
    rows = [[left, right], [[_places(here, found, say)]]]
    if not public:
        rows.append([[_reported(found, say)]])
    return Bulletin(
        say(_TITLE).format(month=say.month(here.as_of)),
        f"{cover.county(here, say)} · {cover.area(here, say)} · {cover.standing(here, say)}",
        cover.mark(here),
        say("Made {when}", when=cover.made(say)),
        figures.sentence(found, say),
        rows,
        papers.foot(public, say),
        say.language,
    )


def _last(here: Context) -> Headline | None:
    month = add_months(here.as_of, -1)
    if month not in services.county.months(here):
        return None
    return services.overview.headline(here.at(month))


def _work(head: Headline, last: Headline | None, found: Supervision, say: Say) -> Part:
    """Raised, checked, confirmed and helped in the month, and late at its end."""
    names = {
        "new": say("Raised"),
        "checked": say("Checked"),
        "confirmed": say("Unmet need found"),
        "helped": say("Helped"),
    }
    rows = [
        [
            label,
            say.number(head.now(name)),
            say.number(last.now(name) if last else None),
            say.number(head.change(name), sign=True),
        ]
        for name, label in names.items()
    ]
    before = last.overdue if last else None
    change = None if before is None else found.late - before
    rows.append([say("Late at the end"), say.number(found.late), say.number(before),
                 say.number(change, sign=True)])  # fmt: skip
    headers = [say("Alerts"), say("this month"), say("Last month"), say("Change")]
    return Part(say("The month's work"), table=Table(headers, rows, (40, 20, 20, 20)))


def _mean(row: Mapping[str, Any], when: str, say: Say) -> list[str]:
    """A mean with its n; none where too few cases stand behind it."""
    n, mean = row[f"n_{when}"], row[f"mean_{when}"]
    told = mean if say.may_tell(n, n) else None
    return [say.number(told, 1), say.number(n)]


def _steps(found: Supervision, say: Say) -> Part:
    """Mean working days per step, this month and last."""
    rows = [
        [r["label"], *_mean(r, "now", say), *_mean(r, "before", say)]
        for r in figures.step_rows(found, say).to_dict("records")
    ]
    headers = [say("Step"), say("Mean days"), "n", say("Last month"), "n"]
    table = Table(headers, rows, (44, 16, 12, 16, 12))
    return Part(say("Working days per step"), table=table)


def _causes(here: Context, say: Say) -> Part:
    """Why alerts of twelve months were false."""
    title = say("Why alerts were false, twelve months")
    try:
        frame = services.trust.why_false(here)
    except NothingYet:
        frame = pd.DataFrame()
    if frame.empty:
        return Part(title, [say("No false alarm was recorded in these twelve months.")])
    whole = int(frame["n"].sum())
    rows = [
        [
            words.label(Kind.CAUSE, r["group"], say),
            say.number(r["n"]),
            say.percent(r["share"] if say.may_tell(r["n"], whole) else None),
        ]
        for r in frame.to_dict("records")
    ]
    headers = [say("Cause"), say("Alerts"), say("share")]
    note = say("n = {n} false alarms", n=say.number(whole))
    return Part(title, table=Table(headers, rows, (56, 22, 22)), note=note)


def _departments(found: Supervision, say: Say) -> Part:
    title = say("Needs by department")
    frame = figures.department_rows(found, say)
    if frame.empty:
        return Part(title, [say("No confirmed need waits for a department.")])
    names = ["open", "late", "met_now", "met_before"]
    rows = [
        [r["label"], *(say.number(r[n]) for n in names)]
        for r in frame.head(DEPARTMENTS).to_dict("records")
    ]
    more = len(frame) - len(rows)
    headers = [say("Department"), say("Waiting"), say("Past due"), say("Met this month"),
               say("Last month")]  # fmt: skip
    note = say.many("and {n} more department", "and {n} more departments", more) if more else ""
    return Part(title, table=Table(headers, rows, (40, 15, 12, 18, 15)), note=note)


def _places(here: Context, found: Supervision, say: Say) -> Part:
    """Load by place, and how long a visit took there."""
    title = say("By place: open, late, and working days from dispatch to the visit's result")
    load = figures.place_rows(here, found, say)
    days = found.by_place.set_index("group") if len(found.by_place) else None
    rows = []
    for r in load.head(PLACES).to_dict("records"):
        known = days is not None and r["group"] in days.index
        visit = dict(days.loc[r["group"]]) if days is not None and known else {}
        both = [_mean(visit, w, say) for w in ("now", "before")] if visit else [["–", "–"]] * 2
        counts = [say.number(r[n]) for n in ("open", "late", "new", "visited")]
        rows.append([r["label"], *counts, *both[0], *both[1]])
    more = len(load) - len(rows)
    headers = [say("Place"), say("Open cases"), say("Past due"), say("New"), say("Visits"),
               say("Mean days"), "n", say("Last month"), "n"]  # fmt: skip
    note = say.many("and {n} more place", "and {n} more places", more) if more > 0 else ""
    return Part(title, table=Table(headers, rows, (24, 9, 9, 9, 9, 12, 8, 12, 8)), note=note)


def _reported(found: Supervision, say: Say) -> Part:
    rows = [
        [say(name), say.number(found.reported[kind]), say.number(found.reported_before[kind])]
        for kind, name in figures.KINDS.items()
    ]
    headers = [say("Reported"), say("alerts this month"), say("Last month")]
    return Part(say("Reported upwards"), table=Table(headers, rows, (60, 20, 20)))
