"""The laboratory chooses as the monthly run does: the same households in the same lanes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from alerts.laboratory.lanes import BANDS, by_curve, finding_band, rule_band
from alerts.laboratory.record import SOURCES
from alerts.laboratory.replay import replay
from alerts.selection import (
    UNWATCHED,
    Candidate,
    Chosen,
    Fact,
    Past,
    choose,
    coming_offer,
    existing_offer,
    may_be_raised,
    room,
)
from alerts.states import Band, Source
from models.scorecard import Expectation
from models.scorecard.schema import Bars
from tests.alerts.laboratory import past
from tests.alerts.laboratory.past import Family

BARS = Bars(red=80, orange=60, yellow=40, blue=20)
CURVE = Expectation(intercept=-3, slope=0.04, unwatched=-0.3, visits=500, found=50)


def families(seed: int, size: int = 400) -> list[Family]:
    draw = np.random.default_rng(seed)
    watch = draw.choice(["at_risk", "secured", UNWATCHED], size, p=[0.4, 0.2, 0.4])
    return [
        Family(
            number,
            existing=round(float(draw.beta(1, 3)), 3),
            coming=round(float(draw.beta(1, 4)), 3),
            score=round(float(draw.uniform(0, 100)), 1),
            watch=str(watch[number]),
            busy=bool(draw.random() < 0.1),
            events=[("A02", bool(draw.random() < 0.3))] if draw.random() < 0.1 else [],
        )
        for number in range(size)
    ]


def as_candidate(family: Family, bands: tuple[Band, ...], model: bool) -> Candidate:
    band = BANDS[int(rule_band(np.array([family.score], np.float32), BARS)[0])]
    watched = family.watch != UNWATCHED
    named = band in bands and family.score >= 35 and family.watch != "secured"
    return Candidate(
        f"h{family.number:09d}",
        watch=family.watch,
        band=band,
        rule_score=family.score,
        existing=family.existing if model else None,
        coming=family.coming if model else None,
        rule_expected=CURVE.of(family.score, watched) if named else None,
        by_rule=named,
        in_process=family.busy,
        facts=tuple(Fact(kind, urgent=urgent, order=5) for kind, urgent in family.events),
    )


def by_selection(found: list[Family], policy, model: bool) -> set[tuple[int, str]]:
    """The month's choice by `alerts.selection`, as the plan of a month puts it together."""
    events, existing, coming = [], [], []
    for family in found:
        candidate = as_candidate(family, policy.bands, model)
        if candidate.facts and (candidate.urgent or not family.busy):
            events.append(Chosen(candidate, Source.EVENT, None, candidate.expected))
        if family.busy or not may_be_raised(candidate, Past(), past.FIRST, policy):
            continue
        now, soon = existing_offer(candidate, policy), coming_offer(candidate, policy)
        existing += [now] if now else []
        coming += [soon] if soon and not now else []
    chosen, _ = choose(events, existing, coming, [], room(len(found), policy, {}))
    return {(int(c.candidate.household[1:]), c.lane.value) for c in chosen}


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("model", [True, False])
def test_the_laboratory_chooses_whom_the_monthly_run_chooses(seed: int, model: bool) -> None:
    found = families(seed)
    policy = past.policy(capacity_per_1000_households=100.0, event_budget_per_1000=40.0, coming=0.2)
    seen = found if model else [replace(f, existing=np.nan, coming=np.nan) for f in found]
    material = replace(past.material(seen), expected=(CURVE,))
    rules = replace(past.rules(), bars=BARS)
    raised = replay(material, rules, policy).raised
    ours = {
        (int(h), SOURCES[s].value) for h, s in zip(raised.household, raised.source, strict=True)
    }
    assert ours == by_selection(found, policy, model)


def test_bands_are_the_rules_and_the_policys_own() -> None:
    scores = np.array([80, 79.9, 60, 40, 20, 19.9], np.float32)
    named = [BANDS[band] for band in rule_band(scores, BARS)]
    assert named == [Band.RED, Band.ORANGE, Band.ORANGE, Band.YELLOW, Band.BLUE, Band.NONE]
    policy = past.policy()
    for expected in (0.9, 0.8, 0.7, 0.6, 0.4, 0.35, 0.1):
        place = finding_band(np.array([expected], np.float32), policy)[0]
        assert BANDS[int(place)] == policy.band_of(expected)


def test_the_curve_by_score_is_the_scorecards() -> None:
    scores, watched = np.array([10.0, 90.0]), np.array([True, False])
    assert by_curve(CURVE, scores, watched) == pytest.approx(
        [CURVE.of(10.0), CURVE.of(90.0, False)]
    )
    assert np.isnan(by_curve(None, scores, watched)).all()
