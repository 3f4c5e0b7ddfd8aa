"""The county's offices: one module here for each feed it delivers, found by the feed's name.

A module `<feed>.py` has `observe(desk)`, which gives the month's frames of its feed, or of several
feeds by name. It may also say

- `BEFORE_HELP = True`: it observes before the month's help is asked for (a form shows the family as
  it was met);
- `AS_CSV = True`: written as CSV although the contract says Excel: too many rows for a spreadsheet;
- `THOUSANDS = "total_cost"`: the amount that some months come with thousands marks.

A feed whose rows another office hands in has a module without `observe`; a feed without a module is
not delivered by the synthetic county.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec

from data.contracts import all_feeds
from simulator.world.clock import Frame
from simulator.world.departments.desk import Desk

Observed = list[Frame] | dict[str, list[Frame]]


@dataclass(frozen=True)
class Office:
    """One feed's office; `observe` is None where another office hands its rows in."""

    feed: str
    observe: Callable[[Desk], Observed] | None = None
    before_help: bool = False
    as_csv: bool = False
    thousands: str | None = None

    def hands_in(self, desk: Desk) -> Iterator[tuple[str, list[Frame]]]:
        """What it observed this month, by feed."""
        found = self.observe(desk) if self.observe else []
        yield from found.items() if isinstance(found, dict) else [(self.feed, found)]


@cache
def office(feed: str) -> Office:
    """The office of a feed; one that observes nothing where the county has none."""
    name = f"{__package__}.{feed}"
    if find_spec(name) is None:
        return Office(feed)
    module = importlib.import_module(name)
    return Office(
        feed,
        getattr(module, "observe", None),
        getattr(module, "BEFORE_HELP", False),
        getattr(module, "AS_CSV", False),
        getattr(module, "THOUSANDS", None),
    )


def offices(*, before_help: bool) -> list[Office]:
    """Offices that observe at this point of the month, in the order of the feeds."""
    found = [office(feed) for feed in all_feeds()]
    return [one for one in found if one.observe and one.before_help == before_help]
