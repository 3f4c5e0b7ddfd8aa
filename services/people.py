"""Who a pseudonym is, and where: masked for everyone; for a purpose one household in the clear."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.roles import Action
from core.audit import record as append
from core.audit.models import AuditEvent
from core.db import open_session
from core.errors import Told
from core.workflow.calendar import CHINA_TIME
from data.vault import Vault
from services import households, record
from services.context import Context
from services.purpose import stated
from services.reads import family, vault
from services.reads import people as reads
from services.reads.base import home_at
from services.reads.people import PSEUDONYM, short
from services.use_case import acting, reading

__all__ = [
    "ALLOWANCE",
    "PSEUDONYM",
    "Person",
    "find_household",
    "home_address",
    "left_today",
    "masked_address",
    "may_reveal",
    "member_names",
    "reveal",
    "short",
]

# Households that one account may have shown in the clear on one day (China time).
ALLOWANCE = 30

member_names = reading(Action.SEE_HOUSEHOLD, reads.member_names, household=True)
masked_address = reading(Action.SEE_HOUSEHOLD, reads.masked_address, household=True)
find_household = reading(Action.SEE_ALERTS, reads.find_household)


class AllowanceSpent(Told):
    """The day's allowance of households in the clear is used up."""


@dataclass(frozen=True)
class Person:
    """A member of a household in the clear: show, never store."""

    person: str
    name: str
    number: str
    phone: str
    address: str = ""
    address_on: date | None = None


def home_address(people: Sequence[Person]) -> str:
    """Where the household lives: the newest address known of its people; of two the first one's.

    '' where the register told none.
    """
    told = [one for one in people if one.address]
    newest = max((one.address_on or date.min for one in told), default=None)
    return next((p.address for p in told if (p.address_on or date.min) == newest), "")


def may_reveal(context: Context) -> bool:
    """Whether the principal may have personal data shown in the area."""
    return context.principal.may(Action.REVEAL, context.scope)


def left_today(context: Context) -> int:
    """How many more households the principal may have shown in the clear today."""
    with open_session(home_at(context.home)) as session:
        return max(0, ALLOWANCE - len(_shown_today(context, session)))


def _shown_today(context: Context, session: Session) -> set[str]:
    today = datetime.combine(datetime.now(CHINA_TIME).date(), time(), CHINA_TIME)
    query = select(AuditEvent.object).where(
        AuditEvent.account == context.principal.account,
        AuditEvent.action == "reveal",
        AuditEvent.result == "done",
        AuditEvent.at >= today.astimezone(UTC).isoformat(timespec="microseconds"),
    )
    return set(session.scalars(query))


@acting(Action.REVEAL)
def reveal(context: Context, household: str, purpose: str) -> list[Person]:
    """Names, numbers, phones, addresses of a household, head first; recorded before they are read.

    A household shown already today costs nothing of the allowance. Raises PurposeRefused,
    AllowanceSpent, OutsideArea or NothingYet.
    """
    context = households.opened(context, Action.REVEAL, household)
    said = stated(purpose)
    members = family.members(context.home, context.as_of, context.scope, household)
    people = list(members["person"]) if len(members) else []
    entry = record.entry(context, "reveal", "household", household, purpose=said, rows=len(people))
    with open_session(home_at(context.home)) as session:
        append(session, entry)  # first: of two reveals at once the second counts the first
        if len(_shown_today(context, session)) > ALLOWANCE:
            raise AllowanceSpent(
                f"今天已查看 {ALLOWANCE} 户的个人信息，明天再看，或请专班协助",
                f"personal data of {ALLOWANCE} households was shown to you today; wait for "
                "tomorrow or ask the county monitoring team",
            )
    with vault.told():
        return _in_the_clear(Vault(home_at(context.home)), people)


def _in_the_clear(opened: Vault, people: list[str]) -> list[Person]:
    """Those of the people whom the vault knows."""
    masked = opened.masked_many(people)
    known = [person for person in people if any(masked[person].values())]
    plain = {person: opened.reveal(person) for person in known}
    lives = opened.addresses(known)
    return [
        Person(
            p, plain[p]["name"], plain[p]["id"], plain[p]["phone"],
            lives[p].address if p in lives else "", lives[p].seen_on if p in lives else None,
        )
        for p in known
    ]  # fmt: skip
