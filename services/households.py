"""Which households a context may open, and the record of every look at one."""

from __future__ import annotations

from datetime import date, timedelta
from threading import Lock

from cachetools import TTLCache
from sqlalchemy import select

from alerts.models import Alert
from core.access.areas import COUNTY, Area
from core.access.principal import Refused
from core.access.roles import Action
from services import record
from services.context import Context
from services.reads import base
from services.reads.county import months

# A page asks for the same household twenty times; within this time it is one look.
ONE_LOOK = timedelta(minutes=5)
_seen: TTLCache[tuple[str, str, str, date], bool] = TTLCache(10_000, ONE_LOOK.total_seconds())
_door = Lock()


class OutsideArea(Refused):
    """The household lies outside every area of the principal; who may can break the glass."""

    def __init__(self, household: str) -> None:
        super().__init__(
            "该户不在您负责的区域", "this household lies outside the areas you are responsible for"
        )
        self.household = household


def opened(context: Context, action: Action | None, household: str) -> Context:
    """The context in which a household may be read, after recording the look.

    Raises NothingYet when it lies outside the area chosen but within the principal's own, or is
    not known; OutsideArea when it lies outside all of them.
    """
    action = action or Action.SEE_HOUSEHOLD
    if household in context.principal.households and action is Action.SEE_HOUSEHOLD:
        context = context.within(COUNTY)
    elif context.scope and not inside(context.home, context.as_of, context.scope, household):
        require_own(context, household, action)
        raise base.NothingYet("household", context.as_of)
    _look(context, household)
    return context


def require_own(context: Context, household: str, action: Action = Action.SEE_HOUSEHOLD) -> None:
    """Raises OutsideArea, and records it, for a household outside all of the principal's areas."""
    if household in context.principal.households and action is Action.SEE_HOUSEHOLD:
        return
    own = context.principal.areas(action)
    if any(inside(context.home, context.as_of, area, household) for area in own):
        return
    if known(context.home, context.as_of, household):
        record.refusal(context, action, "household", household)
        raise OutsideArea(household)


def _look(context: Context, household: str) -> None:
    """One look in the record: whose page it was, seen by whom, as of which month."""
    key = (
        context.home,
        context.principal.session or context.principal.account,
        household,
        context.as_of,
    )
    with _door:
        if key in _seen:
            return
        _seen[key] = True
    area = village(context.home, context.as_of, household) or context.scope.code
    asked = {"as_of": context.as_of}
    record.write(context, "look", "household", household, area=area, detail=asked)


def known(home: str, as_of: date, household: str) -> bool:
    """Whether any month or alert knows the household."""
    return inside(home, as_of, COUNTY, household)


@base.cached_alerts
def inside(home: str, as_of: date, scope: Area, household: str) -> bool:
    """Whether a household lies in an area: by the newest profile up to the month that has it, or by
    an alert of its own."""
    if base.has_alerts(home):
        with base.alert_session(home, scope) as session:
            if session.scalar(select(Alert.id).where(Alert.household == household).limit(1)):
                return True
    for month in months(home):
        path = base.monthly_file(home, "profile", month, "household.parquet")
        if month > as_of or path is None:
            continue
        found = base.query(
            f"SELECT {base.inside(scope)} AS here FROM read_parquet($path) p "  # noqa: S608 (ours)
            "WHERE household = $household",
            {"path": str(path), "household": household, **base.scope_values(home, scope)},
        )
        if len(found):
            return bool(found["here"].iloc[0])
    return False


@base.cached
def village(home: str, as_of: date, household: str) -> str:
    """Code of the village a household lives in, by the newest profile up to the month; '' without
    one."""
    for month in months(home):
        path = base.monthly_file(home, "profile", month, "household.parquet")
        if month > as_of or path is None:
            continue
        found = base.query(
            "SELECT village_code FROM read_parquet($path) WHERE household = $household",
            {"path": str(path), "household": household},
        )
        if len(found):
            return str(found["village_code"].iloc[0] or "")
    return ""
