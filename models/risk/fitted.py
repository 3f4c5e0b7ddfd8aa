"""A trained risk model as a value: predict, save, load. No pickle anywhere."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import lightgbm as lgb
import numpy as np
import pandas as pd

from models.risk.calibrate import Calibrator
from models.risk.errors import RiskError
from models.risk.matrix import Encoder

THREADS = 2
# Below this many rows threads wait for one another longer than they work, all the more while the
# months of a demo are built beside the training.
THREADS_FROM = 60_000
# Rows are scored independently of one another: threads pay much earlier.
SCORED_FROM = 5_000
CARD = "risk.json"


def threads(rows: int, enough: int = THREADS_FROM) -> int:
    """Threads LightGBM should use; the answer does not depend on their number."""
    return THREADS if rows >= enough else 1


@dataclass(frozen=True)
class FittedRisk:
    """LightGBM boosters whose margins are averaged, then calibrated.

    The average is taken on the log-odds scale, so that the explanation of the average is the
    average of the explanations. `report` holds what training decided (rounds, params, priors).
    """

    boosters: tuple[lgb.Booster, ...]
    calibrator: Calibrator
    encoder: Encoder
    report: Mapping[str, Any] = field(default_factory=dict)

    @property
    def features(self) -> tuple[str, ...]:
        """Feature names in the order of the matrix."""
        return self.encoder.features

    def margin(self, frame: pd.DataFrame) -> np.ndarray:
        """Raw log-odds, one per row of `frame`."""
        return self.margin_of(self.encoder.encode(frame))

    def margin_of(self, matrix: np.ndarray) -> np.ndarray:
        """Raw log-odds of an already encoded matrix."""
        total = np.zeros(len(matrix))
        if len(matrix) == 0:
            return total
        number = threads(len(matrix), SCORED_FROM)
        for booster in self.boosters:
            total += booster.predict(matrix, raw_score=True, num_threads=number)
        return total / len(self.boosters)

    def predict(self, frame: pd.DataFrame) -> np.ndarray:
        """Calibrated probability of the label within the horizon, one per row of `frame`."""
        return self.calibrator(self.margin(frame))

    def predict_of(self, matrix: np.ndarray) -> np.ndarray:
        """The same for an already encoded matrix."""
        return self.calibrator(self.margin_of(matrix))

    def contributions(self, frame: pd.DataFrame) -> np.ndarray:
        """SHAP values (log-odds), shape (rows, features + 1); the last column is the base.

        Each row sums to the row's margin.
        """
        return self.contributions_of(self.encoder.encode(frame))

    def contributions_of(self, matrix: np.ndarray) -> np.ndarray:
        """The same for an already encoded matrix."""
        total = np.zeros((len(matrix), len(self.features) + 1))
        if len(matrix) == 0:
            return total
        for booster in self.boosters:
            total += booster.predict(matrix, pred_contrib=True, num_threads=THREADS)
        return total / len(self.boosters)

    def save(self, folder: Path) -> None:
        """Write LightGBM text models and one JSON card into `folder` (created)."""
        folder.mkdir(parents=True, exist_ok=True)
        names = [f"booster-{i}.txt" for i in range(len(self.boosters))]
        for name, booster in zip(names, self.boosters, strict=True):
            booster.save_model(folder / name)
        card = {
            "boosters": names,
            "calibrator": self.calibrator.as_dict(),
            "encoder": self.encoder.as_dict(),
            "report": dict(self.report),
        }
        text = json.dumps(card, ensure_ascii=False, indent=1)
        (folder / CARD).write_text(text, encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> FittedRisk:
        """Read what `save` wrote. Raises RiskError when the folder holds no model."""
        path = folder / CARD
        if not path.exists():
            raise RiskError(
                f"{folder} 中没有风险模型；请运行 doudi train",
                f"no risk model in {folder}; run 'doudi train'",
            )
        card = json.loads(path.read_text(encoding="utf-8"))
        # `.name` keeps a tampered card from pointing outside its folder.
        files = [folder / Path(name).name for name in card["boosters"]]
        boosters = tuple(lgb.Booster(model_file=file) for file in files)
        return cls(
            boosters,
            Calibrator.from_dict(card["calibrator"]),
            Encoder.from_dict(card["encoder"]),
            card["report"],
        )
