"""What the product wrote, month by month, and the visits in the lake: the evidence of the audit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from core.home import Home, HomeError, add_months, month_end
from data.backends import connect
from data.lake import Lake
from simulator.study.ledger import Ledger, month_end_of, month_numbers, open_at, read_ledger
from simulator.study.truth import Truth, read_truth

YEAR = 12
# Known to be in process: an application this recent, or a visit that found need.
APPLIED_MONTHS, FOUND_MONTHS = 3, 6
# Sudden emergencies: disaster-damaged home, suspected orphan, main earner died, school drop-out.
URGENT = ("F02", "A02", "A08", "D04")
_PROFILE = ("household", "watched", "at_risk", "on_dibao_tekun", "in_process")


@dataclass(frozen=True)
class Record:
    """One county's replayed year. `months` are the numbers of its twelve monthly runs."""

    home: Home
    months: list[int]
    ledger: Ledger
    truth: Truth

    @property
    def alerts(self) -> pd.DataFrame:
        """The alerts raised in the replayed year."""
        rows = self.ledger.alerts
        return rows[rows["month"].between(self.months[0], self.months[-1])]

    @cached_property
    def visits(self) -> pd.DataFrame:
        """Home visits in the lake: household, visited_on, known_on, reason, found (or null)."""
        rows = Lake(self.home).table(connect(1), "home_visits")
        names = ["household", "visited_on", "known_on", "reason", "found"]
        if rows is None:
            return pd.DataFrame(columns=names)
        rows = rows.select("household", "happened_on", "known_on", "visit_reason", "unmet_need")
        frame = rows.to_pandas()
        frame.columns = pd.Index(names)
        frame = frame[frame["household"].notna()]
        days = {name: pd.to_datetime(frame[name]) for name in ("visited_on", "known_on")}
        return frame.assign(**days, found=frame["found"].astype("boolean"))

    def profile(self, month: int) -> pd.DataFrame:
        """household, watched, at_risk, on_dibao_tekun and (newer homes) in_process of a month."""
        path = self.home.monthly("profile", day_of(month)) / "household.parquet"
        names = [c for c in _PROFILE if c in pq.read_schema(path).names]
        return pq.read_table(path, columns=names, partitioning=None).to_pandas()

    def scores(self, month: int) -> pd.DataFrame:
        """household, rule_score, band of a month."""
        columns = ["household", "rule_score", "band"]
        path = self.home.monthly("scores", day_of(month)) / "scores.parquet"
        return pq.read_table(path, columns=columns, partitioning=None).to_pandas()

    def risk(self, month: int) -> pd.DataFrame | None:
        """household, watch, existing, coming of a month; None when nothing was scored.

        A home of before the two questions has one risk for both, for households at risk only.
        """
        path = self.home.monthly("risk", day_of(month)) / "risk.parquet"
        if not path.exists():
            return None
        frame = pq.read_table(path, partitioning=None).to_pandas()
        if "existing" not in frame:
            frame = frame.assign(watch="at_risk", existing=frame["risk"], coming=frame["risk"])
        return frame[["household", "watch", "existing", "coming"]]

    def in_process(self, month: int) -> set[str]:
        """Households that the bureau knew to be in need, or had a case open for, at the run.

        From the lake's visits, the alerts' own findings and their events; see alert-audit's
        definition. The profile's column is not used: it is one of the things under audit.
        """
        end = month_end_of(month)
        known = self.visits[self.visits["known_on"] <= end]
        applied = (known["reason"] == "application") & (
            known["visited_on"] > _back(end, APPLIED_MONTHS)
        )
        found = known["found"].fillna(False) & (known["visited_on"] > _back(end, FOUND_MONTHS))
        alerts = self.ledger.alerts
        confirmed = alerts[(alerts["outcome"] == "confirmed") & (alerts["met_on"] <= end)]
        confirmed = confirmed[confirmed["met_on"] > _back(end, FOUND_MONTHS)]
        return (
            set(known.loc[applied | found, "household"])
            | set(confirmed["household"])
            | open_at(alerts, month)
        )

    def firing(self) -> pd.DataFrame:
        """Urgent facts by month: household, person, indicator, happened_on, month, held.

        From events.parquet where the home has it; else from the points of parts.parquet, where a
        fact is a household, a person and an indicator without a day.
        """
        listed = [m for m in self.months if self._events(m).exists()]
        if len(listed) == len(self.months):
            return pd.concat([self._listed(m) for m in self.months], ignore_index=True)
        return self.firing_parts()

    def firing_parts(self) -> pd.DataFrame:
        """The same from the scorecard's points alone, which know no day and no hold."""
        return pd.concat([self._pointed(m) for m in self.months], ignore_index=True)

    def _events(self, month: int):
        return self.home.monthly("scores", day_of(month)) / "events.parquet"

    def _listed(self, month: int) -> pd.DataFrame:
        columns = ["household", "person", "indicator", "happened_on", "held"]
        frame = pq.read_table(self._events(month), partitioning=None).to_pandas()
        frame = frame[frame["indicator"].isin(URGENT)].reindex(columns=columns)
        day = pd.to_datetime(frame["happened_on"])
        return frame.assign(month=month, happened_on=day, held=frame["held"].fillna(False))

    def _pointed(self, month: int) -> pd.DataFrame:
        path = self.home.monthly("scores", day_of(month)) / "parts.parquet"
        columns = ["household", "person", "indicator", "points"]
        chosen = [("indicator", "in", list(URGENT)), ("points", ">", 0)]
        frame = pq.read_table(path, columns=columns, filters=chosen, partitioning=None).to_pandas()
        nothing = pd.Series(pd.NaT, index=frame.index, dtype="datetime64[ns]")
        frame = frame.drop(columns="points")
        return frame.assign(month=month, happened_on=nothing, held=False)


def read_record(home: Home) -> Record:
    """Read a finished demo county.

    Raises HomeError when the home holds no county, a real one, or one without a replayed year.
    """
    if not home.workflow_db.exists():
        raise HomeError(f"no alerts in {home.root}: the study audits a finished demo county")
    last = month_end(home.county["last_as_of"])
    days = [add_months(last, back) for back in range(1 - YEAR, 1)]
    missing = [d for d in days if not (home.monthly("scores", d) / "scores.parquet").exists()]
    if missing:
        raise HomeError(f"the replayed year of {home.root} lacks {missing[0]:%Y-%m}")
    return Record(home, numbers_of(days), read_ledger(home.workflow_db), read_truth(home))


def numbers_of(days: Sequence[date]) -> list[int]:
    """Month numbers of month ends."""
    return [int(n) for n in month_numbers(pd.Series(pd.to_datetime(list(days))))]


def day_of(month: int) -> date:
    """Month end of a month number, as the home's folders are named."""
    return month_end_of(month).date()


def _back(end: pd.Timestamp, months: int) -> pd.Timestamp:
    return end - pd.DateOffset(months=months)


def as_numbers(values: pd.Series) -> np.ndarray:
    """Floats with NaN for null."""
    return pd.to_numeric(values, errors="coerce").to_numpy(float)
