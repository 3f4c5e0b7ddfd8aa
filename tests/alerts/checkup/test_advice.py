"""Points that findings suggest: advice with intervals, never a turned sign."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from alerts.checkup.advice import TOP, Advice, advise, found_at_top
from tests.alerts.checkup.made import RULES, back, month, visits

pytestmark = pytest.mark.slow

CODES = ("B01", "G01", "A09", "D03")
POINTS = {"B01": 30.0, "G01": 15.0, "A09": 12.0, "D03": 10.0}


def county(
    true: dict[str, float], n: int = 900, reason: str = "survey", seed: int = 3, **about: object
) -> tuple[list, pd.DataFrame]:
    """Eight months of households drawn by lot, whose need follows `true` points per indicator."""
    rng = np.random.default_rng(seed)
    months, rows = [], []
    for number in range(8):
        firing = rng.random((n, len(CODES))) < 0.3
        given = {
            f"h{k}": {c: POINTS[c] for c, on in zip(CODES, own, strict=True) if on}
            for k, own in enumerate(firing)
        }
        as_of = back(7 - number)
        months.append(month(as_of, given, **about))
        margin = -3 + firing @ np.array([true[c] for c in CODES]) / 12
        need = rng.random(n) < 1 / (1 + np.exp(-margin))
        rows += [
            (f"h{k}", as_of + timedelta(days=9), reason, bool(need[k])) for k in range(0, n, 2)
        ]
    return months, visits(*rows)


def told(advice: Advice | None, code: str) -> pd.Series:
    assert advice is not None
    return advice.points.set_index("indicator").loc[code]


@pytest.fixture(scope="module")
def learned() -> Advice | None:
    true = {"B01": 30.0, "G01": -20.0, "A09": 24.0, "D03": 10.0}
    return advise(*county(true), RULES, draws=40)


def test_an_indicator_that_earns_more_is_given_more(learned: Advice) -> None:
    a09 = told(learned, "A09")
    assert a09["now"] == 12
    assert a09.low > 12
    assert a09.advised > 12


def test_a_sign_is_never_turned_however_wrong_it_is(learned: Advice) -> None:
    g01 = told(learned, "G01")  # found less need: at most its points are taken away
    assert 0 <= g01.low <= g01.advised < 5


def test_the_newest_month_would_give_out_as_many_points_as_today() -> None:
    months, seen = county({"B01": 30.0, "G01": -20.0, "A09": 24.0, "D03": 10.0})
    advice = advise(months, seen, RULES, draws=2)
    newest = np.asarray(months[-1].points.sum(axis=0)).ravel()
    share = {c: told(advice, c).advised / POINTS[c] for c in CODES}
    columns = {c: months[-1].ids.index(c) for c in CODES}
    given_out = sum(newest[columns[c]] * share[c] for c in CODES)
    assert given_out == pytest.approx(newest.sum(), rel=0.01)


def test_points_are_shown_with_an_interval_around_them_and_n(learned: Advice) -> None:
    shown = learned.points.dropna()
    assert set(shown["indicator"]) == set(CODES)
    assert (shown["low"] <= shown["advised"]).all()
    assert (shown["advised"] <= shown["high"]).all()
    assert (shown["n"] >= 10).all()


def test_what_few_were_visited_for_gets_no_advice(learned: Advice) -> None:
    assert pd.isna(told(learned, "B08").advised)


def test_it_says_how_such_points_did_on_months_they_had_not_seen(learned: Advice) -> None:
    tried = learned.tried
    assert tried is not None
    assert tried.n == 1800
    assert tried.gain == pytest.approx(tried.advised - tried.today)
    assert tried.low <= tried.gain <= tried.high
    assert tried.low > 0  # one indicator points the wrong way: the data do know better


def test_few_visits_give_no_advice() -> None:
    months, seen = county({"B01": 30.0, "G01": 15.0, "A09": 12.0, "D03": 10.0})
    assert advise(months, seen.head(150), RULES) is None


def test_families_that_asked_and_alerts_do_not_teach() -> None:
    for reason in ("application", "report", "alert"):
        true = {"B01": 30.0, "G01": 15.0, "A09": 12.0, "D03": 10.0}
        assert advise(*county(true, reason=reason), RULES) is None


def test_households_in_process_do_not_teach() -> None:
    true = {"B01": 30.0, "G01": 15.0, "A09": 12.0, "D03": 10.0}
    assert advise(*county(true, in_process=True), RULES) is None


def test_those_at_the_top_are_a_twentieth_and_ties_share_the_last_places() -> None:
    assert TOP == 0.05
    score = np.concatenate([[9.0], np.full(4, 8.0), np.zeros(35)])  # two places: one, and a tie
    need = np.zeros(40)
    need[0] = need[1] = 1
    assert found_at_top(score, need, np.ones(40)) == pytest.approx((1 + 1 / 4) / 2)
    doubled = np.where(np.arange(40) == 0, 2.0, 1.0)  # counts for two: fills nearly all places
    assert found_at_top(score, need, doubled) == pytest.approx((2 + 0.05 / 4) / 2.05)
