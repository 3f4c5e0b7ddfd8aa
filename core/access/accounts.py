"""Accounts and their grants: made, changed, disabled. Callers own the transaction and the record.

An account is never deleted: what it did stays in the record under its name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from core.access import passwords
from core.access.areas import TOWNSHIP_DIGITS, Area
from core.access.models import PERSON, SYSTEM, Account, AccountGrant
from core.access.principal import Grant
from core.access.roles import OF_A_TOWNSHIP, OF_A_VILLAGE, Role
from core.errors import Told

NAME = re.compile(r"[a-z][a-z0-9._-]{2,39}")


class AccountError(Told):
    """An account cannot be made or changed so; the message says what would do."""


def find(session: Session, name: str) -> Account:
    """An account. Raises AccountError when there is none of that name."""
    found = session.get(Account, name, options=[selectinload(Account.grants)])
    if found is None:
        raise AccountError(f"没有账号“{name}”", f"there is no account '{name}'")
    return found


def everyone(session: Session) -> list[Account]:
    """All accounts by name, disabled ones too, each with its grants."""
    query = select(Account).options(selectinload(Account.grants)).order_by(Account.name)
    return list(session.scalars(query))


def anyone(session: Session) -> bool:
    """Whether there is an account at all; without one the first administrator is to be made."""
    return session.scalar(select(Account.name).limit(1)) is not None


def create(
    session: Session,
    name: str,
    display: str,
    now: datetime,
    *,
    unit: str = "",
    lives_in: str = "",
    password: str | None = None,
    must_change: bool = True,
    subject: str | None = None,
    kind: str = PERSON,
) -> Account:
    """A new account without any role yet, of a person or of a system.

    Raises AccountError for a name that is taken or malformed, PasswordRefused for an easy password.
    """
    name = name.strip().lower()
    if not NAME.fullmatch(name):
        raise AccountError(
            "账号用 3 至 40 位小写字母、数字或 . _ -，以字母开头；不要用身份证号或手机号",
            "an account's name has 3 to 40 lower-case letters, digits or . _ -, beginning with a "
            "letter; no ID or phone number",
        )
    if not display.strip():
        raise AccountError("请填写姓名", "give the person's name")
    if session.get(Account, name) is not None:
        raise AccountError(f"账号“{name}”已存在", f"the account '{name}' exists already")
    kept = None if password is None else passwords.sealed(passwords.check(password, name))
    made = Account(
        name=name,
        display=display.strip()[:80],
        unit=unit.strip()[:80],
        lives_in=lives_in,
        password=kept,
        subject=subject,
        must_change=must_change and kept is not None,
        failures=0,
        created_at=now,
        kind=kind,
    )
    session.add(made)
    session.flush()
    return made


def grants_of(account: Account) -> tuple[Grant, ...]:
    """The grants that hold now."""
    return tuple(
        Grant(Role(row.role), Area(row.area, row.department))
        for row in account.grants
        if row.withdrawn_at is None and row.role in set(Role)
    )


def set_grants(
    session: Session, account: Account, grants: Iterable[Grant], by: str, now: datetime
) -> None:
    """Make these the account's grants; the others are withdrawn at once.

    Raises AccountError for a worker without an area of the fitting size, a department worker
    without a department, or somebody who would both manage accounts and see families.
    """
    wanted = list(dict.fromkeys(grants))
    for grant in wanted:
        _check_grant(grant)
    _check_apart({grant.role for grant in wanted})
    kept = {}
    for row in account.grants:
        if row.withdrawn_at is None:
            kept[Grant(Role(row.role), Area(row.area, row.department))] = row
    for grant, row in kept.items():
        if grant not in wanted:
            row.withdrawn_at = now
    for grant in wanted:
        if grant not in kept:
            account.grants.append(
                AccountGrant(
                    role=grant.role,
                    area=grant.area.code,
                    department=grant.area.department,
                    granted_by=by,
                    granted_at=now,
                )
            )
    session.flush()


def _check_grant(grant: Grant) -> None:
    role, area = grant.role, grant.area
    digits = {OF_A_TOWNSHIP: "township", OF_A_VILLAGE: "village"}.get(role)
    fits = {
        "township": len(area.code) == TOWNSHIP_DIGITS,
        "village": area.is_village,
        None: True,
    }[digits]
    if not fits:
        zh = {"township": "乡镇", "village": "村"}[digits or "village"]
        raise AccountError(
            f"“{role.zh}”需要选择一个{zh}", f"a {role.en.lower()} needs a {digits} as area"
        )
    if (role is Role.DEPARTMENT_WORKER) != bool(area.department):
        raise AccountError(
            "部门经办需要选择部门，其他角色不选部门",
            "a department worker needs a department, other roles none",
        )


def _check_apart(roles: set[Role]) -> None:
    """Administration, audit and the work itself stay in different hands (GB/T 22239-2019)."""
    for alone in (Role.ADMINISTRATOR, Role.AUDITOR):
        if alone in roles and len(roles) > 1:
            raise AccountError(
                f"“{alone.zh}”不能兼任其他角色",
                f"the {alone.en.lower()} can hold no other role",
            )


def set_password(account: Account, password: str, *, must_change: bool) -> None:
    """Give a person a new password, and forget failed tries.

    Raises PasswordRefused, or AccountError for a system's account, which has tokens instead.
    """
    if account.kind == SYSTEM:
        raise AccountError(
            "系统账号没有密码，请另发令牌", "a system's account has no password; make a token"
        )
    account.password = passwords.sealed(passwords.check(password, account.name))
    account.must_change, account.failures, account.locked_until = must_change, 0, None


def set_disabled(session: Session, account: Account, disabled: bool, now: datetime) -> None:
    """Disable an account, or enable it again.

    Raises AccountError when nobody would be left to manage accounts.
    """
    if disabled and Role.ADMINISTRATOR in {g.role for g in grants_of(account)}:
        others = [
            a
            for a in everyone(session)
            if a.name != account.name
            and a.disabled_at is None
            and Role.ADMINISTRATOR in {g.role for g in grants_of(a)}
        ]
        if not others:
            raise AccountError(
                "这是最后一个可用的管理员账号，请先另设一个",
                "this is the last administrator; make another one first",
            )
    account.disabled_at = now if disabled else None
