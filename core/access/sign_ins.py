"""Sign-ins: begun with a password or a provider's word, looked up at every request, ended.

All of it is in the database, so that several servers agree and an end bites everywhere at once.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from core.access import passwords
from core.access.accounts import grants_of
from core.access.models import SYSTEM, Account, Glass, SignIn
from core.access.principal import Principal
from core.errors import Told

IDLE, LONGEST = timedelta(minutes=15), timedelta(hours=8)
# Being seen is written no more often than this: a page asks several times a second.
_SEEN_STEP = timedelta(seconds=20)


class SignInRefused(Told):
    """Nobody was signed in; `why` is for the record, the words do not tell what was wrong."""

    def __init__(self, why: str, zh: str, en: str) -> None:
        super().__init__(zh, en)
        self.why = why


@dataclass(frozen=True)
class Begun:
    """A sign-in that has begun: its id for the record, the secret for the browser alone."""

    id: str
    secret: str
    must_change: bool = False


def digest(secret: str) -> str:
    """What is kept of a secret: 64 hex digits."""
    return hashlib.sha256(secret.encode("utf-8")).hexdigest()


def by_password(
    session: Session, name: str, password: str, now: datetime, place: str = "", agent: str = ""
) -> Begun:
    """Begin a sign-in with a local account's password.

    Raises SignInRefused, in the same words whether the account or the password is wrong. The
    failure is written all the same: the caller commits before it tells.
    """
    account = session.get(Account, name.strip().lower(), with_for_update=True)
    if account is not None and account.locked_until and account.locked_until > now:
        minutes = max(1, round((account.locked_until - now).total_seconds() / 60))
        raise SignInRefused(
            "locked",
            f"密码多次输错，请 {minutes} 分钟后再试，或请系统管理员重设",
            f"too many wrong passwords; try again in {minutes} min, or ask the administrator "
            "for a new one",
        )
    right = passwords.fits(password, None if account is None else account.password)
    if account is None or account.disabled_at is not None or not right:
        raise SignInRefused(
            _count_failure(account, right, now),
            "账号或密码不对",
            "the account or the password is wrong",
        )
    account.failures, account.locked_until = 0, None
    if account.password and passwords.outdated(account.password):
        account.password = passwords.sealed(password)
    return begin(session, account, now, place, agent)


def _count_failure(account: Account | None, right: bool, now: datetime) -> str:
    if account is None:
        return "unknown account"
    if right:
        return "disabled account"
    account.failures += 1
    if wait := passwords.wait_after(account.failures):
        account.locked_until = now + wait
    return "wrong password"


def begin(
    session: Session,
    account: Account,
    now: datetime,
    place: str,
    agent: str,
    until: datetime | None = None,
) -> Begun:
    """Begin a sign-in of an account that somebody vouched for, until a moment where one is given.

    The secret is drawn anew each time: nothing that a browser held before becomes a sign-in. Raises
    SignInRefused for a system's account, which calls with tokens and sees no page.
    """
    if account.kind == SYSTEM:
        raise SignInRefused(
            "system account",
            "系统账号不能登录页面",
            "a system's account cannot sign in to the pages",
        )
    secret = secrets.token_urlsafe(32)
    row = SignIn(
        id=secrets.token_hex(6),
        secret=digest(secret),
        account=account.name,
        started_at=now,
        seen_at=now,
        until=until,
        place=place[:64],
        agent=agent[:120],
    )
    session.add(row)
    session.flush()
    return Begun(row.id, secret, account.must_change)


def find(session: Session, secret: str, now: datetime, *, active: bool = True) -> Principal | None:
    """Who holds a secret now: None after an end, 15 idle minutes, 8 hours, or a disabled account.

    Grants are read afresh each time. `active`: the person did something, which is no idling.
    """
    row = session.scalar(select(SignIn).where(SignIn.secret == digest(secret)))
    if row is None or row.ended_at is not None:
        return None
    account = session.get_one(Account, row.account)
    if why := _over(row, account, now):
        row.ended_at, row.ended_by = now, why
        return None
    if active and now - row.seen_at >= _SEEN_STEP:
        row.seen_at = now
    return Principal(
        account=account.name,
        name=account.display,
        grants=grants_of(account),
        session=row.id,
        place=row.place,
        unit=account.unit,
        households=_broken(session, account.name, now),
        must_change=account.must_change,
    )


def _over(row: SignIn, account: Account, now: datetime) -> str:
    """Why a sign-in holds no longer; '' while it does."""
    if account.disabled_at is not None:
        return "disabled"
    if now - row.seen_at >= IDLE:
        return "idle"
    if row.until is not None and now >= row.until:
        return "token expired"
    return "too long" if now - row.started_at >= LONGEST else ""


def _broken(session: Session, account: str, now: datetime) -> frozenset[str]:
    query = select(Glass.household).where(Glass.account == account, Glass.until > now)
    return frozenset(session.scalars(query))


def end(session: Session, secret: str, now: datetime) -> str | None:
    """End the sign-in of a secret; its account, or None where there was none to end."""
    row = session.scalar(select(SignIn).where(SignIn.secret == digest(secret)))
    if row is None or row.ended_at is not None:
        return None
    row.ended_at, row.ended_by = now, "signed out"
    return row.account


def end_all(session: Session, account: str, now: datetime, why: str = "signed out") -> int:
    """End every sign-in of an account, on every device; how many there were."""
    query = update(SignIn).where(SignIn.account == account, SignIn.ended_at.is_(None))
    found = session.execute(query.values(ended_at=now, ended_by=why[:16]))
    return int(found.rowcount)  # type: ignore[attr-defined]


def open_ones(session: Session, account: str, now: datetime) -> list[SignIn]:
    """The sign-ins of an account that still hold, newest first."""
    query = (
        select(SignIn)
        .where(SignIn.account == account, SignIn.ended_at.is_(None), SignIn.seen_at > now - IDLE)
        .where(SignIn.started_at > now - LONGEST)
        .where(or_(SignIn.until.is_(None), SignIn.until > now))
        .order_by(SignIn.started_at.desc())
    )
    return list(session.scalars(query))


def end_others(session: Session, account: str, kept: str, now: datetime) -> None:
    """End every sign-in of an account but the one with the id `kept`."""
    query = update(SignIn).where(
        SignIn.account == account, SignIn.ended_at.is_(None), SignIn.id != kept
    )
    session.execute(query.values(ended_at=now, ended_by="password"))
