"""Which bounds raise a notice."""

from __future__ import annotations

from typing import Any

from core.words import Text
from models.risk.watching.bounds import LEAST_VISITS, notices
from models.risk.watching.verdict import Verdict

QUIET = Verdict("quiet", {}, (), None, Text("无", "none"))


def month(promised: float, found: float, n: int, ripe: bool = True) -> dict[str, Any]:
    return {"promised": promised, "found": found, "n": n, "ripe": ripe}


def codes(**told: Any) -> list[str]:
    known: dict[str, Any] = {"verdict": QUIET, "weight_moved": 0.0, "ripening": {}, "delta": {}}
    return [one.code for one in notices(**(known | told))]


def test_a_quiet_month_raises_nothing() -> None:
    assert codes(ripening={"existing": [month(0.2, 0.22, 500)]}, delta={"existing": 0.05}) == []


def test_a_broken_feed_stops_and_a_changed_world_asks_to_look() -> None:
    broken = Verdict("feed", {"medical_claims": "short"}, (), None, Text("断", "broken"))
    world = Verdict("world", {}, ("employment", "home_visits"), "worse", Text("变", "changed"))
    told = [notices(v, 0.0, {}, {})[0].level for v in (broken, world)]
    assert told == ["stop", "look"]


def test_promises_off_by_ten_points_in_ripe_months_are_told_with_n() -> None:
    off = [month(0.35, 0.20, 100), month(0.35, 0.2, 50), month(0.3, 0.9, 400, ripe=False)]
    assert codes(ripening={"existing": off}) == ["promise_existing"]
    found = notices(QUIET, 0.0, {"existing": off}, {})[0]
    assert "n=150" in found.en
    assert "20%" in found.en
    assert "35%" in found.zh


def test_few_visits_decide_nothing() -> None:
    assert codes(ripening={"coming": [month(0.6, 0.1, LEAST_VISITS - 1)]}) == []


def test_weight_on_moved_features_and_risks_that_shift_are_told() -> None:
    assert codes(weight_moved=0.3) == ["weight"]
    assert codes(delta={"existing": -0.4}) == ["scores_existing"]
