"""What was done about a household's alerts, as dated entries: every act, visit and act of help."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any

import pandas as pd
from sqlalchemy import select

from alerts import holding
from alerts.models import AlertEvent, AlertReason, Help
from alerts.queries import AlertDetail
from alerts.reasons import CHECK, facts_told
from alerts.referrals import reading as referring
from alerts.referrals.lifecycle import Action as ReferralStep
from alerts.states import Action, HelpKind, Outcome
from core.access.areas import Area
from core.words import Text
from services import names
from services.names import Kind
from services.reads import base, cases, county
from services.reads import family as families

# A referral without a need: its body is named in the visit's note only.
NOT_NAMED = Text("核查备注所称单位", "the body named in the visit's note")
PARTS = ("facts", "scores", "alerts", "help")
REASONS_TOLD = 3
_LEVEL = re.compile(r"L(\d) (\d{4}-\d\d-\d\d)")
_VISITS = {outcome.value for outcome in Outcome}


@dataclass(frozen=True)
class Entry:
    """One line of a household's case history.

    `part` is one of PARTS; `what` says it, `more` who or from where, `note` what was added. `mark`
    is what a picture draws: fact, blow, band, raised, visit, help, closed, or '' for nothing.
    `known_on` is given where it was learned on another day. `alert` is the alert's number on paper,
    `amount` in yuan, None where none is known.
    """

    day: date
    part: str
    what: Text
    more: Text | None = None
    note: Text | None = None
    mark: str = ""
    band: str | None = None
    amount: float | None = None
    known_on: date | None = None
    person: str | None = None
    alert: str = ""
    order: int = 0


@dataclass(frozen=True)
class Case:
    """One alert with its number, further columns of its events, its help, what became of its
    referrals, and those of its reasons in words that the reader may know."""

    found: AlertDetail
    number: str
    about: dict[int, Any]
    help: list[Help]
    referred: pd.DataFrame
    reasons: dict[int, Text]


def cases_of(home: str, as_of: date, scope: Area, household: str, sighted: bool) -> list[Case]:
    """Every alert of the household raised by the month, oldest first, as known then.

    `sighted`: with the sources, bands and reasons that whoever visits may not know.
    """
    listed = families.alerts_of(home, as_of, scope, household)
    if listed.empty:
        return []
    ids = sorted(int(number) for number in listed["id"])
    numbers = dict(zip(ids, cases.numbers(home, as_of, scope, ids), strict=True))
    known = base.known_at(home, as_of)
    found = []
    for number in ids:
        detail = families.detail(home, as_of, scope, number)
        with base.alert_session(home, scope) as session:
            about = _about(session, number)
            given = _given(session, number, known)
            reasons = _reasons(session, detail, sighted)
            referred = referring.events(session, number, known)
            session.expunge_all()
        detail = detail if sighted else families.blinded(detail)
        found.append(Case(detail, numbers[number], about, given, referred, reasons))
    return found


def _about(session: Any, alert: int) -> dict[int, Any]:
    """Columns of the alert's events that its detail leaves out, by event."""
    own = AlertEvent
    query = select(own.id, own.reason_id, own.holder, own.until).where(own.alert_id == alert)
    return {row.id: row for row in session.execute(query)}


def _given(session: Any, alert: int, known: date | None) -> list[Help]:
    """Help rows of the alert told by the end of a day, without those corrected by then."""
    query = select(Help).where(Help.alert_id == alert).order_by(Help.id)
    if known is not None:
        query = query.where(Help.at <= datetime.combine(known, time.max))
    rows = list(session.scalars(query))
    corrected = {row.corrects for row in rows}
    return [row for row in rows if row.id not in corrected]


def _reasons(session: Any, found: AlertDetail, sighted: bool) -> dict[int, Text]:
    """The alert's reasons in words, by number: those that the reader may know."""
    own = AlertReason
    query = select(own.id, own.source, own.code, own.text_zh, own.text_en)
    rows = [tuple(r) for r in session.execute(query.where(own.alert_id == found.alert.id))]
    frame = pd.DataFrame(rows, columns=["id", "source", "code", "zh", "en"])
    if not sighted:
        frame = frame[facts_told(frame, found.alert.band)]
    return {int(r["id"]): Text(r["zh"], r["en"]) for r in frame.to_dict("records")}


def entries(home: str, case: Case) -> Iterator[Entry]:
    """The alert's acts and the help that met its needs."""
    told: set[int] = set()
    for row in case.found.events.to_dict("records"):
        if row["action"] == Action.NEED_MET:
            own = [one for one in case.help if one.need_id == row["need_id"]]
            told |= {one.id for one in own}
            if own:
                continue
            yield replace(_act(home, case, row), part="help", mark="help", note=_not_recorded(row))
            continue
        if (entry := _told(home, case, row)) is not None:
            yield entry
    needs = dict(zip(case.found.needs["id"], case.found.needs["code"], strict=True))
    for one in case.help:
        yield _help(case, one, str(needs.get(one.need_id, "")))
    for row in case.referred.to_dict("records"):
        yield _referred(case, row)


