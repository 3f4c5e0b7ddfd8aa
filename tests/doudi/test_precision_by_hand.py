"""`doudi precision --json` with every breakdown, against a count by hand of sixteen alerts."""

from __future__ import annotations

import json
from datetime import date

import pytest
from typer.testing import CliRunner

import services
from alerts.wilson import wilson
from core.home import Home
from doudi.cli import app
from services import operator
from tests.hand_county import build_by_hand

pytestmark = pytest.mark.slow

# group: alerts raised, verified (the denominator), confirmed; number 14 is the audit sample and no
# alert. Verified are 1 2 3 5 6 7 8 9 12 13 15, confirmed 1 3 6 7 15.
COUNTED = {
    "question": {
        "existing": (9, 7, 3),  # 1 6 7 8 9 10 12 13 16
        "event": (2, 1, 0),  # 5 11
        "report": (1, 1, 1),  # 15
        "coming": (3, 2, 1),  # 2 3 4: number 3 was in need within six months
    },
    "phase": {"warm_up": (5, 4, 2), "steady": (10, 7, 3)},  # 1-5; the others
    "handling": {
        "1": (2, 2, 0),  # 5 13 are on a roll
        "2": (12, 8, 5),
        "3": (1, 1, 0),  # 8 has needs of four departments
    },
    "source": {
        "rule": (6, 5, 3),  # 1 6 7 8 12 16
        "risk": (5, 3, 1),  # 2 3 4 9 10
        "event": (2, 1, 0),
        "explore": (1, 1, 0),
        "report": (1, 1, 1),
    },
    "any_source": {
        "rule": (6, 5, 3),
        "risk": (5, 3, 1),
        "event": (2, 1, 0),
        "explore": (1, 1, 0),
        "report": (1, 1, 1),
    },
    "band": {
        "red": (3, 2, 2),  # 1 6 11
        "orange": (4, 4, 2),  # 5 7 8 15
        "yellow": (7, 4, 1),  # 2 3 4 9 10 12 16
        "none": (1, 1, 0),  # 13
    },
    "indicator": {
        "B01": (4, 4, 3),  # 1 6 7 12
        "C02": (5, 4, 2),  # 1 5 7 8 16
        "H01": (1, 0, 0),  # 11
    },
    "need": {
        "basic_living": (13, 9, 4),  # all but 5 and 8; number 15 lacked something else
        "medical_aid": (6, 6, 3),  # 1 5 6 7 8 15; of number 6 it was not true
        "student_aid": (1, 1, 0),
        "employment": (1, 1, 0),
        "rural_housing": (1, 1, 0),
    },
    "department": {
        "civil_affairs": (13, 9, 4),
        "medical_security": (6, 6, 3),
        "education": (1, 1, 0),
        "human_resources": (1, 1, 0),
        "housing": (1, 1, 0),
    },
    "township": {
        "990321101": (8, 7, 3),  # 1 2 6 7 8 12 13 16
        "990321102": (7, 4, 2),  # 3 4 5 9 10 11 15
    },
    "month": {"2025-12": (5, 4, 2), "2026-04": (6, 4, 2), "2026-05": (4, 3, 1)},
    "population": {
        "return": (4, 2, 2),  # 1 6 11 16
        "on_roll": (3, 3, 0),  # 5 8 13
        "new_entry": (8, 6, 3),
    },
}
# Existing, facts and reports: 1 5 6 7 8 9 10 11 12 13 15 16.
MEASURES = {
    "verified": (4, 9),  # 1 6 7 15 of 1 5 6 7 8 9 12 13 15
    "visited": (4, 11),  # 10 was not met, 11 refused
    "closed": (3, 9),  # 1 6 15 of 1 5 6 8 9 11 12 13 15
    "dispatched": (4, 11),  # all but 16
    "raised": (4, 12),
    "facts_true": (7, 9),  # all verified but the false 8 and 9
    "helped": (3, 12),  # 1 6 15
    "helped_of_confirmed": (3, 4),
    "acts_per_alert": (4, 12),  # two for number 1, one each for 6 and 15
}
# Working days by hand in the order of the table, the second round of number 3 last.
DAYS = {
    "dispatch": ([2, 2, 2, 2, 1, 1, 1, 1, 2, 2, 1, 1, 2, 1, 1], 1),  # 1: one day was allowed
    "accept": ([0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 1, 1, 0, 0, 1], 0),
    "check": ([2, 5, 5, 5, 2, 6, 3, 7, 7, 2, 4, 8, 7, 4, 3], 1),  # 7: six days for five
    "measure": ([11, 4, 20], 3),
}


