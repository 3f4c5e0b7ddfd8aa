"""Time a training beside the plain libraries on the same matrix, in the same process.

python -m benchmarks.training --home DIR [--question existing] [--known-by 2025-06]

Prints JSON: seconds by the clock and of the processor (on a busy machine the second says more) for
our steps, with how many of them passed inside calls to LightGBM and scikit-learn, and for LightGBM,
logistic regression and SHAP contributions called plainly on the matrix that our product learned
from, with its rounds, parameters and seeds. Nothing is registered and nothing is written into the
home.

`over_libraries_cpu` is learning and importance against the library calls within them: what our own
code adds. `over_last_fits_cpu` is the same against the plain last fits alone; above it lies also
what a model that is only fitted once does not know: rounds found by stopping early, a first fit
that has not seen the months of the curve, the trials of weights and features, who is visited.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import lightgbm as lgb
import numpy as np

from benchmarks.libraries import counted
from core.home import Home
from models.risk.baselines import logistic_pipeline
from models.risk.bench.config import TrainingConfig, parse
from models.risk.bench.planning import plan_of
from models.risk.dataset import catalogue
from models.risk.explain import SAMPLE, importance
from models.risk.learn import PARAMS, SEEDS, Learned, learn
from models.risk.rows import Question, Rows, question_rows
from models.risk.scored import scored_months
from models.risk.train import BINNING, FIXED


@dataclass(frozen=True)
class Spent:
    """Seconds by the clock, of the processor, and those of the latter inside library calls."""

    wall: float
    cpu: float
    libraries: dict[str, float]


@contextmanager
def spent(name: str, into: dict[str, Spent]) -> Iterator[None]:
    """Note what the block cost."""
    wall, cpu = time.perf_counter(), time.process_time()
    with counted() as libraries:
        yield
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    inside = {kind: round(seconds, 2) for kind, seconds in libraries.items()}
    into[name] = Spent(round(wall, 2), round(cpu, 2), inside)


def ours(home: Home, question: Question, config: TrainingConfig) -> tuple[dict[str, Spent], Any]:
    """Our steps of one question; also what was learned, from which rows."""
    plan, cards, cost = plan_of(home, config), catalogue(), dict[str, Spent]()
    with spent("read rows", cost):
        rows = question_rows(home, question, plan, list(cards))
    with spent("learn", cost):
        learned = learn(rows, question, plan, cards, config)
    with spent("score later months", cost):
        scored_months(home, question, plan, learned, learned.scorers, None)
    with spent("importance", cost):
        importance(learned.fitted, rows.labelled, cards=cards)
    return cost, (rows, learned)


def plain(rows: Rows, learned: Learned) -> dict[str, Spent]:
    """The libraries alone on the product's matrix: two fits a seed, as we compare two LightGBM."""
    fitted, cost = learned.fitted, dict[str, Spent]()
    with spent("encode", cost):
        matrix = fitted.encoder.encode(rows.labelled)
        label = rows.labelled["label"].to_numpy(float)
    settings = {**PARAMS, **FIXED, **BINNING, "num_threads": 1}
    categories = fitted.encoder.categorical_positions
    boosters = []
    with spent("lightgbm", cost):
        for constraints in ({}, {"monotone_constraints": fitted.report["monotone"]}):
            bound = constraints if constraints.get("monotone_constraints") else {}
            for seed in SEEDS:
                data = lgb.Dataset(matrix, label, categorical_feature=categories)
                params = {**settings, **bound, "seed": seed}
                boosters.append(lgb.train(params, data, fitted.report["rounds"]))
    with spent("logistic", cost):
        logistic_pipeline(fitted.encoder).fit(matrix, label)
    sample = matrix[np.random.default_rng(0).permutation(len(matrix))[:SAMPLE]]
    with spent("shap", cost):
        for booster in boosters[-len(SEEDS) :]:
            booster.predict(sample, pred_contrib=True)
    return cost


def main() -> None:
    """Run both and print JSON."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--home", type=Path, required=True)
    given.add_argument("--question", choices=["existing", "coming"], default="existing")
    given.add_argument("--known-by")
    asked = given.parse_args()
    config = parse({"known_by": asked.known_by, "questions": [asked.question]})
    mine, (rows, learned) = ours(Home(asked.home.resolve()), asked.question, config)
    theirs = plain(rows, learned)
    comparable = [mine[name] for name in ("learn", "importance")]
    cpu = sum(one.cpu for one in comparable)
    inside = sum(sum(one.libraries.values()) for one in comparable)
    told = {
        "rows": len(rows.labelled),
        "features": len(learned.fitted.features),
        "rounds": learned.fitted.report["rounds"],
        "ours": {name: asdict(one) for name, one in mine.items()},
        "plain": {name: asdict(one) for name, one in theirs.items()},
        "over_libraries_cpu": round(cpu / inside, 2),
        "over_last_fits_cpu": round(cpu / sum(one.cpu for one in theirs.values()), 2),
    }
    print(json.dumps(told, indent=2))


if __name__ == "__main__":
    main()
