"""Whoever works on the server itself: the command line's principal, and what only it may do.

Somebody who can run `doudi` there can read the files anyway; what they do is recorded under the
name of their account on that machine all the same.
"""

from __future__ import annotations

import getpass
from collections.abc import Sequence
from datetime import date
from typing import Any

from core.access import accounts as kept
from core.access import passwords, sign_ins
from core.access.accounts import AccountError
from core.access.principal import Grant, Principal
from core.access.roles import Action, Role
from core.db import open_session, upgrade
from services import accounts as use_cases
from services import notices as notice_cases
from services import record, tokens
from services import regions as region_cases
from services import setup as setup_cases
from services.accounts import Card
from services.context import Context
from services.reads.base import home_at
from services.tokens import Drawn, Issued

# What the command line shows: figures, feeds, alerts and models, no family by name.
_READS = (Role.ANALYST, Role.DATA_SCIENTIST, Role.DATA_STEWARD)


def principal() -> Principal:
    """The operating-system user, with the rights to what the command line shows."""
    return Principal(f"os-{_user()}", _user(), tuple(Grant(role) for role in _READS))


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return "unknown"


def context(home: str, as_of: date) -> Context:
    """The whole county as of a month, for a command."""
    return Context(principal(), home, as_of)


def _manager(home: str) -> Context:
    who = Principal(f"os-{_user()}", _user(), (Grant(Role.ADMINISTRATOR),))
    return Context(who, home, date.max)


def first_administrator(home: str, name: str, display: str) -> str:
    """Make the first administrator; returns the password. Raises AccountError when there is one."""
    upgrade(home_at(home))
    with open_session(home_at(home)) as session:
        managers = [
            account.name
            for account in kept.everyone(session)
            if account.disabled_at is None
            and account.subject is None
            and not account.name.startswith("demo-")
            and Role.ADMINISTRATOR in {grant.role for grant in kept.grants_of(account)}
        ]
    if managers:
        raise AccountError(
            f"已有系统管理员 {managers[0]}；忘记密码请用 doudi accounts reset {managers[0]}",
            f"there is an administrator already, {managers[0]}; with a lost password run "
            f"'doudi accounts reset {managers[0]}'",
        )
    password: str = use_cases.create(_manager(home), name, display, [Grant(Role.ADMINISTRATOR)])
    return password


def reset_password(home: str, name: str) -> str:
    """A new password for an account, which may sign in again; returns it. Raises AccountError."""
    drawn, manager = passwords.drawn(name), _manager(home)
    upgrade(home_at(home))
    with open_session(home_at(home)) as session:
        account = kept.find(session, name)
        kept.set_password(account, drawn, must_change=True)
        account.disabled_at = None
        sign_ins.end_all(session, name, manager.now, "new password")
        record.add(manager, session, "reset_password", "account", name)
    return drawn


def standing(home: str) -> setup_cases.Standing:
    """The county as it is set up."""
    found: setup_cases.Standing = setup_cases.standing(_manager(home))
    return found


def preview_county(home: str, answers: setup_cases.Answers) -> setup_cases.Preview:
    """What setting up the county so would do."""
    found: setup_cases.Preview = setup_cases.preview(_manager(home), answers)
    return found


def set_up(home: str, answers: setup_cases.Answers) -> int | None:
    """Set up the county; the number of the version it replaces. Raises SetupError."""
    kept: int | None = setup_cases.save(_manager(home), answers)
    return kept


def bring_back(home: str, number: int) -> int | None:
    """Put a previous set-up in place. Raises SetupError."""
    kept: int | None = setup_cases.bring_back(_manager(home), number)
    return kept


def check_regions(home: str, content: bytes) -> region_cases.Checked:
    """What importing a region table would do. Raises TableError."""
    found: region_cases.Checked = region_cases.check(_manager(home), content)
    return found


def put_regions(home: str, content: bytes) -> region_cases.Put:
    """Import a region table. Raises TableError, RegionsRefused."""
    done: region_cases.Put = region_cases.put(_manager(home), content)
    return done


def regions(home: str) -> Sequence[region_cases.Entry]:
    """Every place of the home with its dates."""
    found: Sequence[region_cases.Entry] = region_cases.entries(_manager(home))
    return found


def regions_sheet(home: str) -> str:
    """The home's places as a table to go on from, as CSV."""
    text: str = region_cases.template(_manager(home))
    return text


def checklist(home: str) -> list[setup_cases.Line]:
    """What the county still lacks."""
    found: list[setup_cases.Line] = setup_cases.checklist(_manager(home))
    return found


def accounts(home: str) -> list[Card]:
    """Every account."""
    upgrade(home_at(home))
    found: list[Card] = use_cases.listed(_manager(home))
    return found


def make_token(
    home: str,
    name: str,
    system: str,
    scopes: Sequence[Action],
    grants: Sequence[Grant],
    days: int,
) -> Drawn:
    """A token for a system, whose account is made where there is none. Raises AccountError."""
    upgrade(home_at(home))
    drawn: Drawn = tokens.make(_manager(home), name, system, scopes, grants=grants, days=days)
    return drawn


def issued_tokens(home: str) -> list[Issued]:
    """Every token ever made."""
    upgrade(home_at(home))
    found: list[Issued] = tokens.listed(_manager(home))
    return found


def withdraw_token(home: str, token: str) -> None:
    """End a token at once. Raises AccountError."""
    upgrade(home_at(home))
    tokens.withdraw(_manager(home), token)


def tell(home: str, action: str, kind: str, about: str = "", **more: Any) -> None:
    """Record what a command did to the county, under the operating-system user's name."""
    record.write(context(home, date.max), action, kind, about, **more)


def notices(home: str) -> notice_cases.Status:
    """How notices are set up and what became of the newest. Raises NoticeError."""
    found: notice_cases.Status = notice_cases.status(_manager(home))
    return found


def send_notices(home: str) -> list[notice_cases.Sent]:
    """Send what is due today. Raises NoticeError."""
    done: list[notice_cases.Sent] = notice_cases.send(_manager(home))
    return done


def try_notice(home: str, name: str) -> str:
    """Send one channel a message without numbers; '' or the problem. Raises NoticeError."""
    problem: str = notice_cases.try_out(_manager(home), name)
    return problem


def set_notice(home: str, channel: notice_cases.Channel) -> None:
    """Add a channel. Raises NoticeError."""
    upgrade(home_at(home))
    notice_cases.add(_manager(home), channel)


def remove_notice(home: str, name: str) -> None:
    """Take a channel away. Raises NoticeError."""
    notice_cases.remove(_manager(home), name)


def switch_notices(home: str, on: bool, link: str = "", language: str = "zh") -> None:
    """Switch notices on or off. Raises NoticeError."""
    upgrade(home_at(home))
    notice_cases.switch(_manager(home), on, link=link, language=language)
