"""Kinds of records that become more frequent than their own past ever was."""

from __future__ import annotations

import pytest

from models.risk.watching.flows import Flow, flow

# Two years in which eight people a month lost their job, give or take what chance gives.
PAST = [8, 9, 5, 8, 6, 9, 8, 8, 5, 6, 6, 8, 10, 6, 3, 7, 10, 10, 8, 11, 9, 10, 9, 4]


def newest(*months: int) -> Flow:
    found = flow("employment", "stopped", [*PAST, *months])
    assert found is not None
    return found


def test_a_half_year_like_those_before_has_not_moved() -> None:
    found = newest(7, 9, 6, 10, 8, 7)
    assert (found.rows, found.moved) == (47, False)
    assert found.usual == pytest.approx(6 * sum(PAST) / 24)


def test_twice_as_many_have_moved() -> None:
    found = newest(13, 13, 16, 14, 15, 21)
    assert found.moved
    assert found.change == pytest.approx(92 / found.usual - 1)


def test_the_least_rise_is_the_bound_between_untold_and_told() -> None:
    found = newest(8, 8, 8, 8, 8, 8)
    assert found.least_rise is not None
    told = found.usual * (1 + found.least_rise)
    assert not Flow(**{**vars(found), "rows": int(told)}).moved
    assert Flow(**{**vars(found), "rows": int(told) + 1}).moved
    # Of a tenth of the county a larger share must change before it can be told from chance.
    small = flow("employment", "stopped", [1 if n % 4 else 0 for n in range(30)])
    assert small is not None
    assert small.least_rise is not None
    assert small.least_rise > 2 * found.least_rise
    none = flow("employment", "stopped", [0, 1] + [0] * 28)
    assert none is not None
    assert none.as_dict()["jobs_lost"] is True


def test_one_bad_month_is_no_change_of_the_county() -> None:
    assert not newest(8, 7, 9, 8, 6, 20).moved


def test_what_comes_once_a_year_in_bulk_never_speaks() -> None:
    yearly = [1, 0, 2500, 0, 0, 0, 0, 0, 0, 0, 0, 0] * 2
    found = flow("employment", "resident_medical", [*yearly, 0, 0, 3600, 0, 0, 0])
    assert found is not None
    assert not found.moved


def test_a_year_must_lie_before_the_newest_half() -> None:
    assert flow("employment", "stopped", PAST[:17]) is None
    assert flow("employment", "stopped", PAST[:18]) is not None


def test_a_kind_is_named_as_the_contract_names_it() -> None:
    assert newest(8, 8, 8, 8, 8, 8).words.zh == "停保"
