"""An external dataset as the rolling test needs it, or one line that says what is wrong with it."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from core.home import add_months
from data.readers.encoding import decode
from data.readers.raw import ReadError
from models.risk.dataset import slim
from models.risk.errors import RiskError
from models.risk.external.private import refuse_private
from models.risk.rolling.folds import fold_at
from models.risk.rolling.table import Table, read_table

HORIZON = 6
# More different texts than this, in more than a tenth of the rows, describe nothing: they name.
TEXTS, TEXTS_SHARE = 200, 0.1
POPULATIONS = 20
# Taken as keys where the table has them and nothing else was said.
GROUP, POPULATION = "household", "population"


@dataclass(frozen=True)
class External:
    """Which file, and what its columns mean. Months for `horizon` and `gap` (see rolling.Table).

    `monotone` maps features to -1, 0 or 1; `drop` names columns that are not to be learned from.
    """

    path: Path
    label: str = "label"
    time: str = "as_of"
    group: str | None = None
    population: str | None = None
    horizon: int = HORIZON
    gap: int = 0
    monotone: Mapping[str, int] = field(default_factory=dict)
    income: str | None = None
    drop: Sequence[str] = ()
    folds: int = 4

    def as_dict(self) -> dict[str, Any]:
        """What was asked, as a run keeps it: the file by its name, without its folder."""
        return {
            "profile": self.path.name, "label": self.label, "time": self.time,
            "group": self.group, "population": self.population, "horizon": self.horizon,
            "gap": self.gap, "monotone": dict(self.monotone), "income": self.income,
            "drop": list(self.drop), "folds": self.folds,
        }  # fmt: skip


def read_external(asked: External) -> Table:
    """The table alone, see `read_asked`."""
    return read_asked(asked)[0]


def read_asked(asked: External) -> tuple[Table, External]:
    """The table, and what was asked with the keys that were taken by their names.

    Raises RiskError for anything that cannot be learned from.

    Columns `household` and `population` are the group and the population where none are named.
    """
    frame = read_frame(asked)
    frame = frame.drop(columns=_all_there(frame, asked.drop, "--drop"))
    group = asked.group or (GROUP if GROUP in frame.columns else None)
    population = asked.population or (POPULATION if POPULATION in frame.columns else None)
    for option, name in (("--label", asked.label), ("--time", asked.time), ("--group", group),
                         ("--population", population)):  # fmt: skip
        _all_there(frame, [name] if name else [], option)
    refuse_private(frame, frame[group] if group else None)
    _no_gaps(frame, group)
    _few_populations(frame, population)
    named = [n for n in (asked.time, asked.label, group, population) if n]
    features = [c for c in frame.columns if c not in named]
    if not features:
        raise RiskError(
            "除标签和时间外没有别的列：至少需要一个因素",
            "the table has no column beside label and time: a model needs at least one feature",
        )
    whole = pd.concat([_facts(frame, features), frame[named]], axis=1)
    table = read_table(
        whole, time=asked.time, label=asked.label, horizon=asked.horizon, gap=asked.gap,
        group=group, population=population, features=features, income=asked.income,
    )  # fmt: skip
    _known_directions(table, asked.monotone)
    require_months(table)
    return table, replace(asked, group=group, population=population)


def read_frame(asked: External) -> pd.DataFrame:
    """The file: Parquet by its ending, else CSV in UTF-8 or GB18030."""
    path = asked.path
    if not path.is_file():
        raise RiskError(f"没有文件 {path.name}", f"there is no file {path.name}")
    try:
        if path.suffix.lower() in (".parquet", ".pq"):
            frame = pd.read_parquet(path)
        else:
            # Months and groups stay as they are written: 202403, 0007.
            kept = {n: str for n in (asked.time, asked.group, GROUP) if n}
            text = io.StringIO(decode(path.read_bytes())[0])
            frame = pd.read_csv(text, dtype=kept, low_memory=False)  # type: ignore[call-overload]
    except (OSError, ValueError, ReadError, pd.errors.ParserError) as error:
        why = str(error).splitlines()[0] if str(error) else ""
        raise RiskError(
            f"{path.name} 不能作为 CSV 或 Parquet 读取：{why}",
            f"{path.name} cannot be read as CSV or Parquet: {why}",
        ) from error
    frame.columns = [str(name).strip() for name in frame.columns]
    if not len(frame):
        raise RiskError(f"{path.name} 没有数据行", f"{path.name} has no rows")
    return frame


def read_directions(path: Path) -> dict[str, int]:
    """A monotone file: YAML of `feature: 1`, -1 or 0. Raises RiskError for anything else."""
    wrong = RiskError(
        f"{path.name} 应每行写“因素: 1”，1 为越高风险越高，-1 为越高风险越低，0 为不限",
        f"{path.name} must hold lines 'feature: 1' (more of it raises the risk), -1 or 0",
    )
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise wrong from error
    if not isinstance(found, dict):
        raise wrong
    if any(type(v) is not int or v not in (-1, 0, 1) for v in found.values()):
        raise wrong
    return {str(name): int(value) for name, value in found.items()}


def require_months(table: Table) -> None:
    """Raise RiskError when no fold fits, saying how many months are needed."""
    known = table.frame.loc[table.frame["label"].notna(), "as_of"]
    times = sorted(known.unique())
    if fold_at(times, times[-1:], table.closes, 1) is not None:
        return
    first, last = times[0], times[-1]
    need, months = 2 * table.closes + 1, _span(first, last)
    en = (f"too few months: labelled rows reach from {first:%Y-%m} to {last:%Y-%m} "
          f"({months} months, {len(times)} of them with rows); at least {need} are needed with a "
          f"horizon of {table.horizon} and a gap of {table.gap}, with rows {table.closes} months "
          "and twice that before the last")  # fmt: skip
    zh = (f"月份太少：有标签的行从 {first:%Y-%m} 到 {last:%Y-%m}（跨 {months} 个月，其中 "
          f"{len(times)} 个月有数据）；预测期 {table.horizon} 个月、间隔 {table.gap} 个月时至少需要"
          f"跨 {need} 个月，且最后一月之前 {table.closes} 个月及其两倍处都有数据")  # fmt: skip
    raise RiskError(zh, en)


def _span(first: date, last: date) -> int:
    count, month = 1, first
    while month < last:
        month, count = add_months(month, 1), count + 1
    return count


def _all_there(frame: pd.DataFrame, names: Sequence[str], option: str) -> list[str]:
    lacks = [name for name in names if name not in frame.columns]
    if not lacks:
        return list(names)
    known = ", ".join(list(frame.columns)[:8]) + (" …" if len(frame.columns) > 8 else "")
    missing = ", ".join(lacks)
    raise RiskError(
        f"表中没有列 {missing}（{option}）；现有的列：{known}",
        f"the table has no column {missing}; name it with {option}. It has {known}",
    )


def _no_gaps(frame: pd.DataFrame, group: str | None) -> None:
    """Rows without a household would all be of one."""
    count = int(frame[group].isna().sum()) if group else 0
    if count:
        raise RiskError(
            f"列“{group}”有 {count} 行为空：每行都要写明属于哪一户",
            f"column {group} is empty in {count} rows; every row must say whose it is",
        )


def _few_populations(frame: pd.DataFrame, name: str | None) -> None:
    count = int(frame[name].nunique()) if name else 0
    if count > POPULATIONS:
        raise RiskError(
            f"列“{name}”有 {count} 个不同的值，对象最多 {POPULATIONS} 个；请合并后再用",
            f"column {name} holds {count} different populations; at most {POPULATIONS} can be "
            "told apart, so merge them",
        )


def _facts(frame: pd.DataFrame, features: Sequence[str]) -> pd.DataFrame:
    """The features as the model takes them: numbers, or texts of few kinds."""
    plain: dict[str, pd.Series] = {}
    for name in features:
        values = frame[name]
        if pd.api.types.is_datetime64_any_dtype(values) or _first_is_date(values):
            raise RiskError(
                f"列“{name}”是日期；请改为距当月的月数，或用 --drop 略去",
                f"column {name} holds dates; give months since then, or leave it out by --drop",
            )
        plain[name] = _one(name, values)
    return pd.DataFrame(plain, index=frame.index)


def _one(name: str, values: pd.Series) -> pd.Series:
    kept = values.dropna()
    if len(kept) and isinstance(kept.iloc[0], str):
        texts = kept.astype(str)
        count = int(texts.nunique())
        if count > TEXTS and count > TEXTS_SHARE * len(texts):
            raise RiskError(
                f"列“{name}”有 {count} 种文字，不能作为因素；请归类，或用 --drop 略去",
                f"column {name} holds {count} different texts, too many to describe anything; "
                "group them, or leave it out by --drop",
            )
        return texts.reindex(values.index).astype(object).where(values.notna(), None)
    try:
        found = slim(values.to_frame(name), [name])[name]
    except (TypeError, ValueError) as error:
        raise RiskError(
            f"列“{name}”既有数字又有文字；请统一，或用 --drop 略去",
            f"column {name} mixes numbers and other things; make it one, or leave it out by --drop",
        ) from error
    if np.isinf(found.to_numpy(dtype=float)).any():
        raise RiskError(f"列“{name}”含无穷大的值", f"column {name} holds infinite values")
    return found


def _first_is_date(values: pd.Series) -> bool:
    kept = values.dropna()
    return bool(len(kept)) and isinstance(kept.iloc[0], date)


def _known_directions(table: Table, monotone: Mapping[str, int]) -> None:
    lacks = [name for name in monotone if name not in table.features]
    if lacks:
        raise RiskError(
            f"--monotone 写了表中没有的因素：{', '.join(lacks)}",
            f"--monotone names {', '.join(lacks)}, which is no feature of the table; it has "
            f"{', '.join(table.features[:8])}",
        )
    words = [n for n, v in monotone.items() if v and not _is_number(table.frame[n])]
    if words:
        raise RiskError(
            f"因素 {', '.join(words)} 是文字，没有方向可言；请从 --monotone 中删去",
            f"{', '.join(words)} holds texts, which have no direction; leave it out of --monotone",
        )


def _is_number(values: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(values)
