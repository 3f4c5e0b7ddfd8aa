"""A broken feed told apart from a changed world, from deliveries and features together."""

from __future__ import annotations

from core.words import Text
from models.risk.watching.flows import Flow
from models.risk.watching.shift import Shift
from models.risk.watching.verdict import Verdict, by_feed, judge
from models.risk.watching.volumes import Volume

FEEDS = {
    "wage": ("employment",), "jobs": ("employment",), "months_worked": ("employment",),
    "told_income": ("home_visits",), "told_wage": ("home_visits",),
    "self_paid": ("medical_claims",), "stays": ("medical_claims",),
    "burden": ("medical_claims", "employment"),
}  # fmt: skip
# More wages never raise the risk, more of what one pays oneself never lowers it.
SIGNS = {"wage": -1, "jobs": -1, "months_worked": -1, "told_income": -1, "told_wage": -1,
         "self_paid": 1, "stays": 1, "burden": 1}  # fmt: skip
NAMES = {"employment": Text("就业", "Employment"), "medical_claims": Text("医保", "Claims")}


def moved(**deltas: float) -> list[Shift]:
    """All features; those named have moved by so much."""
    return [Shift(f, "county", 5000, 5000, deltas.get(f, 0.01), 0.1, 0.1) for f in FEEDS]


def volume(feed: str, rows: int) -> Volume:
    return Volume(feed, "202506", rows, 8000.0, 7800, False, 0.0, 0.0)


def of(shifts: list[Shift], *volumes: Volume) -> Verdict:
    return judge(volumes, by_feed(shifts, FEEDS, SIGNS), NAMES)


def test_half_a_file_is_a_broken_feed_although_its_features_moved() -> None:
    found = of(moved(self_paid=-0.4, stays=-0.35, burden=-0.3), volume("medical_claims", 3000))
    assert (found.kind, found.feeds) == ("feed", {"medical_claims": "short"})
    assert "Claims delivered far fewer rows" in found.words.en
    assert "do not retrain" in found.words.en
    assert "医保报送量明显偏少" in found.words.zh


def test_wages_that_fall_in_two_departments_are_the_world() -> None:
    down = moved(wage=-0.4, jobs=-0.3, months_worked=-0.2, told_income=-0.3, told_wage=-0.25)
    found = of(down, volume("employment", 8100), volume("home_visits", 7900))
    assert (found.kind, found.direction) == ("world", "worse")
    assert set(found.moved_feeds) == {"employment", "home_visits"}


def test_a_world_that_gets_better_is_told_so() -> None:
    up = moved(wage=0.4, jobs=0.3, told_income=0.3, told_wage=0.25)
    assert of(up).direction == "better"


def test_single_features_are_no_world() -> None:
    assert of(moved(wage=-0.4, told_income=-0.4)).kind == "quiet"


def test_one_department_alone_is_no_world() -> None:
    assert of(moved(wage=-0.4, jobs=-0.4, months_worked=-0.4)).kind == "quiet"


def test_both_at_once_are_told_both() -> None:
    shifts = moved(wage=-0.4, jobs=-0.3, told_income=-0.3, told_wage=-0.25, self_paid=-0.5)
    found = of(shifts, volume("medical_claims", 3000))
    assert (found.kind, list(found.feeds)) == ("both", ["medical_claims"])
    assert found.direction == "worse"


def test_values_that_became_unknown_break_a_feed_without_a_short_file() -> None:
    gone = [
        Shift(f, "county", 5000, 5000, 0.0, 0.1, 0.5 if "employment" in FEEDS[f] else 0.1)
        for f in FEEDS
    ]
    found = of(gone, volume("employment", 8000))
    assert found.feeds.get("employment") == "unknown"


def records(kind: str, rows: int, usual: float, feed: str = "employment") -> Flow:
    return Flow(feed, kind, rows, usual, int(0.9 * usual), int(1.1 * usual), usual**0.5)


def events(*flows: Flow) -> Verdict:
    return judge([volume("employment", 8100)], by_feed(moved(), FEEDS, SIGNS), NAMES, flows)


CONTRIBUTIONS = records("contribution", 12_200, 12_200.0)


def test_lost_jobs_in_a_whole_file_are_the_world() -> None:
    found = events(CONTRIBUTIONS, records("stopped", 96, 48.0), records("unemployed", 99, 49.0))
    assert (found.kind, found.moved_feeds) == ("world", ("employment",))
    assert "停保 96 条（通常 48 条）" in found.words.zh
    assert "usually 48" in found.words.en


def test_one_kind_alone_may_be_another_way_of_writing_it_down() -> None:
    assert events(CONTRIBUTIONS, records("stopped", 96, 48.0)).kind == "quiet"


def test_a_file_short_for_months_is_no_changed_world() -> None:
    thin = records("contribution", 6_100, 12_200.0)
    found = events(thin, records("stopped", 20, 60.0), records("unemployed", 20, 60.0))
    assert (found.kind, dict(found.feeds)) == ("feed", {"employment": "short"})
