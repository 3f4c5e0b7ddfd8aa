"""Help that does not match the reason: counts by cause, the families, and the workbook of them.

`section` can stand on any page of the county's figures; it asks for what the reader may see.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

import services
from dashboard.i18n import Say
from dashboard.show import address, cover, files, html, words
from services import Context
from services.workbook import Column, Sheet, workbook

MOST = 20


def section(here: Context, say: Say) -> None:
    """One sentence, counts by cause with n and interval, the longest waiting, and all of them."""
    found = services.matching.summary(here)
    if not found:
        st.caption(
            say(
                "No visit has confirmed a need with a cause of its own yet (illness, schooling, "
                "work, housing). It fills as visits are recorded."
            )
        )
        return
    st.html(html.answer(sentence(found, say)))
    st.html(table(found, say))
    st.caption(meaning(found, say))
    if not services.matching.may_list(here):
        st.caption(say("Your role may see the number, not the households."))
        return
    rows = services.matching.missing(here)
    if len(rows):
        st.html(listed(here, rows.head(MOST), say))
        if len(rows) > MOST:
            st.caption(say("The first {n}; all of them are in the workbook.", n=MOST))
        title = say("Help that does not match the reason")
        files.link(here, "mismatch", {}, say("Download Excel"), say, named=title)


def sentence(found: list[services.matching.Matched], say: Say) -> str:
    """How many families were not helped with what brought them into need."""
    n, missing = sum(one.n for one in found), sum(one.missing for one in found)
    return say(
        "Of {n} causes for which help of the kind was due, {missing} got none: their help does not "
        "match the reason.",
        n=say.number(n),
        missing=say.number(missing),
    )


def table(found: list[services.matching.Matched], say: Say) -> str:
    """Counts by cause, as markup."""
    rows = []
    for one in found:
        low, high = one.interval or (None, None)
        rows.append(
            [
                say.label(services.matching.CAUSES[one.category].label),
                say.number(one.n), say.number(one.missing), say.percent(one.share, 1),
                say.interval(low, high), say.number(one.open), say.number(one.judged),
                say.number(one.covered),
            ]
        )  # fmt: skip
    headers = [
        say("Cause"), say("Help due, n"), say("None of the kind"), say("Share"),
        say("95% interval"), say("Time left"), say("Not due or refused"), say("Had it already"),
    ]  # fmt: skip
    return html.table(headers, rows, right=range(1, 8))


def meaning(found: list[services.matching.Matched], say: Say) -> str:
    """What was counted, and how sure the causes are."""
    asked = sum(one.asked for one in found)
    total = sum(one.n + one.open + one.judged + one.covered for one in found)
    return say(
        "Alerts with a confirmed need, all months up to this one. Help of the kind: a need of the "
        "cause's own kinds that was met, or medical or student aid that departments paid since the "
        "alert. None is said once the case is closed or the department's time is over. In {asked} "
        "of {total} causes the visit said that the reason is true; in the others the strongest "
        "reason stands for the cause.",
        asked=say.number(asked),
        total=say.number(total),
    )


def listed(here: Context, rows: pd.DataFrame, say: Say) -> str:
    """Families whose help does not match, longest due first, as markup."""
    body = []
    for row in rows.to_dict("records"):
        there = address.href(address.to("household", household=row["household"]))
        name = html.text(words.household(row["who"], row["household"], say))
        cells = _words(here, row, say)
        body.append([f'<a href="{html.text(there)}" target="_self">{name}</a>', *cells])
    headers = [
        say("Household"), say("Village"), say("Alert number"), say("Cause"), say("Visit"),
        say("Due"), say("Why missing"), say("Given instead"),
    ]  # fmt: skip
    return html.table(headers, body, raw=(0,), nowrap=(2, 4, 5))


def _words(here: Context, row: dict[str, Any], say: Say) -> list[str]:
    kinds = [say.label(services.names.need(code)) for code in row["helped"]]
    return [
        words.place(here, row["village_code"] or row["township_code"], say),
        row["number"],
        say.label(services.matching.CAUSES[row["category"]].label),
        say.day(row["visited_on"]),
        say.day(row["due_on"]),
        say.label(services.matching.Why(row["why"])),
        say.pick("、", ", ").join(kinds) or "–",
    ]


def book(here: Context, say: Say) -> bytes:
    """The families as a workbook, households masked; recorded."""
    rows = services.matching.everything(here).to_dict("records")
    told = [_words(here, row, say) for row in rows]
    title = say("Help that does not match the reason")
    who = [words.household(row["who"], row["household"], say) for row in rows]
    names = [say("Village"), say("Alert number"), say("Cause"), say("Visit"), say("Due"),
             say("Why missing"), say("Given instead")]  # fmt: skip
    columns = [Column(say("Household"), who)]
    for place, name in enumerate(names):
        columns.append(Column(name, [one[place] for one in told]))
    asked = [say.yes_no(row["asked"]) for row in rows]
    columns.append(Column(say("The visit said the reason is true"), asked))
    readers = say("Dispatchers and leaders, to see that the help is completed. Households masked.")
    lines = [meaning(services.matching.summary(here), say)]
    front = cover.cover(here, title, readers, len(rows), say, lines)
    return workbook(front, [Sheet(say("Families"), columns)])
