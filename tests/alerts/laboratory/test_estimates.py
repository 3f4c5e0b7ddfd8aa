"""What a trial is expected to find: per question, with intervals, on months of their own."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from alerts.laboratory.estimates import Found, estimates, gather, report, split
from alerts.laboratory.material import Material
from alerts.laboratory.replay import replay
from alerts.wilson import wilson
from core.home import add_months
from tests.alerts.laboratory import past
from tests.alerts.laboratory.past import FIRST, Family, alerts, material, needs, visits


def figures(pasts: Material, **changes):
    policy = past.policy(**changes)
    evidence = gather(pasts)
    replayed = replay(pasts, past.rules(), policy, chance=evidence.whole)
    return report(replayed, evidence)


def of(pasts: Material, question: str, **changes) -> Found:
    return figures(pasts, **changes).whole.questions[question]


def visited(size: int, found: int, reason: str = "alert") -> Material:
    day = FIRST + timedelta(days=20)
    seen = visits(*[(n, day, n < found, reason) for n in range(size)])
    return material([Family(n, existing=0.5) for n in range(size)], seen=seen)


def test_what_visits_found_is_counted_and_not_estimated() -> None:
    found = of(visited(40, 30), "existing")
    assert (found.alerts, found.visited, found.found_there) == (40, 40, 30)
    assert found.expected == 30
    assert found.precision is not None
    assert found.precision.value == 0.75
    assert (found.precision.low, found.precision.high) == pytest.approx(wilson(30, 40))


def test_the_unvisited_count_with_their_chance_and_the_naive_share_stands_beside() -> None:
    families = [Family(n, existing=0.5) for n in range(400)]
    day = FIRST + timedelta(days=20)
    seen = visits(*[(n, day, True, "application") for n in range(40)])
    found = of(material(families, seen=seen), "existing")
    assert found.visited == 0
    assert found.precision is not None
    assert found.precision.value == pytest.approx(0.5, abs=0.02)
    assert found.naive is not None
    assert (found.naive.value, found.n_naive) == (1.0, 40)


def test_needs_of_alerts_that_are_never_reached_are_not_promised() -> None:
    families = [Family(n, existing=0.5) for n in range(100)]
    ended = [(n, -6, -4, "false_alarm" if n % 2 else "refused") for n in range(100, 140)]
    found = of(material([*families, Family(140)], recorded=alerts(*ended)), "existing")
    assert found.expected == pytest.approx(100 * 0.5 * 0.5, rel=0.05)


def test_existing_and_coming_stand_apart() -> None:
    families = [Family(n, existing=0.9) for n in range(10)]
    families += [Family(n, existing=0.1, coming=0.8) for n in range(10, 14)]
    whole = figures(material(families), coming=0.5).whole
    counts = {name: found.alerts for name, found in whole.questions.items()}
    assert counts == {"existing": 7, "coming": 4, "event": 0, "all": 11} | {
        "existing": 10,
        "all": 14,
    }


def test_a_coming_alert_is_right_when_the_need_came_within_six_months() -> None:
    families = [Family(n, existing=0.1, coming=0.8) for n in range(4)]
    day = FIRST + timedelta(days=20)
    seen = [(n, day, False, "alert") for n in range(4)]
    seen.append((5, FIRST + timedelta(days=300), False, "round"))
    came = needs((0, FIRST + timedelta(days=150)), (1, FIRST + timedelta(days=250)))
    pasts = material([*families, Family(5)], seen=visits(*seen), needed=came)
    found = of(pasts, "coming", coming=1.0)
    assert (found.visited, found.found_there) == (4, 1)


def test_households_repeats_and_the_time_that_was_won() -> None:
    families = [Family(n, existing=0.9) for n in range(2)]
    ended = alerts((0, 0, 1, "unreachable"), (1, 0, 1, "false_alarm"))
    came = needs((0, FIRST + timedelta(days=61)))
    whole = figures(material(*[families] * 4, recorded=ended, needed=came)).whole
    assert whole.distinct == 2
    assert whole.repeat == pytest.approx(1 - 2 / whole.alerts)
    assert (whole.lead.households, whole.lead.n, whole.lead.median) == (2, 1, 2.0)


def test_visits_are_counted_by_month_and_township() -> None:
    families = [Family(n, existing=0.9, town=int(n > 0)) for n in range(3)]
    whole = figures(material(families)).whole
    assert whole.visits.tolist() == [[1, 2]]


def test_months_for_choosing_and_for_reporting_are_others() -> None:
    assert split(12) == (tuple(range(8)), tuple(range(8, 12)))
    assert split(1) == ((0,), (0,))
    families = [Family(n, existing=0.5) for n in range(300)]
    pasts = material(*[families] * 3)
    seen = []
    # What was found in the first months is much more than in the last.
    for place, share in enumerate((0.9, 0.9, 0.1)):
        day = add_months(FIRST, place) + timedelta(days=10)
        seen += [(n, day, n % 10 < share * 10, "round") for n in range(300)]
    pasts = material(*[families] * 3, seen=visits(*seen))
    found = figures(pasts)
    assert [len(e.months) for e in (found.choosing, found.reporting)] == [2, 1]
    flattering, honest = (e.questions["all"].precision for e in (found.choosing, found.reporting))
    assert flattering is not None
    assert honest is None or honest.value < flattering.value - 0.5


def test_a_trial_without_an_alert_has_no_precision() -> None:
    whole = figures(material([Family(0)])).whole
    assert whole.questions["all"].precision is None
    assert whole.repeat is None
    assert whole.recall is None


def test_estimates_of_chosen_months_count_only_theirs() -> None:
    families = [Family(n, existing=0.9) for n in range(3)]
    pasts = material(families, families, recorded=alerts((0, 0, 1, "unreachable")))
    evidence = gather(pasts)
    replayed = replay(pasts, past.rules(), past.policy(), chance=evidence.whole)
    one = estimates(replayed, evidence.whole, [0])
    assert one.alerts == int(replayed.per_month[0]) == 3
    assert np.array_equal(one.drawn, [0])


def test_an_alert_really_raised_and_never_reached_found_nothing() -> None:
    families = [Family(n, existing=0.9) for n in range(2)]
    lost = alerts((0, 0, 2, "refused"))
    found = of(material(families, [Family(9)], recorded=lost), "existing")
    assert (found.alerts, found.visited) == (2, 0)
    # The other one still may find a need.
    assert found.expected == pytest.approx(0.9 * 0.95, rel=0.05)
