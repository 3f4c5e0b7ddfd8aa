"""Shares and recall from random visits: worked by hand, and how often the interval is right."""

from __future__ import annotations

import numpy as np
import pytest

from alerts.sampling import (
    DRAWS,
    Drawn,
    Evidence,
    Lane,
    Recalled,
    Share,
    estimate,
    exit_rates,
    families_per_day_in_need,
    weighted_share,
    without_false,
)
from alerts.wilson import wilson

NOBODY = Drawn(Share(0.0, 1_000_000.0), 0.0)
LASTING = np.zeros(10)  # needs that never end: the families of a year are those of any day


def evidence(**changes: object) -> Evidence:
    """1,000 households, 40 alerted of whom 30 in need; of 500 visits 10 found a missed family."""
    given: dict[str, object] = {
        "households": 1000.0,
        "months": 12,
        "lanes": (Lane("rule", 40, 30, 0),),
        "missed": Drawn(Share(10 / 500, 500.0), 0.0),
        "later": NOBODY,
        "control": None,
        "exit_rates": LASTING,
    }
    return Evidence(**{**given, **changes})  # type: ignore[arg-type]


def test_equal_weights_give_the_plain_share_and_its_wilson_interval() -> None:
    share = weighted_share([True] * 3 + [False] * 7, [5.0] * 10)
    assert (share.share, share.n_effective) == (pytest.approx(0.3), pytest.approx(10))
    assert share.interval() == pytest.approx(wilson(3, 10))


def test_a_visit_stands_for_as_many_households_as_its_weight_says() -> None:
    share = weighted_share([True, False, False], [6.0, 2.0, 2.0])
    assert share.share == pytest.approx(6 / 10)


def test_uneven_weights_are_worth_fewer_visits() -> None:
    # Nothing found: Kish, (9 + 1 + 1 + 1)² / (81 + 1 + 1 + 1)
    assert weighted_share([False] * 4, [9, 1, 1, 1]).n_effective == pytest.approx(144 / 84)


def test_visits_to_one_household_are_one_observation() -> None:
    apart = weighted_share([True, True, False, False] * 5, [1.0] * 20)
    names = [f"h{n // 2}" for n in range(20)]
    together = weighted_share([True, True, False, False] * 5, [1.0] * 20, names)
    assert apart.n_effective == pytest.approx(20)
    assert together.n_effective == pytest.approx(10)
    assert together.share == apart.share


def test_no_visit_says_nothing() -> None:
    assert weighted_share([], []).interval() == (None, None)


def test_false_findings_are_taken_out_of_what_could_be_false() -> None:
    # 6 % found; half the visits could be false, 4 of 100 of those are: (.06 - .04·.5) / (1 - .04)
    assert without_false(0.06, 0.5, np.array([0.04]))[0] == pytest.approx(0.04 / 0.96)
    assert without_false(0.01, 1.0, np.array([0.04]))[0] == 0.0


def test_found_and_missed_families_make_recall() -> None:
    # Missed: 1,000 households · 10/500 = 20; found: 30 of 40 visited alerts; 30 / (30 + 20)
    result = estimate(evidence())
    assert result.found.value == pytest.approx(30)
    assert result.missed.value == pytest.approx(20)
    assert result.recall.value == pytest.approx(30 / 50)
    assert result.recall.low < 0.6 < result.recall.high


def test_alerts_not_reached_are_like_those_of_their_own_source() -> None:
    lanes = (Lane("rule", 40, 30, 20), Lane("risk", 10, 1, 50))
    # 30 + 20·30/40 + 1 + 50·1/10
    assert estimate(evidence(lanes=lanes)).found.value == pytest.approx(51)


def test_an_alert_in_time_counts_when_a_random_visit_finds_the_need_later() -> None:
    later = Drawn(Share(5 / 500, 500.0), 0.0)
    result = estimate(evidence(later=later))
    assert result.recall.value == pytest.approx((30 + 10) / (30 + 10 + 20))


def test_no_more_alerted_families_turn_needy_than_were_found_without_need() -> None:
    later = Drawn(Share(50 / 500, 500.0), 0.0)  # 100 of the county, but 10 were alerted in vain
    assert estimate(evidence(later=later)).found.value == pytest.approx(30 + 10)
    nobody = estimate(evidence(later=later, lanes=()))
    assert (nobody.recall.value, nobody.recall.high) == (0.0, 0.0)


def test_short_needs_are_seen_by_fewer_visits_than_there_are_families() -> None:
    # A tenth of the needs ends each month: 1 + 11·.1 families of the year to one of a day
    rate = np.full(10, -np.log(0.9))
    assert families_per_day_in_need(rate, 12)[0] == pytest.approx(1 + 11 * 0.1)
    assert families_per_day_in_need(rate, 1)[0] == 1
    result = estimate(evidence(exit_rates=rate))
    assert result.missed.value == pytest.approx(20 * 2.1)
    assert result.in_need_a_day.value == pytest.approx(20)


