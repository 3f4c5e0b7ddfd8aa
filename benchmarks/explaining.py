"""Time the explaining of a month's alerts beside plain shap and plain LightGBM.

python -m benchmarks.explaining --home DIR [--json] [--alerts 700] [--question existing]

The same households, the same stored version. `ours`: models.risk.explain.explain_frame, as a
monthly run calls it (contributions, words, order). `lightgbm`: pred_contrib alone. `shap`: shap's
TreeExplainer built and asked for its values, once as it comes (it hands LightGBM's answer on) and
once walking the trees itself, as the overview of a version does. Each the fastest of three turns.
Also: the overview of a version made and read again, similar families and what could lower a risk.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd

from core.home import Home
from models.risk import registry
from models.risk.dataset import catalogue
from models.risk.explain import explain_frame
from models.risk.explaining import changes, kept, neighbours
from models.risk.explaining.overview import overview
from models.risk.explaining.rows import watched
from models.risk.explaining.shapley import Explainer
from models.risk.fitted import FittedRisk
from models.risk.rows import Question

TURNS, LOOKED_AT = 3, 20


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True, help="a county with a trained model")
    parser.add_argument("--alerts", type=int, default=700)
    parser.add_argument("--question", default="existing", choices=registry.QUESTIONS)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    found = measured(Home(given.home), given.question, given.alerts)
    if given.json:
        print(json.dumps(found))
        return
    for name, value in found.items():
        print(f"{name:24} {value}")


def measured(home: Home, question: str, alerts: int) -> dict[str, Any]:
    """Every figure; seconds of the processor (`wall_`: by the clock)."""
    fitted, version = registry.load(home, question=question)
    as_of = home.months("profile")[-1]
    frame = watched(home, as_of, fitted)
    order = np.argsort(-fitted.margin(frame), kind="stable")[:alerts]
    rows = frame.iloc[order].reset_index(drop=True)
    found = {"alerts": len(rows), "features": len(fitted.features),
             "trees": sum(one.num_trees() for one in fitted.boosters)}  # fmt: skip
    return {**found, **_alerts(fitted, rows), **_more(home, question, version, fitted, rows)}


def _alerts(fitted: FittedRisk, rows: pd.DataFrame) -> dict[str, Any]:
    """The same households explained in four ways."""
    matrix, cards = fitted.encoder.encode(rows), catalogue()
    Explainer(fitted).values(matrix[:2])  # shap is imported outside the clock
    ways: dict[str, Callable[[], object]] = {
        "ours": lambda: explain_frame(fitted, rows, cards=cards),
        "lightgbm": lambda: fitted.contributions_of(matrix),
        "shap": lambda: _plain_shap(fitted, matrix),
        "shap_walking": lambda: Explainer(fitted).values(matrix),
    }
    found: dict[str, Any] = {}
    for name, way in ways.items():
        turns = [_timed(way) for _ in range(TURNS)]
        found[name] = round(min(cpu for _, cpu in turns), 3)
        found[f"wall_{name}"] = round(min(wall for wall, _ in turns), 3)
    found["ours_to_shap"] = round(found["ours"] / found["shap"], 2)
    found["difference"] = _difference(fitted, matrix)
    return found


def _difference(fitted: FittedRisk, matrix: np.ndarray) -> float:
    """Largest difference between shap's own values and LightGBM's, in log-odds."""
    theirs = fitted.contributions_of(matrix)[:, :-1]
    return float(np.abs(Explainer(fitted).values(matrix).values - theirs).max())


def _plain_shap(fitted: FittedRisk, matrix: np.ndarray) -> object:
    """What anybody would write with shap for several boosters."""
    import shap

    with warnings.catch_warnings(action="ignore"):
        each = [shap.TreeExplainer(one).shap_values(matrix) for one in fitted.boosters]
    return np.mean([one[-1] if isinstance(one, list) else one for one in each], axis=0)


def _more(
    home: Home, question: str, version: str, fitted: FittedRisk, rows: pd.DataFrame
) -> dict[str, Any]:
    """The overview and the closer looks at single households."""
    as_of = home.months("profile")[-1]
    made, (_, making) = _kept(lambda: overview(home, as_of, fitted, question, version))
    with tempfile.TemporaryDirectory() as folder:
        aside = Home(Path(folder))
        kept.write_overview(aside, as_of, made)
        reading, _ = _timed(lambda: kept.read_overview(aside, as_of, question, version))
    bank, (_, remembering) = _kept(
        lambda: neighbours.past(home, as_of, fitted, cast(Question, question))
    )
    matrix, ends = fitted.encoder.encode(rows), changes.usual(home, as_of, fitted.features)
    few = range(min(LOOKED_AT, len(rows)))
    names, told = list(fitted.features[:8]), rows.to_dict("records")
    near = [
        _timed(lambda i=i: neighbours.neighbours(fitted, bank, "", matrix[i], names))[1]
        for i in few
    ]
    lower = [_timed(lambda i=i: changes.what_lowers(fitted, told[i], ends))[1] for i in few]
    return {
        "overview": round(making, 2), "wall_overview_again": round(reading, 4),
        "past": round(remembering, 2), "past_households": len(bank.found),
        "similar_each": round(float(np.median(near)), 4),
        "lowering_each": round(float(np.median(lower)), 4),
    }  # fmt: skip


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    return _kept(work)[1]


def _kept(work: Callable[[], Any]) -> tuple[Any, tuple[float, float]]:
    """The result, and seconds by the clock and of the processor."""
    started, worked = time.perf_counter(), time.process_time()
    found = work()
    return found, (time.perf_counter() - started, time.process_time() - worked)


if __name__ == "__main__":
    main()
