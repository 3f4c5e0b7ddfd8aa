"""Who asks, where they look and when: the first argument of every use case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from core.access.areas import COUNTY, Area
from core.access.principal import Principal


def utc_now() -> datetime:
    """This moment in UTC, without a zone, as the database keeps it."""
    return datetime.now(UTC).replace(tzinfo=None)


@dataclass(frozen=True)
class Context:
    """A principal who looks at an area of a home as of a month.

    `home` is the folder of the county's data, `as_of` the last day of the month. `clock` gives the
    moment in UTC without a zone. Whether the principal may do something there, each use case asks.
    """

    principal: Principal
    home: str
    as_of: date
    scope: Area = COUNTY
    clock: Callable[[], datetime] = field(default=utc_now, compare=False)

    @property
    def now(self) -> datetime:
        """This moment in UTC, without a zone."""
        return self.clock()

    def at(self, as_of: date) -> Context:
        """The same, as of another month."""
        return replace(self, as_of=as_of)

    def within(self, scope: Area) -> Context:
        """The same, looking at another area."""
        return replace(self, scope=scope)
