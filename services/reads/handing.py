"""Who alerts can be handed to, and how much each place and person has in hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil

from sqlalchemy.orm import Session

from alerts.policy import Policy, load_policy
from alerts.states import State
from core.access import accounts
from core.access.areas import Area
from core.access.models import PERSON
from core.access.roles import OF_A_TOWNSHIP, OF_A_VILLAGE
from core.db import open_session
from services.reads import base, standing

WORKERS = (OF_A_TOWNSHIP, OF_A_VILLAGE)
# States in which somebody owes the visit.
IN_HAND = (State.DISPATCHED, State.ACCEPTED, State.CHECKING, State.RETRY)


@dataclass(frozen=True)
class Load:
    """What a township or a person has in hand.

    `waiting` are visits owed, `late` those of them past their day, `sent` dispatched in the month.
    `places` is how many visits a month the township can make: its ceiling, else its share of the
    county's capacity; None for a person. `account` is None for a township as a whole.
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
    stood = standing.stood(home, as_of, scope)
    owed = stood[stood["state"].isin([state.value for state in IN_HAND])]
    today = base.today_at(home, as_of)
    late = owed["due_on"].map(lambda day: day is not None and day == day and day < today)
    owed = owed.assign(late=late.astype(bool))
    sent = stood[stood["dispatched"] & (stood["month"] == f"{as_of:%Y-%m}")]
    policy = load_policy(base.home_at(home), as_of)
    names = {worker.account: worker.display for worker in workers(home, scope)}
    share = _shares(home, as_of, scope, policy)
    found = []
    for code in sorted({*share, *(c for c in stood["township_code"] if c)}):
        here = owed[owed["township_code"] == code]
        found.append(
            Load(
                code,
                None,
                code,
                len(here),
                int(here["late"].sum()),
                int((sent["township_code"] == code).sum()),
                policy.township_capacity.get(code, share.get(code)),
                code in policy.township_capacity,
            )
        )
        for account, own in here.groupby("holder_account"):
            name = names.get(str(account), str(account))
            found.append(Load(code, str(account), name, len(own), int(own["late"].sum()), 0))
    return found


def _shares(home: str, as_of: date, scope: Area, policy: Policy) -> dict[str, int]:
    """Each township's share of the county's visits a month, by its households."""
    path = base.monthly_file(home, "profile", as_of, "household.parquet")
    if path is None:
        return {}
    counted = base.query(
        "SELECT township_code, count(*) AS n FROM read_parquet($path) p "  # noqa: S608 (ours)
        f"WHERE {base.inside(scope)} AND township_code IS NOT NULL GROUP BY 1",
        {"path": str(path), **base.scope_values(home, scope)},
    )
    each = (policy.capacity_per_1000_households + policy.event_budget_per_1000) / 1000
    codes = counted["township_code"].tolist()
    return {str(c): ceil(each * int(n)) for c, n in zip(codes, counted["n"], strict=True)}
