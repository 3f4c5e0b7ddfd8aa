"""What later months say of a question's candidates: tables, the gate's figures, scored months."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pandas as pd

from core.home import Home, add_months
from core.progress import Step, unseen
from models.risk import better, compare, gate
from models.risk.bench import flags
from models.risk.bench.config import CANDIDATES
from models.risk.evaluate import reliability_rows
from models.risk.learn import Learned
from models.risk.portable.months import month_rows
from models.risk.rival import Rival
from models.risk.rows import Plan, Question
from models.risk.score import write_parquet
from models.risk.scored import populations, scored_months
from models.risk.seeking import TUNED
from models.risk.truth import HouseholdOf

# The policy's visits a month, when the caller names no slots; foreseeing gets a third of them.
SLOTS_PER_1000 = 3.0
COMING_SHARE = 1 / 3
JUDGED_SHARE = 0.05
# Alphabetical would do; this is the order in which a reader compares.
ORDER = (
    "model",
    "champion",
    "lightgbm",
    "lightgbm_monotone",
    TUNED,
    "logistic",
    "both",
    "scorecard",
    "income",
)


@dataclass(frozen=True)
class Tested:
    """What later months say of a question's candidates; `content` is its part of the report."""

    measured: dict[str, Any]
    checked: dict[str, Any]
    content: dict[str, Any]

    @property
    def metrics(self) -> dict[str, float]:
        """What the gate reads, as metrics of a run."""
        return {**gate.figures(self.checked), **flags.of_report(self.content)}

    def told_also(self, leaks: dict[str, Any], **figures: float) -> Tested:
        """The same with leaks and further figures for the gate, and the faults they make."""
        checked = {**self.checked, **figures}
        told = Tested(self.measured, checked, {**self.content, "gate": checked, "leaks": leaks})
        return replace(told, content={**told.content, "faults": gate.faults(told.metrics)})


def measure_later(
    home: Home,
    question: Question,
    plan: Plan,
    learned: Learned,
    slots: Mapping[str, int] | None,
    household_of: HouseholdOf | None,
    candidates: Collection[str] = CANDIDATES,
    step: Step = unseen,
    rival: Rival | None = None,
) -> Tested:
    """Score the later months, keep them for the study, and measure every candidate on them.

    `rival`: the version in use, or its way of learning.
    """
    scorers = {**learned.scorers, **({"champion": rival.scorer} if rival else {})}
    scored = scored_months(home, question, plan, learned, scorers, household_of, step)
    wanted = {"model", "champion", TUNED, *candidates}
    names = [name for name in ORDER if name in scored.columns and name in wanted]
    step("measure")
    lane = slots_of(question, scored, slots)
    measured = _measure(scored, names, lane, learned, question)
    checked = {**_checked(scored, lane, names, question), **_compared(rival)}
    by_group = _by_group(home, scored, lane, question)
    if len(scored):
        home.reports.mkdir(parents=True, exist_ok=True)
        write_parquet(scored, home.reports / f"scored_{question}.parquet")
    content = {
        **_months(question, plan, learned),
        **measured,
        "slots": lane,
        "capacity_count": lane,
        "gate": checked,
        "by_group": by_group,
        "faults": gate.faults({**gate.figures(checked), **flags.metrics_of(groups=by_group)}),
    }
    return Tested(measured, checked, content)


def slots_of(question: Question, scored: pd.DataFrame, slots: Mapping[str, int] | None) -> int:
    """The lane's visits a month: as told, or by the policy's default for so many households."""
    if slots and question in slots:
        return max(1, int(slots[question]))
    months = max(1, scored["as_of"].nunique()) if len(scored) else 1
    share = COMING_SHARE if question == "coming" else 1.0
    return max(1, round(len(scored) / months * SLOTS_PER_1000 / 1000 * share))


def judged_rows(outside: pd.DataFrame, question: Question, slots: int) -> tuple[pd.DataFrame, int]:
    """Rows on which visits may judge a question, and the picks a month among them.

    Existing: everybody not in process, at the lane's slots. Coming: a later finding of need only
    tells of coming where the family was lately seen without; the slots shrink with the rows, but
    not below a twentieth of them, or there would be nothing to compare.
    """
    if question == "existing":
        return outside, slots
    kept = outside[outside["seen_without"].to_numpy()].reset_index(drop=True)
    lane, all_lane = ((part["watch"] == "at_risk").sum() for part in (kept, outside))
    months = max(1, outside["as_of"].nunique())
    scaled = slots * lane / max(1, all_lane)
    return kept, max(1, round(scaled), round(JUDGED_SHARE * lane / months))


