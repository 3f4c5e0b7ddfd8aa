"""Two questions, each trained, measured on later months, logged and registered by itself.

*Find* existing: does a visit now find an unmet need? *Foresee* coming: not in need now, will be
within the horizon. One MLflow experiment and one registered model per question.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pandas as pd

from data.home import Home, add_months
from models.risk import compare, gate, registry, report, tracking
from models.risk.dataset import FeatureCard, Progress, catalogue
from models.risk.errors import RiskError
from models.risk.evaluate import reliability_rows
from models.risk.explain import importance
from models.risk.fitted import FittedRisk
from models.risk.learn import Learned, learn, relearn
from models.risk.rows import (
    QUESTIONS,
    Plan,
    Question,
    Rows,
    plan_months,
    profiled_months,
    question_rows,
)
from models.risk.run import is_synthetic
from models.risk.score import write_parquet
from models.risk.scored import populations, scored_months
from models.risk.truth import HouseholdOf

# The policy's visits a month, when the caller names no slots; foreseeing gets a third of them.
SLOTS_PER_1000 = 3.0
COMING_SHARE = 1 / 3
JUDGED_SHARE = 0.05
# Alphabetical would do; this is the order in which a reader compares.
ORDER = ("model", "champion", "lightgbm", "lightgbm_monotone", "logistic", "both", "scorecard",
         "income")  # fmt: skip


@dataclass(frozen=True)
class QuestionResult:
    """What training one question gave; `report` is its section of the model report."""

    question: Question
    version: str
    run_id: str
    fitted: FittedRisk
    plan: Plan
    report: dict[str, Any]

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The evaluation table by what later visits found."""
        return self.report["rows"]


def train_questions(
    home: Home,
    known_by: date,
    months: Iterable[date] | None = None,
    progress: Progress | None = None,
    *,
    questions: Sequence[Question] = QUESTIONS,
    slots: Mapping[str, int] | None = None,
    closed_by: date | None = None,
    household_of: HouseholdOf | None = None,
    refit: bool = False,
) -> dict[Question, QuestionResult]:
    """Train with what was known by `known_by`, test on later months, register as challengers.

    `months`: see `rows.plan_months`; missing profiles are built, rule scores of test months too.
    `slots` are the lane's visits a month by question. `closed_by` hides everything learned after
    it (a replay that retrains in the middle of a year). With `refit` the version registered has
    learned once more, in the same way, from what was known by `closed_by`: the test speaks for the
    way of learning. Raises RiskError when history is short.
    """
    from models.risk.monthly import own_pseudonyms

    tell = progress or (lambda label, done, total: None)
    plan = plan_months(home, known_by, months, closed_by=closed_by)
    _prepare(home, plan, tell)
    cards, found = catalogue(), {}
    household_of = household_of or own_pseudonyms(home)
    for number, question in enumerate(questions):
        tell(f"learn {question}", number, len(questions))
        found[question] = _train(home, question, plan, cards, slots, household_of, refit=refit)
    content: dict[str, Any] = {name: one.report for name, one in found.items()}
    report.write_report(home, _joined(home, content))
    tell("done", len(questions), len(questions))
    return found


def _joined(home: Home, content: Mapping[str, Any]) -> dict[str, Any]:
    """One report: a section per question; the first question's keys also at the top."""
    before = (report.read_report(home) or {}).get("questions") or {}
    sections = {name: {**before, **content}[name] for name in QUESTIONS if name in
                {**before, **content}}  # fmt: skip
    return {**next(iter(sections.values())), "questions": sections}


def _prepare(home: Home, plan: Plan, tell: Progress) -> None:
    """Profiles of every month and rule scores of the tested ones, where they are missing."""
    from features.profile import write_profile
    from models.scorecard import score_month

    months = (*plan.teach, *plan.test)
    for number, month in enumerate(months):
        if not (home.monthly("profile", month) / "household.parquet").exists():
            tell(f"profile {month:%Y-%m}", number, len(months))
            write_profile(home, month)
        scored = home.monthly("scores", month) / "scores.parquet"
        if month in plan.test and not scored.exists():
            score_month(home, month)


