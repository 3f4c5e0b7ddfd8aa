"""A month's plan is written once, and asked of another month it gives what its own would give."""

from __future__ import annotations

from datetime import date

import pytest

from data.backends import connect
from features import profile as profiles
from features.engine import plans, registry, scratch_registry, source
from features.engine.errors import FeatureError
from features.engine.plans import Plans
from tests.features.tables import TableFeeds, history, standards

REGISTER = """
    person | household | relation | born_month | happened_on
    a      | 1         | head     | 1985-01-01 | 2020-01-01
    b      | 1         | child    | 2015-03-01 | 2020-01-01
    c      | 2         | head     | 1950-01-01 | 2020-01-01
"""
CLAIMS = """
    person | happened_on | known_on   | self_paid
    a      | 2025-02-28  | 2025-03-28 | 1
    a      | 2025-03-01  | 2025-03-28 | 10
    a      | 2026-02-27  | 2026-02-28 | 100
    a      | 2026-02-28  | 2026-03-28 | 1000
    c      | 2026-05-31  | 2026-06-28 | 10000
"""
WANTED = ("medical_self_paid_12m", "n_minors", "labour_supply")
MONTHS = (date(2026, 2, 28), date(2026, 3, 31), date(2026, 6, 30), date(2028, 2, 29))


@pytest.fixture
def written(monkeypatch) -> list[str]:
    """A fresh store of plans; the names of the steps written since."""
    told: list[str] = []
    keep = plans.Plan.keep

    def counted(self, name, table):
        told.append(name)
        return keep(self, name, table)

    monkeypatch.setattr(plans.Plan, "keep", counted)
    monkeypatch.setattr(profiles, "_PLANS", Plans())
    return told


def built(month: date, silent: dict[str, date] | None = None, only=WANTED, **feeds: str):
    texts = {"population_register": REGISTER, "medical_claims": CLAIMS} | feeds
    given = {feed: text for feed, text in texts.items() if text}
    made = profiles.assemble_profile(
        TableFeeds(silent, **given), month, "990321", standards(), history(), only=only
    )
    frames = (made.household.order_by("household"), made.person.order_by("person"))
    return [frame.to_pyarrow().to_pylist() for frame in frames]


@pytest.mark.slow
def test_another_month_asks_the_same_plan(written) -> None:
    built(MONTHS[0])
    steps = len(written)
    for month in MONTHS[1:]:
        built(month)
    assert len(written) == steps > 0


@pytest.mark.slow
@pytest.mark.parametrize("month", MONTHS)
def test_a_plan_asked_of_another_month_gives_what_one_of_its_own_gives(written, month) -> None:
    fresh = built(month)
    profiles._PLANS = Plans()
    built(date(2024, 12, 31))
    assert built(month) == fresh
    assert {row["as_of"] for rows in fresh for row in rows} == {month}


@pytest.mark.slow
def test_windows_end_with_the_month_that_is_asked(written) -> None:
    told = {month: built(month)[0] for month in MONTHS}
    paid = {
        month: {row["household"]: row["medical_self_paid_12m"] for row in rows}
        for month, rows in told.items()
    }
    assert paid[date(2026, 2, 28)] == {"1": 110, "2": 0}
    assert paid[date(2026, 3, 31)] == {"1": 1100, "2": 0}
    assert paid[date(2026, 6, 30)] == {"1": 1100, "2": 10000}
    assert paid[date(2028, 2, 29)] == {"1": 0, "2": 0}


@pytest.mark.slow
@pytest.mark.parametrize(
    "other",
    [
        {"medical_claims": ""},
        {"silent": {"medical_claims": date(2025, 6, 30)}},
        {"only": ("n_minors",)},
    ],
    ids=["a feed never delivered", "a feed that fell silent", "other features"],
)
def test_what_shapes_the_sql_has_a_plan_of_its_own(written, other) -> None:
    built(MONTHS[2])
    steps = len(written)
    changed = built(MONTHS[2], **other)
    assert len(written) > steps
    profiles._PLANS = Plans()
    assert built(MONTHS[2], **other) == changed


@pytest.mark.slow
def test_features_declared_apart_have_a_plan_of_their_own(written) -> None:
    def paid(value):
        with scratch_registry(copy=True):
            claims = source("medical_claims", entity="household")

            @claims.feature(months=12, missing=0, zh="甲", en="A", category="A", unit="元")
            def paid_apart(c):
                """What was paid, so many times."""
                return c.self_paid.sum() * value

            rows, _ = built(MONTHS[2], only=("paid_apart",))
            return [row["paid_apart"] for row in rows]

    assert paid(1) == [1100, 10000]
    assert paid(2) == [2200, 20000]
    assert "paid_apart" not in registry().features


def test_two_months_of_one_connection_stand_side_by_side(written) -> None:
    con, feeds = connect(), TableFeeds(population_register=REGISTER)
    one, other = (
        profiles.assemble_profile(
            feeds, month, "990321", standards(), history(), only=WANTED, con=con
        )
        for month in MONTHS[:2]
    )
    assert one.household.as_of.max().execute().date() == MONTHS[0]
    assert other.household.as_of.max().execute().date() == MONTHS[1]


def test_without_a_register_there_is_no_profile(written) -> None:
    with pytest.raises(FeatureError, match="no population register known by 2026-06-30"):
        built(date(2026, 6, 30), population_register="")


def test_the_plans_used_last_are_kept() -> None:
    kept, asked = Plans(most=2), []

    def write(key):
        def plan():
            asked.append(key)
            return plans.Plan()

        return plan

    for key in ("a", "b", "a", "c", "a", "b"):
        kept.get(key, write(key))
    assert asked == ["a", "b", "c", "b"]
