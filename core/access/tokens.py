"""Tokens of other systems: drawn, found again at every call, withdrawn.

Callers own the transaction.
A token reads `doudi_<id>_<secret>`: the id finds its row, the secret (256 random bits) is kept as
its SHA-256 only. Everything is asked of the database at every call, so that an end bites at once
on every server.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hmac import compare_digest
from math import ceil

from sqlalchemy import case, select, update
from sqlalchemy.orm import Session

from core.access.accounts import AccountError, grants_of
from core.access.models import SYSTEM, Account, ApiToken
from core.access.principal import Principal
from core.access.roles import Action, may
from core.access.sign_ins import digest
from core.errors import Told

LONGEST = timedelta(days=365)
MINUTE = 60_000  # milliseconds
_FORM = re.compile(r"doudi_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")
# What the interface can do at all; no token can be given more.
SCOPES = (
    Action.SEE_ALERTS,
    Action.SEE_ORIGINS,
    Action.SEE_HOUSEHOLD,
    Action.REPORT,
    Action.RECORD,
    Action.SEE_FIGURES,
    Action.SEE_FEEDS,
    Action.DELIVER,
)


class TokenRefused(Told):
    """Nobody stands behind this token; `why` and `account` are for the record.

    The words are the same whatever it was.
    """

    def __init__(self, why: str, account: str = "", token: str = "") -> None:
        super().__init__(
            "令牌无效、已到期或已撤销；请在请求头写 Authorization: Bearer 令牌，或请系统管理员另发",
            "the token is not valid, has expired or was withdrawn; send 'Authorization: Bearer "
            "TOKEN', or ask the administrator for another one",
        )
        self.why, self.account, self.token = why, account, token


class TooManyCalls(Told):
    """More calls than the token may make; `wait` is in how many seconds one is free again."""

    def __init__(self, wait: int, per_minute: int, principal: Principal | None = None) -> None:
        super().__init__(
            f"调用过于频繁（每分钟最多 {per_minute} 次），请 {wait} 秒后再试",
            f"too many calls (at most {per_minute} a minute); try again in {wait} s",
        )
        self.wait, self.principal = wait, principal


@dataclass(frozen=True)
class Drawn:
    """A token that was just made; `text` is shown once and kept nowhere."""

    id: str
    text: str


def draw(
    session: Session,
    account: Account,
    system: str,
    scopes: Iterable[Action],
    by: str,
    now: datetime,
    days: int,
) -> Drawn:
    """Make a token for a system's account.

    Raises AccountError without a system's name, for a person's account, more than a year, no
    scope, or a scope that no role of the account allows.
    """
    wanted = list(dict.fromkeys(scopes))
    _check(account, system, wanted, days)
    made, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    session.add(
        ApiToken(
            id=made,
            secret=digest(secret),
            account=account.name,
            system=system.strip()[:80],
            scopes=",".join(wanted),
            made_by=by,
            made_at=now,
            expires_at=now + timedelta(days=days),
        )
    )
    session.flush()
    return Drawn(made, f"doudi_{made}_{secret}")


def _check(account: Account, system: str, wanted: list[Action], days: int) -> None:
    if not system.strip():
        raise AccountError("请填写对方系统的名称", "name the system that will use the token")
    if account.kind != SYSTEM:
        raise AccountError(
            f"“{account.name}”是个人账号，令牌只能发给系统账号",
            f"'{account.name}' is a person's account; tokens are for systems' own accounts",
        )
    if not 1 <= days <= LONGEST.days:
        raise AccountError(
            f"有效期为 1 至 {LONGEST.days} 天", f"a token lasts from 1 to {LONGEST.days} days"
        )
    if not wanted:
        raise AccountError("请至少选择一项权限", "choose at least one scope")
    roles = {grant.role for grant in grants_of(account)}
    for scope in wanted:
        if scope not in SCOPES or not any(may(role, scope) for role in roles):
            raise AccountError(
                f"该账号的角色不能“{scope.zh}”，令牌也不能有此权限",
                f"no role of this account may {scope.en}; leave out the scope '{scope.value}'",
            )


def call(session: Session, text: str, now: datetime, per_minute: int) -> Principal:
    """Whom a call with this token is made for; the call is counted.

    Grants are read afresh each time. Raises TokenRefused for anything but a token that holds now,
    TooManyCalls beyond the rate.
    """
    form = _FORM.fullmatch(text)
    row = session.get(ApiToken, form[1]) if form else None
    if form is None or row is None:
        raise TokenRefused("unknown token" if form else "no token")
    if not compare_digest(row.secret, digest(form[2])):
        raise TokenRefused("wrong secret", token=row.id)
    account = session.get_one(Account, row.account)
    if why := _over(row, account, now):
        raise TokenRefused(why, account.name, row.id)
    principal = Principal(
        account=account.name,
        name=account.display,
        grants=grants_of(account),
        session=row.id,
        unit=account.unit,
        scopes=frozenset(Action(code) for code in row.scopes.split(",") if code in set(Action)),
    )
    if wait := _count(session, row, now, per_minute):
        raise TooManyCalls(wait, per_minute, principal)
    return principal


def _over(row: ApiToken, account: Account, now: datetime) -> str:
    """Why a token holds no longer; '' while it does."""
    if row.withdrawn_at is not None:
        return "withdrawn"
    if now >= row.expires_at:
        return "expired"
    return "disabled account" if account.disabled_at is not None else ""


def _count(session: Session, row: ApiToken, now: datetime, per_minute: int) -> int:
    """Count a call; 0, or in how many seconds one is free again.

    Each call fills a bucket that empties at the rate allowed and holds a minute of calls (GCRA).
    Test and change are one statement, so several servers share one count.
    """
    moment, step = round(now.replace(tzinfo=UTC).timestamp() * 1000), MINUTE / per_minute
    counted = session.execute(
        update(ApiToken)
        .where(ApiToken.id == row.id, ApiToken.busy_until <= round(moment + MINUTE - step))
        .values(
            busy_until=case((ApiToken.busy_until > moment, ApiToken.busy_until), else_=moment)
            + round(step),
            last_used_at=now,
        ),
        execution_options={"synchronize_session": False},
    )
    if counted.rowcount:  # type: ignore[attr-defined]
        return 0
    session.refresh(row)
    return max(1, ceil((row.busy_until + step - moment - MINUTE) / 1000))


def withdraw(session: Session, token: str, now: datetime) -> ApiToken:
    """End a token. Raises AccountError when there is none of that id."""
    row = session.get(ApiToken, token)
    if row is None:
        raise AccountError(f"没有令牌“{token}”", f"there is no token '{token}'")
    row.withdrawn_at = row.withdrawn_at or now
    return row


def everyone(session: Session) -> list[ApiToken]:
    """All tokens, newest first, also those that hold no longer."""
    return list(session.scalars(select(ApiToken).order_by(ApiToken.made_at.desc(), ApiToken.id)))
