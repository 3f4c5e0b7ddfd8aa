"""Parameters sought in a training, where that was asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from core.progress import Step
from models.risk.bench.config import TrainingConfig
from models.risk.rolling.tuning import Tuned, tune
from models.risk.rows import Plan, Question

# The LightGBM with parameters that were sought and clearly beat the usual ones.
TUNED = "lightgbm_tuned"


def sought(
    rows: pd.DataFrame,
    features: Sequence[str],
    usual: Mapping[str, Any],
    bound: Mapping[str, int] | None,
    question: Question,
    plan: Plan,
    asked: TrainingConfig,
    step: Step,
) -> Tuned:
    """What to use instead of the `usual` parameters, with directions `bound` or free.

    `rows` are those that grow: neither the curve's months nor those that test are among them, so
    every figure of the report is of later months than the search has seen. The questions share the
    minutes. Each trial is a step.
    """
    if asked.tuning is None:
        raise ValueError("no search was asked for")
    return tune(
        rows,
        list(features),
        usual,
        closes=plan.horizon if question == "coming" else 1,
        seconds=60 * asked.tuning.minutes / len(asked.questions),
        monotone=bound,
        weight="weight",
        seed=asked.seed,
        trials=asked.tuning.trials,
        begins=lambda number: step(f"tuning {number}"),
    )
