"""Current against draft: who enters, who leaves, groups, townships, sample villages."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from alerts.errors import AlertsError
from alerts.laboratory.chances import learn
from alerts.laboratory.comparing import compare, sample_villages
from alerts.laboratory.months import GROUPS
from alerts.laboratory.replay import replay
from alerts.states import Band, Source
from models.scorecard.schema import Bars
from tests.alerts.laboratory import past
from tests.alerts.laboratory.past import Family, material

AGED = 1 << list(GROUPS).index("aged")
FAMILIES = [Family(n, existing=0.3 + n / 20, town=n % 2, groups=AGED * (n < 4)) for n in range(10)]


def compared(now: float, then: float):
    pasts = material(FAMILIES)
    trials = [
        replay(
            pasts,
            past.rules(),
            past.policy(open_existing=cut, open_unwatched=cut, close_existing=0.1),
        )
        for cut in (now, then)
    ]
    return compare(*trials, learn(pasts))


def test_who_enters_and_who_leaves_with_the_largest_chance_first() -> None:
    found = compared(0.6, 0.45)
    assert [moved.household for moved in found.entering] == ["h5", "h4", "h3"]
    assert (found.leaving, found.staying) == ((), 4)
    first = found.entering[0]
    assert (first.source, first.question) == (Source.RISK, "existing")
    assert first.chance == pytest.approx(0.55, abs=0.01)
    assert first.township == past.TOWNS[1]
    back = compared(0.45, 0.6)
    assert [moved.household for moved in back.leaving] == ["h5", "h4", "h3"]


def test_groups_and_townships_are_counted_with_their_size() -> None:
    found = compared(0.6, 0.45)
    (aged,) = [g for g in found.groups if g.name == "aged"]
    assert (aged.households, aged.current, aged.draft, aged.entering, aged.leaving) == (
        4,
        0,
        1,
        1,
        0,
    )
    assert aged.small
    assert {t.name: (t.households, t.entering) for t in found.townships} == {
        past.TOWNS[0]: (5, 1),
        past.TOWNS[1]: (5, 2),
    }


def test_a_household_alerted_twice_is_listed_once_with_its_first_month() -> None:
    pasts = material(FAMILIES[:1], FAMILIES[:1], FAMILIES[:1])
    none = replay(pasts, past.rules(), past.policy(open_existing=0.9, open_unwatched=0.9))
    ends = past.policy(
        open_existing=0.2,
        close_existing=0.1,
        cool_down_months={"default": 0, "confirmed": 0, "not_visited": 0},
    )
    every = replay(pasts, past.rules(), ends)
    found = compare(none, every, learn(pasts))
    assert [(m.household, m.month) for m in found.entering] == [("h0", 0)]


def test_trials_of_other_months_are_not_compared() -> None:
    trials = [replay(material(*[FAMILIES] * n), past.rules(), past.policy()) for n in (1, 2)]
    with pytest.raises(AlertsError, match="same months"):
        compare(*trials, learn(material(FAMILIES)))


def test_a_sample_village_shows_every_household_before_and_after() -> None:
    before = material([Family(n, score=10.0 * n, town=n % 2) for n in range(4)])
    after = before.rescored([np.array([0, 10, 85, 30])])
    bars = Bars(red=80, orange=60, yellow=40, blue=20)
    rules = replace(past.rules(), bars=bars)
    found = sample_villages(before, after, (rules, rules), [before.villages[0]])
    assert [(p.household, p.before, p.after) for p in found] == [("h2", 20, 85), ("h0", 0, 0)]
    assert (found[0].band_before, found[0].band_after) == (Band.BLUE, Band.RED)
    with pytest.raises(AlertsError, match="no village 1"):
        sample_villages(before, after, (rules, rules), ["1"])
