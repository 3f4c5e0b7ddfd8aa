"""Whether the help that families got answers the reason of their need: lists and counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from alerts.matching import CAUSES, COLUMNS, Answer
from alerts.matching import matching as matching_of
from alerts.policy import load_policy
from alerts.wilson import wilson
from core.access.areas import Area
from services.reads import base, cases, people

# Help that departments report themselves, by the category of cause that it answers.
_PAID = {"C": ("medical_claims", "medical_aid_paid"), "D": ("school_rolls", "aid_amount")}


@dataclass(frozen=True)
class Matched:
    """One cause of need and what became of it, counted over alerts.

    `n` are those to whom help of the kind was due: it was given, or their time is over;
    `missing` of them got none, with the 95 % interval of the share (Wilson), None without any.
    `covered` had it already, `judged` were not eligible, `open` have time left. `asked` of all
    causes the visit said to be true; of the others the strongest reason stands for the cause.
    """

    category: str
    n: int
    missing: int
    covered: int
    judged: int
    open: int
    asked: int
    interval: tuple[float, float] | None

    @property
    def share(self) -> float | None:
        """Missing ÷ n."""
        return self.missing / self.n if self.n else None


@base.cached_alerts
def answers(home: str, as_of: date, scope: Area) -> pd.DataFrame:
    """One row per alert with a confirmed need and cause (`alerts.matching.matching`), as known in
    the month. Empty where no alert was ever raised."""
    if not base.has_alerts(home):
        return pd.DataFrame(columns=COLUMNS)
    known, policy = base.known_at(home, as_of), load_policy(base.home_at(home), as_of)
    with base.alert_session(home, scope) as session:
        return matching_of(
            session, policy, base.today_at(home, as_of), known, _paid(home, as_of, scope)
        )


@base.cached
def _paid(home: str, as_of: date, scope: Area) -> dict[tuple[str, str], list[date]]:
    """Days on which departments paid help, as known in the month: (household, category) to days."""
    lake, found = base.lake_at(home), {}
    profile = base.monthly_file(home, "profile", as_of, "person.parquet")
    for category, (feed, column) in _PAID.items():
        told = lake.rows_sql(feed, as_of)
        if told is None or profile is None:
            continue
        rows = base.query(
            f"SELECT p.household, list(DISTINCT f.happened_on) AS days "  # noqa: S608 (ours)
            f"FROM ({told}) f "
            f"JOIN read_parquet($profile) p USING (person) "
            f"WHERE f.known_on <= $as_of AND f.{column} > 0 GROUP BY 1",
            {"profile": str(profile), "as_of": as_of},
        )
        for household, days in zip(rows["household"], rows["days"], strict=True):
            found[household, category] = [pd.Timestamp(day).date() for day in days]
    return found


def summary(home: str, as_of: date, scope: Area) -> list[Matched]:
    """Every cause that occurs, in the order of the categories."""
    frame: pd.DataFrame = answers(home, as_of, scope)
    found = []
    for category in CAUSES:
        own = frame[frame["category"] == category]
        counts = {answer: int((own["answer"] == answer.value).sum()) for answer in Answer}
        missing = counts[Answer.MISSING]
        n = counts[Answer.GIVEN] + missing
        if len(own):
            found.append(
                Matched(
                    category,
                    n,
                    missing,
                    counts[Answer.COVERED],
                    counts[Answer.JUDGED],
                    counts[Answer.OPEN],
                    int(own["asked"].sum()),
                    wilson(missing, n) if n else None,
                )
            )
    return found


def missing(home: str, as_of: date, scope: Area) -> pd.DataFrame:
    """Families without help of the kind of their cause, longest due first: the columns of
    `answers`, and number (of the alert), who (masked)."""
    frame: pd.DataFrame = answers(home, as_of, scope)
    frame = frame[frame["answer"] == Answer.MISSING.value].sort_values(
        ["due_on", "alert_id"], ignore_index=True
    )
    names = people.heads(home, as_of, tuple(frame["household"]))
    numbers = cases.numbers(home, as_of, scope, frame["alert_id"].tolist()) if len(frame) else []
    return frame.assign(number=numbers, who=[names.get(h, "") for h in frame["household"]])


def of_household(home: str, as_of: date, scope: Area, household: str) -> pd.DataFrame:
    """The rows of `answers` about one household."""
    frame: pd.DataFrame = answers(home, as_of, scope)
    return frame[frame["household"] == household].reset_index(drop=True)
