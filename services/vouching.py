"""The door for accounts of an identity provider, once its word has been verified."""

from __future__ import annotations

from core.access import vouched
from core.access.sign_ins import Begun, SignInRefused
from core.access.vouched import Vouched, expected
from core.db import open_session, upgrade
from services.context import utc_now
from services.door import Browser, tell
from services.reads.base import home_at

__all__ = ["Begun", "SignInRefused", "Vouched", "expected", "refuse", "sign_in"]


def sign_in(home: str, who: Vouched, match: str, browser: Browser) -> Begun:
    """Begin a sign-in on a provider's word; success, refusal and a first link are recorded.

    `match`: how an account that nobody is linked to yet is found. Raises SignInRefused.
    """
    folder = home_at(home)
    upgrade(folder)
    try:
        with open_session(folder) as session:
            begun, account, linked = vouched.sign_in(
                session, who, match, utc_now(), browser.place, browser.agent
            )
            if linked:
                tell(session, account, browser, "link_account", why=match)
            tell(session, account, browser, "sign_in", session_id=begun.id, why="provider")
    except SignInRefused as refused:
        refuse(home, refused.why, browser, who.subject)
        raise
    return begun


def refuse(home: str, why: str, browser: Browser, subject: str = "") -> None:
    """Record that a round trip to the provider signed nobody in; `why` in a few words."""
    folder = home_at(home)
    upgrade(folder)
    with open_session(folder) as session:
        tell(session, subject, browser, "sign_in", why=f"provider: {why}"[:120])
