"""The benchmark's home, finished for the dashboard: real families, alerts, what became of them.

Alerts are raised at the second interview, for households at their second interview only: they are
the ones the model was taught about, and the ones whose third interview tells who was right. The
third interview is the visit: below the line is a confirmed need, above it a false alarm whose
household has recovered, not found again is out of reach. Whether anybody was helped, the panel
does not know.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow.compute as pc
import pyarrow.parquet as pq
import yaml
from sqlalchemy import select

import models.risk
from alerts.models import Alert, Need
from alerts.policy import DEFAULT_FILE, load_policy
from alerts.raising import candidates
from alerts.service import (
    OutcomeRow,
    dispatch_many,
    import_outcomes,
    move,
    plan_month,
    raise_month,
    settle_need,
)
from alerts.states import Action, Cause, NeedState, Outcome, Role
from benchmarks.eph.linkage import SECOND_INTERVIEW
from core.db import open_session, upgrade
from core.home import Home, add_months
from core.progress import Progress
from doudi.months import build_months
from models.risk import registry, report, tracking
from models.risk.evaluate import TOP5, population_masks
from models.risk.explain import importance
from models.risk.score import write_parquet

if TYPE_CHECKING:
    from benchmarks.eph.benchmark import Learned

# New alerts a quarter per 1,000 households of the panel; about 5 % of the second interviews,
# which are a little more than a quarter of all.
CAPACITY_PER_1000 = 13.0
REASON = "benchmark on the household panel; every label it learned from is older than the test"
ACTOR = "EPH"
NEED = "basic_living"
NO_HELP_KNOWN = "住户追踪调查不记录帮扶 / the panel does not record help"
MORNING, NOON = time(9), time(15)


def finish(home: Home, learned: Learned, months: Sequence[date], progress: Progress) -> None:
    """Rule scores, registered model and report, risks, alerts and their outcomes.

    `months` are the quarter ends from the first test quarter on, also those whose third interview
    the panel does not hold yet; their alerts stay open.
    """
    build_months(home, dict.fromkeys(months, True), progress)
    progress("register the model", 0, 1)
    version = _register(home, learned)
    _write_policy(home)
    upgrade(home)
    field = _Field(home, learned)
    for number, month in enumerate(months):
        progress(f"risks and alerts {month:%Y-%m}", number, len(months))
        field.until(month)
        _score(home, learned, month, version)
        field.alerted(month, _raise(home, learned, month))
    field.until(home.county["last_as_of"])


def _register(home: Home, learned: Learned) -> str:
    """Log, register and promote the model; write the report of the Model page. The version."""
    fitted = replace(
        learned.fitted,
        report={
            **learned.fitted.report,
            "known_by": learned.split.known_by.isoformat(),
            "horizon": learned.split.horizon,
        },
    )
    others = {b.name: b for b in learned.baselines}
    measured = report.measure(learned.frame, learned.split, fitted, others, home)
    trained = population_masks(learned.frame.loc[learned.train, "population"])
    n_train = {name: int(mask.sum()) for name, mask in trained.items()}
    rows = report.tables(measured, n_train, TOP5, measured.frame["label"].to_numpy())
    columns = ["household", "as_of", *fitted.features, "label"]
    counts = {"train": int(learned.train.sum()), "test": int(learned.test.sum())}
    kept = tracking.log_and_register(
        home,
        fitted,
        rows=rows,
        split=learned.split.as_dict(),
        fingerprint=tracking.fingerprint_of(home, learned.frame, columns, counts),
        features=[learned.cards[name].card() for name in fitted.features],
        tags={"panel": "EPH"},
    )
    registry.promote(home, kept.version, reason=REASON, actor=ACTOR, force=True)
    content = report.build_report(
        learned.split,
        fitted,
        measured,
        rows,
        importance=importance(fitted, measured.frame, cards=learned.cards),
        truth_rows=[],
        synthetic=False,
        table=None,
        version=kept.version,
        run_id=kept.run_id,
        capacity_share=TOP5.share,
        capacity_count=None,
        champion=registry.champion_card(home),
    )
    report.write_report(home, content)
    return kept.version


def _write_policy(home: Home) -> None:
    """The shipped policy with the panel's capacity; one that is there already stays."""
    own = home.data / "alert_policy.yaml"
    if own.exists():
        return
    policy = yaml.safe_load(DEFAULT_FILE.read_text(encoding="utf-8"))
    policy["capacity_per_1000_households"] = CAPACITY_PER_1000
    # The panel is visited whatever we expect: its capacity is a quota, its samples are its own.
    policy |= {"open_existing": 0.05, "close_existing": 0.03, "open_coming": 0.05}
    policy |= {"coming_existing_below": 1.0, "shares": {"coming": 1.0, "audit": 0, "explore": 0}}
    own.write_text(yaml.safe_dump(policy, allow_unicode=True, sort_keys=False), encoding="utf-8")


