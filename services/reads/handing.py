"""Who alerts can be handed to, and how much each place and person has in hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd
from sqlalchemy.orm import Session

from alerts.policy import load_policy
from alerts.supervision import load as counts
from core.access import accounts
from core.access.areas import Area
from core.access.models import PERSON
from core.access.roles import OF_A_TOWNSHIP, OF_A_VILLAGE
from core.db import open_session
from services.reads import base, load

WORKERS = (OF_A_TOWNSHIP, OF_A_VILLAGE)


@dataclass(frozen=True)
class Load:
    """What a township or a person has in hand (`services.reads.load`).

    `waiting` are visits owed, `late` open cases past their day, `sent` the month's new alerts that
    were sent out. `places` is how many visits a month the township can make, a `ceiling` or its
    share; None for a person. `account` is None for a township as a whole.
    """

    area: str
    account: str | None
    display: str
    waiting: int
    late: int
    sent: int
    places: int | None = None
    ceiling: bool = False

    @property
    def full(self) -> bool:
        """Whether the month's visits sent already reach what the township can make."""
        return self.places is not None and self.sent >= self.places


@dataclass(frozen=True)
class Worker:
    """Somebody who visits: account, name, and the areas they work in."""

    account: str
    display: str
    areas: tuple[str, ...]


def workers(home: str, scope: Area) -> list[Worker]:
    """People who visit in an area, by name; disabled accounts and systems are left out."""
    with open_session(base.home_at(home)) as session:
        return _workers(session, scope)


def _workers(session: Session, scope: Area) -> list[Worker]:
    found = []
    for account in accounts.everyone(session):
        if account.disabled_at is not None or account.kind != PERSON:
            continue
        areas = tuple(
            grant.area.code
            for grant in accounts.grants_of(account)
            if grant.role in WORKERS and (scope.holds(grant.area) or grant.area.holds(scope))
        )
        if areas:
            found.append(Worker(account.name, account.display, areas))
    return found


def suspension_days(home: str, as_of: date) -> tuple[date, date]:
    """The first and the last day until which a case may be suspended, seen from the working day."""
    today = base.moment_of(home, as_of).date()
    longest = load_policy(base.home_at(home), today).longest_suspension_days
    return today + timedelta(days=1), today + timedelta(days=longest)


def loads(home: str, as_of: date, scope: Area) -> list[Load]:
    """Every township of the area with its people, each with what it has in hand.

    Townships by code, the township itself first, then who has cases by name there.
    """
    names = {worker.account: worker.display for worker in workers(home, scope)}
    held = counts.holders(load.open_alerts(home, as_of, scope))
    places = load.by_place(home, as_of, scope, "township_code").sort_values("group")
    found = []
    for row in places.to_dict("records"):
        code = str(row["group"])
        room = None if pd.isna(row["capacity"]) else int(row["capacity"])
        of_all = (int(row[name]) for name in ("owed", "late", "sent"))
        found.append(Load(code, None, code, *of_all, room, bool(row["ceiling"])))
        here = counts.load(held[held["township_code"] == code], "person").sort_values("group")
        for person in here.to_dict("records"):
            name, own = str(person["group"]), (int(person["owed"]), int(person["late"]))
            found.append(Load(code, name, names.get(name, name), *own, 0))
    return found
