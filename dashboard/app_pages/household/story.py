"""Putting a household's case history on the screen: a picture, one list by date, what became."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd
import streamlit as st

import services
from dashboard import charts
from dashboard.app_pages.household import family
from dashboard.i18n import Say, mark
from dashboard.show import drawing, files, html, words
from services import Context
from services.history import CaseHistory, Entry, Later
from services.names import Kind

PARTS = {
    "facts": mark("Facts"),
    "scores": mark("Scores"),
    "alerts": mark("Alerts and visits"),
    "help": mark("Help"),
}
SPANS = {"24": mark("24 months"), "all": mark("All that is known")}


def read(here: Context, household: str, months: int | None) -> CaseHistory:
    """The case history as the reader may know it."""
    if services.family.may_weigh(here, household):
        return services.history.whole_case_history(here, household, months)
    return services.history.case_history(here, household, months)


def section(here: Context, household: str, say: Say) -> None:
    """Filter, picture, list by date, what became of the family, and the way to paper."""
    left, right, side = st.columns([3, 2, 1], vertical_alignment="bottom")
    span = right.segmented_control(
        say("Time shown"),
        list(SPANS),
        default="24",
        required=True,
        format_func=lambda code: say(SPANS[code]),
        key=f"case_span_{household}",
    )
    found = read(here, household, services.history.MONTHS if span == "24" else None)
    own = [part for part in PARTS if part != "scores" or len(found.bands)]
    chosen = left.pills(
        say("Show"),
        own,
        selection_mode="multi",
        format_func=lambda code: f"{say(PARTS[code])} {len(found.of((code,)))}",
        key=f"case_parts_{household}",
        help=say("Nothing chosen shows everything."),
    )
    named = f"doudi-case-{services.people.short(household)}-{say.language}"
    asked = {"household": household, "span": span}
    files.link(here, "case_history", asked, say("Print"), say, side, named)
    for told in mismatches(here, household, say):
        st.html(html.warning(told))
    if not found.entries:
        st.caption(nothing(say))
        return
    picture(found, say)
    people = services.people.member_names(here, household)
    told = found.of(tuple(chosen or ()))
    with st.container(key="household_timeline"):
        # Scrolled with the arrow keys too, so Tab must stop there.
        name = html.text(say("Case history"))
        st.html(
            f'<div class="dd-scroll" tabindex="0" role="group" aria-label="{name}">'
            f"{html.line(lines(told, people, say))}</div>"
        )
    st.caption(paid(found, say))
    if found.later:
        st.subheader(say("What became of the family"), anchor=False)
        st.html(afterwards(found.later, say))
        st.caption(meaning(say))


def nothing(say: Say) -> str:
    """What stands in place of an empty history."""
    return say(
        "Nothing is on record in this time: no fact, no alert, no help. Choose all that is known, "
        "or visit the family."
    )


def picture(found: CaseHistory, say: Say) -> None:
    """The case on one line of time."""
    title = say("The case on one line of time")
    chart = charts.case_line(*drawn(found, say), until(found), say)
    drawing.chart(chart, "household_case_line", title, say)
    st.caption(signs(say))


def until(found: CaseHistory) -> date:
    """The last day of the picture: acts of the running month come after the month's data."""
    return max([found.until, *(one.day for one in found.entries)])


def signs(say: Say) -> str:
    """What the signs of the picture mean."""
    return say(
        "▲ alert raised, in its band's colour; ◆ visit; ● help given; □ closed; ▼ a blow; | "
        "another fact. ■ the band of each month, where it may be seen."
    )


