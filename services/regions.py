"""The region table with dates: merged towns, changed codes. The command and the set-up share it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC

from alerts.following import follow_places
from core.access import accounts
from core.access.roles import Action
from core.db import exists, open_session, upgrade
from core.home import Home
from core.workflow.calendar import county_time
from data.region_table import Entry
from data.regions import Regions
from data.setup import dated_regions
from data.setup.dated_regions import Checked, RegionsRefused
from data.setup.regions_table import TableError
from services import record
from services.cache import forget_all
from services.context import Context
from services.reads import regions as reads
from services.reads.base import home_at
from services.use_case import acting, reading

__all__ = [
    "Checked",
    "Entry",
    "Put",
    "RegionsRefused",
    "TableError",
    "check",
    "entries",
    "put",
    "template",
]


@dataclass(frozen=True)
class Put:
    """A table that was put in place: what it changed, open alerts that followed their place, and
    accounts whose area's code has ended and must be given another."""

    checked: Checked
    alerts: int
    accounts: tuple[str, ...]


check = reading(Action.SET_UP, reads.check)
entries = reading(Action.SET_UP, reads.entries)
template = reading(Action.SET_UP, reads.template)


@acting(Action.SET_UP)
def put(context: Context, content: bytes) -> Put:
    """Put a file's region table in place of the one that stands, which is kept.

    Raises TableError for what is no table, RegionsRefused with the first problem.
    """
    home = home_at(context.home)
    at = county_time(context.now.replace(tzinfo=UTC))
    checked = dated_regions.put(home, content, context.principal.account, at)
    forget_all()
    found = Put(checked, *_follow(home))
    detail = {**checked.changes, "alerts_moved": found.alerts}
    record.write(context, "import_regions", "county", "regions.csv", detail=detail)
    return found


def _follow(home: Home) -> tuple[int, tuple[str, ...]]:
    if not exists(home):
        return 0, ()
    upgrade(home)
    regions = Regions.load(home)
    moves = regions.table.moves(regions.today)
    with open_session(home) as session:
        moved = follow_places(session, moves)
        named = [
            account.name
            for account in accounts.everyone(session)
            if account.disabled_at is None
            and any(grant.area.code in moves for grant in accounts.grants_of(account))
        ]
    return moved, tuple(sorted(named))
