"""Two halves of one county: compared seed by seed, and no more is said than so few seeds allow."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from core.home import HomeError
from simulator.study.pairs import (
    MEASURES,
    Pair,
    compared,
    halves,
    mean_of,
    pairs_of,
    summary,
)
from simulator.study.pairs_page import says, write_page
from simulator.study.table import BY_HAND

FEEDS = ["tax", "vehicles"]
BY_KEY = {row.key: row for row in MEASURES}


def result(seed: int, withheld: list[str] | None = None, **found: Any) -> dict[str, Any]:
    about = {"seed": seed, "setting": "calm", "households": 1500, "withheld": withheld or []}
    return {**about, "lives_without": 300.0 + seed, **found}


# Precision with every feed .60, .64, .68; without .55, .60, .66: differences .05, .04, .02.
WHOLE = [
    result(1, precision_steady=0.60, visits=90, precision_steady_n=50,
           precision_steady_low=0.462, precision_steady_high=0.724),
    result(2, precision_steady=0.64, visits=96),
    result(3, precision_steady=0.68, visits=93),
]  # fmt: skip
APART = [
    result(1, FEEDS, precision_steady=0.55, visits=95),
    result(2, FEEDS, precision_steady=0.60, visits=96),
    result(3, FEEDS, precision_steady=0.66, visits=97),
]


def test_every_county_is_lived_whole_and_then_without() -> None:
    asked = halves([1, 2], ["calm"], [1500], "tax, vehicles")
    assert [(half.seed, half.without) for half in asked] == [
        (1, ""), (1, "tax, vehicles"), (2, ""), (2, "tax, vehicles"),
    ]  # fmt: skip
    whole, apart = asked[:2]
    assert whole.file(Path()).name == "calm-1-1500-whole.json"
    assert apart.file(Path()).name == "calm-1-1500-without-tax+vehicles.json"
    assert "--without" not in whole.words()
    assert apart.words()[-2:] == ["--without", "tax, vehicles"]


def test_files_of_different_sizes_and_feeds_do_not_meet() -> None:
    some = [h for size in (1500, 5000) for h in halves([1], ["calm"], [size], "later")]
    some += halves([1], ["calm"], [1500], "contrary")[1:]
    assert len({half.file(Path()) for half in some}) == len(some)


def test_a_half_without_its_other_half_is_in_no_figure() -> None:
    alone = result(4, FEEDS, precision_steady=0.1)
    found = pairs_of([*WHOLE, *APART, alone, result(5, precision_steady=0.9)])
    assert [pair.seed for pair in found] == [1, 2, 3]
    bigger = {**alone, "seed": 3, "households": 5000}
    assert [pair.seed for pair in pairs_of([*WHOLE, bigger])] == []


def test_halves_that_lived_another_life_are_no_pair() -> None:
    other = {**APART[0], "lives_without": 999.0}
    with pytest.raises(HomeError, match="calm seed 1 are not of one county"):
        pairs_of([*WHOLE, other])


def test_the_difference_has_its_interval_over_seeds() -> None:
    found = compared(pairs_of([*WHOLE, *APART]), BY_KEY["precision_steady"])
    assert found["with"] == pytest.approx(0.64)
    assert found["without"] == pytest.approx(1.81 / 3)
    # Mean .11 / 3, sd .015275, t(.975, 2) = 4.3027: half width 4.3027 * .015275 / sqrt(3).
    assert found["difference"] == pytest.approx(0.036667, abs=1e-6)
    assert found["low"] == pytest.approx(0.036667 - 0.037946, abs=1e-5)
    assert found["high"] == pytest.approx(0.036667 + 0.037946, abs=1e-5)
    assert (found["n"], found["better"]) == (3, 3)


def test_fewer_visits_are_better() -> None:
    found = compared(pairs_of([*WHOLE, *APART]), BY_KEY["visits"])
    assert found["difference"] == pytest.approx(-3)
    assert found["better"] == 2


def test_one_seed_has_no_interval_and_a_missing_measure_no_difference() -> None:
    one = mean_of([0.05])
    assert (one.mean, one.low, one.high, one.n) == (0.05, None, None, 1)
    pair = Pair(WHOLE[0], APART[0])
    found = compared([pair], BY_KEY["urgent_alerted"])
    assert (found["with"], found["difference"], found["n"]) == (None, None, 0)


def test_how_little_so_few_seeds_say() -> None:
    assert "no interval" in says(1)
    assert "in 25 of 100 such studies: too few" in says(3)
    assert "in 6.2 of 100 such studies: too few" in says(5)
    assert says(6).endswith("in 3.1 of 100 such studies.")


def test_the_page_tells_each_seed_the_means_and_what_is_not_there(tmp_path: Path) -> None:
    page = tmp_path / "0007-feeds.md"
    missing = halves([4], ["calm"], [1500], "tax, vehicles")[1:]
    write_page(page, pairs_of([*WHOLE, *APART]), missing)
    text = page.read_text(encoding="utf-8")
    assert text.startswith("# 0007 ")
    assert "**Synthetic 合成数据.**" in text
    assert "Left out: tax, vehicles." in text
    assert "| 64.0 % | 60.3 % | +3.7 points | -0.1 points to +7.5 points | 3 | 3 of 3 |" in text
    assert "| 1 | with | 60.0 % (n 50; 46.2 – 72.4) |" in text
    assert "| 1 | difference | +5.0 points |" in text
    assert "**3 seeds.**" in text
    assert "**Not finished**, and in no figure here: calm seed 4, 1,500 households" in text


def test_what_was_written_by_hand_survives(tmp_path: Path) -> None:
    page = tmp_path / "0007-feeds.md"
    write_page(page, pairs_of([*WHOLE, *APART]))
    text = page.read_text(encoding="utf-8")
    page.write_text(text.replace(BY_HAND, f"{BY_HAND}\n\nWhat it means."), encoding="utf-8")
    write_page(page, pairs_of([*WHOLE, *APART]))
    assert "What it means." in page.read_text(encoding="utf-8")


def test_groups_of_feeds_settings_and_sizes_are_judged_apart() -> None:
    other = result(1, ["custody"], precision_steady=0.5)
    found = summary(pairs_of([*WHOLE, *APART, other]))
    assert [(group["withheld"], group["seeds"]) for group in found] == [
        (("custody",), [1]),
        (("tax", "vehicles"), [1, 2, 3]),
    ]
    assert all(group["synthetic"] for group in found)
