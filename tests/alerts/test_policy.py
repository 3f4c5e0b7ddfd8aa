"""The policy file: read strictly, refused with the name of what is wrong."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

from alerts.errors import PolicyError
from alerts.policy import DEFAULT_FILE, Policy, default_policy, load_policy, read_policy
from core.home import Home

ROW = {"region": "990321101", "since": "2026-07-01", "days": {"basic_living": 20}}


def written(folder: Path, **changes: object) -> Path:
    content = yaml.safe_load(DEFAULT_FILE.read_text(encoding="utf-8"))
    path = folder / "alert_policy.yaml"
    path.write_text(yaml.safe_dump({**content, **changes}), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"close_score": 40}, "closing threshold must not lie above its opening"),
        ({"close_existing": 0.5}, "closing threshold must not lie above its opening"),
        ({"shares": {"coming": 0.5, "audit": 0.4, "explore": 0.2}}, r"make 1\.1; at most 1"),
        ({"strata": [0.5, 0.6]}, "leave a rest below 1"),
        ({"escalation": {"near_share": 0.8, "levels": [3, 3, 5], "return_after": 9}}, "must rise"),
        ({"bands": ["crimson"]}, r"bands\.0"),
        ({"cool_down_months": {"default": 6, "vanished": 1}}, "may name outcomes only"),
        ({"deadlines": {}}, "deadlines must name exactly"),
        ({"capacity": 3}, r"capacity: Extra inputs"),
        ({"application_hard_days": {"basic_living": 0}}, "one at least"),
        ({"application_regions": [ROW | {"days": {}}]}, "names kinds of need"),
        ({"application_regions": [ROW | {"until": "2026-06-30"}]}, "must not lie before since"),
        ({"application_regions": [ROW | {"region": "望禾"}]}, "region"),
    ],
)
def test_a_wrong_value_is_named(tmp_path: Path, change: dict[str, object], message: str) -> None:
    with pytest.raises(PolicyError, match=message) as refused:
        read_policy(written(tmp_path, **change))
    assert str(refused.value).startswith("alert_policy.yaml: ")


def test_a_county_overrides_the_shipped_policy(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.data.mkdir()
    assert load_policy(home, date(2026, 6, 30)) == default_policy()
    written(home.data, capacity_per_1000_households=1.0)
    assert load_policy(home, date(2026, 6, 30)).capacity(50_000) == 50


def test_capacity_scales_with_households_and_is_never_nothing() -> None:
    policy: Policy = default_policy()
    assert (policy.capacity(50_000), policy.event_budget(50_000)) == (120, 30)
    assert policy.capacity(10) == 1


def test_what_is_drawn_at_random_is_no_slot_of_a_question() -> None:
    # Of 120 visits: 12 for the coming, 6 for the audit, 4 to explore, the rest finds.
    assert default_policy().slots(50_000) == {"existing": 98, "coming": 12}
    assert default_policy().slots(10) == {"existing": 1, "coming": 1}


def test_cool_down_depends_on_how_the_last_alert_ended() -> None:
    policy = default_policy()
    assert policy.cool_down("unreachable") < policy.cool_down("referred")
    assert policy.cool_down("referred") < policy.cool_down("false_alarm")
    assert policy.cool_down(None) == 0  # nobody ever went: nothing was learned to wait for


def test_the_band_of_an_alert_follows_what_is_expected_of_its_visit() -> None:
    policy = default_policy()
    bands = [policy.band_of(p) for p in (0.95, 0.80, 0.79, 0.60, 0.35, 0.34, 0.0)]
    wanted = "red red orange orange yellow blue blue"
    assert [band.value for band in bands] == wanted.split()


TOWNSHIP, VILLAGE, ELSEWHERE = "990321101", "990321101001", "990321102001"


@pytest.mark.parametrize(
    ("need", "place", "on", "hard", "days"),
    [
        ("basic_living", ELSEWHERE, date(2026, 7, 1), False, 30),  # 民发〔2021〕57号
        ("basic_living", VILLAGE, date(2026, 6, 30), False, 30),  # before the township confirmed
        ("basic_living", VILLAGE, date(2026, 7, 1), False, 20),
        ("basic_living", TOWNSHIP, date(2026, 7, 1), False, 20),
        ("basic_living", VILLAGE, date(2027, 1, 1), False, 18),  # a later row
        ("basic_living", VILLAGE, date(2026, 7, 1), True, 45),  # a hard case, wherever it is
        ("basic_living", "", date(2026, 7, 1), False, 30),
        ("emergency_aid", VILLAGE, date(2026, 7, 1), True, 3),
    ],
)
def test_statutory_limits_hold_by_region_and_day(
    tmp_path: Path, need: str, place: str, on: date, hard: bool, days: int
) -> None:
    later = ROW | {"since": "2027-01-01", "days": {"basic_living": 18}}
    policy = read_policy(written(tmp_path, application_regions=[ROW, later]))
    assert policy.application_limit(need, place, on, hard=hard) == days
