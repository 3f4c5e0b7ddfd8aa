"""Opens a risk model that Doudi trained, without Doudi: numpy, pandas and LightGBM are enough.

A copy of this file lies beside every logged model, under a name of its own, so that a module that
moves or is renamed in Doudi later never breaks a stored model. It must import nothing of Doudi's.
It reads text only (LightGBM's own format and one JSON card); nothing is unpickled.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import lightgbm as lgb
import numpy as np
import pandas as pd

CARD = "risk.json"
# Shapes of a calibration curve that this file can draw; another one is refused, never guessed.
SHAPES = ("none", "logistic", "isotonic", "venn_abers")


class PortableRisk:
    """Boosters whose log-odds are averaged, then calibrated; what MLflow calls."""

    def __init__(self, folder: Path) -> None:
        """Read the card and the boosters. Raises ValueError for a curve of an unknown shape."""
        self.card: dict[str, Any] = json.loads((folder / CARD).read_text(encoding="utf-8"))
        self.features: list[str] = self.card["encoder"]["features"]
        self.levels: dict[str, list[str]] = self.card["encoder"]["levels"]
        self.curve: dict[str, Any] = self.card["calibrator"]
        if self.curve["method"] not in SHAPES:
            raise ValueError(
                f"this model's calibration is '{self.curve['method']}', but its loader knows only "
                f"{', '.join(SHAPES)}"
            )
        # `.name` keeps a tampered card from pointing outside its folder.
        files = [folder / Path(name).name for name in self.card["boosters"]]
        self.boosters = [lgb.Booster(model_file=str(file)) for file in files]

    def predict(self, model_input: pd.DataFrame, params: object = None) -> np.ndarray:
        """Calibrated probability (0-1), one a row; `params` is part of MLflow's call, unused.

        Raises ValueError naming the columns that the table lacks.
        """
        missing = [name for name in self.features if name not in model_input.columns]
        if missing:
            raise ValueError(f"the table lacks {len(missing)} column(s): {', '.join(missing[:5])}")
        matrix = self._matrix(model_input)
        margin = np.zeros(len(matrix))
        if len(matrix):
            for booster in self.boosters:
                margin += booster.predict(matrix, raw_score=True)
        return self._probability(margin / len(self.boosters))

    def _matrix(self, frame: pd.DataFrame) -> np.ndarray:
        """Numbers as float32, unknown as NaN; a category as the place of its level."""
        matrix = np.empty((len(frame), len(self.features)), dtype=np.float32)
        for position, name in enumerate(self.features):
            values = frame[name]
            if name not in self.levels:
                matrix[:, position] = values.to_numpy(dtype=np.float32, na_value=np.nan)
                continue
            known = {level: place for place, level in enumerate(self.levels[name])}
            text = values.astype("object").where(values.notna(), None)
            places = [np.nan if v is None else known.get(str(v), np.nan) for v in text]
            matrix[:, position] = np.array(places, dtype=np.float32)
        return matrix

    def _probability(self, margin: np.ndarray) -> np.ndarray:
        """The calibration curve: straight in log-odds, or through its knots and on beyond them."""
        slope, knots = self.curve["slope"], self.curve["knots"]
        if knots:
            inside = np.interp(margin, knots, self.curve["heights"])
            below = np.minimum(margin - knots[0], 0.0)
            above = np.maximum(margin - knots[-1], 0.0)
            odds = inside + slope * (below + above)
        else:
            odds = slope * margin + self.curve["intercept"]
        # Without overflow at either end.
        small = np.exp(-np.abs(odds))
        return np.where(odds >= 0, 1.0 / (1.0 + small), small / (1.0 + small))


def _load_pyfunc(path: str) -> PortableRisk:
    """What MLflow calls to open the model; `path` holds the card and the boosters."""
    return PortableRisk(Path(path))
