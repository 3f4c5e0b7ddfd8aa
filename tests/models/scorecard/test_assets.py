"""Assets speak against need and hold events; the 55 indicators, in use or waiting for a feed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from ibis.backends.duckdb import Backend

from models.scorecard import RuleSet, load_rules, read_awaited, read_files
from models.scorecard.schema import Mode

from . import trial
from .factory import Family, score

AS_OF = date(2026, 6, 30)
# B02 -30, B06 -30, B07 -30, B08 -20 and C01 25 for one member of three.
RICH = Family(
    {
        "income_to_average": 1.36,
        "medical_burden": 0.29,
        "financial_months": 60.0,
        "vehicle_class": "costly",
        "several_homes": "second_home",
    },
    [{"self_paid_to_average": 1.2}, {}, {}],
)


ILL = {"self_paid_to_average": 1.2}
HELD = [
    RICH,
    Family({"income_to_average": 0.9, "vehicle_class": "costly"}, [ILL]),  # -10 - 30
    Family({"income_to_average": 1.2, "financial_months": 30.0}, [ILL]),  # -30 - 15
    Family({"income_to_average": 0.9, "several_homes": "second_home"}, [ILL]),  # -10 - 20
    Family({"income_to_average": 0.9, "vehicle_class": "costly"}),  # no event
]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("mode", "expected"), [("per_member", 25 / 3 - 110), ("once", (25 - 110) / 3)]
)
def test_assets_complete_the_worked_check_and_hold_events_from_minus_forty(
    con: Backend, rules: RuleSet, mode: Mode, expected: float
) -> None:
    result = score(con, HELD, rules.with_mode(mode))
    assert result.of(0)["rule_score"] == pytest.approx(expected)
    assert result.of(0)["band"] == "none"
    assert [result.of(k)["event_hold"] for k in range(5)] == [True, True, True, False, False]
    # A held event stays in the list: it is watched, not forgotten.
    assert [result.of(k)["events"] for k in range(5)] == [["C01"]] * 4 + [[]]


def test_supported_and_awaited_indicators_together_are_the_fifty_five() -> None:
    supported = {i.id for i in read_files().indicators}
    awaited = {a.id for a in read_awaited()}
    counts = {"A": 10, "B": 11, "C": 8, "D": 6, "E": 6, "F": 5, "G": 4, "H": 5}
    assert supported & awaited == set()
    assert len(supported) == 55
    assert supported | awaited == {
        f"{c}{k:02d}" for c, n in counts.items() for k in range(1, n + 1)
    }


def test_nine_indicators_have_the_event_lane() -> None:
    lane = {i.id for i in read_files().indicators if i.event_lane}
    lane |= {a.id for a in read_awaited() if a.event_lane}
    assert lane == {"A01", "A02", "A03", "A08", "C01", "C04", "D04", "F02", "H04"}


@pytest.mark.slow
def test_the_same_shortage_is_not_counted_twice(tmp_path: Path, con: Backend) -> None:
    """`unless`: where the first indicator counted it the second does not apply, and is known."""
    folder = trial.copy(tmp_path)
    below = [{"equals": True, "points": 10}, {"otherwise": True, "points": 0}]
    trial.add_household_indicator(folder, "B12", "below_line", below)
    trial.edit(folder, "indicators/B12.yaml", lambda c: c.update(unless="below_standard"))
    homes = [
        Family({"below_line": True, "below_standard": True}),
        Family({"below_line": True, "below_standard": False}),
        Family({"below_line": True}),
        Family({"below_standard": True}),
        Family(),
    ]
    result = score(con, homes, load_rules(AS_OF, folder), everything=True)
    assert [result.points(k, "B12") for k in range(3)] == [[0.0], [10.0], [10.0]]
    assert [result.of(k)["n_known"] for k in range(5)] == [1, 1, 1, 1, 0]
