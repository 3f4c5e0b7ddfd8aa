"""Reports: somebody outside tells of a household in difficulty.

Villages, schools and clinics must (Social Assistance Law art. 39); other systems may pass on what
they hear. A report opens an alert outside the monthly capacity, or joins the open one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from alerts import digests, service
from alerts.errors import AlertChanged, AlertsError
from alerts.models import Alert
from alerts.policy import load_policy
from alerts.states import Source, State
from core.access.areas import COUNTY, TOWNSHIP_DIGITS
from core.access.roles import Action
from core.db import open_session, upgrade
from core.errors import Told as Refusal
from core.words import Text, Worded
from data.vault import VaultError
from services import households, record
from services.context import Context
from services.names import need_codes
from services.reads import base, cases, people
from services.reads import reporting as reads
from services.reads.reporting import Told
from services.roles import acting_role
from services.use_case import acting

__all__ = [
    "LONGEST",
    "Heard",
    "NoSuchHousehold",
    "Reported",
    "Told",
    "may_report",
    "mine",
    "report",
]

LONGEST = 500  # characters of a reason


class Heard(Worded):
    """How whoever reports came to know. Who takes a call in is the first receiver: the report
    stands in their list until it is settled."""

    SEEN = ("seen", "走访发现", "Seen on the ground")
    ASKED = ("asked", "本人求助", "The family asked")
    TOLD = ("told", "他人反映", "Told by others")
    HOTLINE = ("hotline", "热线来电", "Hotline call")
    PARTNER = ("partner", "部门移交", "From another department")


class NoSuchHousehold(Refusal):
    """No household of that number lies in the area; whether it lies elsewhere is not told."""

    def __init__(self) -> None:
        super().__init__(
            "负责区域内没有这一户，请核对户号；外来户请联系所在乡镇",
            "there is no such household in your area; check the number, or turn to the township of "
            "a family that has moved here",
        )


@dataclass(frozen=True)
class Reported:
    """What a report led to: the alert's key and state, and whether it was opened by it."""

    alert: str
    household: str
    state: str
    opened: bool


def may_report(context: Context) -> bool:
    """Whether the principal may report households of the area."""
    return context.principal.may(Action.REPORT, context.scope)


@acting(Action.REPORT)
def mine(context: Context) -> list[Told]:
    """What the principal reported here, newest first, and how it stands."""
    here = (context.home, context.as_of, context.scope)
    return reads.mine(*here, context.principal.account)


@acting(Action.REPORT)
def report(
    context: Context,
    typed: str,
    words: str,
    *,
    need: str = "basic_living",
    role: str | None = None,
    heard: str | None = None,
) -> Reported:
    """Report a household of the area by its number or pseudonym, with a reason in words.

    `heard` says how the reporter came to know (`Heard`).

    The same words about the same household on the same day are one report. Raises NoSuchHousehold
    (which is recorded), AlertsError for an unknown kind of need or words that are too long,
    PrivateDataRefused for an ID or phone number in the words.
    """
    household = _household(context, typed)
    if need not in need_codes():
        raise AlertsError(
            f"没有“{need}”这种需求，可选：{'、'.join(need_codes())}",
            f"there is no kind of need '{need}'; choose one of: {', '.join(need_codes())}",
        )
    if len(words) > LONGEST:
        raise AlertsError(
            f"情况说明请写在 {LONGEST} 字以内", f"keep the reason to {LONGEST} characters"
        )
    told = _words(words, heard)
    try:
        return _report(context, household, told, need, role)
    except (IntegrityError, AlertChanged):
        # Somebody else opened or changed the household's alert at the same moment: join it.
        return _report(context, household, told, need, role)


def _words(words: str, heard: str | None) -> Text:
    """What was said, with how it was heard before it. Raises AlertsError for no words."""
    said = words.strip()
    if not said:
        raise AlertsError("请用一句话说明情况", "say in one sentence what you saw")
    if heard is None:
        return Text(said, said)
    how = Heard(heard)
    return Text(f"{how.zh}：{said}", f"{how.en}: {said}")


def _household(context: Context, typed: str) -> str:
    try:
        found = people.find_household(context.home, context.as_of, typed)
    except VaultError:
        found = None
    here = (context.home, context.as_of, context.scope)
    if found is None or not households.inside(*here, found):
        record.refusal(context, Action.REPORT, "household", found or "")
        raise NoSuchHousehold
    return found


def _report(context: Context, household: str, words: Text, need: str, role: str | None) -> Reported:
    home = base.home_at(context.home)
    now = base.moment_of(context.home, context.as_of)
    upgrade(home)
    with open_session(home) as session:
        before = _open_alert(session, household)
        known = before is not None and _told_today(before, words.zh, now)
        last = digests.newest(session, before.id) if before is not None else 0
        found = (
            before
            if known and before
            else service.report(
                session,
                household,
                words.zh,
                words.en,
                actor=context.principal.account,
                role=acting_role(context, Action.REPORT, role),
                now=now,
                need=need,
                policy=load_policy(home, now.date()),
                **_place(context, household),
            )
        )
        about = {"household": household, "opened": before is None, "repeated": known}
        about |= digests.vouched(session, last, found.id)
        record.add(context, session, "report", "alert", str(found.id), detail=about)
        number, state = found.id, found.state
    base.forget()
    key = cases.keys(context.home, context.as_of, COUNTY, [number])[number]
    return Reported(key, household, state, before is None)


def _open_alert(session: Session, household: str) -> Alert | None:
    query = select(Alert).where(Alert.household == household, Alert.state != State.CLOSED)
    return session.scalars(query).first()


def _told_today(alert: Alert, words: str, now: datetime) -> bool:
    day: date = now.date()
    return any(
        reason.source == Source.REPORT and reason.as_of == day and reason.text_zh == words
        for reason in alert.reasons
    )


def _place(context: Context, household: str) -> dict[str, str | None]:
    code = households.village(context.home, context.as_of, household)
    return {"village_code": code or None, "township_code": code[:TOWNSHIP_DIGITS] or None}
