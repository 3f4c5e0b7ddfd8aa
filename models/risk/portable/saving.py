"""Writes a risk model as an MLflow pyfunc that any process can open, with or without Doudi."""

from __future__ import annotations

import hashlib
import shutil
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd

from models.risk.errors import RiskError
from models.risk.fitted import FittedRisk
from models.risk.portable import loader

# What the loader imports, and what LightGBM needs beside it; pinned as they are installed.
PACKAGES = ("lightgbm", "numpy", "pandas", "scipy")
SAME = 1e-12


def save_pyfunc(fitted: FittedRisk, place: Path) -> Path:
    """The model as MLflow stores it, in a folder below `place`: saved/.

    With signature, input example, pinned environment and a copy of the loader. Raises RiskError
    when the loader would answer otherwise than the model (a new kind of curve it does not know).
    """
    import mlflow.pyfunc

    fitted.save(place / "risk")
    example = neutral_rows(fitted)
    check_same(fitted, place / "risk", example)
    name = loader_name()
    shutil.copyfile(loader.__file__, place / f"{name}.py")
    mlflow.pyfunc.save_model(
        place / "saved",
        loader_module=name,
        code_paths=[str(place / f"{name}.py")],
        data_path=str(place / "risk"),
        signature=_signature(fitted),
        input_example=example,
        # Named, not guessed: MLflow's guess loads the model in a second process.
        pip_requirements=[f"{each}=={version(each)}" for each in ("mlflow", *PACKAGES)],
    )
    return place / "saved"


def loader_name() -> str:
    """The module name of today's loader: its digest is in it, so two loaders never meet."""
    content = Path(loader.__file__).read_bytes()
    return f"doudi_risk_{hashlib.sha256(content).hexdigest()[:12]}"


def neutral_rows(fitted: FittedRisk) -> pd.DataFrame:
    """Three invented rows for the input example: nothing known, all 0, all 1. No household's."""
    levels = fitted.encoder.levels
    numbers = np.array([np.nan, 0.0, 1.0])

    def texts(known: tuple[str, ...]) -> list[str | None]:
        return [None, known[0], known[-1]] if known else [None] * 3

    return pd.DataFrame(
        {name: texts(levels[name]) if name in levels else numbers for name in fitted.features}
    )


def check_same(fitted: FittedRisk, folder: Path, rows: pd.DataFrame) -> None:
    """Raise RiskError when the portable loader and the model differ on `rows`."""
    try:
        told = loader.PortableRisk(folder).predict(rows)
    except ValueError as error:
        raise RiskError(
            f"脱离兜底的程序打不开该模型：{error}",
            f"the model cannot be opened without Doudi: {error}",
        ) from error
    gap = float(np.abs(told - fitted.predict(rows)).max())
    if gap > SAME:
        raise RiskError(
            f"独立装载程序与模型相差 {gap:.2g}；请使 models/risk/portable/loader.py "
            "与编码、校准一致",
            f"the portable loader differs from the model by {gap:.2g}; bring "
            "models/risk/portable/loader.py in line with the encoder and the calibrator",
        )


def _signature(fitted: FittedRisk) -> object:
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, Schema

    # Double: MLflow takes float32, whole numbers and booleans for it, but no double for a float.
    columns = [
        ColSpec("string" if name in fitted.encoder.levels else "double", name)
        for name in fitted.features
    ]
    return ModelSignature(Schema([*columns]), Schema([ColSpec("double", "risk")]))
