"""Lets `mlflow.pyfunc.load_model` open a risk model: text files only, nothing is unpickled."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from models.risk.fitted import FittedRisk


class RiskPyfunc:
    """What MLflow calls: `predict` gives the calibrated probability for each row."""

    def __init__(self, fitted: FittedRisk) -> None:
        self.fitted = fitted

    def predict(self, model_input: pd.DataFrame, params: object = None) -> np.ndarray:
        """Calibrated probability (0-1); `params` is part of MLflow's call and unused."""
        return self.fitted.predict(model_input)


def _load_pyfunc(path: str) -> RiskPyfunc:
    return RiskPyfunc(FittedRisk.load(Path(path)))
