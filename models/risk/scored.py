"""Later months scored by every candidate: one thin row a household and month.

What the audit and the study read (data/reports/scored_<question>.parquet): household, as_of,
population, watch, in_process, one column a scorer, label (what a later visit found, null where
nobody looked), reason, weight (inverse chance of that visit) and truth (synthetic counties only).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from core.home import Home
from core.progress import Step, unseen
from models.risk import report, truth
from models.risk.findings import ASKED
from models.risk.fitted import FittedRisk
from models.risk.learn import Learned, Scorer
from models.risk.matrix import Encoder
from models.risk.rows import Named, Plan, Question, month_frame, read_labels
from models.risk.selection import CLIP

KEPT = ["household", "as_of", "population", "watch", "in_process", "seen_without"]


def scored_months(
    home: Home,
    question: Question,
    plan: Plan,
    learned: Learned,
    scorers: Mapping[str, Scorer],
    household_of: truth.HouseholdOf | None,
    step: Step = unseen,
) -> pd.DataFrame:
    """Every household of the tested months; empty when no later month can be tested."""
    months = plan.tested(question)
    if not months:
        return pd.DataFrame(columns=[*KEPT, "label", "weight", "reason", "truth"])
    named = read_labels(home, question, months, plan.horizon, plan.closed_by)
    asked = {f for one in scorers.values() for f in _features(one)}
    features = sorted(asked | set(learned.propensity.encoder.features))
    parts = []
    for month in months:
        step(f"score {month:%Y-%m}")
        parts.append(_one(home, month, features, named, learned, scorers))
    scored = pd.concat(parts, ignore_index=True)
    return scored.assign(truth=_truth(home, question, scored, plan.horizon, household_of))


def _features(scorer: Any) -> tuple[str, ...]:
    return scorer.features if isinstance(scorer, FittedRisk) else scorer.encoder.features


def _one(
    home: Home,
    month: date,
    features: list[str],
    named: Named,
    learned: Learned,
    scorers: Mapping[str, Scorer],
) -> pd.DataFrame:
    frame = month_frame(home, month, features, named)
    columns = predictions(frame, scorers)
    here = named.found[named.found["as_of"] == month]
    here = first_visit(here)[["household", "label", "reason", "visited", "inclusion"]]
    kept = pd.concat([frame[KEPT], pd.DataFrame(columns, index=frame.index)], axis=1)
    # Only where somebody looked: nothing else is weighed.
    looked = frame["household"].isin(here.loc[here["label"].notna(), "household"]).to_numpy()
    kept["chance"] = np.nan
    if looked.any():
        kept.loc[looked, "chance"] = learned.propensity(frame[looked])
    kept = kept.merge(here, how="left", on="household", validate="one_to_one")
    card = report.scorecard_scores(home, kept)
    if card is not None:
        kept["scorecard"] = card
        kept["both"] = mean_rank(kept["model"].to_numpy(float), card)
    kept["weight"] = visit_weight(kept, learned.propensity.mean)
    return kept.drop(columns=["chance", "visited", "inclusion"])


def predictions(frame: pd.DataFrame, scorers: Mapping[str, Scorer]) -> dict[str, np.ndarray]:
    """Probabilities by scorer; those whose features the frame lacks are left out.

    What several scorers share is done once: the matrix where they encode alike, and the whole
    answer where one goes by two names, as the product does among the candidates.
    """
    matrices: list[tuple[Encoder, np.ndarray]] = []
    found: dict[str, np.ndarray] = {}
    done: list[tuple[Any, np.ndarray]] = []
    for name, one in scorers.items():
        if not set(_features(one)) <= set(frame.columns):
            continue
        same = next((values for other, values in done if _alike(other, one)), None)
        if same is None:
            matrix = next((m for encoder, m in matrices if encoder == one.encoder), None)
            if matrix is None:
                matrix = one.encoder.encode(frame)
                matrices.append((one.encoder, matrix))
            same = one.predict_of(matrix)
            done.append((one, same))
        found[name] = same
    return found


def _alike(one: Any, other: Any) -> bool:
    """Whether two names stand for the same fitted model."""
    if not (isinstance(one, FittedRisk) and isinstance(other, FittedRisk)):
        return one is other
    return one.boosters is other.boosters and one.calibrator == other.calibrator


def first_visit(found: pd.DataFrame) -> pd.DataFrame:
    """One finding per household: the first planned visit after the month's end."""
    if "visited_on" not in found.columns:
        return found
    order = found.assign(asked=found["reason"].isin(ASKED)).sort_values(["asked", "visited_on"])
    return order.drop_duplicates("household")


def visit_weight(rows: pd.DataFrame, mean: float) -> np.ndarray:
    """Inverse chance of the visit, stabilised and clipped; 0 where nobody looked or it asked."""
    known = rows["inclusion"].to_numpy(dtype=float)
    chance = rows["chance"].to_numpy(dtype=float)
    chance = np.where(np.isnan(known), chance, np.maximum(chance, known))
    weight = np.clip(mean / chance, 1 / CLIP, CLIP)
    out = rows["label"].isna().to_numpy() | rows["reason"].isin(ASKED).to_numpy()
    return np.where(out, 0.0, weight)


def mean_rank(risk: np.ndarray, card: np.ndarray) -> np.ndarray:
    """Model and rule score together: the mean of the two ranks, as a share of households."""
    ranks = [pd.Series(values).rank(pct=True).to_numpy() for values in (risk, card)]
    return (ranks[0] + ranks[1]) / 2


def _truth(
    home: Home,
    question: Question,
    scored: pd.DataFrame,
    horizon: int,
    household_of: truth.HouseholdOf | None,
) -> np.ndarray:
    """Existing: unmet in the month. Coming: not then, but in one of the next; null if unmet then
    (those are not the question). Null throughout for a real county."""
    if household_of is None or not (home.truth / "need.parquet").exists():
        return np.full(len(scored), np.nan)
    unmet = truth.unmet_months(home, household_of)
    pairs = pd.MultiIndex.from_frame(unmet[["household", "month"]])
    here = pd.MultiIndex.from_arrays([scored["household"], scored["as_of"]]).isin(pairs)
    if question == "existing":
        return here.astype(float)
    later = truth.true_outcome(scored, unmet, horizon)
    return np.where(here, np.nan, later)


def populations(scored: pd.DataFrame) -> dict[str, np.ndarray]:
    """Rows of each reported population. 'all' is the lane's own: at risk.

    entry = return + new_entry among them; secured (on Dibao or Tekun), unwatched and county (all
    three together) stand beside.
    """
    watch, kind = scored["watch"].to_numpy(), scored["population"].astype("object").to_numpy()
    lane = watch == "at_risk"
    back, new = lane & (kind == "return"), lane & (kind == "new_entry")
    found = {"all": lane, "entry": back | new, "return": back, "new_entry": new,
             "secured": watch == "secured", "unwatched": watch == "unwatched",
             "county": np.ones(len(scored), bool)}  # fmt: skip
    return {name: mask for name, mask in found.items() if mask.any() or name == "all"}
