"""Planted troubles: nearly all are repaired or sent back for what they are, clean rows never."""

from __future__ import annotations

import pytest

from core.home import Home
from simulator.study.planted import ASKED, KNOWN, Outcome, judge, page
from simulator.study.troubles import TROUBLES
from simulator.world import simulate


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    county = Home(tmp_path_factory.mktemp("county"))
    simulate(county, households=1_000, months=2, seed=5, end="2025-10")
    return judge(county, Home(tmp_path_factory.mktemp("home")), seed=5, each=5)


@pytest.mark.slow
def test_of_planted_troubles_all_but_one_in_a_hundred_end_as_they_should(outcome) -> None:
    assert outcome.detectable > 400
    wrong = {kind: dict(e.otherwise) for kind, e in outcome.kinds.items() if e.right < e.planted}
    assert outcome.share >= ASKED, wrong


@pytest.mark.slow
def test_every_kind_of_trouble_was_planted(outcome) -> None:
    assert {t.kind for t in TROUBLES} <= set(outcome.kinds)
    assert all(outcome.kinds[t.kind].planted for t in TROUBLES)


@pytest.mark.slow
def test_no_row_is_sent_back_that_nobody_touched(outcome) -> None:
    assert outcome.clean > 10_000
    assert outcome.clean_refused.total() == 0, outcome.clean_refused


@pytest.mark.slow
def test_the_page_tells_every_kind(outcome) -> None:
    told = page(outcome, "0005", "A small county.")
    assert all(f"| {kind} |" in told for kind in outcome.kinds)
    assert "Synthetic 合成数据" in told
    assert set(outcome.kinds) >= {"bad_checksum", "duplicate_row"} & set(KNOWN)
