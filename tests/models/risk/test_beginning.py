"""The month that a new county's model can begin with is what its training rules accept."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest
import yaml

from core.home import Home, HomeError, add_months
from models.risk.beginning import beginnings, earliest
from models.risk.bench.config import parse
from models.risk.bench.planning import plan_of
from models.risk.errors import RiskError

FIRST = date(2026, 6, 30)


def county(root: Path, months: int) -> Home:
    home = Home(root)
    home.data.mkdir(parents=True)
    home.county_file.write_text(yaml.safe_dump({"region": "421234"}), encoding="utf-8")
    for number in range(months):
        home.monthly("profile", add_months(FIRST, number)).mkdir(parents=True)
    return home


def visits(home: Home, days: list[date], found: int) -> None:
    frame = pd.DataFrame(
        {
            "household": [f"h{n}" for n in range(len(days))],
            "visited_on": days,
            "known_on": days,
            "source": "rule",
            "found": [n < found for n in range(len(days))],
            "stratum": None,
            "inclusion": None,
        }
    )
    home.outcomes.mkdir(parents=True)
    frame.astype({"stratum": "string", "inclusion": "float64"}).to_parquet(
        home.outcomes / "findings.parquet"
    )


@pytest.mark.parametrize("question", ["existing", "coming"])
def test_the_plan_of_a_training_takes_the_month_and_not_the_one_before(
    tmp_path: Path, question: str
) -> None:
    month, known_by = earliest(FIRST, question, 6)
    later = (month.year - FIRST.year) * 12 + month.month - FIRST.month
    asked = parse({"questions": [question], "known_by": f"{known_by:%Y-%m}"})
    plan = plan_of(county(tmp_path / "then", later + 1), asked)
    assert plan.tested(question)
    before = county(tmp_path / "before", later)
    for back in range(1, later - 1):
        day = add_months(month, -1 - back)
        try:
            plan = plan_of(before, parse({"questions": [question], "known_by": f"{day:%Y-%m}"}))
        except RiskError:
            continue
        closed = plan.taught(question)
        assert not plan.tested(question) or len(closed) < 2


def test_what_is_to_come_takes_longer_to_learn_than_what_is() -> None:
    assert earliest(FIRST, "existing", 6)[0] < earliest(FIRST, "coming", 6)[0]
    assert earliest(FIRST, "coming", 3)[0] < earliest(FIRST, "coming", 6)[0]


def test_without_a_visit_it_counts_from_the_newest_month(tmp_path: Path) -> None:
    told = beginnings(county(tmp_path, 9))["existing"]
    assert told.month == earliest(add_months(FIRST, 8), "existing", 6)[0]
    assert (told.ready, told.visits, told.found) == (False, 0, 0)


def test_labels_are_needed_and_not_months_alone(tmp_path: Path) -> None:
    home = county(tmp_path, 9)
    visits(home, [date(2026, 7, 10)] * 40, found=9)
    told = beginnings(home)["existing"]
    assert told.month <= add_months(FIRST, 8)
    assert (told.ready, told.visits, told.found, told.needed) == (False, 40, 9, 10)


def test_with_months_and_labels_it_can_begin(tmp_path: Path) -> None:
    home = county(tmp_path, 9)
    visits(home, [date(2026, 7, 10)] * 40, found=12)
    assert beginnings(home)["existing"].ready
    assert not beginnings(home)["coming"].ready


def test_before_the_first_run_nothing_is_told(tmp_path: Path) -> None:
    with pytest.raises(HomeError, match="no month was run yet"):
        beginnings(county(tmp_path, 0))
