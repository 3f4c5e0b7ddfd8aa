"""The model of a training by group: its cut-off at capacity judged by later visits, and by truth.

`measured` takes the rows that a training scored on later months (data/reports/scored_<question>
.parquet, or the frame in memory). Asked for a past month it knows what was known then: months
whose outcome had time to be seen, labels of visits known by then, and nothing at all where the
model was trained later.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from core.home import Home, add_months
from models.risk.errors import RiskError
from models.risk.groups import cutoff
from models.risk.groups.cutoff import Picks
from models.risk.groups.equal import Equal, equalised
from models.risk.groups.members import cells, joined
from models.risk.groups.naming import Figure, named
from models.risk.report import read_report
from models.risk.rows import HORIZON, Question, read_labels
from models.risk.scored import first_visit
from models.risk.tested import judged_rows, slots_of

CUTOFF, CUTOFF_TRUTH = "cutoff", "cutoff_truth"
MODEL = cutoff.MODEL


@dataclass(frozen=True)
class Ruler:
    """What one way of judging says: its figures, and `about` (months, visits, false finds)."""

    code: str
    figures: list[Figure]
    about: dict[str, Any]
    calibration: list[dict[str, Any]] = field(default_factory=list)
    households: dict[str, int] = field(default_factory=dict)
    equal: list[Equal] = field(default_factory=list)


def kept_rows(home: Home, question: Question, known_by: date) -> tuple[pd.DataFrame, int, str]:
    """The rows of the last training as known by a day, the lane's visits a month, its version.

    Raises RiskError where no training kept rows, or the last one came later than that day.
    """
    path = home.reports / f"scored_{question}.parquet"
    about = ((read_report(home) or {}).get("questions") or {}).get(question)
    if not path.exists() or about is None:
        raise RiskError(
            "还没有训练在后续月份上检验过：请先运行 doudi train",
            "no training was tested on later months yet: 'doudi train' first",
        )
    if date.fromisoformat(str(about["as_of_trained"])[:10]) > known_by:
        raise RiskError(
            f"最近的模型在 {known_by:%Y-%m} 之后训练：请选更晚的月份",
            f"the last model was trained after {known_by:%Y-%m}: ask for a later month",
        )
    scored = as_known(home, question, pd.read_parquet(path), known_by)
    if not len(scored):
        raise RiskError(
            f"模型检验的月份到 {known_by:%Y-%m} 都还没有结束",
            f"no month that the model was tested on was over by {known_by:%Y-%m}",
        )
    return scored, int(about["slots"]), str(about["version"])


def as_known(home: Home, question: Question, scored: pd.DataFrame, known_by: date) -> pd.DataFrame:
    """Rows of months that were over by a day, with the labels that were known on it."""
    horizon = int(home.county.get("horizon_months", HORIZON))
    need = horizon if question == "coming" else 1
    days = pd.to_datetime(scored["as_of"]).dt.date
    rows = scored.assign(as_of=days)
    rows = rows[[add_months(day, need) <= known_by for day in days]].reset_index(drop=True)
    if not len(rows):
        return rows
    months = sorted(set(rows["as_of"]))
    found = read_labels(home, question, months, horizon, known_by).found
    firsts = pd.concat([first_visit(found[found["as_of"] == month]) for month in months])
    label = firsts.set_index(["household", "as_of"])["label"]
    then = label.reindex(pd.MultiIndex.from_frame(rows[["household", "as_of"]])).to_numpy(float)
    then = np.where(rows["label"].isna(), np.nan, then)
    return rows.assign(label=then, weight=np.where(np.isnan(then), 0.0, rows["weight"]))


def measured(
    home: Home,
    question: Question,
    scored: pd.DataFrame,
    slots: int | Mapping[str, int] | None = None,
    false: float | None = None,
) -> list[Ruler]:
    """The rulers 'cutoff' and, on an invented county, 'cutoff_truth'.

    `slots`: visits a month of the lane (default as in `tested.slots_of`). `false`: share of
    well-off families at whom a visit finds a need, where known.
    """
    lane = slots if isinstance(slots, int) else slots_of(question, scored, slots)
    outside = scored[~scored["in_process"].to_numpy(bool)].reset_index(drop=True)
    if not len(outside):
        return []
    judged, places = judged_rows(outside, question, lane)
    # Later visits of any number tell of the coming: how often they are false is not known.
    taken_out = false if question == "existing" else None
    found = [_ruler(home, CUTOFF, judged, places, taken_out, "label")]
    if outside["truth"].notna().any():
        known = outside[outside["truth"].notna().to_numpy()]
        found.append(_ruler(home, CUTOFF_TRUTH, known, lane, None, "truth"))
    return found


def _ruler(
    home: Home, code: str, rows: pd.DataFrame, slots: int, false: float | None, outcome: str
) -> Ruler:
    part = rows[(rows["watch"] == "at_risk").to_numpy()].reset_index(drop=True)
    months = pd.Series(pd.to_datetime(part["as_of"]).dt.date, index=part.index)
    members = joined(home, part["household"], months)
    lane = cutoff.picks(part.assign(as_of=months), members, slots, false, outcome)
    about = {
        "months": sorted({f"{day:%Y-%m}" for day in months}),
        "slots": slots,
        "false_rate": false,
        "n": int((lane.weight > 0).sum()),
        "households": int(part["household"].nunique()),
    }
    return Ruler(
        code,
        named(cutoff.figures(code, lane)),
        about,
        _calibrations(lane, sloped=outcome == "label"),
        counted(members, part["household"]),
        equalised(lane),
    )


def _calibrations(lane: Picks, sloped: bool) -> list[dict[str, Any]]:
    """promised, found and slope of every single group.

    The truth gets no slope: the model promises what visits find, false finds included.
    """
    return [
        {
            "dimension": cell.dimension,
            "group": cell.group,
            **cutoff.calibration(lane.of(cell.mask), sloped),
        }
        for cell in cells(lane.members)
        if not cell.crossed
    ]


def counted(members: pd.DataFrame, household: pd.Series) -> dict[str, int]:
    """Households of every group and crossing: 'dimension=group' to their number."""
    codes = pd.factorize(household)[0]
    return {
        f"{cell.dimension}={cell.group}": len(np.unique(codes[cell.mask]))
        for cell in cells(members)
    }
