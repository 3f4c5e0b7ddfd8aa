"""By when the current step of a case is due, in working days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Generic

from core.workflow.calendar import Due, add_working_days
from core.workflow.moves import State


@dataclass(frozen=True)
class Timetable(Generic[State]):
    """How long each step may take.

    `steps` names the step whose clock runs while a case is in a state; other states have no limit.
    `limits` gives, for each level of urgency, the working days of each step.
    """

    steps: Mapping[State, str]
    limits: Mapping[str, Mapping[str, int]]

    def limit(self, state: State, level: str) -> int | None:
        """Working days allowed for the step that runs in a state; None where none runs.

        Raises KeyError for a level that is not in the table.
        """
        step = self.steps.get(state)
        return None if step is None else self.limits[level][step]

    def due(self, state: State, level: str, clock_from: date) -> Due | None:
        """When the step that runs in a state is due, counted from `clock_from`."""
        days = self.limit(state, level)
        return None if days is None else add_working_days(clock_from, days)
