"""Accounts: who may sign in, in which roles, for which areas. The administrator's use cases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from alerts import departed, digests
from alerts.policy import load_policy
from core.access import accounts, passwords, sign_ins
from core.access.accounts import AccountError
from core.access.areas import Area
from core.access.models import SYSTEM, Account
from core.access.principal import Grant
from core.access.roles import Action, Role
from core.db import open_session
from core.workflow.calendar import CHINA_TIME
from services import record
from services.context import Context
from services.reads import base
from services.reads.base import home_at
from services.use_case import acting

__all__ = [
    "AccountError",
    "Area",
    "Card",
    "Grant",
    "Role",
    "change",
    "create",
    "disable",
    "enable",
    "listed",
    "reset_password",
    "sign_out_all",
]


@dataclass(frozen=True)
class Card:
    """An account as the administrator sees it; moments in China time.

    `signed_in` counts the sign-ins that hold now. `lives_in` is the village of the holder's own
    family, where looking at households is unusual. `by_provider`: an identity provider vouches.
    `is_system`: another system's account, which calls with tokens and has no password.
    """

    name: str
    display: str
    unit: str
    lives_in: str
    grants: tuple[Grant, ...]
    disabled: bool
    locked_until: datetime | None
    must_change: bool
    by_provider: bool
    signed_in: int
    last_seen: datetime | None
    is_system: bool = False


@acting(Action.MANAGE_ACCOUNTS)
def listed(context: Context) -> list[Card]:
    """All accounts by name, disabled ones last."""
    with open_session(home_at(context.home)) as session:
        cards = [_card(session, account, context.now) for account in accounts.everyone(session)]
    return sorted(cards, key=lambda card: (card.disabled, card.name))


def _card(session: Session, account: Account, now: datetime) -> Card:
    holding = sign_ins.open_ones(session, account.name, now)
    locked = account.locked_until
    return Card(
        name=account.name,
        display=account.display,
        unit=account.unit,
        lives_in=account.lives_in,
        grants=accounts.grants_of(account),
        disabled=account.disabled_at is not None,
        locked_until=None if locked is None or locked <= now else _china(locked),
        must_change=account.must_change,
        by_provider=account.subject is not None,
        signed_in=len(holding),
        last_seen=_china(max(row.seen_at for row in holding)) if holding else None,
        is_system=account.kind == SYSTEM,
    )


def _china(moment: datetime) -> datetime:
    offset = CHINA_TIME.utcoffset(None)
    return moment + offset


@acting(Action.MANAGE_ACCOUNTS)
def create(
    context: Context,
    name: str,
    display: str,
    grants: Sequence[Grant],
    *,
    unit: str = "",
    lives_in: str = "",
    subject: str | None = None,
) -> str:
    """Make an account; returns the password for the first sign-in, shown once.

    With a `subject` (issuer and subject of an identity provider) there is no password: ''. Raises
    AccountError.
    """
    drawn = "" if subject else passwords.drawn(name)

    def make(session: Session) -> dict[str, Any]:
        made = accounts.create(
            session,
            name,
            display,
            context.now,
            unit=unit,
            lives_in=lives_in,
            password=drawn or None,
            subject=subject,
        )
        accounts.set_grants(session, made, grants, context.principal.account, context.now)
        return {"grants": told_grants(grants), "provider": subject is not None}

    _write(context, "create_account", name.strip().lower(), make)
    return drawn


@acting(Action.MANAGE_ACCOUNTS)
def change(
    context: Context,
    name: str,
    grants: Sequence[Grant],
    *,
    display: str,
    unit: str = "",
    lives_in: str = "",
) -> int:
    """Change an account's roles, areas and card; what is withdrawn ends at once everywhere.

    Visits it has by name where it works no more go back to their places; how many. Raises
    AccountError, also for one's own account: nobody gives rights to themselves.
    """
    if name == context.principal.account:
        raise AccountError(
            "不能修改自己的角色，请由另一位管理员办理",
            "nobody changes their own roles; another administrator must",
        )

    def alter(session: Session) -> dict[str, Any]:
        account = accounts.find(session, name)
        before = told_grants(accounts.grants_of(account))
        account.display, account.unit = display.strip()[:80], unit.strip()[:80]
        account.lives_in = lives_in
        accounts.set_grants(session, account, grants, context.principal.account, context.now)
        told = {"before": before, "after": told_grants(grants)}
        return told | {"handed_back": _hand_back(context, session, name)}

    return int(_write(context, "change_account", name, alter)["handed_back"])


@acting(Action.MANAGE_ACCOUNTS)
def reset_password(context: Context, name: str) -> str:
    """A new password for somebody who lost theirs, shown once; all their sign-ins end."""
    drawn = passwords.drawn(name)

    def reset(session: Session) -> dict[str, Any]:
        account = accounts.find(session, name)
        accounts.set_password(account, drawn, must_change=True)
        return {"ended": sign_ins.end_all(session, name, context.now, "new password")}

    _write(context, "reset_password", name, reset)
    return drawn


@acting(Action.MANAGE_ACCOUNTS)
def disable(context: Context, name: str) -> int:
    """Disable an account: its sign-ins end at once, visits it has by name go back to their places.

    How many visits those were. Raises AccountError for the last manager.
    """

    def close(session: Session) -> dict[str, Any]:
        account = accounts.find(session, name)
        accounts.set_disabled(session, account, True, context.now)
        ended = sign_ins.end_all(session, name, context.now, "disabled")
        return {"ended": ended, "handed_back": _hand_back(context, session, name)}

    return int(_write(context, "disable_account", name, close)["handed_back"])


def _hand_back(context: Context, session: Session, name: str) -> int:
    """Cases that the account cannot visit any more: back to their places, each in the record."""
    now = base.moment_of(context.home, base.newest_month(context.home))
    session.flush()
    before = digests.newest(session)
    policy = load_policy(home_at(context.home), now.date())
    cases = departed.hand_back(session, now, policy, [name])
    for case in cases:
        about = {"why": "account", **digests.vouched(session, before, case)}
        record.add(context, session, "assign", "alert", str(case), detail=about)
    return len(cases)


@acting(Action.MANAGE_ACCOUNTS)
def enable(context: Context, name: str) -> None:
    """Let a disabled account sign in again."""

    def open_again(session: Session) -> dict[str, Any]:
        accounts.set_disabled(session, accounts.find(session, name), False, context.now)
        return {}

    _write(context, "enable_account", name, open_again)


@acting(Action.MANAGE_ACCOUNTS)
def sign_out_all(context: Context, name: str) -> int:
    """End every sign-in of an account; how many there were."""
    ended: list[int] = []

    def close(session: Session) -> dict[str, Any]:
        ended.append(sign_ins.end_all(session, name, context.now, "administrator"))
        return {"ended": ended[0]}

    _write(context, "sign_out_account", name, close)
    return ended[0]


def told_grants(grants: Sequence[Grant]) -> list[str]:
    """Grants as the record keeps them: role, area, department."""
    return [f"{g.role.value}:{g.area.code}:{g.area.department}" for g in grants]


def _write(
    context: Context, action: str, name: str, act: Callable[[Session], dict[str, Any]]
) -> dict[str, Any]:
    with open_session(home_at(context.home)) as session:
        detail = act(session)
        record.add(context, session, action, "account", name, detail=detail)
    if detail.get("handed_back"):
        base.forget()
    return detail
