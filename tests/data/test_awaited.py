"""Nobody is warned of a feed that the county does not get."""

from __future__ import annotations

from datetime import date

import pytest
import yaml

from data.awaited import awaited, usual
from data.contracts import all_feeds, load_contract
from data.ingest import ingest_directory
from data.manifest import Batch, Manifest, write_manifest
from services.reads import deliveries
from services.reads.checklist.data import feed_lines
from services.reads.checklist.line import Grade
from tests.data.offices import csv_bytes, death, post
from tests.data.test_roles import wedding
from tests.made_up import forget, weddings  # noqa: F401 (a fixture)

JUNE = date(2026, 6, 30)


def says(home, *feeds: str) -> None:
    home.data.mkdir(parents=True, exist_ok=True)
    home.county_file.write_text(yaml.safe_dump({"region": "990321", "feeds": list(feeds)}))


def states(home) -> dict[str, str]:
    frame = deliveries.feeds(str(home.root), JUNE)
    return dict(zip(frame["feed"], frame["state"], strict=True))


@pytest.mark.slow
def test_a_county_that_says_nothing_waits_for_all_but_optional_feeds(home, weddings):  # noqa: F811
    certain = {feed for feed in all_feeds() if not load_contract(feed).optional}
    assert awaited(home) == certain
    assert "weddings" in certain
    path = weddings / "contract.yaml"
    optional = "customProperties:\n  - {property: optional, value: true}\n"
    path.write_text(
        path.read_text(encoding="utf-8").replace("customProperties:\n", optional, 1),
        encoding="utf-8",
    )
    forget()
    assert awaited(home) == certain - {"weddings"}
    assert "weddings" not in usual()
    post(home.incoming, "weddings", csv_bytes("weddings", [wedding(1, 2)]))
    ingest_directory(home, home.incoming)
    assert awaited(home) == certain


def test_feeds_that_a_county_does_not_get_are_neither_late_nor_missing(home):
    says(home, "population_register", "deaths")
    post(home.incoming, "deaths", csv_bytes("deaths", [death(1)]))
    ingest_directory(home, home.incoming)
    found = states(home)
    assert found["deaths"] == "fresh"
    assert found["population_register"] == "missing"
    assert {s for f, s in found.items() if f not in ("deaths", "population_register")} == {
        "not_awaited"
    }
    strip = deliveries.strip(str(home.root), JUNE)
    assert set(strip["feed"]) == {"population_register", "deaths"}


def test_a_feed_that_tells_only_when_something_happened_is_never_late(home):
    """Nobody was taken into custody for years; who died is told every month."""
    says(home, "custody", "deaths")
    old = date(2023, 9, 28)
    batches = [Batch(f, f, "202309", old, "f.csv", f) for f in ("custody", "deaths")]
    home.lake.mkdir(parents=True)
    write_manifest(home.lake / "manifest.json", Manifest(tuple(batches)))
    home.monthly("scores", date(2026, 5, 31)).mkdir(parents=True)
    found = deliveries.feeds(str(home.root), JUNE).set_index("feed")
    assert (found.loc["custody", "state"], found.loc["custody", "expected_by"]) == ("fresh", None)
    assert found.loc["deaths", "state"] in ("late", "silent")
    marks = deliveries.strip(str(home.root), JUNE).groupby("feed")["state"].agg(set)
    assert marks["custody"] == {"not_due"}
    assert "missing" in marks["deaths"]


def test_the_check_list_says_what_rests_on_them_without_a_warning(home):
    from models.scorecard import load_rules

    says(home, "population_register", "deaths")
    lines = {line.code: line for line in feed_lines(home, JUNE, load_rules(JUNE), {})}
    assert lines["feed.population_register"].grade == Grade.MISSING
    school = lines["feed.school_rolls"]
    assert school.grade == Grade.GOOD
    assert school.cost.en.startswith("this county does not get it; ")
