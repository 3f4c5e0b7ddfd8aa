"""The monthly run: profile → scores → risk → alerts.

Every step writes its result below the home folder, so a month can be run again at any time and
gives the same answer; alerts are only added to, never rewritten.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date

import models.risk
from alerts.policy import load_policy
from alerts.raising import candidates
from alerts.service import plan_month, raise_month
from alerts.store import open_session, upgrade
from data.home import Home
from doudi.months import build_month
from doudi.progress import Report, quiet


@dataclass(frozen=True)
class MonthResult:
    """What one monthly run did. `rechecked` lists alerts under watch that want a second visit."""

    as_of: date
    capacity: int
    raised: int
    joined: int
    cooling: int
    by_source: dict[str, int]
    waiting: dict[str, int]
    model_version: str | None
    warnings: tuple[str, ...] = ()
    rechecked: tuple[int, ...] = ()

    def to_dict(self) -> dict[str, object]:
        """Plain values for --json."""
        return {**asdict(self), "as_of": self.as_of.isoformat()}


def run_month(
    home: Home, as_of: date, report: Report = quiet, *, again: bool = False
) -> MonthResult:
    """One monthly run as of the last day of a month.

    Without a champion model the rules and the event lane still raise alerts. The chosen are
    explained before they are raised, so that an alert carries the model's reasons as they were
    on its day.
    """
    report("profile and rule scores", 0, 4)
    build_month(home, as_of, again=again)
    report("risk", 1, 4)
    version = models.risk.champion_version(home)
    if version is not None:
        models.risk.score_month(home, as_of)
    report("choose and explain", 2, 4)
    upgrade(home)
    policy = load_policy(home)
    with open_session(home) as session:
        named = candidates(home, as_of, policy)
        plan = plan_month(session, named, as_of, policy)
        if version is not None and plan.households:
            models.risk.explain_households(home, as_of, list(plan.households))
        report("raise alerts", 3, 4)
        result = raise_month(session, named, as_of, policy, plan=plan)
    report("done", 4, 4)
    return MonthResult(
        as_of,
        result.capacity,
        result.raised,
        result.joined,
        result.cooling,
        {str(key): count for key, count in result.by_source.items()},
        {str(key): count for key, count in result.waiting.items()},
        version,
        tuple(english for _, english in result.warnings),
        result.rechecked_ids,
    )
