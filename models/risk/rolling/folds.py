"""Folds by time: what was known at a month teaches, the months from there on judge.

    fold 1   teach ───────────▶│gap│curve│gap│ test
    fold 2   teach ──────────────────▶│gap│curve│gap│ test

A month teaches a fold only if its label was known when the fold's first test month began: the
horizon is a gap. The last months that may teach are kept for the curve, with a gap of their own.

No household on both sides. Families stay: nearly every household of a test month also taught.
Dropping from the training side all who are judged later would drop nearly everybody, and would
choose those that remain by a fact of the future (who is visited again). So households are dealt
by a hash of their name into `parts`; the households of a part are scored by a model that never
saw a row of theirs, and every household is judged once. Where no household comes twice there is
one part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from core.home import add_months
from core.words import Text
from models.risk.errors import RiskError
from models.risk.rolling.table import Table

FOLDS, PARTS = 4, 3
# The curve's share of the months that may teach.
CURVE_SHARE = 0.2
RANDOM_REFUSED = Text(
    "不允许按人随机划分：同一家庭会以相同的收入、疾病、住房出现在两边，较晚月份的行又会用来学习较早月份的"
    "评判；只记住家庭的模型因此得分翻倍。请按时间划分。",
    "a random split over persons is refused: the same family stands on both sides with the same "
    "income, illness and dwelling, and rows of later months teach what earlier ones are judged "
    "on; a model that only remembers families doubles its score that way. Split by time.",
)


@dataclass(frozen=True)
class Fold:
    """One test: the months that teach, draw the curve and judge. All are month ends."""

    number: int
    known_by: date
    teach: tuple[date, ...]
    curve: tuple[date, ...]
    test: tuple[date, ...]
    parts: int

    def as_dict(self) -> dict[str, Any]:
        """JSON form."""
        days = {n: [m.isoformat() for m in getattr(self, n)] for n in ("teach", "curve", "test")}
        return {
            "number": self.number,
            "known_by": self.known_by.isoformat(),
            "parts": self.parts,
            **days,
        }


def part_of(household: pd.Series, parts: int) -> np.ndarray:
    """The part of each household, the same on every machine."""
    names = household.to_numpy(dtype=object).astype(str)
    return (pd.util.hash_array(names) % max(1, parts)).astype(int)


def refuse_random(split: str) -> None:
    """Raise RiskError, with the reason, for any split but 'time'."""
    if split != "time":
        raise RiskError(RANDOM_REFUSED.zh, RANDOM_REFUSED.en)


def parts_needed(table: Table, parts: int = PARTS) -> int:
    """1 where no household comes twice, else `parts`; raises RiskError for fewer than two then."""
    if table.frame["household"].is_unique:
        return 1
    if parts < 2:
        raise RiskError(
            "同一家庭出现多次：只分一份时，同一户既用于学习又用于评判；请至少分两份",
            "households come more than once: with one part the same household would teach and "
            "be judged; give at least two parts",
        )
    return parts


def rolling_folds(
    table: Table, count: int = FOLDS, *, step: int | None = None, parts: int = PARTS
) -> list[Fold]:
    """The last `count` folds that the months allow, oldest first.

    `step` is how many of the table's times one fold judges (default: so many that the folds cover
    the later half). Raises RiskError when not even one fold has a time to teach.
    """
    known = table.frame.loc[table.frame["label"].notna(), "as_of"]
    times = sorted(known.unique())
    if count < 1:
        raise RiskError("至少要一折", "at least one fold is needed")
    step = step or max(1, len(times) // (2 * count))
    parts = parts_needed(table, parts)
    found: list[Fold] = []
    for number in range(count):
        last = len(times) - step * (count - 1 - number)
        test = tuple(times[max(0, last - step) : max(0, last)])
        fold = fold_at(times, test, table.closes, parts, len(found) + 1) if test else None
        if fold is not None:
            found.append(fold)
    if not found:
        raise _too_short(times, table.closes)
    return found


def fold_at(
    times: Sequence[date], test: Sequence[date], closes: int, parts: int, number: int = 1
) -> Fold | None:
    """The fold that judges `test`; None when no time before it can teach and another draw the
    curve."""
    known_by = min(test)
    closed = [t for t in sorted(times) if t < known_by and add_months(t, closes) <= known_by]
    share = max(1, round(CURVE_SHARE * len(closed)))
    for width in range(share, 0, -1):
        curve = tuple(closed[-width:])
        teach = tuple(t for t in closed if curve and add_months(t, closes) <= curve[0])
        if teach:
            return Fold(number, known_by, teach, curve, tuple(test), parts)
    return None


def _too_short(times: Sequence[date], closes: int) -> RiskError:
    return RiskError(
        f"历史太短，不够一折：有标签的时间只有 {len(times)} 个；检验需要用于学习和用于曲线的时间，"
        f"各早于其后 {closes} 个月",
        f"too little history for a fold: {len(times)} time(s) with labels; a test needs times "
        f"that teach and times for the curve, each {closes} months before what follows",
    )


def teach_rows(table: Table, fold: Fold, part: int) -> pd.DataFrame:
    """Rows that teach one part of a fold: none of the part's households, none known too late.

    Column `grow` says which may grow trees from the first; the others come in with the refit, and
    of them only the curve's months have a weight in the curve.
    """
    frame = table.frame
    closed = {t: add_months(t, table.closes) <= fold.known_by for t in frame["as_of"].unique()}
    kept = frame["as_of"].map(closed).astype(bool) & frame["label"].notna()
    kept &= (frame["as_of"] < fold.known_by).to_numpy()
    if fold.parts > 1:
        kept &= part_of(frame["household"], fold.parts) != part
    rows = frame[kept.to_numpy()].reset_index(drop=True)
    heavy = rows["weight"].to_numpy(float) if "weight" in rows.columns else np.ones(len(rows))
    drawn = rows["as_of"].isin(fold.curve).to_numpy()
    return rows.assign(
        grow=rows["as_of"].isin(fold.teach).to_numpy(), curve_weight=np.where(drawn, heavy, 0.0)
    )


def judged_rows(table: Table, fold: Fold, part: int) -> pd.DataFrame:
    """Rows of the fold's test months and the part's households, also those nobody looked at."""
    frame = table.frame
    kept = frame["as_of"].isin(fold.test).to_numpy()
    if fold.parts > 1:
        kept = kept & (part_of(frame["household"], fold.parts) == part)
    rows = frame[kept].reset_index(drop=True)
    if "weight" not in rows.columns:
        rows = rows.assign(weight=1.0)
    return rows.assign(weight=rows["weight"].where(rows["label"].notna(), 0.0))
