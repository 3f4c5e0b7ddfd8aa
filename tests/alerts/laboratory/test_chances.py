"""What a visit finds, corrected for whom visits went to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from alerts.laboratory.chances import _fit, learn
from alerts.laboratory.links import linked, outcomes
from alerts.laboratory.material import Material
from alerts.laboratory.record import QUESTIONS
from alerts.laboratory.replay import replay
from tests.alerts.laboratory import past
from tests.alerts.laboratory.past import FIRST, Family, material, needs, visits

EXISTING, COMING = QUESTIONS.index("existing"), QUESTIONS.index("coming")
DAY = FIRST + timedelta(days=20)


def county(true: float, size: int = 3000, reason: str = "round") -> Material:
    """Every family is expected to be in need with 0.5; visits find it with `true`."""
    found = np.random.default_rng(1).random(size) < true
    seen = visits(*[(n, DAY, bool(found[n]), reason) for n in range(size)])
    return material([Family(n, existing=0.5) for n in range(size)], seen=seen)


def chance(pasts: Material, question: int = EXISTING) -> float:
    return float(learn(pasts)(pasts.months[0], np.array([0]), np.array([question]))[0])


def test_many_visits_correct_a_model_that_promises_too_much() -> None:
    assert chance(county(0.2)) == pytest.approx(0.2, abs=0.12)
    assert chance(county(0.8)) == pytest.approx(0.8, abs=0.12)


def test_without_visits_the_model_is_believed_with_doubt() -> None:
    bare = material([Family(0, existing=0.5)])
    curve = learn(bare).by_model
    assert curve.of(np.array([[1, 0.0, 0, 0, 0, 0, 0, 0, 0, 0]]))[0] == pytest.approx(0.5)
    assert curve.visits == 0
    few, many = county(0.5, 50), county(0.5, 3000)
    doubt = [learn(m).by_model.covariance[0, 0] for m in (bare, few, many)]
    assert doubt[0] > doubt[1] > doubt[2]


def test_who_asked_for_a_visit_has_no_say() -> None:
    # All who asked were in need: that says nothing about the others.
    assert chance(county(1.0, reason="application")) == pytest.approx(0.5, abs=0.01)


def test_a_lot_that_saw_few_counts_for_the_many_it_stands_for() -> None:
    size = 4000
    draw = np.random.default_rng(3)
    # Rounds see the listed (town 1), among whom a need is rare; a lot sees every twentieth.
    town = np.arange(size) % 2
    need = draw.random(size) < np.where(town == 1, 0.05, 0.6)
    seen = [(n, DAY, bool(need[n]), "round") for n in range(size) if town[n] == 1]
    seen += [(n, DAY, bool(need[n]), "survey") for n in range(size) if town[n] == 0 and n % 20 < 2]
    families = [Family(n, existing=0.5, town=int(town[n])) for n in range(size)]
    told = [row[2] for row in seen]
    corrected = chance(material(families, seen=visits(*seen)))
    # The plain share of the visits is far below the share among all families.
    assert np.mean(told) < 0.12
    assert corrected > 1.7 * np.mean(told)


def test_a_visit_speaks_for_the_newest_month_before_it() -> None:
    families = [Family(n) for n in range(3)]
    days = [date(2025, 7, 31), date(2025, 8, 31), date(2025, 9, 1), date(2026, 1, 15)]
    seen = visits(*[(n % 3, day, True, "round") for n, day in enumerate(days)])
    found = linked(material(families, families, seen=seen))
    # On the day itself the visit is in the month's own profile; after three months it is too old.
    assert sorted(zip(found.month.tolist(), found.row.tolist(), strict=True)) == [(0, 1), (1, 2)]


def test_an_alert_counts_with_what_the_visit_after_it_found() -> None:
    families = [Family(n, existing=0.9) for n in range(4)]
    seen = visits(
        (0, DAY, True, "alert"),
        (1, DAY, False, "round"),
        (2, DAY, True, "application"),
        (3, FIRST + timedelta(days=200), True, "round"),
    )
    pasts = material(families, seen=seen)
    raised = replay(pasts, past.rules(), past.policy()).raised
    found = dict(zip(raised.household.tolist(), outcomes(pasts, raised, 92), strict=True))
    assert (found[0], found[1]) == (1, 0)
    assert np.isnan(found[2])
    assert np.isnan(found[3])
    asked = outcomes(pasts, raised, 92, asked=True)
    assert asked[raised.household == 2] == 1


def test_the_coming_is_judged_by_needs_on_record_within_six_months() -> None:
    size = 2000
    families = [Family(n, existing=0.1, coming=0.5) for n in range(size)]
    late = FIRST + timedelta(days=100)
    seen = visits(
        *[(n, late, False, "round") for n in range(size)],
        (0, FIRST + timedelta(days=400), False, "round"),
    )
    came = needs(*[(n, late + timedelta(days=30)) for n in range(0, size, 10)])
    pasts = material(families, seen=seen, needed=came)
    assert chance(pasts, COMING) == pytest.approx(0.1, abs=0.05)
    # Needs after the horizon do not count.
    later = needs(*[(n, FIRST + timedelta(days=300)) for n in range(size)])
    assert chance(material(families, seen=seen, needed=later), COMING) < 0.05


def test_weights_count_by_their_proportions_only() -> None:
    rows = np.column_stack([np.ones(400), np.linspace(-2, 2, 400)])
    found, home = np.arange(400) % 3 == 0, np.arange(400)
    belief = (np.zeros(2), np.ones(2))
    weight = np.linspace(0.5, 2, 400)
    one, ten = (_fit(rows, found, times * weight, home, belief) for times in (1, 10))
    assert one.coefficients == pytest.approx(ten.coefficients)
    assert one.covariance == pytest.approx(ten.covariance)


def test_a_bold_version_that_was_replaced_does_not_speak_of_its_successor() -> None:
    """Two months of one half promised: of the old version 85 % were found, of the new 45 %."""
    size, draw = 3000, np.random.default_rng(4)
    families = [Family(n, existing=0.5) for n in range(size)]
    later = DAY + timedelta(days=31)
    seen = [(n, DAY, bool(draw.random() < 0.85), "round") for n in range(0, size, 2)]
    seen += [(n, later, bool(draw.random() < 0.45), "round") for n in range(1, size, 4)]
    pasts = material(families, families, seen=visits(*seen))
    old, new = (replace(m, model=f"existing {n}") for n, m in enumerate(pasts.months, 1))

    def now(one: Material) -> float:
        curves = learn(one)
        return float(curves(one.months[-1], np.array([0]), np.array([EXISTING]))[0])

    apart = now(replace(pasts, months=(old, new)))
    assert apart == pytest.approx(0.45, abs=0.1)
    # Under one name both months are one story.
    together = now(pasts)
    assert together > apart + 0.12
