"""A county's own months as folds: data/reports/rolling_<question>.json.

A fold begins at a month whose profile is there. It learns from what visits had found by then
(labels are read anew for each fold: a finding that arrived later is not known), and is judged by
visits after it. Nothing is built and nothing is registered.

Visits to alerts do not judge: they went where the model in use sent them (see `compare.unchosen`).
They count only in the over-promise, like in the gate: the few picks that no alert led to are those
that something spoke against.
Every other visit weighs the inverse chance that it was made, learned from what was known then.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from core.home import Home, add_months, month_end
from core.progress import Progress, quiet
from models.risk import compare, findings, report, selection, tested
from models.risk.baselines import INCOME_FEATURES
from models.risk.dataset import catalogue, monotone_of, profile_file
from models.risk.errors import RiskError
from models.risk.learn import PARAMS, SEEDS, STRONGEST, folds_of
from models.risk.measures import Capacity
from models.risk.rolling import folds as by_time
from models.risk.rolling.candidates import Way
from models.risk.rolling.engine import REFERENCE, evaluate
from models.risk.rolling.folds import PARTS, Fold, part_of
from models.risk.rolling.table import Table
from models.risk.rows import (
    AGE,
    HORIZON,
    PROFILED_MONTHS,
    Plan,
    Question,
    month_frame,
    question_rows,
    read_labels,
)
from models.risk.run import is_synthetic
from models.risk.scored import first_visit, visit_weight

STEP = 3


def file_of(question: str) -> str:
    """Name of the kept report."""
    return f"rolling_{question}.json"


def read_rolling(home: Home, question: str) -> dict[str, Any] | None:
    """The kept report of a question; None before the first."""
    path = home.reports / file_of(question)
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def evaluate_question(
    home: Home,
    question: Question,
    *,
    count: int = by_time.FOLDS,
    seconds: float = 0.0,
    slots: Mapping[str, int] | None = None,
    split: str = "time",
    progress: Progress = quiet,
) -> dict[str, Any]:
    """The rolling test of one question over the county's profiled months; writes the report.

    `seconds` is the budget of all tuning together, `slots` the visits a month by question. Raises
    RiskError for too little history and for a split that is not by time.
    """
    by_time.refuse_random(split)
    progress("read months", 0, 1)
    source = County.read(home, question, count)
    capacity = source.capacity(slots)
    way = Way(PARAMS, SEEDS, STRONGEST, seconds)
    found = evaluate(source, capacity=capacity, reference=REFERENCE, way=way, progress=progress)
    about = {
        "question": question,
        "synthetic": is_synthetic(home),
        "closed_by": source.closed_by,
        "slots": tested.slots_of(question, source.everybody, slots),
        "judged_slots": capacity.count,
        "seconds": seconds,
    }
    content = report.plain({**about, **found.report})
    cards = catalogue()
    for flag in content["leaks"]["flags"]:
        card = cards[flag["feature"]]
        flag |= {"label_zh": card.zh, "label_en": card.en}
    report.write_report(home, content, file_of(question))
    return content


@dataclass
class County:
    """The folds of one question; rows of a fold are read once and dealt to its parts.

    `everybody`: keys of all ranked households of the test months, for the size of the lane.
    `whole_lane`: whether the coming ranks also families of whom no visit could say that need is
    still to come, as the monthly run does; visits cannot judge them, a truth can.
    """

    home: Home
    question: Question
    table: Table
    folds: Sequence[Fold]
    closed_by: date
    months: tuple[date, ...]
    whole_lane: bool = False
    everybody: pd.DataFrame = field(default_factory=pd.DataFrame)
    _taught: dict[int, pd.DataFrame] = field(default_factory=dict)
    _judged: dict[int, pd.DataFrame] = field(default_factory=dict)

    @classmethod
    def read(
        cls, home: Home, question: Question, count: int, *, whole_lane: bool = False
    ) -> County:
        """Find the folds that the county's months allow and read their rows."""
        closed_by = month_end(home.county["last_as_of"])
        horizon = int(home.county.get("horizon_months", HORIZON))
        need = horizon if question == "coming" else 1
        months = tuple(m for m in map(month_end, home.months("profile"))
                       if profile_file(home, m).exists())  # fmt: skip
        cards = catalogue()
        empty = Table(pd.DataFrame(), tuple(cards), need, 0, monotone_of(cards),
                      next((n for n in INCOME_FEATURES if n in cards), None), "scorecard",
                      None)  # fmt: skip
        found = cls(home, question, empty, (), closed_by, months, whole_lane)
        found._read_folds(blocks(months, closed_by, need, count), horizon)
        return found

    def _read_folds(self, tests: Sequence[tuple[date, ...]], horizon: int) -> None:
        kept: list[Fold] = []
        outside: list[pd.DataFrame] = []
        for test in tests:
            plan = self._plan(test, horizon)
            number = len(kept) + 1
            try:
                rows = question_rows(self.home, self.question, plan, self.table.features)
                parts = folds_of(rows.labelled["as_of"], self.question, horizon)
            except RiskError:
                continue  # the oldest folds may have too little before them
            learned = _propensity(rows.sample)
            self._taught[number] = _weighted(rows.labelled, learned, parts.train,
                                             parts.curve_months)  # fmt: skip
            judged, everybody = self._later(test, plan, learned)
            self._judged[number] = judged
            outside.append(everybody)
            grown = tuple(sorted(rows.labelled.loc[parts.train, "as_of"].unique()))
            kept.append(Fold(number, plan.known_by, grown, parts.curve_months, test, PARTS))
        if not kept:
            raise RiskError(
                f"“{self.question}”的历史太短，不能滚动检验：有画像的只有 {len(self.months)} 个月；"
                "请用 doudi run --as-of 补算更多月份，或运行 doudi train",
                f"too little history for a rolling test of '{self.question}': {len(self.months)} "
                "month(s) with a profile; run 'doudi run --as-of' for more months or 'doudi train'",
            )
        self.folds, self.everybody = kept, pd.concat(outside, ignore_index=True)
        features = tuple(n for n in self.table.features
                         if all(n in rows.columns for rows in self._taught.values()))  # fmt: skip
        income = self.table.income if self.table.income in features else None
        self.table = Table(self._taught[len(kept)], features, self.table.horizon, 0,
                           self.table.monotone, income, "scorecard", None)  # fmt: skip

    def _plan(self, test: tuple[date, ...], horizon: int) -> Plan:
        before = [m for m in self.months if m < test[0]][-PROFILED_MONTHS:]
        return Plan(test[0], self.closed_by, horizon, tuple(before), test)

    def _later(
        self, test: tuple[date, ...], plan: Plan, learned: selection.Propensity
    ) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Ranked rows of the test months with what visits found; and keys of everybody."""
        named = read_labels(self.home, self.question, test, plan.horizon, plan.closed_by)
        ranked, everybody = [], []
        for month in test:
            frame = month_frame(self.home, month, self.table.features, named)
            lane = ((frame["watch"] == "at_risk") & ~frame["in_process"]).to_numpy()
            everybody.append(frame[["household", "as_of", "watch", "in_process", "seen_without"]])
            here = first_visit(named.found[named.found["as_of"] == month])
            part = frame[lane].reset_index(drop=True)
            ranked.append(_found(self.home, part, here, learned))
        rows = pd.concat(ranked, ignore_index=True)
        if self.question == "coming" and not self.whole_lane:
            rows = rows[rows["seen_without"].to_numpy()].reset_index(drop=True)
        reach = plan.horizon if self.question == "coming" else AGE
        rows = rows.assign(need_on=_need_days(self.home, rows, reach))
        return rows, pd.concat(everybody, ignore_index=True)

    def capacity(self, slots: Mapping[str, int] | None) -> Capacity:
        """Visits a month among the rows that visits can judge; see `tested.judged_rows`."""
        lane = tested.slots_of(self.question, self.everybody, slots)
        outside = self.everybody[
            (~self.everybody["in_process"] & (self.everybody["watch"] == "at_risk")).to_numpy()
        ]
        return Capacity(count=tested.judged_rows(outside, self.question, lane)[1])

    def teach(self, fold: Fold, part: int) -> pd.DataFrame:
        """Labelled rows known when the fold began, of the other parts' households."""
        rows = self._taught[fold.number]
        return rows[part_of(rows["household"], fold.parts) != part].reset_index(drop=True)

    def judged(self, fold: Fold, part: int) -> pd.DataFrame:
        """Rows of the lane in the test months, of this part's households."""
        rows = self._judged[fold.number]
        return rows[part_of(rows["household"], fold.parts) == part].reset_index(drop=True)

    def looked_at(self) -> pd.DataFrame:
        """What the newest fold learned from."""
        return self._taught[len(self.folds)]


