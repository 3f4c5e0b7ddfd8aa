"""Profiles of several months and their labels in one frame: the only place that is pandas."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from core.home import Home, add_months
from core.progress import Progress, quiet
from features.engine.feature import Feature
from models.risk import labels
from models.risk.errors import RiskError

KEYS = ("household", "as_of", "population", "at_risk")
PLACE = ("county_code", "urban_rural")
# What says whether a household is watched and whether somebody is on its case already.
STATUS = ("in_process", "on_dibao", "on_tekun")


def catalogue() -> dict[str, Feature]:
    """Household features that the catalogue offers to the model, by name."""
    from features.catalogue import model_features

    return {f.name: f for f in model_features() if f.level == "household"}


def listed(
    cards: Mapping[str, Feature], names: Iterable[str], *, own: bool = False
) -> list[dict[str, Any]]:
    """What a run keeps of its features: their cards and the version of the code behind each.

    `own`: columns of a table of one's own, which no code of ours computed.
    """
    from features.versions import code_version

    return [{**cards[n].card(), "code": "" if own else code_version(n)} for n in names]


def profile_file(home: Home, as_of: date) -> Path:
    """The household profile of a month. Raises RiskError when it was not built."""
    path = home.monthly("profile", as_of) / "household.parquet"
    if not path.exists():
        raise RiskError(
            f"没有 {as_of:%Y-%m} 的家庭画像；请先运行 doudi run --as-of",
            f"no household profile of {as_of:%Y-%m}; run 'doudi run --as-of' first",
        )
    return path


# From the households of a month to which of them are wanted, one entry each.
Wanted = Callable[[pd.Series], np.ndarray]


def read_profile(
    path: Path, features: Sequence[str], *, at_risk_only: bool = True, wanted: Wanted | None = None
) -> pd.DataFrame:
    """Keys and features of one month; numbers as float32, categories as text.

    Features that the file lacks are left out: a model asks for its own by name. Rows that are not
    `wanted` are dropped before they cost anything.
    """
    parquet = pq.ParquetFile(path)
    present = set(parquet.schema_arrow.names)
    asked = [c for c in (*KEYS, *PLACE, *STATUS, *features) if c in present]
    table = parquet.read(columns=list(dict.fromkeys(asked)))
    if at_risk_only and "at_risk" in present:
        table = table.filter(table.column("at_risk").fill_null(False))
    if wanted is not None:
        table = table.filter(pa.array(wanted(table.column("household").to_pandas())))
    return slim_table(table, features)


def slim_table(table: pa.Table, features: Iterable[str]) -> pd.DataFrame:
    """An Arrow table as a frame; numbers and booleans among `features` as float32 (null: NaN).

    The conversion is Arrow's own: through pandas it took longer than reading the file.
    """
    names = list(dict.fromkeys(features))
    kinds = {f.name: f.type for f in table.schema}
    plain = [n for n in names if n in kinds and _is_plain(kinds[n])]
    single = {
        name: pc.cast(table.column(name), pa.float32(), safe=False).to_numpy() for name in plain
    }
    rest = slim(table.drop_columns(plain).to_pandas(), [n for n in names if n not in single])
    return pd.concat([rest, pd.DataFrame(single, index=rest.index)], axis=1)


def _is_plain(kind: pa.DataType) -> bool:
    return pa.types.is_floating(kind) or pa.types.is_integer(kind) or pa.types.is_boolean(kind)


def slim(frame: pd.DataFrame, features: Iterable[str]) -> pd.DataFrame:
    """Numbers and booleans among `features` become float32 (null: NaN); text stays text."""
    numeric = {}
    for name in features:
        if name not in frame.columns:
            continue
        values = frame[name]
        kept = values.dropna()
        if len(kept) and isinstance(kept.iloc[0], str):
            continue
        numeric[name] = values.to_numpy(dtype=np.float32, na_value=np.nan)
    # One new frame, not a hundred assignments: those fragment memory and pandas warns.
    rest = frame.drop(columns=list(numeric))
    return pd.concat([rest, pd.DataFrame(numeric, index=frame.index)], axis=1)


def build_dataset(
    home: Home,
    months: Sequence[date],
    horizon: int,
    *,
    known_by: date | None = None,
    features: Sequence[str] | None = None,
    kind: str | None = None,
    at_risk_only: bool = True,
    progress: Progress = quiet,
) -> pd.DataFrame:
    """One row per household and month: keys, features, label (0/1, NaN unknown), label_known.

    Labels use everything known by `known_by` (default: all there is). `kind` is the label kind
    (default: county.yaml's). `features` default to the catalogue's. Profiles must exist.
    """
    names = list(features if features is not None else catalogue())
    parts = []
    for number, month in enumerate(sorted(set(months))):
        progress(f"profile {month:%Y-%m}", number, len(months))
        part = read_profile(profile_file(home, month), names, at_risk_only=at_risk_only)
        parts.append(part.assign(as_of=month))
    if not parts:
        raise RiskError("没有可用来建立训练表的月份", "no months to build a training table from")
    frame = pd.concat(parts, ignore_index=True)
    found = _labels(home, frame, sorted(set(months)), horizon, known_by or date.max, kind)
    return attach(frame, found)


def attach(frame: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """Join labels (household, as_of, label) and windows' label_known onto profile rows."""
    size = len(frame)
    joined = frame.merge(found, how="left", on=["household", "as_of"], validate="one_to_one")
    if len(joined) != size:
        raise RiskError(
            "标签使行数增多；每户每月只能出现一次",
            "labels multiplied the rows; a household may appear once a month",
        )
    return joined


def _labels(
    home: Home,
    frame: pd.DataFrame,
    months: Sequence[date],
    horizon: int,
    known_by: date,
    kind: str | None,
) -> pd.DataFrame:
    from data.backends import connect
    from data.lake import Lake

    kind = labels.check_kind(kind or home.county.get("label", "rolls"))
    con, lake = connect(), Lake(home)
    until = max(add_months(month, horizon) for month in months)

    def feed(name: str) -> Any:
        found = lake.table(con, name, as_of=None if known_by == date.max else known_by)
        return lake.empty(name) if found is None else found

    spans = labels.windows(months, horizon, known_by)
    if kind == "rolls":
        cases = con.to_pandas(
            labels.rolls_labels(feed("assistance_rolls"), feed("home_visits"), spans)
        ).assign(label=1.0)
    else:
        where = _where(frame)
        standard = _standard(home, frame, months[0], until)
        cases = con.to_pandas(
            labels.visited_income_labels(feed("home_visits"), standard, where, spans)
        )
    return complete(frame, cases, con.to_pandas(spans), zero=kind == "rolls")


def complete(
    frame: pd.DataFrame, cases: pd.DataFrame, spans: pd.DataFrame, *, zero: bool
) -> pd.DataFrame:
    """Label every row of `frame`: cases as found, the rest 0 (`zero`) or unknown.

    A row whose horizon is still open has no label, whatever was found so far.
    """
    keys = _as_dates(frame[["household", "as_of"]])
    rows = keys.merge(_as_dates(cases), how="left", on=["household", "as_of"])
    rows = rows.merge(_as_dates(spans)[["as_of", "label_known"]], how="left", on="as_of")
    label = rows["label"].astype("float64")
    if zero:
        label = label.fillna(0.0)
    rows["label"] = label.where(rows["label_known"].astype(bool), np.nan)
    rows["label_known"] = rows["label"].notna()
    return rows


def _as_dates(frame: pd.DataFrame) -> pd.DataFrame:
    # Parquet gives datetime.date, DuckDB timestamps; one kind joins.
    return frame.assign(as_of=pd.to_datetime(frame["as_of"]).dt.date)


def _where(frame: pd.DataFrame) -> Any:
    import ibis

    columns = ["household", "as_of", *PLACE]
    return ibis.memtable(
        _as_dates(frame[columns]),
        schema={"household": "string", "as_of": "date", **dict.fromkeys(PLACE, "string")},
    )


def _standard(home: Home, frame: pd.DataFrame, first: date, last: date) -> Any:
    """S of every place and month in the windows; a place without a figure then is left out."""
    import ibis

    from data.standards import Standards

    standards, rows, month = Standards.load(home), [], first
    places = frame[list(PLACE)].drop_duplicates().dropna().itertuples(index=False, name=None)
    pairs = list(places)
    while month <= last:
        for county, side in pairs:
            entry = standards.entry("S", county, side, month)
            if entry is not None:
                rows.append((county, side, month.replace(day=1), entry.value))
        month = add_months(month, 1)
    schema = {"county_code": "string", "urban_rural": "string", "month": "date", "S": "float64"}
    return ibis.memtable(pd.DataFrame(rows, columns=list(schema)), schema=schema)


def monotone_of(cards: Mapping[str, Feature]) -> dict[str, int]:
    """Directions the catalogue is certain of: {feature: -1 | +1}."""
    return {name: card.monotone for name, card in cards.items() if card.monotone}
