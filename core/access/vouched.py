"""Accounts that an identity provider vouches for: found by subject, or linked at first sign-in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access import sign_ins
from core.access.models import Account
from core.access.sign_ins import Begun, SignInRefused

# What `Account.subject` holds before the first sign-in, where people are found by address or name.
MAILTO, NAMED = "mailto:", "name:"


@dataclass(frozen=True)
class Vouched:
    """What a provider said about who is there, after its word was verified.

    `email` only where the provider says that it was verified. `until`: when its word expires, UTC
    without a zone; None for no other end than our own.
    """

    issuer: str
    subject: str
    email: str = ""
    username: str = ""
    until: datetime | None = None

    @property
    def key(self) -> str:
        """What `Account.subject` holds: a subject means something only at its issuer."""
        return f"{self.issuer}|{self.subject}"


def sign_in(
    session: Session, who: Vouched, match: str, now: datetime, place: str = "", agent: str = ""
) -> tuple[Begun, str, bool]:
    """Begin a sign-in on a provider's word: it, the account's name, whether it was linked just now.

    `match` ('', 'email', 'preferred_username'): how an account that no subject is linked to yet
    may be found. Raises SignInRefused for a stranger, a disabled account, an expired word.
    """
    if who.until is not None and who.until <= now:
        raise SignInRefused(
            "expired token", "登录凭据已过期，请重新登录", "this sign-in has expired; try again"
        )
    account = session.scalar(select(Account).where(Account.subject == who.key))
    linked = account is None
    if account is None:
        account = _unlinked(session, who, match)
    if account is None:
        raise SignInRefused(
            "stranger",
            "您的统一账号尚未在本系统登记，请把下面的编号告诉系统管理员",
            "your account is not known here yet; tell the administrator the number below",
        )
    if account.disabled_at is not None:
        raise SignInRefused(
            "disabled account",
            "您在本系统的账号已停用，请联系系统管理员",
            "your account here is disabled; ask the administrator",
        )
    if linked:
        account.subject = who.key
    begun = sign_ins.begin(session, account, now, place, agent, until=who.until)
    return begun, account.name, linked


def _unlinked(session: Session, who: Vouched, match: str) -> Account | None:
    """The account that waits for this person: without password, never linked before."""
    wanted = {
        "email": MAILTO + who.email.strip().lower() if who.email else "",
        "preferred_username": NAMED + who.username.strip().lower() if who.username else "",
    }.get(match)
    if not wanted:
        return None
    query = select(Account).where(Account.subject == wanted, Account.password.is_(None))
    return session.scalar(query.with_for_update())


def expected(issuer: str, told: str, match: str) -> str:
    """What an account's `subject` is to be for somebody the administrator names.

    `told` is an e-mail address or a user name where people are found by it, else the number that
    the provider knows the person by.
    """
    told = told.strip()
    if match == "email" and "@" in told:
        return MAILTO + told.lower()
    return NAMED + told.lower() if match == "preferred_username" else f"{issuer}|{told}"
