"""Where scorecard and model differ most, and later who was right."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd
import pytest

from alerts.checkup.disagreement import BOTH, MODEL, RULES, later, lists, places
from tests.alerts.checkup.made import LAST, back, visits


def households(scores: dict[str, tuple[float, float]], **about: object) -> pd.DataFrame:
    """Watched households with rule score and risk."""
    frame = pd.DataFrame(
        [(h, s, r) for h, (s, r) in scores.items()], columns=["household", "rule_score", "risk"]
    )
    return frame.assign(**{"watched": True, "in_process": False, **about})


def hundred(reverse: bool = True) -> pd.DataFrame:
    """A hundred households whom rules and model order the opposite way, or the same."""
    scores = {f"h{n:03d}": (float(n), (99 - n if reverse else n) / 100) for n in range(100)}
    return places(households(scores))


def test_places_run_from_last_to_first_and_ties_share_theirs() -> None:
    placed = places(households({"a": (0, 0.9), "b": (10, 0.5), "c": (10, 0.1)}))
    assert placed["rule_place"].tolist() == [0.0, 0.75, 0.75]
    assert placed["risk_place"].tolist() == [1.0, 0.5, 0.0]
    assert placed["difference"].tolist() == [-1.0, 0.25, 0.75]


def test_only_watched_households_not_in_process_are_ranked() -> None:
    scores = {"a": (0.0, 0.9), "b": (10.0, 0.5), "c": (5.0, 0.4)}
    frame = households(scores, watched=[True, False, True], in_process=[False, False, True])
    assert places(frame)["household"].tolist() == ["a"]


def test_a_household_that_the_model_did_not_judge_is_not_ranked() -> None:
    frame = households({"a": (0.0, 0.9), "b": (10.0, float("nan"))})
    assert places(frame)["household"].tolist() == ["a"]


def test_each_list_holds_one_in_twenty_the_greatest_difference_first() -> None:
    found = lists(hundred())
    assert found[RULES]["household"].tolist() == ["h099", "h098", "h097", "h096", "h095"]
    assert found[MODEL]["household"].tolist() == ["h000", "h001", "h002", "h003", "h004"]
    assert found[BOTH].empty  # nobody is high with both


def test_where_rules_and_model_agree_nobody_is_listed_but_those_both_call_high() -> None:
    found = lists(hundred(reverse=False))
    assert found[RULES].empty
    assert found[MODEL].empty
    assert found[BOTH]["household"].tolist() == ["h099", "h098", "h097", "h096", "h095"]


def test_nobody_is_called_high_from_the_lower_half() -> None:
    scores = {f"h{n:02d}": (float(n), 0.0 if n == 8 else 0.5 + n / 100) for n in range(20)}
    placed = places(households(scores))
    assert placed.loc[placed["household"] == "h08", "difference"].iloc[0] > 0
    assert "h08" not in set(lists(placed)[RULES]["household"])


def row(found: pd.DataFrame, name: str, kind: str) -> pd.Series:
    return found[(found["list"] == name) & (found["visits"] == kind)].iloc[0]


def test_who_was_right_is_judged_within_six_months_and_not_before_they_are_over() -> None:
    months = {back(7): hundred(), back(3): hundred()}
    seen = visits(
        ("h099", back(7), "round", True),  # not after the month
        ("h098", back(7) + timedelta(days=20), "round", True),
        ("h097", back(1), "round", False),  # the last day of the sixth month
        ("h096", back(1) + timedelta(days=1), "round", True),  # too late
        ("h000", back(4), "round", True),
    )
    found = later(months, seen, LAST)
    assert row(found, RULES, "all")[["listed", "months", "n", "found"]].tolist() == [5, 1, 2, 1]
    assert row(found, MODEL, "all")[["n", "found"]].tolist() == [1, 1]


def test_a_household_listed_in_several_months_counts_once_from_the_first() -> None:
    months = {back(8): hundred(), back(7): hundred(), back(6): hundred()}
    seen = visits(("h099", back(7) + timedelta(days=3), "round", True),
                  ("h099", back(6) + timedelta(days=3), "round", False))  # fmt: skip
    found = row(later(months, seen, LAST), RULES, "all")
    assert found[["listed", "months", "n", "found"]].tolist() == [5, 3, 1, 1]


def test_visits_that_nobody_chose_are_counted_apart() -> None:
    seen = visits(("h099", back(6), "survey", False), ("h098", back(6), "alert", True))
    found = later({back(7): hundred()}, seen, LAST)
    assert row(found, RULES, "all")[["n", "found"]].tolist() == [2, 1]
    assert row(found, RULES, "random")[["n", "found"]].tolist() == [1, 0]


def test_ten_visited_households_are_needed_for_a_share() -> None:
    scores = {f"h{n:03d}": (float(n), (399 - n) / 400) for n in range(400)}
    big = {back(7): places(households(scores))}
    nine = visits(*((f"h{399 - n}", back(6), "round", n < 5) for n in range(9)))
    ten = visits(*((f"h{399 - n}", back(6), "round", n < 5) for n in range(10)))
    assert pd.isna(row(later(big, nine, LAST), RULES, "all")["share"])
    assert row(later(big, ten, LAST), RULES, "all")["share"] == pytest.approx(0.5)
