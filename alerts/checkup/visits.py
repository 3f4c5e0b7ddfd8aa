"""Visits beside the scores they speak for, and shares that never stand alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import sparse

from alerts.checkup.months import Month
from alerts.precision import SMALL
from alerts.wilson import wilson
from models.risk.findings import RANDOM
from models.scorecard.fitting import FOLLOW_DAYS

SHARE = ["n", "found", "share", "low", "high"]


def attach(visits: pd.DataFrame, months: Sequence[Month]) -> pd.DataFrame:
    """Each visit with the newest score before it, at most FOLLOW_DAYS old.

    `visits`: household, visited_on, reason, found (models.risk.findings). Returns month (position
    in `months`, oldest first), row (position in its households), household (a number each, the same
    at every visit), reason, found, random (a lot decided). Visits to households that the month does
    not hold, or without a score before them, are left out.
    """
    days = pd.to_datetime(visits["visited_on"]).to_numpy().astype("datetime64[D]")
    ends = np.array([m.as_of for m in months], dtype="datetime64[D]")
    place = np.searchsorted(ends, days, side="left") - 1
    known = place >= 0
    known[known] = (days[known] - ends[place[known]]).astype(int) <= FOLLOW_DAYS
    rows = visits.assign(month=place)[known]
    parts = []
    for number in sorted(set(rows["month"])):
        own = rows[rows["month"] == number]
        keys = pd.Index(months[number].households["household"])
        parts.append(own.assign(row=keys.get_indexer(pd.Index(own["household"]))))
    columns = ["month", "row", "household", "reason", "found"]
    found = pd.concat(parts)[columns] if parts else pd.DataFrame(columns=columns)
    found = found[found["row"] >= 0].reset_index(drop=True)
    return found.assign(
        household=pd.factorize(found["household"])[0],
        found=found["found"].astype(bool),
        random=found["reason"].isin(RANDOM),
    )


def at_visits(matrices: Sequence[sparse.csr_array], visits: pd.DataFrame) -> sparse.csc_array:
    """The rows of monthly matrices at which the visits stand, one row a visit."""
    width = matrices[0].shape[1]
    picked = sparse.csr_array((len(visits), width))
    if len(visits):
        month, row = (visits[name].to_numpy(dtype=int) for name in ("month", "row"))
        own = [np.flatnonzero(month == number) for number in range(len(matrices))]
        rows = [matrix[row[n]] for matrix, n in zip(matrices, own, strict=True)]
        picked = sparse.vstack(rows).tocsr()[np.argsort(np.concatenate(own))]
    return picked.tocsc()


def tally(households: np.ndarray, found: np.ndarray) -> dict[str, float | int | None]:
    """Of the households visited, those in which a visit found an unmet need: SHARE.

    One entry a visit; a household visited twice counts once.
    """
    n = len(pd.unique(households))
    return rate(len(pd.unique(households[found.astype(bool)])), n)


def rate(found: int, n: int) -> dict[str, float | int | None]:
    """A share with its n and Wilson 95 % interval; below SMALL cases only the counts."""
    if n < SMALL:
        return {"n": n, "found": found, "share": None, "low": None, "high": None}
    low, high = wilson(found, n)
    return {"n": n, "found": found, "share": found / n, "low": low, "high": high}
