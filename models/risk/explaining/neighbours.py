"""Past households like one, and what visits found of them: nearest by the leaves they share.

Two households are alike as far as the model's trees lead them to the same leaves: it is the model's
own likeness, by what it weighs. Compared are households of earlier months of which a visit's
finding was known by then, applications left out (who asks has a need to show). A neighbour is
told without any identity: how alike, which month, what was found, which features are alike too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from core.home import Home, add_months
from data.intervals import wilson
from models.risk.errors import RiskError
from models.risk.explaining.rows import profiles
from models.risk.findings import ASKED
from models.risk.fitted import FittedRisk
from models.risk.rows import HORIZON, Question, profiled_months, read_labels

# Closed months looked through, neighbours whose outcomes are counted, and of them told one by one.
MONTHS, NEAREST, TOLD = 6, 30, 8
# A number is alike within this share of the range that nine tenths of the past households span.
ALIKE = 0.1


@dataclass(frozen=True)
class Past:
    """Households of earlier months with a known outcome: keys, months, found, leaves, features."""

    household: np.ndarray
    month: np.ndarray
    found: np.ndarray
    leaves: np.ndarray
    matrix: np.ndarray


@dataclass(frozen=True)
class Neighbours:
    """What became of the `n` nearest: `found` of them with need, 95 % Wilson interval.

    `among` past households with a known outcome, of whom `base` (share) were found in need.
    `nearest`: alike (share of trees), month, found, shared (features alike, strongest first).
    """

    n: int
    found: int
    low: float | None
    high: float | None
    among: int
    base: float
    nearest: pd.DataFrame


def past(home: Home, as_of: date, fitted: FittedRisk, question: Question) -> Past:
    """The households to compare with as known by `as_of`; some seconds.

    Raises RiskError when no earlier month has a profile and an outcome known by then.
    """
    horizon = int(home.county.get("horizon_months", HORIZON))
    closed = add_months(as_of, -(horizon if question == "coming" else 1))
    months = [m for m in profiled_months(home, as_of) if m <= closed][-MONTHS:]
    named = read_labels(home, question, months, horizon, as_of)
    found = named.found
    found = found[~found["reason"].isin(ASKED)] if len(found) else found
    if question == "coming" and len(found):  # a family in process cannot come into need
        busy = pd.MultiIndex.from_frame(named.in_process[["household", "as_of"]])
        found = found[~pd.MultiIndex.from_frame(found[["household", "as_of"]]).isin(busy)]
    parts = [_month(home, m, found[found["as_of"] == m], fitted) for m in months if len(found)]
    rows = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
    if rows.empty:
        raise RiskError(
            f"截至 {as_of:%Y-%m}，此前月份没有已知结果的家庭",
            f"no household of an earlier month has an outcome known by {as_of:%Y-%m}",
        )
    matrix = fitted.encoder.encode(rows)
    keys = rows["household"].to_numpy(object)
    return Past(keys, rows["month"].to_numpy(), rows["label"].to_numpy() > 0,
                leaves(fitted, matrix), matrix)  # fmt: skip


def _month(home: Home, month: date, found: pd.DataFrame, fitted: FittedRisk) -> pd.DataFrame:
    frame = profiles(home, month, found["household"].tolist(), fitted.features)
    # Seen twice after one month end: the first visit tells.
    first = found.drop_duplicates("household")[["household", "label"]]
    return frame.merge(first, on="household").assign(month=month)


def leaves(fitted: FittedRisk, matrix: np.ndarray) -> np.ndarray:
    """The leaf of every tree of every booster that each row falls into, shape (rows, trees)."""
    each = [booster.predict(matrix, pred_leaf=True) for booster in fitted.boosters]
    return np.column_stack([np.asarray(one).reshape(len(matrix), -1) for one in each]).astype(
        np.int16
    )


def neighbours(
    fitted: FittedRisk,
    bank: Past,
    household: str,
    row: np.ndarray,
    strongest: Sequence[str],
    nearest: int = NEAREST,
) -> Neighbours:
    """The past households nearest to one (`row`: its encoded features), itself left out.

    A past household counts once, in the month in which it was most alike. `strongest` are the
    features that may be told as shared.
    """
    alike = (bank.leaves == leaves(fitted, row[None, :])).mean(axis=1)
    order = np.argsort(-alike, kind="stable")
    order = order[bank.household[order] != household]
    _, first = np.unique(bank.household[order], return_index=True)
    order = order[np.sort(first)]
    chosen = order[:nearest]
    found = int(bank.found[chosen].sum())
    low, high = wilson(found, len(chosen))
    told = chosen[:TOLD]
    shared = _shared(fitted, bank, row, told, strongest)
    table = pd.DataFrame(
        {"alike": alike[told], "month": bank.month[told], "found": bank.found[told],
         "shared": shared}
    )  # fmt: skip
    base = float(bank.found[order].mean()) if len(order) else 0.0
    return Neighbours(len(chosen), found, low, high, len(order), base, table)


def _shared(
    fitted: FittedRisk,
    bank: Past,
    row: np.ndarray,
    told: np.ndarray,
    strongest: Sequence[str],
) -> list[list[str]]:
    """For each neighbour the features in which it is like the household."""
    places = [fitted.features.index(name) for name in strongest]
    spans = [_span(bank.matrix[:, i]) for i in places]
    return [
        [
            name
            for name, i, span in zip(strongest, places, spans, strict=True)
            if _same(row[i], bank.matrix[one, i], span * ALIKE)
        ]
        for one in told
    ]


def _span(values: np.ndarray) -> float:
    """The range that nine tenths of the known values span."""
    if np.isnan(values).all():
        return 0.0
    low, high = np.nanquantile(values, [0.05, 0.95])
    return float(high - low)


def _same(one: float, other: float, within: float) -> bool:
    if np.isnan(one) or np.isnan(other):
        return bool(np.isnan(one) and np.isnan(other))
    # A yes is no no, however few there are of either.
    return bool(abs(one - other) <= (within if within < 1 or abs(one) > 1 else 0))
