"""Putting a household's alert on the screen: reasons, needs, checks, chain of help."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd
import streamlit as st

import services
from alerts.queries import AlertDetail
from dashboard.app_pages.alerts import narrowing
from dashboard.i18n import Say
from dashboard.show import html, shell, words
from services import Context
from services.names import Kind


def newest(here: Context, household: str) -> AlertDetail | None:
    """The household's open alert, else its last one; None when there was never one."""
    frame = services.family.alerts_of(here, household)
    if frame.empty:
        return None
    return services.family.detail(here, int(frame["id"].iloc[0]))


def none_yet(past: bool, say: Say) -> str:
    """What stands in place of an alert where there is none."""
    if past:
        return say("No alert had been raised for this household by then.")
    return say("There was never an alert for this household.")


def reasons(here: Context, found: AlertDetail, say: Say) -> str:
    """Why the alert was raised, strongest first, as markup.

    Amounts and ages are those of the month in which a reason was told: an older month is named.
    """
    items = []
    for row in found.reasons.to_dict("records"):
        source = html.tag(narrowing.source(services.cases.blind(row["source"]), say))
        items.append(f"{source} {html.text(reason(here, row, say))}")
    return html.block(html.bullets(items))


def reason(here: Context, row: dict[str, Any], say: Say) -> str:
    """A stored reason in words; one of an earlier month than the page's names its month."""
    told = say.pick(row["text_zh"], row["text_en"])
    if row["as_of"] < here.as_of:
        told += say(" (as known in {month})", month=f"{row['as_of']:%Y-%m}")
    return told


def needs(found: AlertDetail, say: Say) -> str:
    """Needs with their department, what the visit found of each, and where it stands, as markup."""
    rows = [
        [
            say.label(services.names.need(r["code"])),
            say.label(services.names.department(r["department"])),
            words.label(Kind.OUTCOME, r["outcome"], say),
            words.label(Kind.NEED_STATE, r["state"], say),
            say.day(r["settled_on"]),
        ]
        for r in found.needs.to_dict("records")
    ]
    headers = [say("Need"), say("Department"), say("Finding"), say("State"), say("Settled on")]
    # English names of departments and findings are long: kept whole they push the day out of sight.
    return html.table(headers, rows, nowrap=(1, 2, 3, 4) if say.language == "zh" else (4,))


def checks_part(here: Context, household: str, say: Say) -> None:
    """The part of the page that says what to check on site, where there is anything."""
    if found := checks(here, household, say):
        with shell.section(say("What to check on site")):
            st.html(found)


def checks(here: Context, household: str, say: Say) -> str:
    """What to look at on site for the rules that gave points, as markup ('' for none)."""
    codes = services.voices.fired(here, household)
    items = [
        f"☐ <b>{html.text(say.label(name))}</b> {html.text(say.label(check))}"
        for _, name, check in services.family.checks(here, codes)
    ]
    return html.block(*(f"<div>{item}</div>" for item in items)) if items else ""


def events(found: AlertDetail, say: Say) -> str:
    """The chain of help: every act with who, when and what, as markup."""
    items = []
    for row in found.events.to_dict("records"):
        what = _what(row, say)
        need = say.label(services.names.need(row["need"])) if _known(row["need"]) else ""
        who = f"{words.label(Kind.ROLE, row['role'], say)} {row['actor']}"
        cause = words.label(Kind.CAUSE, row["cause"], say) if _known(row["cause"]) else ""
        note = _note(row, say)
        more = " · ".join(html.text(x) for x in (need, cause, note) if x)
        items.append(
            (say.day(row["at"]), f"<b>{html.text(what)}</b> <small>{html.text(who)}</small> {more}")
        )
    return html.line(items)


def _note(row: dict[str, Any], say: Say) -> str:
    """What somebody wrote; of the system's own notes only what a reader can use."""
    if not _known(row["note"]) or row["action"] == "join":
        return ""
    if row["role"] != "system":
        return str(row["note"])
    level = re.fullmatch(r"L(\d) (\d{4}-\d\d-\d\d)", row["note"])
    if level:
        return say("level {n}, due by {day}", n=level[1], day=level[2])
    zh, joint, en = str(row["note"]).partition(" / ")
    return say.pick(zh, en) if joint else zh


def _what(row: dict[str, Any], say: Say) -> str:
    """What was done; of a need what was found about it, which may differ from the family's."""
    if _known(row["need"]) and _known(row["outcome"]):
        return words.label(Kind.OUTCOME, row["outcome"], say)
    return words.label(Kind.ACTION, row["action"], say)


def _known(value: object) -> bool:
    return value is not None and not pd.isna(value) and value != ""
