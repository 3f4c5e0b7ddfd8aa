"""The benchmark on real households: INDEC's EPH through contracts, features and training.

The question: at a household's second interview, from all it told then and at the first, how likely
is it below the line three quarters later? Nothing here is a path of its own: the panel becomes
department files (benchmarks.eph), which are ingested, profiled and learned from like a county's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.eph import AdaptReport, adapt, candidates
from benchmarks.eph import home as panel_home
from benchmarks.eph import linkage as panel_linkage
from benchmarks.eph.linkage import SECOND_INTERVIEW
from benchmarks.eph.split import (
    HORIZON,
    feature_quarters,
    quarter_end,
    shown_quarters,
    time_split,
)
from core.home import Home, HomeError, add_months
from core.progress import Progress, quiet
from data.ingest import ingest_directory
from doudi.months import build_months
from features.catalogue import BY_NAME
from features.engine.feature import Feature
from models.risk.baselines import Baseline, fit_baselines
from models.risk.dataset import build_dataset, catalogue, monotone_of
from models.risk.evaluate import evaluate, population_masks
from models.risk.fitted import FittedRisk
from models.risk.run import usable
from models.risk.split import TimeSplit
from models.risk.train import fit

CITY = "township_code"
INCOME = "visit_income_ratio"
SCORERS = {"model": "lightgbm", "logistic": "logistic", "income": "income_rank"}
POPULATIONS = ("entry", "return", "new_entry", "all")
COLUMNS = (
    "n_test",
    "prevalence",
    "auc",
    "ap",
    "precision_top5",
    "recall_top5",
    "brier",
    "ece",
    "k_top5",
    "precision_top5_low",
    "precision_top5_high",
)


@dataclass(frozen=True)
class Benchmark:
    """Result: one row per population and scorer, how households were followed, what was split."""

    rows: list[dict[str, Any]]
    attrition: dict[str, Any]
    split: dict[str, Any]
    panel: dict[str, Any]
    notes: list[str] = field(default_factory=list)
    candidates: dict[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for --json."""
        return {
            "rows": self.rows,
            "attrition": self.attrition,
            "split": self.split,
            "panel": self.panel,
            "notes": self.notes,
            "candidates": self.candidates,
        }


@dataclass(frozen=True)
class Learned:
    """The fitted scorers and the rows they were learned from and measured on."""

    frame: pd.DataFrame
    split: TimeSplit
    fitted: FittedRisk
    baselines: Sequence[Baseline]
    cards: Mapping[str, Feature]
    train: np.ndarray
    test: np.ndarray


def run(
    panel: Path,
    home: Home,
    *,
    test_from: str = "2010Q1",
    keep: bool = False,
    folds: int = 0,
    seconds: float = 0.0,
    progress: Progress = quiet,
) -> Benchmark:
    """Adapt, ingest, profile, learn and measure the panel in `panel`, working in `home`.

    `test_from` is the first test feature quarter; every label used before is dated earlier. With
    `keep` the home is finished for the dashboard: model, rule scores, risks, alerts and what became
    of them. `folds` > 0 compares all candidates as well (see `candidates.compare`), with `seconds`
    for seeking parameters. Raises HomeError when the quarters do not allow the split, PanelError
    for no panel.
    """
    first_test = quarter_end(test_from)
    refuse_foreign(home)
    adapted = adapt(panel, home, progress)
    pairs = feature_quarters([q.ends for q in adapted.quarters])
    split = time_split(pairs, first_test)
    ingest_directory(home, home.incoming, progress)
    build_months(home, dict.fromkeys(split.months, False), progress)
    learned = learn(home, split, progress)
    rows = table(learned)
    linkage = panel_linkage.linkage(home, [q.ends for q in adapted.quarters])
    if keep:
        shown = shown_quarters([q.ends for q in adapted.quarters], first_test)
        panel_home.finish(home, learned, shown, progress)
    compared = {}
    if folds:
        whole = candidates.panel_table(learned.frame, learned.cards, INCOME)
        compared = candidates.compare(
            whole, first_test, count=folds, seconds=seconds, progress=progress
        )
    notes = _notes(linkage)
    return Benchmark(rows, linkage, _split_report(learned), _panel(adapted), notes, compared)


def refuse_foreign(home: Home) -> None:
    """Raise HomeError when the home holds anything but this panel."""
    if home.county_file.exists() and "INDEC" not in str(home.county.get("source", "")):
        raise HomeError(f"{home.root} holds another county; give the benchmark a --home of its own")


def cards_of_panel() -> dict[str, Feature]:
    """Features of the catalogue that compare over years: all but sums of money, and the city.

    Prices rose sixfold over the panel, so a sum in pesos tells the year, not the need.
    """
    cards = {n: c for n, c in catalogue().items() if not c.unit.startswith("元")}
    return {**cards, CITY: BY_NAME[CITY]}


