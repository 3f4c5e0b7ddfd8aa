"""The per-capita mean examined: whom it catches, whom the worst-off member would."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd
import pytest

from alerts.checkup.mean import compare, pick, worst_off
from tests.alerts.checkup.made import LAST, RULES, back, visits

MINUS = -6.0


def family(row: int, size: int, people: dict[str, dict[str, float]], shared: dict[str, float]):
    """Parts of one household: members' points by category, and those of the household."""
    rows = [
        (row, f"p{row}{who}", c, p, p / size) for who, own in people.items() for c, p in own.items()
    ]
    return rows + [(row, None, c, p, p) for c, p in shared.items()]


def frames(*families: tuple[int, dict[str, dict[str, float]], dict[str, float]]):
    """Households and parts; each family: members, points of its people, points of the household."""
    rows = [
        part
        for n, (size, people, shared) in enumerate(families)
        for part in family(n, size, people, shared)
    ]
    parts = pd.DataFrame(rows, columns=["row", "person", "category", "points", "contribution"])
    households = pd.DataFrame(
        {
            "household": [f"h{n}" for n in range(len(families))],
            "n_members": [size for size, _, _ in families],
            "rule_score": parts.groupby("row")["contribution"].sum().reindex(
                range(len(families)), fill_value=0.0
            ),
            "watched": True,
            "in_process": False,
        }
    )  # fmt: skip
    return households, parts


def test_the_worst_off_member_keeps_all_of_their_points_and_the_households() -> None:
    households, parts = frames((4, {"ill": {"C": 33.0}, "old": {"A": 10.0}}, {"B": 30.0}))
    assert households["rule_score"].iloc[0] == pytest.approx(30 + 43 / 4)
    assert worst_off(households, parts, RULES).tolist() == [63.0]


def test_a_single_person_scores_the_same_either_way() -> None:
    households, parts = frames((1, {"ill": {"C": 33.0}}, {"B": 30.0}))
    assert worst_off(households, parts, RULES).tolist() == households["rule_score"].tolist()


def test_the_caps_hold_for_the_worst_off_member_too() -> None:
    households, parts = frames((3, {"ill": {"C": 33.0}}, {"C": 15.0}))
    assert worst_off(households, parts, RULES).tolist() == [40.0]


def test_a_member_without_points_may_be_the_worst_off() -> None:
    working = {"E": MINUS}
    households, parts = frames(
        (2, {"works": working, "other": working}, {"B": 30.0}),
        (2, {"works": working}, {"B": 30.0}),
        (2, {}, {}),
    )
    assert worst_off(households, parts, RULES).tolist() == [24.0, 30.0, 0.0]


def picked(as_of=LAST):
    """Yellow is 20. The single reaches it by the mean; the ill child of five by its own points."""
    households, parts = frames(
        (1, {"single": {"A": 22.0}}, {}),
        (5, {"ill": {"C": 33.0}}, {}),
        (3, {}, {"B": 30.0}),
        (2, {}, {}),
    )
    return pick(as_of, households, parts, RULES)


def test_both_get_the_same_number_of_visits_and_whoever_gains_takes_a_place() -> None:
    found = picked()
    assert found.visits == 2
    told = dict(zip(found.rows["household"], found.rows["side"], strict=True))
    assert told == {"h0": "mean", "h1": "worst", "h2": "both"}
    assert found.rows["size"].tolist() == ["1", "5+", "3"]


def test_households_in_process_or_not_watched_take_no_visit() -> None:
    households, parts = frames((1, {}, {"B": 30.0}), (1, {}, {"B": 30.0}), (1, {}, {"B": 30.0}))
    households = households.assign(watched=[False, True, True], in_process=[False, True, False])
    assert pick(LAST, households, parts, RULES).rows["household"].tolist() == ["h2"]


def test_findings_stand_beside_each_side_and_a_household_counts_once() -> None:
    months = [picked(back(1)), picked(LAST)]
    seen = visits(
        ("h1", back(1) + timedelta(days=3), "round", True),
        ("h1", LAST + timedelta(days=3), "round", False),
        ("h0", LAST + timedelta(days=93), "round", True),  # too long after either month
        ("h2", back(1), "round", True),  # not after the month
    )
    found = compare(months, seen, 92).set_index(["side", "size"])
    assert found.loc[("worst", "all"), ["households", "months", "n", "found"]].tolist() == [
        1,
        2,
        1,
        1,
    ]
    assert found.loc[("worst", "5+"), "households"] == 1
    assert found.loc[("worst", "4"), "households"] == 0
    assert found.loc[("mean", "all"), ["households", "n"]].tolist() == [1, 0]
    assert found.loc[("both", "all"), "n"] == 0
    assert pd.isna(found.loc[("worst", "all"), "share"])  # one household tells no share
