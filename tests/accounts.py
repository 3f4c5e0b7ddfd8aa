"""Accounts that tests sign in with, and contexts of theirs."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from core.access import accounts, sign_ins
from core.access.areas import COUNTY, Area
from core.access.models import Account, AccountGrant
from core.access.principal import Grant, Principal
from core.access.roles import Role
from core.db import open_session, upgrade
from core.home import Home
from services import Context
from services.context import utc_now

# One account for tests that only read: no real account may hold all of this.
EVERYTHING = "everything"
READING = [
    Role.LEADER,
    Role.ANALYST,
    Role.DATA_SCIENTIST,
    Role.DISPATCHER,
    Role.TOWNSHIP_WORKER,
    Role.DATA_STEWARD,
]


def name_of(role: Role | None, area: Area = COUNTY) -> str:
    """The account that holds a role in an area; without a role the one that holds many."""
    if role is None:
        return EVERYTHING
    where = "-".join(part.lower() for part in (area.code, area.department) if part)
    return "-".join(part.replace("_", "-") for part in (f"t-{role.value}", where) if part)[:40]


def grants_of(role: Role | None, area: Area = COUNTY) -> tuple[Grant, ...]:
    """What that account holds."""
    return tuple(Grant(one, area) for one in (READING if role is None else [role]))


def context(root: object, month: date, area: str = "", role: Role | None = None) -> Context:
    """The context of an account, without a sign-in, looking at an area."""
    who = Principal(name_of(role), "Tester", grants_of(role))
    return Context(who, str(root), month, Area(area))


def account(session: Session, role: Role | None, area: Area = COUNTY) -> Account:
    """That account in the home's database, made where it is not there yet."""
    name = name_of(role, area)
    if found := session.get(Account, name):
        return found
    made = accounts.create(session, name, "Tester", utc_now())
    for grant in grants_of(role, area):  # straight in: set_grants would refuse what no one may hold
        row = AccountGrant(
            role=grant.role,
            area=grant.area.code,
            department=grant.area.department,
            granted_by="test",
            granted_at=utc_now(),
        )
        made.grants.append(row)
    session.flush()
    return made


def signed_in(home: Home, role: Role | None = None, area: Area = COUNTY) -> str:
    """Sign that account in; what its browser then holds."""
    upgrade(home)
    with open_session(home) as session:
        return sign_ins.begin(session, account(session, role, area), utc_now(), "", "").secret
