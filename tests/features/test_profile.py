"""The whole profile: every column, one row each, unknown where nothing was delivered."""

from __future__ import annotations

from datetime import date

import pyarrow.parquet as pq
import pytest
import yaml

from core.home import Home
from features import profile as profiles
from features.catalogue import FEATURES
from features.engine import registry
from tests.features.tables import TableFeeds

pytestmark = pytest.mark.slow

AS_OF = date(2026, 6, 30)
REGISTER = """
    person | household | relation | born_month
    a      | 1         | head     | 1985-01-01
    b      | 1         | child    | 2015-01-01
    c      | 2         | head     | 1950-01-01
"""
STANDARDS = {
    "990321": {
        side: {
            name: {"values": {"2020-01-01": value, "2026-01-01": value}}
            for name, value in {
                "S": 700, "D": 20000, "M": 8000, "W": 1800, "k": 1.5, "theta": 0.6, "floor_line": 15
            }.items()
        }
        for side in ("urban", "rural")
    }
}  # fmt: skip


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A county that so far has a population register and nothing else."""
    home = Home(tmp_path_factory.mktemp("county"))
    home.data.mkdir()
    home.county_file.write_text("{region: 990321}", encoding="utf-8")
    home.standards_file.write_text(yaml.safe_dump(STANDARDS), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        feeds = TableFeeds(population_register=REGISTER)
        patch.setattr(profiles, "LakeFeeds", lambda *_: feeds)
        paths = profiles.write_profile(home, AS_OF)
    return {name: pq.read_table(path) for name, path in paths.items()} | {"paths": paths}


def test_the_files_stand_where_readers_look_for_them(written):
    folder = written["paths"]["person"].parent
    assert folder.name == "as_of=2026-06-30"
    names = ["household.parquet", "person.parquet", "sources.json"]
    assert sorted(p.name for p in folder.iterdir()) == names


def test_every_feature_of_the_catalogue_is_a_column(written):
    for level in ("person", "household"):
        names = {f.name for f in FEATURES if f.level == level}
        assert names - set(written[level].column_names) == set()


def test_the_key_columns_come_first(written):
    persons, homes = written["person"].column_names, written["household"].column_names
    assert persons[:6] == ["person", "household", "as_of", "age", "sex", "relation"]
    assert homes[:6] == [
        *("household", "as_of", "county_code", "township_code", "village_code", "urban_rural")
    ]
    assert len(set(persons)) == len(persons)
    assert len(set(homes)) == len(homes)


def test_there_is_one_row_per_person_and_one_per_household(written):
    assert sorted(written["person"]["person"].to_pylist()) == ["a", "b", "c"]
    assert sorted(written["household"]["household"].to_pylist()) == ["1", "2"]


def test_a_feature_of_a_feed_never_delivered_is_empty(written):
    events = [f for f in registry().features.values() if f.kind in ("event", "rollup")]
    filled = [
        f.name
        for f in events
        if set(f.feeds) - {"population_register"}
        and written[f.level][f.name].null_count < written[f.level].num_rows
    ]
    assert filled == []


def test_what_the_register_knows_is_filled(written):
    homes = {row["household"]: row for row in written["household"].to_pylist()}
    assert homes["1"]["S"] == 700
    assert homes["1"]["n_minors"] == 1
    assert homes["2"]["labour_supply"] == "no_worker"
    assert homes["1"]["income_known"] is False
    assert homes["1"]["watched"] is False
    assert homes["1"]["population"] == "new_entry"