def blocks(
    months: Sequence[date], closed_by: date, need: int, count: int
) -> list[tuple[date, ...]]:
    """Test months of each fold, oldest first: quarters counted back from the newest month whose
    outcome had time to be seen."""
    ready = [m for m in months if add_months(m, need) <= closed_by]
    found, last = [], max(ready, default=closed_by)
    for number in range(count):
        end = add_months(last, -STEP * number)
        inside = tuple(m for m in ready if add_months(end, -STEP) < m <= end)
        if inside:
            found.append(inside)
    return found[::-1]


def _propensity(sample: pd.DataFrame) -> selection.Propensity:
    cards = [name for name in catalogue() if name in sample.columns]
    names = [n for n in cards if sample[n].nunique(dropna=False) > 1]
    return selection.learn_propensity(sample, names, sample["seen"].to_numpy())


def _weighted(
    rows: pd.DataFrame,
    learned: selection.Propensity,
    grow: np.ndarray,
    curve: Sequence[date],
) -> pd.DataFrame:
    """Rows that teach: who grows trees from the first, and the weight in the curve of its months;
    a family that asked has none there."""
    drawn = (rows["curve"] & rows["as_of"].isin(curve)).to_numpy()
    return rows.assign(grow=grow, curve_weight=np.where(drawn, learned.weight(rows), 0.0))