@pytest.fixture(scope="module")
def hand_county(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The sixteen alerts in a county whose policy knows a warm-up of two months."""
    return build_by_hand(tmp_path_factory.mktemp("by_hand"))[0].home


def printed(home: Home, *asked: str) -> dict:
    done = CliRunner().invoke(app, ["precision", "--home", str(home.root), "--json", *asked])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def counts(rows: list[dict]) -> dict[str, tuple[int, int, int]]:
    return {r["group"]: (r["n_alerts"], r["n"], r["confirmed_of_n"]) for r in rows}


@pytest.fixture(scope="module")
def told(hand_county: Home) -> dict:
    return printed(hand_county, "--every")


def test_every_breakdown_equals_the_count_by_hand(told: dict) -> None:
    assert {by: counts(rows) for by, rows in told["breakdowns"].items()} == COUNTED


@pytest.mark.parametrize("by", COUNTED)
def test_each_breakdown_alone_is_the_same(hand_county: Home, told: dict, by: str) -> None:
    assert printed(hand_county, "--by", by)["rows"] == told["breakdowns"][by]


def test_every_share_has_its_interval_and_n(told: dict) -> None:
    for row in [r for rows in told["breakdowns"].values() for r in rows]:
        hits, n = row["confirmed_of_n"], row["n"]
        assert (row["precision"], row["low"], row["high"]) == (
            (hits / n, *wilson(hits, n)) if n else (None, None, None)
        )
        assert row["small"] == (n < 10)


def test_the_measures_side_by_side_equal_the_count_by_hand(told: dict) -> None:
    assert {r["measure"]: (r["hits"], r["n"]) for r in told["measures"]} == MEASURES
    for row in told["measures"]:
        assert row["share"] == row["hits"] / row["n"]
        if row["measure"] != "acts_per_alert":
            assert (row["low"], row["high"]) == wilson(row["hits"], row["n"])
    (acts,) = [row for row in told["measures"] if row["measure"] == "acts_per_alert"]
    assert (acts["low"], acts["high"]) == (None, None)


def test_the_months_of_both_questions_stand_apart_with_their_phase(told: dict) -> None:
    months = {
        (r["question"], r["phase"], r["group"]): (r["n_alerts"], r["n"], r["confirmed_of_n"])
        for r in told["months_by_question"]
    }
    assert months == {
        ("existing", "warm_up", "2025-12"): (2, 2, 1),  # 1 5
        ("existing", "steady", "2026-04"): (6, 4, 2),
        ("existing", "steady", "2026-05"): (4, 3, 1),
        ("coming", "warm_up", "2025-12"): (3, 2, 1),
    }


def test_the_coming_are_judged_by_their_months(told: dict) -> None:
    coming = told["coming"]
    assert (coming["alerts"], coming["came_true"], coming["waiting"]) == (3, 1, 0)
    # Number 3: from 31 December to 5 March, 64 days.
    assert (coming["median"], coming["n_lead"]) == (2.1, 1)


def test_causes_and_days_equal_the_count_by_hand(told: dict) -> None:
    causes = {r["group"]: (r["n"], r["share"]) for r in told["false_causes"]}
    assert causes == {"data_wrong": (1, 0.5), "rule_too_wide": (1, 0.5)}  # 2 asked of the coming
    steps = {
        r["step"]: (r["n"], round(r["mean"], 9), r["median"], r["late"]) for r in told["steps"]
    }
    assert steps == {
        step: (len(days), round(sum(days) / len(days), 9), sorted(days)[len(days) // 2], late)
        for step, (days, late) in DAYS.items()
    }


def test_a_breakdown_that_does_not_exist_is_refused(hand_county: Home) -> None:
    asked = ["precision", "--home", str(hand_county.root), "--by", "weather"]
    done = CliRunner().invoke(app, asked)
    assert done.exit_code == 1
    assert "choose one of question" in str(done.exception)


def test_the_overview_says_what_the_precision_page_says(hand_county: Home, told: dict) -> None:
    """A visit does not judge the coming: they are no part of its steady state and warm-up."""
    here = operator.context(str(hand_county.root), date.fromisoformat(told["as_of"]))
    found = services.trust.steady(here)

    assert (found.warm_up.share, found.warm_up.n) == (1 / 2, 2)  # 1 of 1 5, without 2 3 4
    assert (found.steady.share, found.steady.n) == (3 / 7, 7)
    assert (found.existing.share, found.existing.n) == (2 / 6, 6)  # 6 7 of 6 7 8 9 12 13
    assert (found.coming.share, found.coming.n) == (1 / 3, 3)  # as `coming`, visited or not
    for name, one in (("warm_up", found.warm_up), ("steady", found.steady)):
        page = services.trust.overall(here, "concluded", "existing", name)
        assert (page.share, page.low, page.high, page.n) == (one.share, one.low, one.high, one.n)
    trend = services.overview.headline(here).trend
    assert trend["precision"].dropna().tolist() == [1 / 2, 2 / 4, 1 / 3]
