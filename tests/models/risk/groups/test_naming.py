"""A group served worse is named; a small one is greyed and not named; chance names nobody."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from models.risk.groups import cutoff
from models.risk.groups.naming import ALPHA, FEW_FINDS, SMALL, figure, named
from models.risk.groups.rates import Rate, difference, share
from tests.models.risk.groups.county import MONTH


def lane(groups: dict[str, tuple[int, int]], per_town: int = 100) -> cutoff.Picks:
    """Townships of so many visited families; of those in need a number is picked."""
    rows = []
    for town, (need, found) in groups.items():
        for number in range(per_town if need > 5 else 12):
            risk = 0.9 if number < found else 0.1
            rows.append((f"{town}-{number}", town, risk, float(number < need)))
    frame = pd.DataFrame(rows, columns=["household", "town", "model", "label"])
    frame = frame.assign(as_of=MONTH, weight=1.0, reason="round", truth=np.nan)
    slots = int((frame["model"] > 0.5).sum())
    towns = pd.DataFrame({"township": frame["town"]})
    return cutoff.picks(frame, towns, slots, None, "label")


def test_a_group_that_is_found_less_often_is_named_and_the_others_are_not() -> None:
    rows = lane({"a": (40, 30), "b": (40, 30), "c": (40, 30), "worse": (40, 4)})
    found = [f for f in named(cutoff.figures("cutoff", rows)) if f.worse]
    assert {(f.group, f.measure) for f in found} == {("worse", "recall"), ("worse", "gap")}
    (recall,) = [f for f in found if f.measure == "recall"]
    assert (recall.value, recall.rest, recall.n, recall.hits) == (0.1, 0.75, 100, 40)
    assert recall.difference_high < 0
    assert recall.adjusted < ALPHA


def test_a_small_group_is_shown_and_never_named_however_badly_it_fares() -> None:
    rows = lane({"a": (40, 30), "b": (40, 30), "tiny": (5, 0)})
    figures = {(f.group, f.measure): f for f in named(cutoff.figures("cutoff", rows))}
    tiny = figures["tiny", "recall"]
    assert (tiny.value, tiny.n) == (0.0, 12)
    assert tiny.n < SMALL
    assert (tiny.small, tiny.adjusted, tiny.worse) == (True, None, False)


def test_many_visits_with_a_handful_of_finds_are_small_for_recall_only() -> None:
    rows = lane({"a": (40, 30), "few": (FEW_FINDS - 1, 0)})
    figures = {(f.group, f.measure): f for f in named(cutoff.figures("cutoff", rows))}
    assert figures["few", "recall"].small
    assert not figures["few", "false_alarm"].small


def test_where_all_groups_are_alike_nobody_is_named() -> None:
    rng = np.random.default_rng(3)
    towns = {f"t{n}": (40, int(rng.integers(18, 23))) for n in range(12)}
    assert not any(f.worse for f in named(cutoff.figures("cutoff", lane(towns))))


def test_a_sure_difference_too_small_to_act_on_names_nobody() -> None:
    ones = np.arange(40_000)
    own = share((ones < 20_000).astype(float), np.ones(40_000), ones, 40_000)
    rest = share((ones < 21_000).astype(float), np.ones(40_000), ones, 40_000)
    assert difference(own, rest).p < 1e-6
    (one,) = named([figure("alerts", "precision", ("d", "g", False), (own, rest), 20_000)])
    assert (one.adjusted < ALPHA, one.worse) == (True, False)  # 50.0 % against 52.5 %


def test_months_of_one_household_count_once() -> None:
    part, whole = np.tile([1.0, 0.0], 50), np.ones(100)
    apart = share(part, whole, np.arange(100), 100)
    together = share(part, whole, np.tile([0, 1], 50), 100)
    assert (apart.effective, together.effective) == (pytest.approx(100), pytest.approx(2))
    assert together.high - together.low > apart.high - apart.low


def test_a_difference_to_the_unknown_is_unknown() -> None:
    assert difference(Rate(0.5, 0.4, 0.6, 9, 9), Rate(None, None, None, 0)) is None
