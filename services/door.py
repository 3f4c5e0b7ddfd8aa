"""The door: signing in and out, one's own password, and who holds a browser's secret now.

These come before any context: they take the home's folder and the browser's address instead.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from core.access import accounts, guesses, sign_ins
from core.access.areas import Area
from core.access.principal import Grant, Principal
from core.access.roles import Role
from core.access.sign_ins import Begun, SignInRefused
from core.audit import Entry, place_of, record_at_end
from core.db import exists, open_session, upgrade
from core.errors import Told
from services.context import utc_now
from services.reads.base import NothingYet, home_at
from services.reads.county import County, areas, county

__all__ = [
    "Begun",
    "Browser",
    "SignInRefused",
    "change_password",
    "demo_roles",
    "end",
    "end_everywhere",
    "enter_demo",
    "has_accounts",
    "labelled",
    "principal_of",
    "sign_in",
    "tell",
]

# Roles that a synthetic county offers without a password.
_DEMO = list(Role)


@dataclass(frozen=True)
class Browser:
    """Where a request comes from: address and program, as far as they are known."""

    place: str = ""
    agent: str = ""


def labelled(home: str) -> County | None:
    """The county's name and whether it is invented, for the sign-in page; None before its data."""
    try:
        found: County = county(home)
    except NothingYet:
        return None
    return found


def has_accounts(home: str) -> bool:
    """Whether the home has an account; without one nobody can sign in."""
    folder = home_at(home)
    if not exists(folder):
        return False
    upgrade(folder)
    with open_session(folder) as session:
        return accounts.anyone(session)


def sign_in(home: str, name: str, password: str, browser: Browser) -> Begun:
    """Begin a sign-in with a password. Raises SignInRefused; success and refusal are recorded."""
    folder = home_at(home)
    upgrade(folder)
    refused: SignInRefused | None = None
    with open_session(folder) as session:
        now = utc_now()
        try:
            guesses.check(session, browser.place, now)
            begun = sign_ins.by_password(session, name, password, now, browser.place, browser.agent)
        except SignInRefused as error:
            refused = error  # the failure is counted: the block must end well
        tell(
            session,
            name.strip().lower(),
            browser,
            "sign_in",
            session_id="" if refused else begun.id,
            why=refused.why if refused else "",
        )
    if refused:
        raise refused
    return begun


def principal_of(home: str, secret: str | None, *, active: bool = True) -> Principal | None:
    """Who holds a browser's secret now; None for nobody. `active`: the person did something."""
    folder = home_at(home)
    if not secret or not exists(folder):
        return None
    with open_session(folder) as session:
        return sign_ins.find(session, secret, utc_now(), active=active)


def end(home: str, secret: str, browser: Browser) -> None:
    """Sign out: the secret opens nothing any more, on any server."""
    with open_session(home_at(home)) as session:
        now = utc_now()
        account = sign_ins.end(session, secret, now)
        if account:
            tell(session, account, browser, "sign_out")


def end_everywhere(home: str, principal: Principal) -> int:
    """Sign out on every device; how many sign-ins were ended."""
    with open_session(home_at(home)) as session:
        now = utc_now()
        ended = sign_ins.end_all(session, principal.account, now)
        tell(session, principal.account, Browser(principal.place), "sign_out_everywhere")
        return ended


def change_password(home: str, principal: Principal, old: str, new: str) -> None:
    """Change one's own password; sign-ins on other devices end.

    Raises Told for a wrong old password or a new one that is too easy.
    """

    def change(session: Session, now: datetime) -> None:
        account = accounts.find(session, principal.account)
        if not sign_ins.passwords.fits(old, account.password):
            raise Told("原密码不对", "the old password is wrong")
        if old == new:
            raise Told("新密码不能与原密码相同", "the new password must differ from the old one")
        accounts.set_password(account, new, must_change=False)
        sign_ins.end_others(session, principal.account, principal.session, now)

    _acted(home, principal, "change_password", change)


def _acted(
    home: str, principal: Principal, action: str, act: Callable[[Session, datetime], None]
) -> None:
    with open_session(home_at(home)) as session:
        now = utc_now()
        act(session, now)
        tell(session, principal.account, Browser(principal.place), action)


def demo_roles(home: str) -> list[Role]:
    """Roles that the sign-in page offers at a click: on a synthetic county, and only there."""
    found = labelled(home)
    return list(_DEMO) if found and found.synthetic else []


def enter_demo(home: str, role: Role | str, browser: Browser) -> Begun:
    """Sign in as the role's account of a synthetic county. Raises SignInRefused on any other."""
    if role not in demo_roles(home):
        raise SignInRefused(
            "no demo here", "此处不能免密登录", "signing in at a click is not offered here"
        )
    chosen, folder = Role(role), home_at(home)
    upgrade(folder)
    with open_session(folder) as session:
        now = utc_now()
        account = session.get(accounts.Account, f"demo-{chosen.value.replace('_', '-')}")
        if account is None:
            name = f"demo-{chosen.value.replace('_', '-')}"
            account = accounts.create(session, name, "演示 Demo", now)
            grant = Grant(chosen, _demo_area(home, chosen))
            accounts.set_grants(session, account, [grant], "demo", now)
        begun = sign_ins.begin(session, account, now, browser.place, browser.agent)
        tell(session, account.name, browser, "sign_in", session_id=begun.id, why="demo")
    return begun


def _demo_area(home: str, role: Role) -> Area:
    """The first township or village for who works in one, the medical department for its own."""
    if role is Role.DEPARTMENT_WORKER:
        return Area(department="medical_security")
    towns = areas(home)
    if role is Role.TOWNSHIP_WORKER and towns:
        return Area(towns[0])
    if role is Role.VILLAGE_WORKER and towns:
        return Area(areas(home, towns[0])[0])
    return Area()


def tell(
    session: Session,
    account: str,
    browser: Browser,
    action: str,
    session_id: str = "",
    why: str = "",
) -> None:
    """Record what happened at the door; a sign-in without a session was refused."""
    refused = action == "sign_in" and not session_id
    entry = Entry(
        account=account or "?",
        action=action,
        object_kind="account",
        object=account,
        session=session_id,
        place=place_of(browser.place, browser.agent),
        result="refused" if refused else "done",
        detail={"why": why} if why else {},
    )
    record_at_end(session, entry)