def test_the_same_evidence_gives_the_same_interval() -> None:
    assert estimate(evidence()) == estimate(evidence())


def test_nobody_found_missing_is_no_proof_that_nobody_was_missed() -> None:
    result = estimate(evidence(missed=Drawn(Share(0.0, 500.0), 0.0)))
    assert result.recall.value == 1.0
    assert result.recall.low < 0.95


def test_without_families_visited_twice_needs_may_last_four_months_or_four_years() -> None:
    drawn = exit_rates([], [])
    assert (drawn.min(), drawn.max()) == pytest.approx((1 / 48, 1 / 4))


@pytest.mark.parametrize("rate", [0.04, 0.12])
def test_how_long_needs_last_is_read_from_families_visited_twice(rate: float) -> None:
    rng = np.random.default_rng(3)
    gaps = rng.uniform(0.5, 12, 4000)
    again = rng.random(4000) < 0.8 * np.exp(-rate * gaps)
    low, high = np.quantile(exit_rates(gaps, again), [0.005, 0.995])
    assert low < rate < high
    assert high - low < 0.05


def county(rng: np.random.Generator, visits: int) -> tuple[float, Recalled]:
    """True recall of an invented county in a steady state, and what `visits` say of it.

    50,000 households, 1,000 in need on a day; 6 % of the needs end a month and as many begin. Half
    the families are alerted, 900 more without need; a fifth is not reached. Visits find a need at
    4 % of families who have none, and 30 % of the families are poor enough to be mistaken.
    """
    households, months, rate, false, poor = 50_000, 12, 0.06, 0.04, 0.3
    stock = rng.binomial(households, 0.02)
    entries = rng.binomial(stock, 1 - np.exp(-rate), months - 1)
    start = np.r_[np.zeros(stock, int), np.repeat(np.arange(1, months), entries)]
    end = start + rng.geometric(1 - np.exp(-rate), len(start))
    alerted = rng.random(len(start)) < 0.5
    missed_a_month = [int((~alerted & (start <= m) & (end > m)).sum()) for m in range(months)]
    true_finds = rng.binomial(visits, np.mean(missed_a_month) / households)
    finds = true_finds + rng.binomial(visits - true_finds, poor * false)
    reached = rng.random(alerted.sum()) < 0.8
    quiet = rng.binomial(900, 0.8)
    needy = int(reached.sum()) + rng.binomial(quiet, false)
    lane = Lane("risk", int(reached.sum()) + quiet, needy, int((~reached).sum()) + 900 - quiet)
    gaps = rng.uniform(0.5, 12, 300)
    seen = Evidence(
        float(households),
        months,
        (lane,),
        Drawn(Share(finds / visits, float(visits)), poor),
        NOBODY,
        (int(rng.binomial(3000, false)), 3000),
        exit_rates(gaps, rng.random(300) < 0.85 * np.exp(-rate * gaps)),
    )
    return float(alerted.mean()), estimate(seen, seed=int(rng.integers(1 << 30)))


@pytest.mark.slow
@pytest.mark.parametrize(("visits", "widest"), [(300, 0.75), (1800, 0.4)])
def test_the_interval_holds_the_truth_as_often_as_it_says(visits: int, widest: float) -> None:
    rng = np.random.default_rng(visits)
    counties = [county(rng, visits) for _ in range(500)]
    held = [r.recall.low <= truth <= r.recall.high for truth, r in counties]
    widths = [r.recall.high - r.recall.low for _, r in counties]
    errors = [r.recall.value - truth for truth, r in counties]
    assert np.mean(held) >= 0.92
    assert np.median(widths) < widest
    if visits > 1000:
        assert abs(np.median(errors)) < 0.03


@pytest.mark.slow
def test_false_findings_left_in_would_break_the_interval() -> None:
    """Why the correction is there: without it hardly one interval in ten holds the truth."""
    rng = np.random.default_rng(4)
    held = 0
    for _ in range(50):
        truth, _ = county(rng, 1800)
        finds = rng.binomial(1800, 0.01 + 0.04)
        raw = evidence(
            households=50_000.0,
            lanes=(Lane("risk", 1600, 850, 0),),
            missed=Drawn(Share(finds / 1800, 1800.0), 1.0),
            exit_rates=np.full(DRAWS, 0.06),
        )
        result = estimate(raw)
        held += result.recall.low <= truth <= result.recall.high
    assert held <= 5
