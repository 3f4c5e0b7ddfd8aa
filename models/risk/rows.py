"""Rows to learn from: profiles of a few months joined with what visits found after them.

A profile costs seconds a month, a visit's finding costs nothing. So profiles of every third month
teach, and each serves the visits of the three months after it: seven profile months cover nearly
two years of visits.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from core.home import Home, add_months, month_end
from core.progress import Step, unseen
from models.risk import findings, labels
from models.risk.dataset import Wanted, profile_file, read_profile
from models.risk.errors import RiskError

Question = Literal["existing", "coming"]
QUESTIONS: tuple[Question, ...] = get_args(Question)
HORIZON = 6
# A profile serves visits up to so many months after it.
AGE = 3
TEACH_MONTHS = 7
# Months with a profile cost a second each to read: more than these add old visits only.
PROFILED_MONTHS = 12
# Households of which the chance of a visit is learned: one in so many of each month.
SAMPLE = 8


@dataclass(frozen=True)
class Plan:
    """Which months teach and which test; dates of what is known. Months are month ends."""

    known_by: date
    closed_by: date
    horizon: int
    teach: tuple[date, ...]
    test: tuple[date, ...]

    def tested(self, question: Question) -> tuple[date, ...]:
        """Test months whose outcome had time to be seen."""
        need = self.horizon if question == "coming" else 1
        return tuple(m for m in self.test if add_months(m, need) <= self.closed_by)

    def taught(self, question: Question) -> tuple[date, ...]:
        """Months whose labels were closed by `known_by`."""
        need = self.horizon if question == "coming" else 1
        return tuple(m for m in self.teach if add_months(m, need) <= self.known_by)


def plan_months(
    home: Home,
    known_by: date,
    months: Iterable[date] | None = None,
    *,
    closed_by: date | None = None,
) -> Plan:
    """The months of a training as known by `known_by`, none chosen for how it turned out.

    Default: every third month back from three months before `known_by` (younger visits have
    hardly arrived) down to the county's first, which joins even off the step, at most seven; and
    every third month after `known_by` to test. With `months` given, those before `known_by`
    teach and the others test. Raises RiskError when no month is left to learn from.
    """
    known_by = month_end(known_by)
    first, last = month_end(home.county["first_as_of"]), month_end(home.county["last_as_of"])
    closed_by = month_end(closed_by) if closed_by else max(last, known_by)
    horizon = int(home.county.get("horizon_months", HORIZON))
    plan = plan_between(first, closed_by, known_by, horizon, months)
    if not plan.teach:
        raise RiskError(
            f"截至 {known_by} 的历史太短：之前没有画像月份；本县最早为 {first}",
            f"too little history to train by {known_by}: no profile month before it; "
            f"the county's first month is {first}",
        )
    return plan


def plan_between(
    first: date,
    closed_by: date,
    known_by: date,
    horizon: int,
    months: Iterable[date] | None = None,
) -> Plan:
    """`plan_months` for a county whose months begin with `first`; nothing may be left to teach."""
    if months is None:
        months = [*taught_months(first, known_by), *_every_third(known_by, closed_by)]
    chosen = sorted({month_end(m) for m in months})
    teach = tuple(m for m in chosen if m < known_by)
    return Plan(known_by, closed_by, horizon, teach, tuple(m for m in chosen if m >= known_by))


def taught_months(first: date, known_by: date, count: int = TEACH_MONTHS) -> list[date]:
    """Months that teach by default, oldest first; see `plan_months`."""
    found: list[date] = []
    month = add_months(known_by, -AGE)
    while month >= first and len(found) < count:
        found.append(month)
        month = add_months(month, -AGE)
    if len(found) < count and first < min([*found, known_by]):
        found.append(first)
    return sorted(found)


def profiled_months(home: Home, before: date, count: int = PROFILED_MONTHS) -> list[date]:
    """The newest months before `before` whose profiles are there already, oldest first."""
    found = [month_end(m) for m in home.months("profile") if month_end(m) < before]
    ready = [m for m in found if home.has_profile(m)]
    return sorted(ready)[-count:]


def _every_third(known_by: date, closed_by: date) -> list[date]:
    found, month = [], add_months(known_by, 1)
    while month < closed_by:
        found.append(month)
        month = add_months(month, AGE)
    return found


@dataclass(frozen=True)
class Rows:
    """Labelled rows of one question, and a sample of all households with whether they were seen.

    `labelled`: household, as_of, features, label, reason, inclusion, in_process, `curve` (may
    calibrate: the population the product selects from). `sample`: the same features, `seen`.
    """

    labelled: pd.DataFrame
    sample: pd.DataFrame


def question_rows(
    home: Home,
    question: Question,
    plan: Plan,
    features: Sequence[str],
    step: Step = unseen,
    *,
    watch: Collection[str] | None = None,
) -> Rows:
    """Rows to train and calibrate on: only what was known by `plan.known_by`.

    `watch`: only households of these kinds (see `watch_of`); all of them without.

    Raises RiskError when no visit's finding was known by then.
    """
    months = plan.taught(question)
    named = _labels(home, question, months, plan)
    labelled, sample = [], []
    for month in months:
        step(f"rows {month:%Y-%m}")
        here = named.found[named.found["as_of"] == month].drop(columns="as_of")
        visited = set(here["household"])
        frame = month_frame(home, month, features, named, partial(_sampled_or, visited))
        if watch is not None:
            frame = frame[frame["watch"].isin(watch)].reset_index(drop=True)
        labelled.append(frame.merge(here, on="household", how="inner"))
        part = frame[_sampled(frame["household"])]
        planned = here["visited"] & ~here["reason"].isin(findings.ASKED)
        seen = set(here.loc[planned, "household"])
        sample.append(part.assign(seen=part["household"].isin(seen).to_numpy()))
    rows = pd.concat(labelled, ignore_index=True) if labelled else pd.DataFrame()
    if rows.empty:
        raise RiskError(
            f"截至 {plan.known_by} 没有任何走访结果：请先导入走访记录"
            "（home_visits 或预警核查结果），或改选月份和人群",
            f"no visit's finding was known by {plan.known_by}: import visits (home_visits or the "
            "outcomes of alerts) first, or choose other months and households",
        )
    return Rows(_of_question(rows, question), pd.concat(sample, ignore_index=True))


def _sampled_or(visited: set[str], household: pd.Series) -> np.ndarray:
    return _sampled(household) | household.isin(visited).to_numpy()


def _sampled(household: pd.Series) -> np.ndarray:
    return pd.util.hash_array(household.to_numpy(object)) % SAMPLE == 0


def _of_question(rows: pd.DataFrame, question: Question) -> pd.DataFrame:
    """Rows that the question may use: a family already in process cannot come into need."""
    if question == "existing":
        return rows.assign(curve=~rows["in_process"])
    kept = rows[~rows["in_process"]]
    return kept.assign(curve=kept["seen_without"]).reset_index(drop=True)


@dataclass(frozen=True)
class Named:
    """What is known of households by name: labels, in process, seen without need lately."""

    found: pd.DataFrame
    in_process: pd.DataFrame
    without: pd.DataFrame


def _labels(home: Home, question: Question, months: Sequence[date], plan: Plan) -> Named:
    return read_labels(home, question, months, plan.horizon, plan.known_by)


def read_labels(
    home: Home, question: Question, months: Sequence[date], horizon: int, known_by: date
) -> Named:
    """Labels of a question with everything known by `known_by`; statuses as known each month."""
    from data.backends import connect

    if not months:
        empty = pd.DataFrame({"household": [], "as_of": [], "reason": [], "label": []})
        return Named(empty, empty, empty)
    con = connect()
    # Read once, used three times.
    found_by_visits = findings.read_findings(home, con, known_by)
    visits = con.create_table("findings", found_by_visits, temp=True, overwrite=True)
    if question == "existing":
        expression = labels.existing_labels(visits, labels.windows(months, AGE, known_by))
    else:
        expression = labels.coming_labels(visits, labels.windows(months, horizon, known_by))
    found = _dated(con.to_pandas(expression))
    if question == "coming":
        found = found.assign(reason="visit", inclusion=np.nan)
    found = found.assign(visited=True)
    busy = _dated(con.to_pandas(findings.in_process(visits, months)))
    without = _dated(con.to_pandas(findings.seen_without_need(visits, months)))
    return Named(found, busy, without)


def _dated(frame: pd.DataFrame) -> pd.DataFrame:
    """Dates as dates, rows in one order: the database gives none, and bagging counts rows."""
    days = [name for name in ("as_of", "visited_on") if name in frame.columns]
    dated = frame.assign(**{name: pd.to_datetime(frame[name]).dt.date for name in days})
    return dated.sort_values(["household", *days], ignore_index=True)


def month_frame(
    home: Home, month: date, features: Sequence[str], named: Named, wanted: Wanted | None = None
) -> pd.DataFrame:
    """Households of a month (all, or those wanted): features, population, watch, in_process,
    seen_without."""
    path = profile_file(home, month)
    frame = read_profile(path, features, at_risk_only=False, wanted=wanted)
    busy = set(named.in_process.loc[named.in_process["as_of"] == month, "household"])
    without = set(named.without.loc[named.without["as_of"] == month, "household"])
    status = pd.DataFrame(
        {
            "as_of": month,
            "watch": watch_of(frame),
            "in_process": _flag(frame, "in_process") | frame["household"].isin(busy).to_numpy(),
            "seen_without": frame["household"].isin(without).to_numpy(),
        },
        index=frame.index,
    )
    status["population"] = frame["population"] if "population" in frame.columns else "all"
    return pd.concat([frame.drop(columns=list(status), errors="ignore"), status], axis=1)


def watch_of(frame: pd.DataFrame) -> np.ndarray:
    """at_risk, secured (on Dibao or Tekun) or unwatched, one per row."""
    secured = _flag(frame, "on_dibao") | _flag(frame, "on_tekun")
    known = np.where(secured, "secured", "unwatched")
    at_risk = _flag(frame, "at_risk") if "at_risk" in frame.columns else ~secured
    return np.where(at_risk, "at_risk", known).astype(object)


def busy_of(frame: pd.DataFrame) -> np.ndarray:
    """Whether somebody is on the household's case already, as the profile says; one per row."""
    return _flag(frame, "in_process")


def _flag(frame: pd.DataFrame, name: str) -> np.ndarray:
    if name not in frame.columns:
        return np.zeros(len(frame), dtype=bool)
    values: Any = frame[name].astype("float64") if frame[name].dtype != bool else frame[name]
    return np.nan_to_num(values.to_numpy(dtype=float)) > 0
