"""The monthly run: profile → scores → risk → alerts → findings → watch.

Every step writes its result below the home folder, so a month can be run again at any time and
gives the same answer; alerts are only added to, never rewritten.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime, time

import models.risk
from alerts.following import follow_places
from alerts.ledger import write_findings
from alerts.monthly import RaiseResult
from alerts.overdue import escalate_due
from alerts.raising import candidates
from alerts.rulebook import begin_run
from alerts.runs import write_run
from alerts.service import Plan, plan_month, raise_month
from alerts.slots import lane_slots
from core.db import open_session, upgrade
from core.home import Home
from core.progress import Progress, quiet
from core.workflow.calendar import CHINA_TIME
from data import unpriced
from doudi.months import build_month
from features.profile import places_moved
from models.risk.errors import RiskError
from models.risk.shadow.scoring import score_shadow

STEPS = 5
_OFFICE_CLOSES = time(18, 0)


@dataclass(frozen=True)
class MonthResult:
    """What one monthly run did, and what it left; counts as in `alerts.monthly.RaiseResult`.

    `rechecked` lists alerts under watch that want a second visit; `overdue` counts what the look
    at the deadlines did (`alerts.overdue.Escalated.counts`); `watched` the notices of the model's
    watch by level, {} where there is none or no model is in use.
    """

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
    event_budget: int = 0
    by_question: dict[str, int] = field(default_factory=dict)
    below: dict[str, int] = field(default_factory=dict)
    kinds: dict[str, dict[str, int]] = field(default_factory=dict)
    in_process: int = 0
    unanswered: int = 0
    followed: int = 0
    overdue: dict[str, int] = field(default_factory=dict)
    watched: dict[str, int] = field(default_factory=dict)

    def to_dict(self) -> dict[str, object]:
        """Plain values for --json."""
        return {**asdict(self), "as_of": self.as_of.isoformat()}


def run_month(
    home: Home, as_of: date, report: Progress = quiet, *, again: bool = False, watch: bool = True
) -> MonthResult:
    """One monthly run as of the last day of a month.

    Without a champion model the rules and the event lane still raise alerts. The chosen are
    explained before they are raised, so that an alert carries the model's reasons as they were
    on its day. Late steps are escalated first; the findings of visits are written at the end. With
    `watch` the model in use is watched when all that is done.
    """
    report("profile and rule scores", 0, STEPS)
    upgrade(home)
    with open_session(home) as session:
        book = begin_run(home, session, as_of, _begun(home, as_of))
    newer = build_month(home, as_of, again=again)
    report("risk", 1, STEPS)
    version = models.risk.champion_version(home)
    if version is not None:
        models.risk.score_month(home, as_of)
    aside = shadow(home, as_of) if version is not None else ()
    report("choose and explain", 2, STEPS)
    policy = book.policy
    with open_session(home) as session:
        follow_places(session, places_moved(home, as_of))
        late = escalate_due(session, _at(home, as_of), policy)
        named = candidates(home, as_of, policy, book.rules)
        plan = plan_month(session, named, as_of, policy)
        if version is not None:
            explain(home, as_of, plan)
        report("raise alerts", 3, STEPS)
        result = raise_month(
            session, named, as_of, policy, plan=plan, now=_at(home, as_of), since=_run_on(home)
        )
        write_findings(home, session)
    month = _result(
        as_of, result, version, late.counts(), (*_rebuilt(newer), *_unpriced(home, as_of), *aside)
    )
    if plan.later is None:
        write_run(home, as_of, month.to_dict())
    if watch and version is not None:
        report("watch the model", 4, STEPS)
        month = _watched(home, month)
        if plan.later is None:
            write_run(home, as_of, month.to_dict())
    report("done", STEPS, STEPS)
    return month


def _watched(home: Home, month: MonthResult) -> MonthResult:
    """The month with what the watch of the model says."""
    from doudi.watched import watch_run  # only a month with a model needs it

    told = watch_run(home, month.as_of)
    return replace(month, watched=dict(told.notices), warnings=(*month.warnings, *told.warnings))


def _begun(home: Home, as_of: date) -> datetime:
    """When the run began: on an invented county the evening of the month's last day."""
    evening = datetime.combine(as_of, _OFFICE_CLOSES)
    return evening if home.county.get("synthetic") else datetime.now(UTC)


def _rebuilt(newer: Sequence[str]) -> tuple[str, ...]:
    """That the month was there already and is another now, as a warning."""
    if not newer:
        return ()
    return (f"the month was built anew, for newer data had come: {', '.join(newer)}",)


def _unpriced(home: Home, as_of: date) -> tuple[str, ...]:
    """That some households lie in a county without standards, as a warning."""
    line = unpriced.told(home, as_of)
    return (line.en,) if line else ()


def _at(home: Home, as_of: date) -> datetime:
    """The moment of a run (China time): the evening of the month's last day, or now where a real
    county runs a month that is not over; nothing is raised on a day to come."""
    evening = datetime.combine(as_of, _OFFICE_CLOSES)
    if home.county.get("synthetic"):
        return evening
    return min(evening, datetime.now(CHINA_TIME).replace(tzinfo=None, microsecond=0))


def _run_on(home: Home) -> date | None:
    """The day a real county's run is made on; an invented county's time ends with its data."""
    return None if home.county.get("synthetic") else datetime.now(CHINA_TIME).date()


def shadow(home: Home, as_of: date) -> tuple[str, ...]:
    """Score the month with the challengers too; what kept one from scoring, as a warning.

    A challenger raises nothing, so it must not keep a month from being run either.
    """
    try:
        score_shadow(home, as_of, lane_slots(home))
    except RiskError as error:
        return (f"the challenger did not score this month: {error}",)
    return ()


def explain(home: Home, as_of: date, plan: Plan) -> None:
    """Explain the planned households, each by the question it is asked."""
    for question, households in plan.to_explain().items():
        models.risk.explain_households(home, as_of, households, question=question)


def _result(
    as_of: date,
    result: RaiseResult,
    version: str | None,
    overdue: Mapping[str, int],
    warnings: tuple[str, ...] = (),
) -> MonthResult:
    return MonthResult(
        as_of,
        result.capacity,
        result.raised,
        result.joined,
        result.cooling,
        dict(result.by_source),
        dict(result.waiting),
        version,
        (*(english for _, english in result.warnings), *warnings),
        result.rechecked_ids,
        event_budget=result.event_budget,
        by_question=dict(result.by_question),
        below=dict(result.below),
        kinds={fate: dict(kinds) for fate, kinds in result.kinds.items()},
        in_process=result.in_process,
        unanswered=result.unanswered,
        followed=result.followed,
        overdue=dict(overdue),
    )
