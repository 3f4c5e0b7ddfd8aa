"""The truth of need follows the family, whatever number the register office gives it."""

from __future__ import annotations

import pandas as pd

from data.households.handing import own_pseudonym
from simulator.study.truth import Truth, truth_of
from simulator.world.clock import month_number

FIRST = "2025-01"


def months(number: str, family: int, unmet: dict[str, bool]) -> list[dict[str, object]]:
    """One family's rows under one number."""
    return [
        {
            "household_no": number,
            "family": family,
            "month": month,
            "unmet": need,
            "watched": True,
            "at_risk": need,
        }
        for month, need in unmet.items()
    ]


def changed() -> Truth:
    """Family 7 had number A, and B from February on; family 9 was founded in May and got A."""
    rows = months("A", 7, {"2025-01": True})
    rows += months("B", 7, {"2025-02": True, "2025-03": False, "2025-04": False, "2025-05": False})
    rows += months("A", 9, {"2025-05": True})
    return truth_of(pd.DataFrame(rows), lambda number: f"h{number}")


def test_a_renumbered_family_is_one_family_with_one_need() -> None:
    truth, january = changed(), month_number(FIRST)
    assert truth.unmet.sum() == 3
    # What came after January is told under the number of January too.
    assert truth.at(["hA", "hB"], [january + 1] * 2).tolist() == [True, True]
    assert list(truth.families) == [7, 9]


def test_the_second_family_of_a_number_has_a_need_of_its_own() -> None:
    truth, may = changed(), month_number("2025-05")
    second = own_pseudonym("hA", 2)
    assert truth.at(["hA", second], [may] * 2).tolist() == [False, True]
    assert truth.at([second], [month_number(FIRST)]).tolist() == [False]
    assert list(truth.households) == ["hB", second]
