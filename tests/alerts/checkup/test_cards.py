"""Report cards: how often an indicator fires, what it adds, what visits find, what it resembles."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest

from alerts.checkup.cards import Checkup, checkup
from alerts.wilson import wilson
from tests.alerts.checkup.made import LAST, RULES, back, month, visits

DAY = timedelta(days=10)  # a visit ten days after the month's end
NOBODY = visits()


def card(found: Checkup, code: str) -> pd.Series:
    return found.cards.set_index("indicator").loc[code]


def months(*given: dict[str, dict[str, float]]) -> list:
    return [month(back(len(given) - 1 - n), one) for n, one in enumerate(given)]


def test_firing_counts_household_months_and_each_household_once() -> None:
    found = checkup(
        months(
            {"a": {"B01": 30}, "b": {"B01": 30}, "c": {}},
            {"a": {"B01": 30}, "b": {}, "c": {}},
            {"a": {"B01": 30}, "b": {}, "c": {"B01": 30}},
        ),
        NOBODY,
        RULES,
    )
    b01 = card(found, "B01")
    assert (b01.fired, b01.distinct, b01.newest) == (5, 3, 2)
    assert b01.series == [2, 1, 2]
    assert b01["repeat"] == pytest.approx(1 - 3 / 5)
    assert not b01.silent
    assert card(found, "B08").silent


def test_an_indicator_that_raises_does_not_fire_where_it_takes_points_off() -> None:
    # C02 gives up to 15, and -3 for a light burden.
    found = checkup(months({"a": {"C02": 15}, "b": {"C02": -3}}), NOBODY, RULES)
    assert card(found, "C02").side == 1
    assert card(found, "C02").fired == 1


def test_an_indicator_that_can_only_lower_fires_where_it_lowers() -> None:
    found = checkup(months({"a": {"E06": -6}, "b": {}}), NOBODY, RULES)
    assert card(found, "E06").side == -1
    assert card(found, "E06").fired == 1


def test_it_adds_those_who_would_not_have_reached_the_bar_without_its_points() -> None:
    given = {
        "alone": {"B01": 30},  # blue and yellow by B01 alone
        "also": {"B01": 30, "G01": 15},  # blue by either, yellow only with B01
        "anyway": {"B01": 30, "G01": 15, "A01": 30},
    }
    b01 = card(checkup(months(given), NOBODY, RULES), "B01")
    assert (b01.blue_distinct, b01.yellow_distinct) == (1, 2)


def test_one_that_lowers_adds_those_it_alone_kept_below() -> None:
    given = {"kept": {"B01": 30, "B02": -30}, "low": {"B02": -30}, "high": {"B01": 60, "B02": -30}}
    b02 = card(checkup(months(given), NOBODY, RULES), "B02")
    assert (b02.blue_distinct, b02.yellow_distinct) == (1, 1)


def test_points_above_a_full_category_add_nothing() -> None:
    # 25 + 15 + 8 = 48 medical points count as 40: without C03's 8 they still do.
    given = {"ill": {"C01": 25, "C02": 15, "C03": 8, "B02": -30}}
    found = checkup(months(given), NOBODY, RULES)
    assert card(found, "C03").blue_moved == 0
    assert card(found, "C01").blue_moved == 1  # 40 - 30 = 10 is blue; 15 + 8 - 30 is not


def test_a_household_visited_twice_while_it_fired_counts_once() -> None:
    given = {f"h{n}": {"B01": 30.0} for n in range(12)}
    twice = [(f"h{n}", LAST + DAY, "round", n < 6) for n in range(12)]
    twice += [("h0", LAST + 2 * DAY, "round", False)]
    b01 = card(checkup(months(given), visits(*twice), RULES), "B01")
    assert (b01.visited_n, b01.visited_found, b01.visited_share) == (12, 6, 0.5)
    assert (b01.visited_low, b01.visited_high) == wilson(6, 12)


def test_below_ten_households_there_are_counts_but_no_share() -> None:
    given = {f"h{n}": {"B01": 30.0} for n in range(9)}
    seen = visits(*((f"h{n}", LAST + DAY, "round", True) for n in range(9)))
    b01 = card(checkup(months(given), seen, RULES), "B01")
    assert (b01.visited_n, b01.visited_found) == (9, 9)
    assert pd.isna(b01.visited_share)
    assert pd.isna(b01.visited_low)


def test_visits_that_nobody_chose_stand_apart() -> None:
    given = {f"h{n}": {"B01": 30.0} for n in range(30)}
    reasons = ["survey", "audit", "round", "application", "alert"]
    seen = visits(
        *((f"h{n}", LAST + DAY, reasons[n % 5], reasons[n % 5] != "survey") for n in range(30))
    )
    b01 = card(checkup(months(given), seen, RULES), "B01")
    assert (b01.visited_n, b01.visited_found) == (30, 24)
    assert (b01.random_n, b01.random_found) == (12, 6)


def test_a_visit_speaks_for_the_newest_month_before_it_and_no_older_one() -> None:
    given = {f"h{n}": {"B01": 30.0} for n in range(12)}
    silent = {household: {} for household in given}
    story = months(given, silent)
    after_both = visits(*((h, LAST + DAY, "round", True) for h in given))
    after_first = visits(*((h, back(1) + DAY, "round", True) for h in given))
    long_after = visits(*((h, LAST + timedelta(days=93), "round", True) for h in given))
    assert card(checkup(story, after_both, RULES), "B01").visited_n == 0
    assert card(checkup(story, after_first, RULES), "B01").visited_n == 12
    assert card(checkup(months(given), long_after, RULES), "B01").visited_n == 0


def test_a_visit_on_the_last_day_of_a_month_does_not_speak_for_that_month() -> None:
    given = {f"h{n}": {"B01": 30.0} for n in range(12)}
    seen = visits(*((h, LAST, "round", True) for h in given))
    assert card(checkup(months(given), seen, RULES), "B01").visited_n == 0


def by_lot(firing: int, found_firing: int, quiet: int, found_quiet: int, code: str = "G01"):
    """Random visits to households in which an indicator fires, and to others."""
    given = {f"f{n}": {code: 15.0} for n in range(firing)} | {f"q{n}": {} for n in range(quiet)}
    if code == "E06":
        given = {h: ({"E06": -6.0} if own else {}) for h, own in given.items()}
    rows = [(f"f{n}", LAST + DAY, "survey", n < found_firing) for n in range(firing)]
    rows += [(f"q{n}", LAST + DAY, "survey", n < found_quiet) for n in range(quiet)]
    return checkup(months(given), visits(*rows), RULES)


def test_a_wrong_sign_is_less_need_while_it_fires_beyond_chance() -> None:
    assert card(by_lot(100, 2, 100, 30), "G01").wrong_sign
    assert not card(by_lot(100, 30, 100, 2), "G01").wrong_sign
    assert not card(by_lot(12, 1, 100, 12), "G01").wrong_sign  # chance explains it


def test_for_a_minus_the_wrong_sign_is_more_need() -> None:
    assert card(by_lot(100, 30, 100, 2, "E06"), "E06").wrong_sign
    assert not card(by_lot(100, 2, 100, 30, "E06"), "E06").wrong_sign


def test_chosen_visits_cannot_call_a_sign_wrong() -> None:
    given = {f"f{n}": {"G01": 15.0} for n in range(100)} | {f"q{n}": {} for n in range(100)}
    rows = [(h, LAST + DAY, "alert", h.startswith("q")) for h in given]
    found = checkup(months(given), visits(*rows), RULES)
    assert pd.isna(card(found, "G01").wrong_p)
    assert not card(found, "G01").wrong_sign


def test_what_fires_together_is_named_with_its_share() -> None:
    given = {f"h{n}": {"H01": 20.0, "C02": 15.0} for n in range(6)}
    given |= {"x": {"C02": 15.0}, "y": {"H01": 20.0, "B01": 30.0}}
    found = checkup(months(given), NOBODY, RULES)
    h01 = card(found, "H01")
    assert (h01.twin, h01.redundant) == ("C02", True)
    assert h01.twin_share == pytest.approx(6 / 8)
    assert not card(found, "B01").redundant
    assert card(found, "B08").twin == ""


def test_months_and_townships_add_up_to_the_whole() -> None:
    towns = {"a": "990321101", "b": "990321102", "c": "990321102"}
    given = {"a": {"B01": 30}, "b": {"B01": 30}, "c": {}}
    story = [month(back(1), given, towns=towns), month(LAST, given, towns=towns)]
    found = checkup(story, visits(("b", LAST + DAY, "round", True)), RULES)
    towns_of = found.townships[found.townships["indicator"] == "B01"].set_index("township")
    assert towns_of.loc["990321102", ["fired", "households", "n", "found"]].tolist() == [2, 4, 1, 1]
    assert towns_of["rate"].tolist() == [1.0, 0.5]
    monthly = found.monthly[found.monthly["indicator"] == "B01"]
    assert monthly["fired"].sum() == towns_of["fired"].sum() == card(found, "B01").fired
    assert monthly["n"].tolist() == [0, 1]


def test_households_that_the_month_does_not_hold_are_left_out() -> None:
    seen = visits(("elsewhere", LAST + DAY, "round", True), ("a", LAST + DAY, "round", True))
    assert checkup(months({"a": {"B01": 30}}), seen, RULES).visits == 1


def test_an_indicator_that_is_not_in_force_is_left_out() -> None:
    found = checkup(months({"a": {"Z99": 50.0, "B01": 30.0}}), NOBODY, RULES)
    assert set(found.cards["indicator"]) == set(RULES.indicators)
    assert found.months == (date(2026, 6, 30),)
