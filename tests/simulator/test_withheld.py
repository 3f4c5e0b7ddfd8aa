"""A county without some feeds is the same county: its bureau alone does not know what they tell."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.db import upgrade
from core.home import Home
from data.awaited import awaited
from data.file_names import parse_file_name
from data.ingest import ingest_directory
from data.lake import Lake
from simulator.life import Life
from simulator.world import simulate
from simulator.world.county import County, state_file, withheld_of

pytestmark = pytest.mark.slow

WITHHELD = frozenset({"financial_assets", "medical_claims", "utilities"})
LEARNED, LIVED = "2025-11", "2025-12"
PLACE = {"households": 60, "months": 1, "seed": 11, "end": LEARNED}

Homes = tuple[Home, Home]


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Homes:
    """The county with every feed and without some, each lived on for a month; the bureau of the
    latter takes in what it gets."""
    whole, apart = (Home(tmp_path_factory.mktemp(name)) for name in ("whole", "apart"))
    simulate(whole, **PLACE)
    county = County.resume(whole, state_file(whole, LEARNED))
    county.live()
    county.save(waiting=False)  # as a lived month does
    county.close()
    simulate(apart, **PLACE, withheld=WITHHELD)
    upgrade(apart)
    ingest_directory(apart, apart.incoming)
    life = Life.resume(apart, state_file(apart, LEARNED))
    life.live()
    life.county.close()
    return whole, apart


def files(home: Home, folder: Path) -> dict[str, bytes]:
    """Content of every file below a folder."""
    found = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(home.root)): path.read_bytes() for path in found}


def feed_of(file: str) -> str:
    told = parse_file_name(Path(file).name)
    assert told is not None
    return told.feed


def test_the_truth_is_the_same_byte_for_byte(homes: Homes) -> None:
    whole, apart = (files(home, home.truth) for home in homes)
    assert {"data/truth/need.parquet", "data/truth/planted_errors.parquet"} <= whole.keys()
    assert whole == apart


def test_every_other_file_is_the_same_and_of_those_feeds_there_is_none(homes: Homes) -> None:
    whole, apart = (files(home, home.incoming) for home in homes)
    assert apart == {f: c for f, c in whole.items() if feed_of(f) not in WITHHELD}
    # All would have come, before the alerts begin and after.
    for month in (f"/{LEARNED}/", f"/{LIVED}/"):
        assert {feed_of(f) for f in whole if month in f} >= WITHHELD


def test_the_lake_has_no_row_of_them_in_the_lived_months_either(homes: Homes) -> None:
    apart = Lake(homes[1])
    for feed in WITHHELD:
        assert not apart.present(feed), feed
        assert not (homes[1].lake / feed).exists(), feed
    periods = {batch.period for batch in apart.current("employment")}
    assert periods == {"202511", "202512"}


def test_the_county_says_what_it_lacks_and_waits_for_none_of_it(homes: Homes) -> None:
    whole, apart = homes
    assert withheld_of(whole) == ()
    assert withheld_of(apart) == ("medical_claims", "financial_assets", "utilities")
    assert "medical_claims" in awaited(whole)
    assert not awaited(apart) & WITHHELD
    assert "employment" in awaited(apart)
