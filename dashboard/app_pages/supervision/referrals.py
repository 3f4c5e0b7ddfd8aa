"""Referrals without an answer: the list, the answer of a body, and what the county does about it.

Shown on Supervision and, where the reader has any, on My tasks.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

import services
from dashboard.i18n import Say
from dashboard.show import address, html, said, shell, words
from services import Context
from services.workbook import Column, Kind, Sheet

NOTE = 300  # characters
DRAWN = 20  # rows on the page; the file has them all
NEED_A_NOTE = ("answer", "decline", "pass_on", "end")


def section(here: Context, place: str, say: Say) -> None:
    """The unanswered ones with what can be done; `place` keeps two pages' choices apart."""
    found = services.referrals.referrals(here)
    if found.empty:
        st.caption(
            say(
                "No referral yet. One opens with each need that a visit refers elsewhere, and is "
                "followed until the body asked has answered."
            )
        )
        return
    st.markdown(words.plain(sentence(found, say)))
    rows = found[found["open"]]
    if rows.empty:
        return
    st.html(table(here, rows.head(DRAWN), say))
    if len(rows) > DRAWN:
        told = say("Shown are the {n} that are due first, of {total}.",
                   n=say.number(DRAWN), total=say.number(len(rows)))  # fmt: skip
        st.caption(told)
    said.show(f"{place}_referral")
    if shell.is_past(here):
        shell.act_in_newest(here, place, say)
        return
    _form(here, rows, place, say)


def sentence(found: pd.DataFrame, say: Say) -> str:
    """How many wait, are late and were answered."""
    count = found["state"].value_counts()
    return say(
        "Referrals without an answer: {open}; of these past their day: {late}. Answered as taken "
        "up and acted on: {done}; ended without an answer: {ended}.",
        open=say.number(int(found["open"].sum())),
        late=say.number(int(found["late"].sum())),
        done=say.number(int(count.get("done", 0))),
        ended=say.number(int(count.get("ended", 0))),
    )


def table(here: Context, rows: pd.DataFrame, say: Say) -> str:
    """Referrals as markup, each leading to its household."""
    told = []
    for r in rows.to_dict("records"):
        there = address.href(address.to("household", household=r["household"]))
        name = html.text(words.household(r["who"], r["household"], say))
        state = html.text(say.label(services.referrals.state_word(r["state"])))
        late = say("{n} days late", n=say.number(r["days_late"])) if r["late"] else ""
        told.append(
            [
                f'<a href="{html.text(there)}" target="_self">{name}</a>',
                say.day(r["due_on"]) + (f'<br><b class="dd-late">{late}</b>' if late else ""),
                html.text(body(r, say)),
                html.text(need(r, say)),
                state,
                html.text(_where(here, r, say)),
                html.text(r["number"]),
                say.day(r["opened_on"]),
                say.number(r["reminders"]),
            ]
        )
    # What a narrow screen shows without moving comes first.
    headers = [say("Household"), say("Due"), say("Asked"), say("Need"), say("State"),
               say("Where"), say("Alert"), say("Referred on"), say("Reminders")]  # fmt: skip
    short = (2, 4) if say.language == "zh" else ()  # words of two or three signs
    return html.table(headers, told, right=(8,), raw=range(9), nowrap=(0, 1, *short, 6, 7))


def need(row: dict[str, Any], say: Say) -> str:
    """The kind of need that was referred; a dash where the visit named none."""
    return say.label(services.names.need(row["code"])) if row["code"] else "–"


def _short(row: dict[str, Any], say: Say) -> str:
    """The kind of need, for a picker."""
    return words.short_need(row["code"], say) if row["code"] else "–"


def body(row: dict[str, Any], say: Say) -> str:
    """Who was asked."""
    if not row["department"]:
        return say("the body named in the visit's note")
    return say.label(services.names.department(row["department"]))


