"""The month's risk: both questions for every household of the profile."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from core.atomic import atomic
from core.home import Home
from models.risk import registry
from models.risk.dataset import STATUS, profile_file, slim_table
from models.risk.errors import RiskError
from models.risk.fitted import FittedRisk
from models.risk.matrix import require_columns
from models.risk.rows import QUESTIONS, watch_of

# Rows held in memory at once: a province's month stays within a few hundred MB.
BATCH = 100_000
COLUMNS = ["household", "as_of", "watch", "population", "existing", "coming", "risk",
           "model_version", "rank"]  # fmt: skip


def score_month(
    home: Home,
    as_of: date,
    *,
    fitted: FittedRisk | None = None,
    version: str | None = None,
    batch: int = BATCH,
) -> Path:
    """Write data/risk/as_of=…/risk.parquet from the month's household profile.

    One row per household: household, as_of, watch (at_risk, secured or unwatched), population,
    existing (chance that a visit now finds an unmet need), coming (chance of coming into need
    within the horizon, if not in need now), risk (existing or coming), model_version, rank (1 =
    highest risk among those at risk, equal risks share the better rank; null for others).
    The champions of both questions score; with one of them missing its column is null and the
    other is the risk. `fitted`: one model of one label instead, as `coming` and `risk`.
    Raises RiskError without a champion, without a profile, or when features are missing.
    """
    models, version = _models(home, fitted, version)
    source = profile_file(home, as_of)
    parts = [_score(part, models) for part in batches(source, models, batch)]
    table = pd.concat(parts, ignore_index=True) if parts else _score(_empty(), {})
    table["as_of"] = as_of
    table["model_version"] = version
    lane = table["risk"].where(table["watch"] == "at_risk")
    table["rank"] = lane.rank(method="min", ascending=False).astype("Int64")
    target = home.monthly("risk", as_of) / "risk.parquet"
    write_parquet(table[COLUMNS].sort_values(["rank", "household"]), target)
    return target


def _models(
    home: Home, fitted: FittedRisk | None, version: str | None
) -> tuple[dict[str, FittedRisk], str]:
    """The champions by question, or the one model of one label as 'coming'; their versions."""
    if fitted is not None:
        return {"coming": fitted}, version or "unregistered"
    found: dict[str, FittedRisk] = {}
    for question in QUESTIONS:
        if registry.alias(home, registry.CHAMPION, question) is not None:
            found[question] = registry.load(home, question=question)[0]
    if not found:
        found["coming"], one = registry.load(home)
        return found, one
    return found, registry.champion_version(home) or "unregistered"


def batches(source: Path, models: Mapping[str, FittedRisk], batch: int) -> Iterator[pd.DataFrame]:
    """The profile in parts with all that the models need. Raises RiskError for what it lacks."""
    parquet = pq.ParquetFile(source)
    names = set(parquet.schema_arrow.names)
    features = list(dict.fromkeys(f for one in models.values() for f in one.features))
    require_columns(pd.DataFrame(columns=list(names)), features)
    keys = [n for n in ("household", "population", "at_risk", *STATUS) if n in names]
    columns = list(dict.fromkeys([*keys, *features]))
    for rows in parquet.iter_batches(batch_size=batch, columns=columns):
        if rows.num_rows:
            yield slim_table(pa.Table.from_batches([rows]), features)


def _score(part: pd.DataFrame, models: Mapping[str, FittedRisk]) -> pd.DataFrame:
    size = len(part)
    chance: dict[str, Any] = {name: np.full(size, np.nan) for name in QUESTIONS}
    chance |= {name: one.predict(part) for name, one in models.items()}
    now, later = chance["existing"], chance["coming"]
    either = np.nan_to_num(now) + (1 - np.nan_to_num(now)) * np.nan_to_num(later)
    return pd.DataFrame(
        {
            "household": part["household"],
            "watch": watch_of(part) if size else np.array([], dtype=object),
            "population": part["population"] if "population" in part.columns else "all",
            "existing": now,
            "coming": later,
            "risk": either,
        }
    )


def _empty() -> pd.DataFrame:
    names = ["household", "population"]
    return pd.DataFrame({name: pd.Series(dtype="str") for name in names})


def write_parquet(frame: pd.DataFrame, target: Path) -> None:
    """Write aside, then rename: a reader sees the old table or the new one, never half of it."""
    table = pa.Table.from_pandas(frame, preserve_index=False)
    with atomic(target) as aside:
        pq.write_table(table.replace_schema_metadata(None), aside)


def read_risk(home: Home, as_of: date) -> pd.DataFrame:
    """One month's risk table. Raises RiskError when the month was not scored."""
    path = home.monthly("risk", as_of) / "risk.parquet"
    if not path.exists():
        raise RiskError(
            f"没有 {as_of:%Y-%m} 的风险概率；请运行 doudi run --as-of {as_of:%Y-%m}",
            f"no risk of {as_of:%Y-%m}; run 'doudi run --as-of {as_of:%Y-%m}'",
        )
    return pq.read_table(path, partitioning=None).to_pandas()
