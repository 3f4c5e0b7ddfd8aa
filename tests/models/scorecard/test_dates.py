"""A change of rules is a new date: months before it keep their scores and their version."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from ibis.backends.duckdb import Backend

from models.scorecard import RuleSet, ScorecardError, load_rules

from . import plain, trial
from .factory import Family, score

FIRST, BEFORE, CHANGE, AFTER = (
    date(2000, 1, 1),
    date(2026, 5, 31),
    date(2026, 6, 1),
    date(2026, 6, 30),
)
ILL = Family({"medical_burden": 0.9, "income_to_standard": 0.9}, [{"self_paid_to_average": 0.6}])


def dearer(content: Any) -> None:
    """C01 gives 20 points for half a year's income instead of 15."""
    tiers = [dict(tier) for tier in content["tiers"][FIRST]]
    tiers[1]["points"] = 20
    content["tiers"][CHANGE] = tiers


def withdrawn(content: Any) -> None:
    content["tiers"][CHANGE] = None


@pytest.fixture
def changed(tmp_path: Path) -> Callable[[str, Callable[[Any], None]], Path]:
    def make(file: str, change: Callable[[Any], None]) -> Path:
        folder = trial.copy(tmp_path)
        trial.edit(folder, file, change)
        return folder

    return make


def points(rules: RuleSet, home: Family = ILL) -> float:
    """The score by plain Python, which test_properties holds to be the engine's."""
    return float(plain.score(home, rules)["rule_score"])


@pytest.mark.slow
def test_new_points_count_from_their_date_on(con: Backend, changed: Any) -> None:
    folder = changed("indicators/C01.yaml", dearer)
    before, after = load_rules(BEFORE, folder), load_rules(AFTER, folder)
    # B01 30 + C01 15 or 20 + C02 15
    earlier = score(con, [ILL], before)
    assert earlier == score(con, [ILL], load_rules(BEFORE))
    assert earlier.of(0)["rule_score"] == 60.0
    assert score(con, [ILL], after).of(0)["rule_score"] == 65.0
    assert before.version == load_rules(BEFORE).version
    assert after.version != before.version
    assert after.version.startswith("2026-06-01-")


def test_the_day_of_a_change_is_its_first_day(changed: Any) -> None:
    folder = changed("indicators/C01.yaml", dearer)
    on_the_day = load_rules(CHANGE, folder)
    assert on_the_day.indicators["C01"].since == CHANGE
    assert on_the_day.version == load_rules(AFTER, folder).version


@pytest.mark.slow
def test_a_withdrawn_indicator_gives_nothing_and_leaves_the_count(
    con: Backend, changed: Any
) -> None:
    folder = changed("indicators/C01.yaml", withdrawn)
    assert "C01" in load_rules(BEFORE, folder).indicators
    later = score(con, [Family(ILL.household)], load_rules(AFTER, folder)).of(0)
    assert later["n_indicators"] == 54
    assert later["rule_score"] == 45.0  # B01 30 + C02 15


def test_a_new_indicator_does_not_disturb_earlier_months(tmp_path: Path) -> None:
    folder = trial.copy(tmp_path)
    trial.add_household_indicator(
        folder,
        "B12",
        "utilities",
        [{"at_least": 2, "points": -8}, {"otherwise": True, "points": 0}],
    )
    trial.replace(folder, "indicators/B12.yaml", "2000-01-01", "2026-06-01")
    assert "B12" not in load_rules(BEFORE, folder).indicators
    assert load_rules(BEFORE, folder).version == load_rules(BEFORE).version
    assert "B12" in load_rules(AFTER, folder).indicators


@pytest.mark.slow
def test_bands_caps_and_mode_change_on_their_dates(con: Backend, tmp_path: Path) -> None:
    folder = trial.copy(tmp_path)
    bars = {"red": 60, "orange": 40, "yellow": 20, "blue": 10}
    mode = {CHANGE: "once"}
    trial.edit(folder, "bands.yaml", lambda c: c["bands"].update({CHANGE: bars}))
    trial.edit(folder, "categories.yaml", lambda c: c["C"]["cap"].update({CHANGE: 10}))
    trial.edit(folder, "settings.yaml", lambda c: c["household_fact_mode"].update(mode))
    two = Family({"income_to_standard": 0.9}, [{}, {}])
    before, after = (load_rules(day, folder) for day in (BEFORE, AFTER))
    assert before.version == load_rules(BEFORE).version
    assert (points(before), points(before, two)) == (60.0, 30.0)
    found = score(con, [ILL, two], after)
    # B01 30 + C capped at 10; B01 30 once for two members
    assert [found.of(k)["rule_score"] for k in (0, 1)] == [40.0, 15.0]
    assert [found.of(k)["band"] for k in (0, 1)] == ["orange", "blue"]


def test_a_withdrawn_cap_no_longer_binds(tmp_path: Path) -> None:
    folder = trial.copy(tmp_path)
    trial.edit(folder, "categories.yaml", lambda c: c["C"]["cap"].update({CHANGE: None}))
    very_ill = Family(
        {"medical_burden": 0.9}, [{"self_paid_to_average": 2.0, "new_listed_disease_90d": True}]
    )
    assert points(load_rules(BEFORE, folder), very_ill) == 40.0
    assert points(load_rules(AFTER, folder), very_ill) == 48.0


def test_wording_does_not_change_the_version(tmp_path: Path) -> None:
    folder = trial.copy(tmp_path)
    trial.replace(folder, "indicators/A06.yaml", "Aged 80 or older", "Eighty years or more")
    assert load_rules(AFTER, folder).version == load_rules(AFTER).version


def test_a_day_before_every_rule_is_refused_with_the_first_day() -> None:
    with pytest.raises(ScorecardError, match=r"has no value on 1999-12-31: its first starts 2000"):
        load_rules(date(1999, 12, 31))
