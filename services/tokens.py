"""Tokens of other systems: made and withdrawn by the administrator, asked for at every call.

Who calls comes before any context, as at the door: `caller` takes the home's folder and the token.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from core.access import accounts, tokens
from core.access.accounts import AccountError
from core.access.models import SYSTEM, Account, ApiToken
from core.access.principal import Grant, Principal
from core.access.roles import Action
from core.access.tokens import LONGEST, SCOPES, Drawn, TokenRefused, TooManyCalls
from core.audit import Entry, record_at_end
from core.audit.anchors import anchor_if_due
from core.db import exists, open_session, upgrade
from services import record
from services.context import Context, utc_now
from services.reads.base import home_at
from services.use_case import acting

__all__ = [
    "LONGEST",
    "SCOPES",
    "Drawn",
    "Issued",
    "TokenRefused",
    "TooManyCalls",
    "called",
    "caller",
    "listed",
    "make",
    "withdraw",
]

_CHINA = timedelta(hours=8)


@dataclass(frozen=True)
class Issued:
    """A token as the administrator sees it; moments in China time. Its text was shown once."""

    id: str
    account: str
    system: str
    scopes: tuple[Action, ...]
    made_by: str
    made_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    holds: bool


@acting(Action.MANAGE_ACCOUNTS)
def listed(context: Context) -> list[Issued]:
    """All tokens, newest first."""
    with open_session(home_at(context.home)) as session:
        return [_issued(row, context.now) for row in tokens.everyone(session)]


def _issued(row: ApiToken, now: datetime) -> Issued:
    used = row.last_used_at
    return Issued(
        row.id,
        row.account,
        row.system,
        tuple(Action(code) for code in row.scopes.split(",") if code in set(Action)),
        row.made_by,
        row.made_at + _CHINA,
        row.expires_at + _CHINA,
        None if used is None else used + _CHINA,
        row.withdrawn_at is None and now < row.expires_at,
    )


@acting(Action.MANAGE_ACCOUNTS)
def make(
    context: Context,
    account: str,
    system: str,
    scopes: Sequence[Action],
    *,
    grants: Sequence[Grant] = (),
    days: int = LONGEST.days,
) -> Drawn:
    """A token for a system; its text is shown once.

    An account that does not exist yet is made, of kind system, with `grants`; one that exists
    keeps its own (they are changed like those of people). Raises AccountError.
    """
    name = account.strip().lower()
    with open_session(home_at(context.home)) as session:
        holder = session.get(Account, name) or _system(context, session, name, system, grants)
        drawn = tokens.draw(
            session, holder, system, scopes, context.principal.account, context.now, days
        )
        told = {"account": name, "system": system.strip()[:80], "scopes": list(scopes)}
        record.add(context, session, "make_token", "token", drawn.id, detail=told | {"days": days})
    return drawn


def _system(
    context: Context, session: Session, name: str, system: str, grants: Sequence[Grant]
) -> Account:
    if not grants:
        raise AccountError(
            "新的系统账号需要角色和区域", "a new system's account needs a role and its area"
        )
    made = accounts.create(session, name, system, context.now, kind=SYSTEM)
    accounts.set_grants(session, made, grants, context.principal.account, context.now)
    told = [f"{g.role.value}:{g.area.code}:{g.area.department}" for g in grants]
    about = {"grants": told, "system": True}
    record.add(context, session, "create_account", "account", name, detail=about)
    return made


@acting(Action.MANAGE_ACCOUNTS)
def withdraw(context: Context, token: str) -> None:
    """End a token: the next call with it is refused, on any server. Raises AccountError."""
    with open_session(home_at(context.home)) as session:
        row = tokens.withdraw(session, token, context.now)
        about = {"account": row.account, "system": row.system}
        record.add(context, session, "withdraw_token", "token", token, detail=about)


def caller(home: str, text: str, place: str, per_minute: int) -> Principal:
    """Who calls with a token; the call is counted. Raises TokenRefused, TooManyCalls."""
    folder = home_at(home)
    if not exists(folder):
        raise TokenRefused("no database")
    upgrade(folder)
    with open_session(folder) as session:
        found = tokens.call(session, text, utc_now(), per_minute)
    return replace(found, place=place)


def called(
    home: str,
    principal: Principal | None,
    operation: str,
    status: int,
    place: str,
    *,
    rows: int | None = None,
    area: str = "",
    detail: dict[str, Any] | None = None,
    refused: TokenRefused | None = None,
) -> None:
    """Record a call of the interface, whatever came of it; never a token's value."""
    folder = home_at(home)
    if not exists(folder):
        return
    who = principal or Principal((refused.account if refused else "") or "?", "", ())
    roles = who.roles
    why = {"why": refused.why} if refused else {}
    entry = Entry(
        account=who.account,
        unit=who.unit,
        role=roles[0].value if roles else "",
        action="call",
        object_kind="interface",
        object=operation,
        session=who.session or (refused.token if refused else ""),
        place=place,
        rows=rows,
        area=area,
        result="done" if status < 400 else "refused",
        detail={"status": status, **why, **(detail or {})},
    )
    with open_session(folder) as session:
        record_at_end(session, entry)
    anchor_if_due(folder)
