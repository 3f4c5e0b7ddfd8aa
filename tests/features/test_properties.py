"""What must hold for any data."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from features import population
from features.engine import assemble, registry
from features.engine.schema import PERSON_SPINE, feed_schema
from tests.features.tables import TableFeeds, history, memtable, standards

AS_OF = date(2026, 6, 30)
FEW = settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
# One of each kind: sums with and without a window in the past, counts, conditions, first days.
WATCHED = (
    *("self_paid_12m", "self_paid_before_12m", "admissions_12m", "listed_disease_12m"),
    *("largest_admission_12m", "days_since_disease_known"),
)
days = st.integers(0, 1000).map(lambda n: AS_OF + timedelta(days=60 - n))
people = st.sampled_from("abc")


@st.composite
def bills(draw):
    happened = draw(days)
    return {
        "person": draw(people),
        "happened_on": happened,
        "known_on": happened + timedelta(days=draw(st.integers(0, 200))),
        "self_paid": float(draw(st.integers(-5, 50))),
        "total_cost": float(draw(st.integers(-5, 50))),
        "visit_type": draw(st.sampled_from(["inpatient", "outpatient", "chronic"])),
        "disease_group": draw(st.sampled_from(["cancer", "mental", "other"])),
        "listed_disease": draw(st.booleans()),
        "remote": draw(st.booleans()),
    }


def feeds_of(**rows):
    feeds = TableFeeds()
    feeds.tables = {feed: memtable(given, feed_schema(feed)) for feed, given in rows.items()}
    return feeds


def claims_profile(rows):
    spine = memtable(
        [{"person": p, "household": "h", "present": True} for p in "abc"], PERSON_SPINE
    )
    frame = assemble.Frame(feeds_of(medical_claims=rows), AS_OF, history())
    table = assemble.add_events(frame, spine, [registry().features[name] for name in WATCHED])
    found = table.order_by("person").to_pyarrow().to_pylist()
    assert [row["person"] for row in found] == ["a", "b", "c"]
    return found


@pytest.mark.slow
@FEW
@given(st.lists(bills(), max_size=12))
def test_later_known_facts_change_nothing_in_an_earlier_profile(rows):
    known = [r for r in rows if r["known_on"] <= AS_OF]
    assert claims_profile(rows) == claims_profile(known)


@pytest.mark.slow
@FEW
@given(st.lists(bills(), max_size=12))
def test_a_sum_agrees_with_plain_python(rows):
    found = {row["person"]: row["self_paid_12m"] for row in claims_profile(rows)}
    for person in "abc":
        expected = sum(
            r["self_paid"]
            for r in rows
            if r["person"] == person
            and r["known_on"] <= AS_OF
            and date(2025, 6, 30) < r["happened_on"] <= AS_OF
        )
        assert found[person] == pytest.approx(expected)


@st.composite
def register_rows(draw):
    happened = draw(days)
    return {
        "person": draw(st.sampled_from("abcdef")),
        "household": draw(st.sampled_from(["h1", "h2", None])),
        "relation": draw(st.sampled_from(["head", "spouse", "child", None])),
        "born_month": draw(st.sampled_from([date(1950, 1, 1), date(1990, 1, 1), None])),
        "change_type": draw(st.sampled_from(["on_register", "moved_out", "changed", None])),
        "urban_rural": draw(st.sampled_from(["urban", "rural", None])),
        "happened_on": happened,
        "known_on": happened,
        "batch": "b",
    }


@pytest.mark.slow
@FEW
@given(st.lists(register_rows(), max_size=14), st.lists(people, max_size=2))
def test_one_row_per_household_and_every_present_member_in_one(rows, dead):
    deaths = [{"person": p, "happened_on": AS_OF, "known_on": AS_OF} for p in dead]
    feeds = feeds_of(population_register=rows, deaths=deaths)
    persons = population.people(feeds.table("population_register"), feeds, AS_OF)
    homes = (
        population.households(persons, standards(), population.Where.of("990321"))
        .to_pyarrow()
        .to_pylist()
    )
    present = persons.filter(persons.present).to_pyarrow().to_pylist()
    assert len({p["person"] for p in present}) == len(present)
    assert {p["person"] for p in present}.isdisjoint(dead)
    assert sorted(h["household"] for h in homes) == sorted({p["household"] for p in present})
    assert sum(h["n_members"] for h in homes) == len(present)
