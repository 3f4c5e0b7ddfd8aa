"""A county and Doudi side by side: a month passes, files arrive, a run, visits, help, and on."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np

from core.home import Home, month_end
from core.progress import Progress, quiet
from data.ingest import ingest_directory
from doudi import pipeline
from simulator import replies
from simulator.fieldwork import Fieldwork, as_visits, next_month
from simulator.world import books
from simulator.world.clock import month_text
from simulator.world.county import County, describe


@dataclass
class Life:
    """One county lived with Doudi from a saved state of its own on."""

    home: Home
    county: County
    workers: Fieldwork
    begun: date
    unmet: list[int] = field(default_factory=list)
    visits: list[int] = field(default_factory=list)

    @classmethod
    def resume(cls, home: Home, state_file: Path) -> Life:
        """Live on from a state file of this home."""
        county = County.resume(home, state_file)
        state = county.state
        workers = Fieldwork(home, state.seed, len(state.h.n))
        if books.change(state):
            workers.learn(state)
        return cls(home, county, workers, month_end(month_text(state.month)))

    def month(
        self, report: Progress = quiet, *, leave: int = 0, late: frozenset[str] = frozenset()
    ) -> pipeline.MonthResult:
        """The next month, from life to the alerts raised at its end.

        `leave`: so many new alerts that are not urgent wait for somebody to dispatch them. `late`
        names feeds whose department does not deliver this month.
        """
        self.county.post.late = late
        report("the month is lived", 0, 3)
        as_of = self.live()
        report("run", 1, 3)
        # Nobody reads the watch of a month gone by; the demo makes that of its last.
        result = pipeline.run_month(self.home, as_of, watch=False)
        report("send out workers", 2, 3)
        self.workers.plan(as_of, result.rechecked, leave=leave)
        report("", 3, 3)
        return result

    def live(self) -> date:
        """Life goes on for a month, workers visit, files come in. Returns the month's end."""
        month = next_month(month_end(month_text(self.county.state.month)))
        trips = self.workers.trips(month)
        lived = self.county.live(as_visits(trips))
        if books.change(self.county.state):
            self.workers.learn(self.county.state)
        self.unmet.append(int(np.count_nonzero(self.county.state.h.unmet)))
        self.visits.append(len(trips))
        self.county.post.settle()
        self.county.save(waiting=False)
        state = self.county.state
        describe(self.home, state.first, state.month, self.county.post.withheld)
        self.workers.record(trips, lived)
        sealed, seed = self.county.post.sealed, self.county.state.seed
        replies.send(self.home, sealed, seed, self.begun, month_end(month))
        ingest_directory(self.home, self.home.incoming / month)
        return month_end(month)