def _where(here: Context, row: dict[str, Any], say: Say) -> str:
    codes = (row[name] for name in ("township_code", "village_code"))
    return " ".join(words.place(here, code, say) for code in codes if code == code and code)


def _can(here: Context, state: str) -> list[str]:
    told = services.referrals
    return [*told.may_answer(here, state), *told.may_follow(here, state)]


def _form(here: Context, rows: pd.DataFrame, place: str, say: Say) -> None:
    """Choose a referral, then what to do about it; who is asked next where it is passed on."""
    by_id = {int(r["id"]): r for r in rows.to_dict("records") if _can(here, r["state"])}
    if not by_id:
        return
    with st.expander(say("Answer a referral, remind, pass on or end it")):
        left, right = st.columns(2)
        chosen = left.selectbox(
            say("Which referral"),
            list(by_id),
            format_func=lambda i: f"{by_id[i]['number']} · {_short(by_id[i], say)}",
            key=f"{place}_referral",
        )
        row = by_id[chosen]
        step = right.selectbox(
            say("Step"),
            _can(here, row["state"]),
            format_func=lambda s: say.label(services.referrals.step_word(s)),
            key=f"{place}_referral_step_{row['state']}",
        )
        department = None
        if step == "pass_on":
            department = st.selectbox(
                say("To which department"),
                [code for code in services.names.departments() if code != row["department"]],
                format_func=lambda code: say.label(services.names.department(code)),
                index=None,
                placeholder=say("choose"),
                key=f"{place}_referral_to",
            )
        with st.form(f"{place}_referral_form", border=False):
            note = st.text_input(
                say("What was done, or why (no names, ID or phone numbers)"),
                key=f"{place}_referral_note",
                max_chars=NOTE,
            )
            go = st.form_submit_button(say("Record the step"), key=f"{place}_referral_go")
        if go:
            _act(here, row, step, note.strip(), department, place, say)


def _act(
    here: Context,
    row: dict[str, Any],
    step: str,
    note: str,
    department: str | None,
    place: str,
    say: Say,
) -> None:
    if step in NEED_A_NOTE and not note:
        st.warning(say("Say in one sentence what was done, or why."))
        return
    if step == "pass_on" and department is None:
        st.warning(say("Choose the department that is asked next."))
        return
    seen = int(row["last_event"])

    def act() -> None:
        if step in services.referrals.may_answer(here, row["state"]):
            services.referrals.answer(here, int(row["id"]), seen, step=step, note=note)
        else:
            services.referrals.follow(
                here, int(row["id"]), seen, step=step, note=note or None, department=department
            )

    done = say.label(services.referrals.step_word(step))
    told = say("Referral of alert {number}: {step}.", number=row["number"], step=done)
    said.attempt(f"{place}_referral", act, told)


def sheet(here: Context, say: Say) -> Sheet:
    """Every referral as a tab: numbers of alerts and places, no names."""
    found = services.referrals.referrals(here)
    rows = found.to_dict("records")
    states = [say.label(services.referrals.state_word(r["state"])) for r in rows]
    columns = [
        Column(say("Alert"), [r["number"] for r in rows]),
        Column(say("Where"), [_where(here, r, say) for r in rows]),
        Column(say("Need"), [need(r, say) for r in rows]),
        Column(say("Asked"), [body(r, say) for r in rows]),
        Column(say("State"), states),
        Column(say("Referred on"), [r["opened_on"] for r in rows], Kind.DAY),
        Column(say("Due"), [r["due_on"] for r in rows], Kind.DAY),
        Column(say("Days late"), [r["days_late"] for r in rows], Kind.COUNT),
        Column(say("Reminders"), [r["reminders"] for r in rows], Kind.COUNT),
        Column(say("Closed"), [r["closed_on"] for r in rows], Kind.DAY),
        Column(say("Last note"), [r["note"] for r in rows], Kind.LONG),
    ]
    return Sheet(say("Referrals"), columns)
