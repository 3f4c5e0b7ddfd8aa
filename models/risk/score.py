"""The champion's probability for every at-risk household of a month."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from data.atomic import atomic
from data.home import Home
from models.risk.dataset import profile_file, slim
from models.risk.errors import RiskError
from models.risk.fitted import FittedRisk
from models.risk.matrix import require_columns
from models.risk.registry import load

# Rows held in memory at once: a province's month stays within a few hundred MB.
BATCH = 100_000
COLUMNS = ["household", "as_of", "risk", "population", "model_version", "rank"]


def score_month(
    home: Home,
    as_of: date,
    *,
    fitted: FittedRisk | None = None,
    version: str | None = None,
    batch: int = BATCH,
) -> Path:
    """Write data/risk/as_of=…/risk.parquet from the month's household profile.

    Columns: household, as_of, risk (0-1), population, model_version, rank (1 = highest risk;
    equal risks share the better rank). Only rows with at_risk. `fitted` default: the champion.
    Raises RiskError without a champion, without a profile, or when features are missing.
    """
    if fitted is None:
        fitted, version = load(home)
    source = profile_file(home, as_of)
    parts = [_score(part, fitted) for part in _batches(source, fitted, batch)]
    table = pd.concat(parts, ignore_index=True) if parts else _score(_empty(), None)
    table["as_of"] = as_of
    table["model_version"] = version or "unregistered"
    table["rank"] = table["risk"].rank(method="min", ascending=False).astype("int64")
    target = home.monthly("risk", as_of) / "risk.parquet"
    write_parquet(table[COLUMNS].sort_values(["rank", "household"]), target)
    return target


def _batches(source: Path, fitted: FittedRisk, batch: int) -> Any:
    parquet = pq.ParquetFile(source)
    names = set(parquet.schema_arrow.names)
    require_columns(pd.DataFrame(columns=list(names)), fitted.features)
    keys = [name for name in ("household", "population", "at_risk") if name in names]
    columns = list(dict.fromkeys([*keys, *fitted.features]))
    for rows in parquet.iter_batches(batch_size=batch, columns=columns):
        table = pa.Table.from_batches([rows])
        if "at_risk" in keys:
            table = table.filter(table.column("at_risk").fill_null(False))
        if table.num_rows:
            yield slim(table.to_pandas(), fitted.features)


def _score(part: pd.DataFrame, fitted: FittedRisk | None) -> pd.DataFrame:
    risk = fitted.predict(part) if fitted is not None else np.zeros(0)
    population = part.get("population", "all")
    return pd.DataFrame({"household": part["household"], "population": population, "risk": risk})


def _empty() -> pd.DataFrame:
    return pd.DataFrame({"household": pd.Series(dtype="str"), "population": pd.Series(dtype="str")})


def write_parquet(frame: pd.DataFrame, target: Path) -> None:
    """Write aside, then rename: a reader sees the old table or the new one, never half of it."""
    table = pa.Table.from_pandas(frame, preserve_index=False)
    with atomic(target) as aside:
        pq.write_table(table.replace_schema_metadata(None), aside)


def read_risk(home: Home, as_of: date) -> pd.DataFrame:
    """One month's risk table. Raises RiskError when the month was not scored."""
    path = home.monthly("risk", as_of) / "risk.parquet"
    if not path.exists():
        raise RiskError(f"no risk of {as_of:%Y-%m}; run 'doudi run --as-of {as_of:%Y-%m}'")
    return pq.read_table(path, partitioning=None).to_pandas()