def _train(
    home: Home,
    question: Question,
    plan: Plan,
    cards: Mapping[str, FeatureCard],
    slots: Mapping[str, int] | None,
    household_of: HouseholdOf | None,
    *,
    refit: bool = False,
) -> QuestionResult:
    rows = question_rows(home, question, plan, list(cards))
    learned = learn(rows, question, plan, cards)
    scorers = {**learned.scorers, **_champion(home, question, plan)}
    scored = scored_months(home, question, plan, learned, scorers, household_of)
    names = [name for name in ORDER if name in scored.columns]
    lane = slots_of(question, scored, slots)
    measured = _measure(scored, names, lane, learned, question)
    checked = _checked(scored, lane, names, question)
    if refit:
        rows, learned = _refitted(home, question, plan, cards, learned)
    kept = _keep(home, question, plan, cards, rows.labelled, learned, measured, checked)
    content = report.plain(
        {
            **_about(home, question, plan, learned, lane, refit),
            **measured,
            "gate": checked,
            "faults": gate.faults(gate.figures(checked)),
            "importance": importance(learned.fitted, rows.labelled, cards=cards),
            "version": kept.version,
            "run_id": kept.run_id,
            "champion": registry.champion_card(home, question),
        }
    )
    if len(scored):
        home.reports.mkdir(parents=True, exist_ok=True)
        write_parquet(scored, home.reports / f"scored_{question}.parquet")
    return QuestionResult(question, kept.version, kept.run_id, learned.fitted, plan, content)


def _refitted(
    home: Home, question: Question, plan: Plan, cards: Mapping[str, FeatureCard], learned: Learned
) -> tuple[Rows, Learned]:
    """The tested model, grown anew on what was known by the day the test was closed."""
    months = profiled_months(home, plan.closed_by)
    newer = plan_months(home, plan.closed_by, months, closed_by=plan.closed_by)
    rows = question_rows(home, question, newer, list(cards))
    return rows, replace(learned, fitted=relearn(rows, question, newer, learned, cards))


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
        return {"rows": [], "truth_rows": [], "lanes": [], "reliability": []}
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
    outside = scored[(~scored["in_process"] & (scored["watch"] == "at_risk")).to_numpy()]
    part, slots = judged_rows(outside, question, lane)
    checked: dict[str, Any] = {"tested": 1, "slots": lane, "judged_slots": slots}
    fair = compare.unchosen(part)
    for other in ("logistic", "champion"):
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


def _champion(home: Home, question: Question, plan: Plan) -> dict[str, FittedRisk]:
    """The champion as a scorer, if its training ended before the tested months began."""
    try:
        fitted, _ = registry.load(home, question=question)
    except RiskError:
        return {}
    known_by = fitted.report.get("known_by")
    tested = plan.tested(question)
    seen = known_by is None or not tested or date.fromisoformat(known_by) > tested[0]
    return {} if seen else {"champion": fitted}


def _about(
    home: Home, question: Question, plan: Plan, learned: Learned, slots: int, refit: bool
) -> dict[str, Any]:
    """What the page says about a training: months by role, spans of time, choices."""
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
    return {
        "question": question,
        "as_of_trained": plan.known_by,
        "refit_known_by": learned.fitted.report["known_by"] if refit else None,
        "horizon": plan.horizon,
        "split": roles,
        "folds": spans,
        "evaluated_on": "test" if roles["test"] else "nothing",
        "training": dict(learned.fitted.report),
        "choices": dict(learned.choices),
        "n_features": len(learned.fitted.features),
        "slots": slots,
        "capacity_count": slots,
        "capacity_share": None,
        "synthetic": is_synthetic(home),
        "table": None,
    }


def _keep(
    home: Home,
    question: Question,
    plan: Plan,
    cards: Mapping[str, FeatureCard],
    frame: pd.DataFrame,
    learned: Learned,
    measured: Mapping[str, Any],
    checked: Mapping[str, Any],
) -> tracking.Registered:
    fitted = learned.fitted
    columns = ["household", "as_of", *fitted.features, "label"]
    split = {
        "question": question, "horizon": plan.horizon, "known_by": plan.known_by.isoformat(),
        "teach": [m.isoformat() for m in plan.taught(question)],
        "test": [m.isoformat() for m in plan.tested(question)],
        "model_known_by": fitted.report["known_by"],
    }  # fmt: skip
    kept = tracking.log_and_register(
        home,
        fitted,
        rows=measured["rows"],
        split=split,
        fingerprint=tracking.fingerprint_of(home, frame, columns, {"taught": len(frame)}),
        features=[cards[name].as_dict() for name in fitted.features],
        tags={"question": question},
        metrics=gate.figures(checked),
        question=question,
    )
    registry.challenge(home, kept.version, question)
    return kept
