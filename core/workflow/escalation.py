"""Late steps: how near, how late, and which level was told already.

A level is reported once for each deadline. The record of that is the event itself: its note holds
level and due day ("L2 2026-04-01"), so that running the same look twice changes nothing, also after
the due day was worked out anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from core.workflow.calendar import working_days_between

# How such a note looks to SQL's LIKE, where the events are searched.
NOTE_LIKE = "L_ ____-__-__"
_NOTE = re.compile(r"L(\d) (\d{4}-\d{2}-\d{2})")


@dataclass(frozen=True)
class Ladder:
    """When a late step is reported upwards.

    `levels` are the working days after which level 1, 2, … is reached, rising. A step is near due
    once it has used `near_share` (0..1) of its limit.
    """

    levels: tuple[int, ...]
    near_share: float

    def level(self, due_on: date, today: date) -> int:
        """The highest level a step due on `due_on` has reached by `today`; 0 for none."""
        days = working_days_between(due_on, today)
        return sum(days >= limit for limit in self.levels)

    def near(self, clock_from: date, limit: int | None, today: date) -> bool:
        """Whether a step has used up most of its limit (working days; None: it has none)."""
        if limit is None or today < clock_from:
            return False
        return working_days_between(clock_from, today) >= self.near_share * limit


def note(level: int, due_on: date) -> str:
    """What the event of a report upwards says; `levels_told` reads it again."""
    return f"L{level} {due_on.isoformat()}"


def level_told(text: str | None) -> int | None:
    """The level that the note of a report upwards tells; None for words of people."""
    told = _NOTE.fullmatch(text or "")
    return int(told[1]) if told else None


@dataclass(frozen=True)
class Deadline:
    """The running deadline of a case: its due day, and the event with which its clock began.

    The day may be worked out anew while the clock runs, when a year's holidays become known.
    """

    due_on: date
    begun: int = 0


def levels_told(
    notes: Iterable[tuple[int, int, str | None]], running: Mapping[int, Deadline]
) -> dict[int, int]:
    """The highest level told of each case's running deadline, from (case, event, its note).

    Told of it is what named its due day, or came after its clock began. Other notes are left out:
    people report upwards in words of their own.
    """
    found: dict[int, int] = {}
    for number, event, text in notes:
        told = _NOTE.fullmatch(text or "")
        if told is None or number not in running:
            continue
        deadline = running[number]
        if event > deadline.begun or date.fromisoformat(told[2]) == deadline.due_on:
            found[number] = max(found.get(number, 0), int(told[1]))
    return found
