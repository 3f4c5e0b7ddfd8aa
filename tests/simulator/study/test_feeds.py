"""Feeds to be left out are named one by one or as a group that the feeds themselves describe."""

from __future__ import annotations

import pytest

from core.home import HomeError
from data.contracts import all_feeds, load_contract
from simulator.study.feeds import contrary, feeds_of, later, named


def test_the_later_feeds_are_all_beyond_the_first_ten() -> None:
    first = [feed for feed in all_feeds() if feed not in later()]
    assert len(first) == 10
    assert all(load_contract(feed).optional for feed in later())


def test_contrary_feeds_bring_what_speaks_against_need() -> None:
    told = set(contrary())
    assert told >= {
        "vehicles",
        "real_estate",
        "firms",
        "housing_fund",
        "financial_assets",
        "tax",
        "public_payroll",
    }
    # What happened to a family speaks for need; wages were known before the later feeds came.
    assert not told & {"accidents", "listed_diseases", "custody", "rural_watch", "employment"}
    assert told < set(later())


def test_feeds_and_groups_can_be_named_together() -> None:
    assert feeds_of("vehicles, tax") == ("tax", "vehicles")
    assert set(feeds_of("contrary,custody")) == {*contrary(), "custody"}
    assert named(feeds_of("later")) == "later"
    assert named(feeds_of("vehicles,tax")) == "tax, vehicles"


@pytest.mark.parametrize("words", ["boats", "contrary,boats"])
def test_an_unknown_feed_is_told_with_those_there_are(words: str) -> None:
    with pytest.raises(HomeError, match="no feed 'boats'; the groups are contrary, later") as told:
        feeds_of(words)
    assert all(feed in str(told.value) for feed in all_feeds())
    assert "\n" not in str(told.value)


def test_the_register_cannot_be_spared_and_no_feed_is_none() -> None:
    with pytest.raises(HomeError, match="without population_register"):
        feeds_of("tax,population_register")
    with pytest.raises(HomeError, match="names no feed"):
        feeds_of(" , ")
