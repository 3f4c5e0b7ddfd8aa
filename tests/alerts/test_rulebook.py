"""Any month can be replayed under the rules of its day."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from ibis.backends.duckdb import Backend

from alerts import rulebook
from alerts.errors import PolicyError
from alerts.policy import Policy, default_policy, load_policy, policy_of
from alerts.rulebook import begin_run, policy_differences, shipped_texts, with_policy
from core.db import open_session, upgrade
from core.home import Home, add_months
from core.rulebook import reading, writing
from core.rulebook.states import Role
from data.backends import connect
from models.scorecard import load_rules, score_month
from models.scorecard.editing import switched_off, with_bands, with_points
from models.scorecard.rules import RuleSet
from tests.models.scorecard.factory import Family, write_home

YEAR = [add_months(date(2025, 7, 31), n) for n in range(12)]
NOW = datetime(2026, 7, 1, tzinfo=UTC)
FAMILIES = [
    Family({"unsafe_housing": "D", "income_to_standard": 0.5}),
    Family({"several_disabled_or_aged_carer": True}),
    Family({"labour_supply": "no_worker", "labour_counts": True, "zero_employment": True}),
    Family({}),
]


@pytest.fixture(scope="module")
def con() -> Backend:
    return connect(threads=1, memory="1GB")


@pytest.fixture(scope="module")
def rules() -> RuleSet:
    return load_rules(YEAR[-1])


def scored(home: Home, month: date, con: Backend) -> bytes:
    """Score a month and give back every byte of its scores, parts and events."""
    written = score_month(home, month, con)
    paths = (written.scores, written.parts, written.events)
    return b"".join(path.read_bytes() for path in paths)


def put_in_force(home: Home, texts: dict[str, str], since: date, last_run: date) -> None:
    def by(actor: str, role: Role) -> writing.Act:
        return writing.Act.by(actor, role, NOW, "试行")

    def seen(number: int) -> int:
        return reading.version(session, number).last_event

    with open_session(home) as session:
        number = writing.write(session, "试行", texts, by("li", Role.TUNER))
        writing.tried(session, number, {}, by("li", Role.TUNER), seen(number))
        session.expire_all()
        writing.approve(session, number, by("wang", Role.APPROVER), seen(number))
        session.expire_all()
        act = by("li", Role.TUNER)
        writing.activate(session, number, since, act, seen(number), last_run=last_run)


def run(home: Home, month: date, con: Backend) -> bytes:
    with open_session(home) as session:
        begin_run(home, session, month, NOW)
    return scored(home, month, con)


@pytest.mark.slow
def test_twelve_months_are_equal_after_three_activations(
    tmp_path: Path,
    con: Backend,
    rules: RuleSet,
) -> None:
    for month in YEAR:
        write_home(tmp_path, month, FAMILIES, rules)
    home = Home(tmp_path)
    upgrade(home)
    changes = {
        3: lambda texts, day: with_points(texts, "F01", 0, 40, day),
        6: lambda texts, day: switched_off(texts, "E02", day),
        9: lambda texts, day: with_bands(
            texts, {"red": 30, "orange": 20, "yellow": 10, "blue": 5}, day
        ),
    }
    stored, texts = {}, shipped_texts()
    for number, month in enumerate(YEAR):
        if number in changes:
            since = month.replace(day=1)
            texts = changes[number](texts, since)
            put_in_force(home, texts, since, YEAR[number - 1])
        stored[month] = run(home, month, con)
    versions = {load_rules(month, home=home).version for month in YEAR}
    assert len(versions) == 4
    assert len(set(stored.values())) >= 4  # the changes moved scores or bands
    assert {month: scored(home, month, con) for month in YEAR} == stored
    assert {month: run(home, month, con) for month in YEAR} == stored


@pytest.mark.slow
def test_a_newer_program_replays_a_month_by_the_rules_it_was_run_with(
    tmp_path: Path,
    con: Backend,
    rules: RuleSet,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write_home(tmp_path, YEAR[0], FAMILIES, rules)
    write_home(tmp_path, YEAR[1], FAMILIES, rules)
    home = Home(tmp_path)
    upgrade(home)
    before = run(home, YEAR[0], con)
    newer = with_points(shipped_texts(), "F01", 0, 40, date(2024, 1, 1))
    monkeypatch.setattr(rulebook, "shipped_texts", lambda _home: newer)
    assert run(home, YEAR[0], con) == before
    assert run(home, YEAR[1], con) != before
    assert load_rules(YEAR[1], home=home).indicators["F01"].tiers[0].points == 40
    assert load_rules(YEAR[0], home=home).indicators["F01"].tiers[0].points != 40


def test_a_county_s_own_policy_file_is_kept_with_the_run(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.data.mkdir()
    own = with_policy(shipped_texts(), {"open_existing": 0.5})["alert_policy.yaml"]
    (home.data / "alert_policy.yaml").write_text(own, encoding="utf-8")
    home.county_file.write_text("synthetic: true\n", encoding="utf-8")
    upgrade(home)
    with open_session(home) as session:
        assert begin_run(home, session, YEAR[0], NOW).policy.open_existing == 0.5
    (home.data / "alert_policy.yaml").unlink()
    assert load_policy(home, YEAR[0]).open_existing == 0.5


def test_a_policy_value_changes_and_every_comment_stays() -> None:
    texts = with_policy(shipped_texts(), {"shares.coming": 0.2, "open_existing": 0.4})
    assert policy_of(texts).shares.coming == 0.2
    told = policy_differences(default_policy(), policy_of(texts))
    assert {d.code: (d.before.en, d.after.en) for d in told} == {
        "policy.open_existing": ("0.35", "0.4"),
        "policy.shares.coming": ("0.1", "0.2"),
    }
    before = [line for line in shipped_texts()["alert_policy.yaml"].splitlines() if "#" in line]
    assert set(before) <= set(texts["alert_policy.yaml"].splitlines())


def test_a_policy_value_that_is_not_there_is_named() -> None:
    with pytest.raises(PolicyError, match=r"no value called 'shares\.more'"):
        with_policy(shipped_texts(), {"shares.more": 1})


def test_another_limit_of_a_region_is_told_in_words() -> None:
    before = default_policy()
    row = {"region": "990321101", "since": "2026-07-01", "days": {"basic_living": 20}}
    after = Policy.model_validate(before.model_dump() | {"application_regions": [row]})
    (told,) = policy_differences(before, after)
    assert told.what.zh.startswith("990321101 自 2026-07-01 起办理“基本生活救助")
    assert told.after.zh == "20"
