"""All promises together: how many came true and how far off they were on the whole."""

from __future__ import annotations

from dataclasses import replace
from math import sqrt
from pathlib import Path
from typing import Any

import pytest

from alerts.laboratory.promise import Came, Promise
from simulator.study.promises import compared
from simulator.study.promises_page import summary, write_page
from simulator.study.table import BY_HAND

MADE = Promise(3, 50, 24, 18, 30, 1.0, 3, 1, 1, 1, (32, 28, 36))


def row(found: int, made: Promise = MADE, settled: int = 50) -> dict[str, Any]:
    head = {"seed": 21, "setting": "calm", "households": 5_000}
    return head | compared(made, Came(alerts=50, settled=settled, found=found))


def test_seventeen_of_twenty_are_enough_and_sixteen_are_not() -> None:
    good, bad = row(24), row(40)
    assert summary([good] * 17 + [bad] * 3)["reached_inside"] is True
    assert summary([good] * 16 + [bad] * 4)["reached_inside"] is False


def test_fewer_than_twenty_counties_settle_nothing(tmp_path: Path) -> None:
    rows = [row(24)] * 19
    found = summary(rows)
    assert (found["inside"], found["reached_inside"], found["reached_bias"]) == (19, None, None)
    write_page(tmp_path / "0002-promises.md", rows)
    text = (tmp_path / "0002-promises.md").read_text(encoding="utf-8")
    assert text.count("too few counties to say") == 2
    assert "reached" not in text


def test_errors_up_and_down_cancel_in_the_bias_and_not_in_its_size() -> None:
    found = summary([row(20), row(28)])  # 48 % promised: +8 and -8 points
    assert found["mean_error_points"] == pytest.approx(0)
    assert found["size_error_points"] == pytest.approx(8)
    assert found["se_error_points"] == pytest.approx(sqrt(128) / sqrt(2))


@pytest.mark.parametrize("found", [231, 249])
def test_a_bias_of_at_most_two_points_is_what_was_asked(found: int) -> None:
    assert summary([row(found, settled=500)] * 20)["reached_bias"] is True


@pytest.mark.parametrize("found", [228, 252])
def test_a_bias_beyond_two_points_either_way_is_missed(found: int) -> None:
    assert summary([row(found, settled=500)] * 20)["reached_bias"] is False


def test_the_pooled_bias_weighs_counties_by_their_alerts() -> None:
    big = replace(MADE, alerts=150, expected=60)  # 40 %; with the other: 84 of 200, 42 %
    rows = [row(24), row(20, big, settled=50)]
    assert summary(rows)["pooled_error_points"] == pytest.approx(42 - 44)


def test_a_county_without_a_naive_promise_is_not_counted_there() -> None:
    found = summary([row(30), row(24, replace(MADE, naive=None))])
    assert (found["counties"], found["naive_counties"], found["naive_inside"]) == (2, 1, 1)


def test_the_page_says_synthetic_what_was_missed_and_keeps_what_stands_below(
    tmp_path: Path,
) -> None:
    page = tmp_path / "0002-promises.md"
    page.write_text(f"outdated\n{BY_HAND}\n\n## By hand\n", encoding="utf-8")
    write_page(page, [row(40)] * 5 + [row(24)] * 15)
    text = page.read_text(encoding="utf-8")
    assert text.startswith("# 0002 ")
    assert "合成数据" in text
    inside = next(line for line in text.splitlines() if "90 % interval |" in line)
    assert "15 of 20" in inside
    assert "**missed**" in inside
    assert text.endswith("## By hand\n")
    assert "outdated" not in text
