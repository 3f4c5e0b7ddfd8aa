"""When a confirmed family got its first measure or a clear answer, from the record of its needs.

The limit of the step is met by the most urgent need of those that the visit confirmed: the one for
which the policy gives least time. Met is a measure, dropped with its reason a clear answer. Taking
a need up is neither, but from then on its own time runs (`alerts.need_clocks`, decision 0069).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from alerts.need_clocks import BEGINS
from alerts.policy import Policy
from alerts.states import Action, Outcome
from core.workflow.calendar import add_working_days, working_days_between

_ANSWERS = frozenset({Action.NEED_MET, Action.NEED_DROPPED})


@dataclass(frozen=True)
class Level:
    """What decides an alert's limits: `place` is its village, else its township, `hard` whether
    the county mechanism decides."""

    band: str
    source: str
    urgent: bool
    place: str = ""
    hard: bool = False


@dataclass
class FirstHelp:
    """The needs of one case since its visit, event by event."""

    level: Level
    policy: Policy
    confirmed: dict[int, str] = field(default_factory=dict)
    """The kinds of need that the visit confirmed, by number; none once the first is answered."""
    own: dict[int, tuple[str, date]] = field(default_factory=dict)
    """The act and the day with which a need's own clock began."""

    def again(self) -> None:
        """The result stands no longer, or help ended: what comes is another visit's."""
        self.confirmed.clear()
        self.own.clear()

    def resumed(self, day: date) -> None:
        """A suspension is over: each need has its whole time again."""
        self.own = {need: (act, day) for need, (act, _) in self.own.items()}

    def answered(self, event: Any, code: str, clock: date) -> int | None:
        """Take in an event about one need; the limit in working days from `clock` where it is the
        first measure or clear answer for the most urgent one, else None."""
        need, action, day = event.need_id, event.action, event.at.date()
        if event.outcome == Outcome.CONFIRMED:
            self.confirmed[need] = code
            self.own.pop(need, None)
        elif action in BEGINS:
            self.own[need] = (action, day)
        elif action in _ANSWERS and need in self._most_urgent(day):
            limit = self._limit(need, clock)
            self.again()
            return limit
        return None

    def _most_urgent(self, day: date) -> set[int]:
        """The confirmed needs for which the policy gives least time."""
        days = {need: self._days(code, day) for need, code in self.confirmed.items()}
        return {need for need, given in days.items() if given == min(days.values())}

    def _days(self, code: str, day: date) -> int:
        return self.policy.application_limit(code, self.level.place, day, hard=self.level.hard)

    def _limit(self, need: int, clock: date) -> int:
        """Working days from the dispatch to the day on which the answer was due."""
        first = self.policy.limits(self.level.band, self.level.source, self.level.urgent).measure
        if need not in self.own:
            return first
        act, since = self.own[need]
        taken = act == Action.NEED_TAKEN
        days = self._days(self.confirmed[need], since) if taken else first
        return working_days_between(clock, add_working_days(since, days).on)
