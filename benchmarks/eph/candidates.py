"""All candidates on the real panel: chosen on folds before the test, then tested once.

The same engine as a county's (`models.risk.rolling`). A label lies three quarters after its row
and must be dated before the first quarter that judges, so a quarter is added to the horizon.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from benchmarks.eph.split import HORIZON, QUARTER
from core.home import HomeError
from core.progress import Progress, quiet
from features.engine.feature import Feature
from models.risk.dataset import monotone_of
from models.risk.errors import RiskError
from models.risk.measures import Capacity
from models.risk.rolling import Fold, Table, Way, evaluate, rolling_folds
from models.risk.rolling.choice import best_of
from models.risk.rolling.engine import OneTable
from models.risk.rolling.folds import fold_at

TOP5 = Capacity(share=0.05)
JUDGED = "entry"
FOLDS, STEP = 3, 2


def panel_table(
    frame: pd.DataFrame, cards: Mapping[str, Feature], income: str | None = None
) -> Table:
    """The panel's second interviews as the rolling test reads them; each household once."""
    names = tuple(n for n in cards if n in frame.columns)
    known = frame.assign(as_of=[day.date() for day in pd.to_datetime(frame["as_of"])])
    return Table(known, names, HORIZON, QUARTER, monotone_of(cards), income)


def compare(
    table: Table,
    first_test: date,
    *,
    count: int = FOLDS,
    seconds: float = 0.0,
    progress: Progress = quiet,
) -> dict[str, Any]:
    """`choosing`: the report on folds before `first_test`, None for a short panel; `chosen`: who
    had the best average precision there among households not poor at the second interview
    (entry); `test`: the report on the quarters from `first_test` on, used here for the first time.
    """
    days = table.frame["as_of"]
    way = Way(seconds=seconds)
    before = table.of(table.frame[(days < first_test).to_numpy()].reset_index(drop=True))
    choosing, chosen = None, None
    folds = _folds_before(before, count)
    if folds:
        found = evaluate(OneTable(before, folds), capacity=TOP5, way=way, progress=progress)
        choosing, chosen = found.report, best_of(ranks(found.report))
    times = sorted(days.unique())
    last = tuple(t for t in times if t >= first_test)
    fold = fold_at(times, last, table.closes, 1) if last else None
    if fold is None:
        raise HomeError(f"no quarter before {first_test} can teach and another draw the curve")
    tested = evaluate(OneTable(table, [fold]), capacity=TOP5, way=way, progress=progress)
    return {"choosing": choosing, "chosen": chosen, "test": tested.report}


def _folds_before(before: Table, count: int) -> list[Fold]:
    """The folds to choose on; none when the quarters before the test are too few."""
    try:
        return rolling_folds(before, count, step=STEP)
    except RiskError:
        return []


def ranks(report: Mapping[str, Any], population: str = JUDGED) -> dict[str, float | None]:
    """Average precision by candidate in one population; everybody where it is absent."""
    there = {row["population"] for row in report["rows"]}
    wanted = population if population in there else "all"
    return {r["candidate"]: r.get("ap") for r in report["rows"] if r["population"] == wanted}
