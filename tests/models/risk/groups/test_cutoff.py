"""The cut-off by group, every figure counted by hand (see `county`)."""

from __future__ import annotations

import pytest

from models.risk.groups import cutoff
from tests.models.risk.groups.county import picked, scored


@pytest.fixture
def women():
    rows = picked()
    return rows.of((rows.members["head_sex"] == "woman").to_numpy())


@pytest.fixture
def men():
    rows = picked()
    return rows.of((rows.members["head_sex"] == "man").to_numpy())


def test_the_three_highest_risks_are_picked(women, men) -> None:
    assert (cutoff.alerted(women).value, cutoff.alerted(women).n) == (pytest.approx(1 / 6), 6)
    assert cutoff.alerted(men).value == pytest.approx(2 / 6)


def test_precision_weighs_the_visits_to_picks(women, men) -> None:
    assert (cutoff.precision(women).value, cutoff.precision(women).n) == (1.0, 1)
    # m1 in need weighs 1, m2 without need weighs 3.
    assert (cutoff.precision(men).value, cutoff.precision(men).n) == (pytest.approx(1 / 4), 2)


def test_recall_is_the_picked_weight_of_need_over_all_of_it(women, men) -> None:
    # w1 (1) of w1, w2, w3 (1 + 1 + 2); m1 (1) of m1, m3 (1 + 1).
    assert (cutoff.recall(women).value, cutoff.recall(women).n) == (pytest.approx(1 / 4), 4)
    assert cutoff.recall(men).value == pytest.approx(1 / 2)
    missed = cutoff.missed(cutoff.recall(women))
    assert missed.value == pytest.approx(3 / 4)
    assert missed.low == pytest.approx(1 - cutoff.recall(women).high)


def test_false_alarms_are_picks_among_the_families_without_need(women, men) -> None:
    assert (cutoff.false_alarm(women).value, cutoff.false_alarm(women).n) == (0.0, 1)
    # m2 (3) of m2 and m4 (3 + 4).
    assert cutoff.false_alarm(men).value == pytest.approx(3 / 7)


def test_the_gap_is_what_was_found_minus_what_was_promised(women, men) -> None:
    # Women: found (1 + 1 + 2) / 6; promised (.9 + .3 + 2 × .3 + 2 × .2) / 6.
    assert cutoff.gap(women).value == pytest.approx((4 - 2.2) / 6)
    # Men: found 2 / 9; promised (.8 + 3 × .7 + .2 + 4 × .1) / 9.
    assert cutoff.gap(men).value == pytest.approx((2 - 3.5) / 9)
    assert cutoff.calibration(women)["promised"] == pytest.approx(2.2 / 6)
    assert cutoff.calibration(women)["slope"] is None  # four visits carry no slope


def test_false_finds_are_taken_out_of_recall_on_both_sides() -> None:
    rows = picked(false=0.1)
    men = rows.of((rows.members["head_sex"] == "man").to_numpy())
    # Picked: m1 .9, m2 -.1 × 3; all: those, m3 .9 and m4 -.1 × 4.
    assert cutoff.recall(men).value == pytest.approx((0.9 - 0.3) / (0.9 - 0.3 + 0.9 - 0.4))


def test_visits_to_alerts_speak_for_precision_and_not_for_recall() -> None:
    frame = scored()
    frame.loc[frame["household"] == "w1", "reason"] = "alert"
    rows = picked(frame=frame)
    women = rows.of((rows.members["head_sex"] == "woman").to_numpy())
    assert cutoff.precision(women).n == 1
    assert (cutoff.recall(women).value, cutoff.recall(women).n) == (0.0, 3)


def test_figures_stand_beside_everybody_else_with_hits_and_n() -> None:
    found = {(f.group, f.measure): f for f in cutoff.figures("cutoff", picked())}
    recall = found["woman", "recall"]
    assert (recall.value, recall.rest) == (pytest.approx(1 / 4), pytest.approx(1 / 2))
    assert (recall.n, recall.hits, recall.small) == (4, 3, True)
    assert recall.difference == pytest.approx(-1 / 4)
    assert recall.difference_low < -1 / 4 < recall.difference_high


def test_nobody_visited_is_unknown_and_not_nought() -> None:
    rows = picked()
    unseen = rows.of(rows.weight == 0)
    assert cutoff.recall(unseen).value is None
    assert cutoff.precision(unseen).value is None
    assert cutoff.gap(unseen).value is None
