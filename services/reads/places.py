"""Why not every household was raised: what the month's run chose, and what it left and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pandas as pd

from alerts.planning import FATES
from alerts.policy import Policy, load_policy
from alerts.rows import DEPTH
from alerts.states import Question, Source
from services.reads import base
from services.reads.overview import run_numbers

_RANDOM = (Source.AUDIT.value, Source.EXPLORE.value)
_COMING = Question.COMING.value
# Lanes of the table, in the order in which they take places; 'coming' is a part of the model's.
LANES = ("event", "secured", "rule", "risk", _COMING, "explore", "audit", "report")


@dataclass(frozen=True)
class Places:
    """One run of the whole county. Counts are households unless said otherwise.

    `capacity` is the ceiling on visits, `budget` the places for facts beside it. `existing` and
    `coming` were raised by expected finding, `drawn` at random. `lanes`: one row per lane with
    lane, raised, waiting (above the floor, no place), below (near the floor, under it; None where
    a lane has no floor). `kinds`: fresh facts by indicator, one column for each fate. The coming
    are looked at down to the `deepest` place only. `banded` counts the county's households by rule
    band.
    """

    capacity: int
    budget: int
    existing: int
    coming: int
    drawn: int
    facts: int
    waiting: Mapping[str, int]
    in_process: int
    unanswered: int
    cooling: int
    joined: int
    followed: int
    lanes: pd.DataFrame
    kinds: pd.DataFrame
    deepest: int
    policy: Policy
    banded: Mapping[str, int] = field(default_factory=dict)

    @property
    def raised(self) -> int:
        """Households raised because a visit was expected to find something."""
        return self.existing + self.coming

    @property
    def left(self) -> int:
        """Households worth a visit that found no place; facts are counted apart."""
        return sum(n for lane, n in self.waiting.items() if lane != Source.EVENT)

    @property
    def free(self) -> int:
        """Visits of the ceiling that were not used: nobody else was worth one."""
        return max(0, self.capacity - self.raised - self.drawn)


@base.cached
def places(home: str, as_of: date) -> Places:
    """The month's run. Raises NothingYet when no numbers of it were kept."""
    run = run_numbers(home, as_of)
    if not run:
        raise base.NothingYet("run", as_of)
    policy = load_policy(base.home_at(home), as_of)
    source, asked = run.get("by_source", {}), run.get("by_question", {})
    drawn = sum(source.get(lane, 0) for lane in _RANDOM)
    capacity = int(run["capacity"])
    return Places(
        capacity,
        int(run.get("event_budget", 0)),
        asked.get(Question.EXISTING.value, 0) - drawn,
        asked.get(_COMING, 0),
        drawn,
        source.get(Source.EVENT.value, 0),
        run.get("waiting", {}),
        *(int(run.get(name, 0)) for name in
          ("in_process", "unanswered", "cooling", "joined", "followed")),
        lanes=_lanes(run),
        kinds=_kinds(run),
        deepest=DEPTH * capacity,
        policy=policy,
        banded=_banded(home, as_of),
    )  # fmt: skip


def _banded(home: str, as_of: date) -> dict[str, int]:
    """Households of the county by rule band; empty when the month has no scores."""
    scores = base.monthly_file(home, "scores", as_of, "scores.parquet")
    if scores is None:
        return {}
    sql = "SELECT band, count(*) AS n FROM read_parquet($scores) GROUP BY band"
    found = base.query(sql, {"scores": str(scores)})
    return {str(band): int(n) for band, n in found.itertuples(index=False)}


def _lanes(run: Mapping[str, Any]) -> pd.DataFrame:
    raised = dict(run.get("by_source", {}))
    raised[_COMING] = run.get("by_question", {}).get(_COMING, 0)
    # The coming are named by the model alone.
    raised[Source.RISK.value] = raised.get(Source.RISK.value, 0) - raised[_COMING]
    waiting, below = run.get("waiting", {}), run.get("below", {})
    rows = [(lane, raised.get(lane, 0), waiting.get(lane, 0), below.get(lane)) for lane in LANES]
    told = [row for row in rows if any(row[1:])]
    return pd.DataFrame(told, columns=["lane", "raised", "waiting", "below"])


def _kinds(run: Mapping[str, Any]) -> pd.DataFrame:
    """Fresh facts by indicator under each of FATES; those that had to wait most come first."""
    fates = run.get("kinds", {})
    codes = sorted({code for fate in FATES for code in fates.get(fate, {})})
    rows = [[code, *(int(fates.get(fate, {}).get(code, 0)) for fate in FATES)] for code in codes]
    frame = pd.DataFrame(rows, columns=["indicator", *FATES])
    return frame.sort_values(["waiting", "alerted"], ascending=False, ignore_index=True,
                             kind="stable")  # fmt: skip