def _measure(
    scored: pd.DataFrame, names: Sequence[str], slots: int, learned: Learned, question: Question
) -> dict[str, Any]:
    """Tables by later visits and by truth; reliability on the later visits."""
    if not len(scored):
        return {"rows": [], "truth_rows": [], "lanes": [], "reliability": [], "by_month": []}
    outside = scored[~scored["in_process"].to_numpy()].reset_index(drop=True)
    lanes = populations(outside)
    # What visits found judges those it can judge; the truth judges everybody.
    judged, places = judged_rows(outside, question, slots)
    seen_lanes = populations(judged)
    main, beside = _apart(lanes)
    seen_main, seen_beside = _apart(seen_lanes)
    probabilities = [name for name in names if name not in ("scorecard", "both")]
    common = (slots, learned.n_train, probabilities)
    fewer = (places, learned.n_train, probabilities)
    table: Callable[..., list[dict[str, Any]]] = compare.scorer_rows
    seen = judged[seen_lanes["all"] & judged["label"].notna() & (judged["weight"] > 0)]
    risks = {name: seen[name].to_numpy(float) for name in probabilities}
    return {
        "rows": table(judged, names, seen_main, *fewer),
        "truth_rows": compare.truth_rows(outside, names, main, *common),
        "lanes": table(judged, names, seen_beside, *fewer),
        "lanes_truth": compare.truth_rows(outside, names, beside, *common),
        "reliability": reliability_rows(seen["label"].to_numpy(float), risks),
        "by_month": month_rows(judged, seen_lanes["all"], places),
    }


Lanes = dict[str, Any]


def _apart(lanes: Lanes) -> tuple[Lanes, Lanes]:
    """The lane's own populations, and those that stand beside it."""
    beside = ("secured", "unwatched", "county")
    return (
        {k: v for k, v in lanes.items() if k not in beside},
        {k: v for k, v in lanes.items() if k in beside},
    )


def _checked(
    scored: pd.DataFrame, lane: int, names: Sequence[str], question: Question
) -> dict[str, Any]:
    """Figures for the gate, all from what later visits found among those not in process."""
    if not len(scored):
        return {"tested": 0}
    outside = _of_the_lane(scored)
    part, slots = judged_rows(outside, question, lane)
    checked: dict[str, Any] = {"tested": 1, "slots": lane, "judged_slots": slots}
    fair = compare.unchosen(part)
    for other in ("logistic", "champion", "scorecard"):
        if other in names:
            gap = compare.difference(fair, "model", other, slots)
            checked |= {f"minus_{other}": gap["difference"], f"minus_{other}_low": gap["low"],
                        f"minus_{other}_high": gap["high"], f"n_{other}": gap["n"]}  # fmt: skip
    if outside["truth"].notna().any():
        known = outside[outside["truth"].notna().to_numpy()]
        gap = compare.difference(known, "model", "logistic", lane, "truth")
        checked["truth_minus_logistic"] = gap["difference"]
        checked |= {f"truth_minus_logistic_{end}": gap[end] for end in ("low", "high")}
    kept = compare.promise(part, "model", slots)
    checked |= {"promised": kept["promised"], "found": kept["found"], "found_low": kept["low"],
                "found_high": kept["high"], "promised_minus_found": kept["gap"]}  # fmt: skip
    seen = fair[(fair["label"].notna() & (fair["weight"] > 0)).to_numpy()]
    y, weight = seen["label"].to_numpy(float), seen["weight"].to_numpy(float)
    checked |= compare.calibration_of(seen["model"].to_numpy(float), y, weight)
    if "champion" in names:
        incumbent = compare.calibration_of(seen["champion"].to_numpy(float), y, weight)
        checked |= {f"champion_{name}": value for name, value in incumbent.items()}
    return checked


def _by_group(
    home: Home, scored: pd.DataFrame, lane: int, question: Question
) -> list[dict[str, Any]]:
    """Beside the champion, group by group, on the rows that the gate's other figures are of."""
    if not len(scored):
        return []
    part, slots = judged_rows(_of_the_lane(scored), question, lane)
    return flags.groups_of(home, part, slots)


def _of_the_lane(scored: pd.DataFrame) -> pd.DataFrame:
    return scored[(~scored["in_process"] & (scored["watch"] == "at_risk")).to_numpy()]


def _compared(rival: Rival | None) -> dict[str, float]:
    """Whom the gate's figures of the champion are about: its version, 0 where nobody was in use."""
    if rival is None:
        return {better.COMPARED: 0.0}
    return {better.COMPARED: float(rival.version), better.TWIN: float(rival.anew)}


def _months(question: Question, plan: Plan, learned: Learned) -> dict[str, Any]:
    """Months by role, and the spans of time in which their labels were found."""
    curve = [date.fromisoformat(m) for m in learned.choices["curve_months"]]
    roles = {
        "train": [m for m in plan.taught(question) if m not in curve],
        "calibrate": curve,
        "test": list(plan.tested(question)),
    }
    reach = plan.horizon if question == "coming" else 1
    spans = [
        {"month": m, "role": role, "label_until": add_months(m, reach)}
        for role, months in roles.items()
        for m in months
    ]
    tested = "test" if roles["test"] else "nothing"
    return {"split": roles, "folds": spans, "evaluated_on": tested}
