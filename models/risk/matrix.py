"""From a profile frame to the numbers LightGBM sees, the same way in training and scoring."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from models.risk.errors import RiskError


@dataclass(frozen=True)
class Encoder:
    """Feature order and category levels, fixed when the model was trained.

    Numbers and booleans become float32 with NaN for unknown; a category becomes the position of
    its level; a level never seen in training is unknown (NaN), like a missing one.
    """

    features: tuple[str, ...]
    levels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def learn(
        cls, frame: pd.DataFrame, features: Sequence[str], categorical: Iterable[str] = ()
    ) -> Encoder:
        """Take feature order as given and levels from `frame`; text columns are categories."""
        require_columns(frame, features)
        named = set(categorical)
        levels = {
            name: tuple(sorted(frame[name].dropna().astype(str).unique()))
            for name in features
            if name in named or _is_text(frame[name])
        }
        return cls(tuple(features), levels)

    def encode(self, frame: pd.DataFrame) -> np.ndarray:
        """Matrix (rows, features) of float32, columns in training order.

        Raises RiskError naming the columns that the frame lacks.
        """
        require_columns(frame, self.features)
        matrix = np.empty((len(frame), len(self.features)), dtype=np.float32)
        for position, name in enumerate(self.features):
            matrix[:, position] = self._column(name, frame[name])
        return matrix

    def _column(self, name: str, values: pd.Series) -> np.ndarray:
        if name in self.levels:
            # Only text may go through str(): a float code would turn 1 into "1.0".
            text = values.astype("object").where(values.notna(), None)
            codes = pd.Index(self.levels[name]).get_indexer(
                pd.Index([None if v is None else str(v) for v in text], dtype="object")
            )
            return np.where(codes < 0, np.nan, codes).astype(np.float32)
        try:
            return values.to_numpy(dtype=np.float32, na_value=np.nan)
        except (TypeError, ValueError) as error:
            raise RiskError(
                f"特征 {name} 的值为 {values.dtype}，模型读不了；请给出数值、是否，或列入类别特征",
                f"feature {name} holds {values.dtype} values the model cannot read; "
                "give numbers, booleans, or name it among the categories",
            ) from error

    @property
    def categorical_positions(self) -> list[int]:
        """Columns of the matrix that hold category codes."""
        return [i for i, name in enumerate(self.features) if name in self.levels]

    def as_dict(self) -> dict[str, Any]:
        """JSON form; `from_dict` reads it back."""
        return {
            "features": list(self.features),
            "levels": {name: list(values) for name, values in self.levels.items()},
        }

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Encoder:
        """Read what `as_dict` wrote."""
        levels = {name: tuple(values) for name, values in content["levels"].items()}
        return cls(tuple(content["features"]), levels)


def require_columns(frame: pd.DataFrame, names: Iterable[str]) -> None:
    """Raise RiskError naming the columns that `frame` lacks."""
    missing = [name for name in names if name not in frame.columns]
    if missing:
        shown = ", ".join(missing[:5]) + (" …" if len(missing) > 5 else "")
        raise RiskError(
            f"表中缺少 {len(missing)} 个特征列：{shown}；请用与模型相同的特征目录建立画像",
            f"the table lacks {len(missing)} feature column(s): {shown}; "
            "build the profile with the same feature catalogue as the model",
        )


def _is_text(values: pd.Series) -> bool:
    if isinstance(values.dtype, pd.CategoricalDtype) or pd.api.types.is_string_dtype(values.dtype):
        return not _all_null(values)
    if values.dtype != object:
        return False
    first = values.dropna().head(1)
    return bool(len(first)) and isinstance(first.iloc[0], str)


def _all_null(values: pd.Series) -> bool:
    return bool(values.isna().all())
