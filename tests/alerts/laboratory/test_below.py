"""Recall of a trial: what random visits found that it would have missed."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from alerts.laboratory.below import below, recall
from alerts.laboratory.estimates import gather
from alerts.laboratory.fitting import fit_to_recall
from alerts.laboratory.material import Material
from alerts.laboratory.replay import replay
from alerts.sampling_material import Material as Sampled
from core.home import add_months
from tests.alerts.laboratory import past
from tests.alerts.laboratory.past import Family, material
from tests.alerts.recall_home import alerts_of, random_of


def county(months: int = 3, size: int = 200) -> Material:
    """Half of the families in need stand above 0.5; a random visit saw each of them in need."""
    families = [Family(n, existing=0.9 if n % 2 else 0.2 + n / 1000) for n in range(size)]
    pasts = material(*[families] * months)
    day = add_months(past.FIRST, 1)
    random = random_of(*[(f"h{n}", day.isoformat(), n < 100) for n in range(size)])
    none = pd.DataFrame(
        {
            "household": pd.Series(dtype=str),
            "visited_on": pd.Series(dtype="datetime64[us]"),
            "reason": pd.Series(dtype=str),
            "found": pd.Series(dtype="boolean"),
            "well_off": pd.Series(dtype=bool),
        }
    )
    sampled = Sampled(
        past.FIRST,
        day,
        float(size),
        size,
        alerts_of(),
        random,
        none,
        none,
        None,  # type: ignore[arg-type]
    )
    return replace(pasts, record=replace(pasts.record, sampled=sampled))


def at(pasts: Material, cut_off: float, months=None):
    policy = past.policy(open_existing=cut_off, close_existing=0.1, open_unwatched=cut_off)
    known = below(pasts)
    assert known is not None
    return recall(replay(pasts, past.rules(), policy), known, months)


def test_a_family_found_in_need_without_an_alert_was_missed() -> None:
    pasts = county()
    everybody, half, nobody = (at(pasts, cut_off) for cut_off in (0.15, 0.5, 0.99))
    assert everybody
    assert half
    assert nobody
    assert everybody.recall.value == pytest.approx(1.0)
    assert 0.2 < half.recall.value < 0.8
    # Fifty on a day; over three months some more.
    assert 50 <= half.missed.value < 75
    assert half.recall.low < half.recall.value < half.recall.high
    assert nobody.recall.value == 0
    assert (half.n_visits, half.n_finds) == (200, 100)


def test_months_without_a_random_visit_have_no_recall() -> None:
    assert at(county(), 0.5, months=[0]) is None
    assert at(county(), 0.5, months=[1]) is not None


def test_an_alert_after_the_visit_came_too_late() -> None:
    pasts = county(months=4)
    # Only the last months hold anybody above the cut-off.
    quiet = tuple(replace(m, existing=m.existing * 0) for m in pasts.months[:3])
    late = replace(pasts, months=(*quiet, pasts.months[3]))
    found = at(late, 0.5, months=[1])
    assert found is not None
    assert found.recall.value == 0


def test_copies_side_by_side_have_the_same_recall() -> None:
    one = at(county(), 0.5)
    three = at(county().replicate(3), 0.5)
    assert one
    assert three
    assert three.recall.value == pytest.approx(one.recall.value, abs=0.02)
    assert three.n_visits == 3 * one.n_visits


@pytest.mark.slow
def test_a_recall_floor_is_met_with_as_few_visits_as_can_be() -> None:
    pasts = county(months=3)
    evidence = gather(pasts)
    found = fit_to_recall(pasts, past.rules(), past.policy(), evidence, 0.9)
    assert found.reached
    assert found.choosing.value >= 0.9
    stricter = found.policy.model_copy(update={"open_existing": found.cut_off + 0.03})
    assert evidence.below is not None
    missed = recall(
        replay(pasts, past.rules(), stricter, unlimited=["existing"]), evidence.below, [0, 1]
    )
    assert missed is not None
    assert missed.recall.value < 0.9
    assert not fit_to_recall(pasts, past.rules(), past.policy(), evidence, 1.01).reached