def _second(home: Home, month: date) -> set[str]:
    """Households at their second interview in this quarter."""
    path = home.monthly("profile", month) / "household.parquet"
    table = pq.read_table(path, columns=["household", *SECOND_INTERVIEW], partitioning=None)
    for column, count in SECOND_INTERVIEW.items():
        table = table.filter(pc.equal(table[column], count))
    return set(table["household"].to_pylist())


def _score(home: Home, learned: Learned, month: date, version: str) -> None:
    """risk.parquet of the month, for second interviews only."""
    target = models.risk.score_month(home, month, fitted=learned.fitted, version=version)
    scored = pq.read_table(target, partitioning=None).to_pandas()
    kept = scored[scored["household"].isin(_second(home, month))].copy()
    kept["rank"] = kept["risk"].rank(method="min", ascending=False).astype("int64")
    write_parquet(kept, target)


def _cities(home: Home) -> dict[str, dict[str, str]]:
    """Names of the panel's cities, for the feature that holds their codes."""
    regions = json.loads(home.regions_file.read_text(encoding="utf-8"))
    about = [feature["properties"] for feature in regions["features"]]
    return {"township_code": {str(place["code"]): str(place["name_en"]) for place in about}}


def _raise(home: Home, learned: Learned, month: date) -> tuple[int, ...]:
    """Raise the quarter's alerts; their ids."""
    policy, second = load_policy(home, month), _second(home, month)
    found = candidates(home, month, policy)
    kept = tuple(c for c in found.candidates if c.household in second)
    named = replace(found, candidates=kept)
    with open_session(home) as session:
        plan = plan_month(session, named, month, policy)
        if plan.households:
            models.risk.explain_households(
                home, month, list(plan.households), cards=learned.cards, names=_cities(home)
            )
        return tuple(raise_month(session, named, month, policy, plan=plan).raised_ids)


@dataclass(frozen=True)
class _Due:
    """What a third interview will tell about an alert."""

    alert_id: int
    at: datetime
    outcome: Outcome


class _Field:
    """Third interviews in the order of time: nothing is recorded before its day."""

    def __init__(self, home: Home, learned: Learned) -> None:
        self._home = home
        rows = learned.frame[learned.test]
        keys = zip(rows["household"], pd.to_datetime(rows["as_of"]).dt.date, strict=True)
        self._below = dict(zip(keys, rows["label"], strict=True))
        self._due: list[_Due] = []

    def alerted(self, month: date, ids: Iterable[int]) -> None:
        """Dispatch a quarter's alerts and note what their third interviews will tell."""
        with open_session(self._home) as session:
            found = session.scalars(select(Alert).where(Alert.id.in_(list(ids)))).all()
            homes = {a.id: a.household for a in found}
            morning = datetime.combine(month + timedelta(days=1), MORNING)
            dispatch_many(session, list(homes), actor=ACTOR, role=Role.DISPATCHER, now=morning)
        # Interviews carry the middle of their quarter; see the adapter.
        day = add_months(month, 8).replace(day=15)
        for alert_id, household in homes.items():
            below = self._below.get((household, month))
            outcome = Outcome.UNREACHABLE
            if below is not None:
                outcome = Outcome.CONFIRMED if below else Outcome.FALSE_ALARM
            self._due.append(_Due(alert_id, datetime.combine(day, NOON), outcome))

    def until(self, day: date) -> None:
        """Record the third interviews up to and including `day`."""
        now = [d for d in self._due if d.at.date() <= day]
        self._due = [d for d in self._due if d.at.date() > day]
        if not now:
            return
        with open_session(self._home) as session:
            import_outcomes(session, [_row(d) for d in now], actor=ACTOR)
        with open_session(self._home) as session:
            for lost in (d for d in now if d.outcome is Outcome.UNREACHABLE):
                move(
                    session,
                    lost.alert_id,
                    Action.LAPSE,
                    actor=ACTOR,
                    role=Role.SUPERVISOR,
                    now=lost.at,
                )
            self._end_needs(session, {d.alert_id: d.at for d in now})

    @staticmethod
    def _end_needs(session, when: dict[int, datetime]) -> None:
        """Close confirmed alerts: the panel cannot say how a family was helped."""
        query = select(Need).where(Need.alert_id.in_(when), Need.state == NeedState.CONFIRMED)
        for need in session.scalars(query).all():
            settle_need(
                session,
                need.id,
                met=False,
                actor=ACTOR,
                role=Role.WORKER,
                now=when[need.alert_id],
                note=NO_HELP_KNOWN,
            )


def _row(due: _Due) -> OutcomeRow:
    return OutcomeRow(
        due.alert_id,
        due.outcome,
        due.at,
        cause=Cause.ALREADY_CHANGED if due.outcome is Outcome.FALSE_ALARM else None,
        needs=[NEED] if due.outcome is Outcome.CONFIRMED else None,
        accepted_at=due.at,
    )