def drawn(found: CaseHistory, say: Say) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What the picture draws: its marks and its bands, in words."""
    marks = [
        (one.day, one.mark, one.band, f"{one.day} {say.label(one.what)}")
        for one in found.entries
        if one.mark and one.mark != "band"
    ]
    bands = found.bands.assign(
        told=[
            f"{r['month']} {words.label(Kind.BAND, r['band'], say)} {say.number(r['score'], 1)}"
            for r in found.bands.to_dict("records")
        ]
    )
    return pd.DataFrame(marks, columns=["day", "mark", "band", "told"]), bands


def lines(entries: Sequence[Entry], people: dict[str, str], say: Say) -> list[tuple[str, str]]:
    """Entries as (day, markup), newest first."""
    return [(say.day(one.day), _line(one, people, say)) for one in entries]


def _line(one: Entry, people: dict[str, str], say: Say) -> str:
    who = people.get(one.person or "", "")
    what = html.text(say.label(one.what))
    if one.part != "facts":
        what = f"<b>{what}</b>"
    if one.amount:
        what += " " + html.text(say("{n} yuan", n=say.number(one.amount)))
    if one.band and one.part == "scores":
        what = f"{html.band(one.band, words.label(Kind.BAND, one.band, say))} {what}"
    learned = one.known_on if one.known_on != one.day else None
    small = [
        say.label(one.more) if one.more else "",
        say("known {day}", day=say.day(learned)) if learned else "",
        say("alert {number}", number=one.alert) if one.alert and one.mark else "",
    ]
    note = html.text(say.label(one.note)) if one.note else ""
    told = f"{html.text(who)} {what}".strip()
    return f"{told} <small>{html.text(' · '.join(s for s in small if s))}</small> {note}"


def paid(found: CaseHistory, say: Say) -> str:
    """How much help is on record, as far as amounts are known."""
    given = found.of(("help",))
    if not given:
        return say("No help is on record in this time.")
    unknown = sum(one.amount is None for one in given)
    told = say(
        "Help on record: {n} entries; the amounts that are known are {sum} yuan in all (an amount "
        "by the month counts once).",
        n=say.number(len(given)),
        sum=say.number(found.paid()),
    )
    if unknown:
        told += say.pick("", " ") + say(
            "Of {n} the amount is not known; that is not zero.", n=unknown
        )
    return told


def afterwards(later: Sequence[Later], say: Say) -> str:
    """The state 3, 6 and 12 months after each visit that confirmed a need, as markup."""
    risks = any(one.risk is not None for one in later)
    headers = [
        say("Visit"), say("Months later"), say("Month"), say("On a roll"),
        say("Income per head and month"), say("Need found again"), say("Next alert"),
    ]  # fmt: skip
    headers += [say("Risk then")] if risks else []
    rows = []
    for one in later:
        first = [say.day(one.visited_on), say.number(one.months), f"{one.month:%Y-%m}"]
        rest = _state(one, say) if one.when != "not_yet" else [say("not yet come")] * 4
        if risks:
            risk = say("not known") if one.risk is None else say.percent(one.risk)
            rest.append(say("not yet come") if one.when == "not_yet" else risk)
        rows.append([*first, *rest])
    return html.table(headers, rows, right=(1,), nowrap=(0, 2))


def _state(one: Later, say: Say) -> list[str]:
    """One row of what became of a family, whose month has come."""
    unknown = say("not known")
    roll = say.label(one.roll) if one.roll else say.yes_no(one.on_roll)
    if one.on_roll is None:
        roll = unknown
    income = unknown if one.income is None else family.income_words(one.income, say)
    if one.found_again is None:
        again = say("not known: no visit since")
    else:
        again = say("yes") if one.found_again else say("no")
    following = say.day(one.next_alert) if one.next_alert else say("none")
    return [roll, income, again, following]


def meaning(say: Say) -> str:
    """How the table of what became of the family is read."""
    return say(
        "Each row as it was known at the end of that month; what a visit found says nothing of "
        "families nobody visited again. What came after help did not need to come from it."
    )


def mismatches(here: Context, household: str, say: Say) -> list[str]:
    """A sentence for each cause of need for which no help of the kind was given."""
    frame = services.matching.of_household(here, household)
    missing = frame[frame["answer"] == services.matching.Answer.MISSING.value]
    return [mismatch(row, say) for row in missing.to_dict("records")]


def mismatch(row: dict[str, object], say: Say) -> str:
    """One help that does not match its reason, in words."""
    cause = services.matching.CAUSES[str(row["category"])].label
    why = services.matching.Why(str(row["why"]))
    told = say(
        "Help does not match the reason: {cause}, found at the visit of {day}, and no help of that "
        "kind by {due} ({why}).",
        cause=say.label(cause),
        day=say.day(row["visited_on"]),
        due=say.day(row["due_on"]),
        why=say.label(why).lower() if say.language == "en" else say.label(why),
    )
    helped = row["helped"]
    if isinstance(helped, list) and helped:
        kinds = say.pick("、", ", ").join(say.label(services.names.need(c)) for c in helped)
        told += say.pick("", " ") + say("Given instead: {kinds}.", kinds=kinds)
    if not row["asked"]:
        told += say.pick("", " ") + say(
            "The visit did not say which reasons were true; the strongest reason stands for the "
            "cause."
        )
    return told
