"""Counts that leave the house name no family, and two of them together neither."""

from __future__ import annotations

from itertools import product

from dashboard.app_pages.overview.public import PublicSay
from services.disclosure import STEP, coarse, is_small, tells


def test_counts_of_one_to_seven_are_hidden_and_zero_is_told() -> None:
    assert [n for n in range(20) if is_small(n)] == [1, 2, 3, 4, 5, 6, 7]
    assert not is_small(None)


def test_other_counts_are_given_to_the_nearest_five() -> None:
    assert {n: coarse(n) for n in (8, 12, 13, 146, 9_137)} == {
        8: 10,
        12: 10,
        13: 15,
        146: 145,
        9_137: 9_135,
    }


def test_two_months_together_tell_no_small_change() -> None:
    # Whatever two counts are published, the true change may have been any of at least five.
    for first, second in product(range(10, 60, STEP), repeat=2):
        changes = {
            b - a
            for a in range(8, 70)
            if coarse(a) == first
            for b in range(8, 70)
            if coarse(b) == second
        }
        assert len(changes) >= 5


def test_a_share_is_told_only_where_neither_part_is_small() -> None:
    assert tells(20, 40)
    assert tells(0, 40)
    assert not tells(5, 40)
    assert not tells(37, 40)
    assert not tells(3, 7)


def test_public_words_write_no_small_count_and_no_change() -> None:
    say = PublicSay("en")
    assert [say.number(n) for n in (0, 3, 146, 9_137, None)] == ["0", "<8", "145", "9,135", "–"]
    assert say.number(-2, sign=True) == "–"
    assert say.number(0, sign=True) == "–"
    assert not say.may_tell(3, 40)