def _found(
    home: Home, frame: pd.DataFrame, here: pd.DataFrame, learned: selection.Propensity
) -> pd.DataFrame:
    """A test month's rows with what a later visit found, its weight, and the rule score."""
    chance = learned(frame)
    columns = ["household", "label", "reason", "inclusion"]
    rows = frame.assign(chance=chance).merge(
        here[columns], how="left", on="household", validate="one_to_one"
    )
    # A promise is held against every planned visit: what alerts found is what it was made for.
    every = visit_weight(rows, learned.mean)
    rows = compare.unchosen(rows.assign(label_any=rows["label"], weight_any=every))
    card = report.scorecard_scores(home, rows)
    score = np.full(len(rows), np.nan) if card is None else card
    weight = visit_weight(rows, learned.mean)
    return rows.assign(weight=weight, scorecard=score)


def _need_days(home: Home, rows: pd.DataFrame, reach: int) -> pd.Series:
    """The day on which a visit first found need after each row's month; null where none did."""
    from data.backends import connect

    con = connect()
    visits = findings.read_findings(home, con)
    found = con.to_pandas(visits.filter(visits.found).select("household", "visited_on"))
    days = found.assign(day=pd.to_datetime(found["visited_on"]).astype("datetime64[us]"))
    days = days.sort_values("day")[["household", "day"]]
    asked = rows[["household"]].assign(
        start=pd.to_datetime(rows["as_of"]).astype("datetime64[us]"), place=np.arange(len(rows))
    )
    joined = pd.merge_asof(
        asked.sort_values("start"), days, left_on="start", right_on="day", by="household",
        direction="forward", allow_exact_matches=False,
    ).sort_values("place")  # fmt: skip
    until = pd.to_datetime([add_months(m, reach) for m in rows["as_of"]])
    kept = joined["day"].where(joined["day"].to_numpy() <= until.to_numpy())
    return pd.Series(kept.to_numpy(), rows.index)