def second_interviews(home: Home, months: Sequence[date], names: Sequence[str]) -> pd.DataFrame:
    """Labelled profile rows of households at their second interview, each household once."""
    parts = []
    for month in sorted(months):
        rows = build_dataset(
            home,
            [month],
            HORIZON,
            features=[*names, *SECOND_INTERVIEW],
            kind="visited_income",
            at_risk_only=False,
        )
        wanted = np.logical_and.reduce(
            [(rows[c] == n).to_numpy() for c, n in SECOND_INTERVIEW.items()]
        )
        parts.append(rows[wanted].drop(columns=list(SECOND_INTERVIEW)))
    # By what was told, not by pseudonym: those differ from home to home, the figures must not.
    order = ["as_of", *(n for n in sorted(names) if n.startswith(("town", "visit", "head")))]
    frame = pd.concat(parts, ignore_index=True).sort_values(order, kind="stable")
    return frame.drop_duplicates("household", ignore_index=True)


def learn(home: Home, split: TimeSplit, progress: Progress = quiet) -> Learned:
    """Fit and calibrate the model and the baselines on the quarters before the test."""
    cards = cards_of_panel()
    progress("read profiles", 0, 3)
    frame = second_interviews(home, split.months, list(cards))
    frame = frame[frame["label"].notna()].reset_index(drop=True)
    test = split.mask(frame["as_of"], "test")
    train, later = ~test, split.mask(frame["as_of"], "calibrate")
    if not split.calibrate:
        later = train & (np.arange(len(frame)) % 3 == 0)
    names = usable(frame, cards, train)
    progress("fit", 1, 3)
    fitted = fit(
        frame,
        names,
        train=train & ~later,
        calibrate_on=later,
        group=None,
        monotone=monotone_of(cards),
        refit=True,
    )
    progress("baselines", 2, 3)
    simple = fit_baselines(
        frame, fitted.encoder, train=train & ~later, calibrate_on=later, income=INCOME
    )
    return Learned(frame, split, fitted, simple, cards, train, test)


def table(learned: Learned) -> list[dict[str, Any]]:
    """One row per population and scorer, all on the same test households."""
    rows = learned.frame[learned.test]
    scores = {"model": learned.fitted.predict(rows)}
    scores |= {b.name: b.predict(rows) for b in learned.baselines}
    trained = population_masks(learned.frame.loc[learned.train, "population"])
    found = evaluate(
        rows["label"].to_numpy(),
        scores,
        population_masks(rows["population"]),
        probabilities=set(scores),
        n_train={name: int(mask.sum()) for name, mask in trained.items()},
    )
    named = [_row(r) for r in found]
    return sorted(named, key=lambda r: POPULATIONS.index(r["population"]))


def _row(found: Mapping[str, Any]) -> dict[str, Any]:
    renamed = {
        **found,
        "precision_top5": found["precision_at_k"],
        "recall_top5": found["recall_at_k"],
        "k_top5": found["k"],
        "precision_top5_low": found["precision_low"],
        "precision_top5_high": found["precision_high"],
    }
    head = {
        "population": found["population"],
        "scorer": SCORERS[found["scorer"]],
        "n_train": found["n_train"],
    }
    return head | {name: renamed[name] for name in COLUMNS}


def _split_report(learned: Learned) -> dict[str, Any]:
    split = learned.split
    before = (*split.train, *split.calibrate)
    return {
        "train": [m.isoformat() for m in split.train],
        "calibrate": [m.isoformat() for m in split.calibrate],
        "test": [m.isoformat() for m in split.test],
        "last_label_before_test": add_months(max(before), HORIZON).isoformat(),
        "first_test_feature_quarter": min(split.test).isoformat(),
        "n_features": len(learned.fitted.features),
        "rounds": learned.fitted.report.get("rounds"),
    }


def _panel(adapted: AdaptReport) -> dict[str, Any]:
    return {
        "quarters": [q.name for q in adapted.quarters],
        "households": {q.name: q.households for q in adapted.quarters},
        "lines": {q.name: q.line for q in adapted.quarters},
        "files_written": adapted.files_written,
        "unread": [{"file": u.name, "why": u.why} for u in adapted.unread],
        "broken_rows": adapted.broken_rows,
        "persons_left_out": adapted.left_out,
    }


def _notes(linkage: Mapping[str, Any]) -> list[str]:
    def share(name: str) -> str:
        value = linkage.get(name)
        return "unknown" if value is None else f"{value:.1%}"

    return [
        f"Followed: of {linkage['first_interviews']:,} first interviews {share('second_share')} "
        f"were found for the second and {share('third_share')} for the third as well; "
        f"{share('third_of_second_share')} of the second ones.",
        f"Head's sex kept: {share('same_head_sex_second')} from first to second, "
        f"{share('same_head_sex_third')} from second to third interview.",
    ]