def _referred(case: Case, row: dict[str, Any]) -> Entry:
    """One act on a referral: about which need, to or by which body, with what was answered."""
    what, role = Text.of(ReferralStep(row["action"])), names.word(Kind.ROLE, row["role"])
    need = names.need(row["code"]) if row["code"] else Text("转介", "Referral")
    body = names.department(row["department"]) if row["department"] else NOT_NAMED
    return Entry(
        row["at"].date(),
        "alerts",
        Text(f"{need.zh}：{what.zh}", f"{need.en}: {what.en}"),
        Text(f"{role.zh} {row['actor']}", f"{role.en} {row['actor']}"),
        _joined(Text(f"→ {body.zh}", f"→ {body.en}"), _note(row | {"cause": None})),
        alert=case.number,
        # Behind the result that made it, on its day.
        order=2_000_000_000 + int(row["id"]),
    )


def _not_recorded(row: dict[str, Any]) -> Text:
    """A met need of which nobody said what was given: unknown, not nothing."""
    told = Text("未登记给予的救助和金额", "what was given, and how much, is not on record")
    note = row["note"] if _known(row["note"]) else ""
    return Text(f"{told.zh} {note}".strip(), f"{told.en} {note}".strip())


def _help(case: Case, one: Help, need: str) -> Entry:
    kind, met = Text.of(HelpKind(one.kind)), names.need(need)
    department = names.department(one.department)
    return Entry(
        one.given_on,
        "help",
        Text(f"{met.zh}：{kind.zh}", f"{met.en}: {kind.en.lower()}"),
        department,
        Text(one.note, one.note) if one.note else None,
        mark="help",
        amount=one.amount,
        known_on=one.at.date(),
        alert=case.number,
        order=3_000_000_000,
    )


def _told(home: str, case: Case, row: dict[str, Any]) -> Entry | None:
    """One act; None for one that tells nothing to this reader."""
    about = case.about.get(row["id"])
    entry = _act(home, case, row)
    if row["action"] == Action.RAISE:
        return replace(entry, mark="raised", note=_why(case))
    if row["action"] == Action.FACT:
        reason = case.reasons.get(about.reason_id if about else 0)
        if reason is None:
            return None
        truth = names.word(Kind.TRUTH, row["cause"])
        what = Text(f"事由核实：{truth.zh}", f"Reason checked: {truth.en.lower()}")
        return replace(entry, what=what, note=reason)
    if row["action"] == Action.SUSPEND and about is not None and about.until:
        until = Text(f"至 {about.until}", f"until {about.until}")
        return replace(entry, note=_joined(until, entry.note))
    if about is not None and about.holder and row["action"] in _HANDED:
        return replace(entry, note=_joined(_holder(home, row, about.holder), entry.note))
    return entry


_HANDED = {Action.DISPATCH, Action.ASSIGN, Action.ACCEPT, Action.RETURN, Action.NEED_SENT}


def _holder(home: str, row: dict[str, Any], told: str) -> Text:
    """To whom a case, or a need, was handed."""
    held = holding.read(told)
    if held is None:
        return Text("县级", "the county")
    if row["action"] == Action.NEED_SENT:
        to = names.department(held.area)
    else:
        to = Text(*(county.place(home, held.area, one) for one in ("zh", "en")))
    who = f" {held.account}" if held.account else ""
    return Text(f"→ {to.zh}{who}", f"→ {to.en}{who}")


def _act(home: str, case: Case, row: dict[str, Any]) -> Entry:
    """An act in words: what was found where it is a result, about which need, by whom."""
    of_need = _known(row["need"])
    about_need = of_need and _known(row["outcome"])
    what = names.word(Kind.OUTCOME if about_need else Kind.ACTION,
                      row["outcome"] if about_need else row["action"])  # fmt: skip
    if of_need:
        need = names.need(row["need"])
        what = Text(f"{need.zh}：{what.zh}", f"{need.en}: {what.en}")
    role = names.word(Kind.ROLE, row["role"])
    visit = not of_need and _known(row["outcome"]) and str(row["outcome"]) in _VISITS
    mark = "visit" if visit else "closed" if row["to_state"] == "closed" else ""
    return Entry(
        row["at"].date(),
        "alerts",
        Text(what.zh, _capital(what.en)),
        Text(f"{role.zh} {row['actor']}", f"{role.en} {row['actor']}"),
        _note(row),
        mark=mark,
        alert=case.number,
        order=1_000_000_000 + int(row["id"]),
    )


def _capital(words: str) -> str:
    """The words as the beginning of a sentence."""
    return words[:1].upper() + words[1:]


def _note(row: dict[str, Any]) -> Text | None:
    """What somebody wrote; of the system's own notes only what a reader can use; and the cause."""
    cause = None
    if _known(row["cause"]) and row["action"] != Action.FACT:
        cause = names.word(Kind.CAUSE, row["cause"])
    if not _known(row["note"]) or row["action"] == Action.JOIN:
        return cause
    note = str(row["note"])
    if row["role"] != "system":
        return _joined(cause, Text(note, note))
    if level := _LEVEL.fullmatch(note):
        return Text(f"{level[1]} 级，期限 {level[2]}", f"level {level[1]}, due by {level[2]}")
    zh, joint, en = note.partition(" / ")
    return Text(zh, en) if joint else Text(zh, zh)


def _joined(first: Text | None, second: Text | None) -> Text | None:
    if first is None or second is None:
        return first or second
    return Text(f"{first.zh} · {second.zh}", f"{first.en} · {second.en}")


def _why(case: Case) -> Text:
    """Why the alert was raised: the first reasons."""
    told = case.found.reasons.head(REASONS_TOLD)
    if told.empty:
        return CHECK
    return Text("；".join(told["text_zh"]), "; ".join(told["text_en"]))


def _known(value: object) -> bool:
    return value is not None and not pd.isna(value) and value != ""  # type: ignore[call-overload]
