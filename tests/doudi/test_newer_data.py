"""A month of which more is known by now is built anew; what was known then gives the same month."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml

from core.home import Home
from data.ingest import ingest_directory
from doudi import months
from features.profile import SOURCES, newer_feeds, write_profile
from tests.data.offices import claim, csv_bytes, death, post, resident
from tests.features.test_profile import STANDARDS

JUNE = date(2026, 6, 30)


def deliver(home: Home, feed: str, rows: list[dict], period: str, day: str) -> None:
    post(home.incoming, feed, csv_bytes(feed, rows), period, day)
    assert not ingest_directory(home, home.incoming).failed


@pytest.fixture
def county(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A county with a register and a month of settlements, as known at the end of June."""
    monkeypatch.setenv("DOUDI_VAULT_KEY", "1:" + "ab" * 32)
    home = Home(tmp_path / "county")
    home.data.mkdir(parents=True)
    home.county_file.write_text("{region: 990321}", encoding="utf-8")
    home.standards_file.write_text(yaml.safe_dump(STANDARDS), encoding="utf-8")
    deliver(home, "population_register", [resident(n) for n in range(30)], "202605", "20260528")
    deliver(home, "medical_claims", [claim(n) for n in range(12)], "202606", "20260628")
    return home


def built(home: Home) -> Path:
    """The folder of a month that looks as if its profile had been built now."""
    folder = home.monthly("profile", JUNE)
    folder.mkdir(parents=True)
    (folder / "household.parquet").touch()
    from features.profile import _sources

    (folder / SOURCES).write_text(json.dumps(_sources(home, JUNE)), encoding="utf-8")
    return folder


@pytest.mark.slow
def test_only_what_was_delivered_by_the_month_end_makes_a_month_old(county: Home) -> None:
    built(county)
    assert newer_feeds(county, JUNE) == []
    deliver(county, "medical_claims", [claim(40, settled_on="2026-07-02")], "202607", "20260728")
    deliver(county, "medical_claims", [claim(1, total_cost=9)], "202606", "20260715")
    assert newer_feeds(county, JUNE) == []
    deliver(county, "deaths", [death(3)], "202606", "20260629")  # it lay about for a month
    assert newer_feeds(county, JUNE) == ["deaths"]


def test_a_profile_from_before_this_was_recorded_is_left_alone(county: Home) -> None:
    (built(county) / SOURCES).unlink()
    assert newer_feeds(county, JUNE) == []


def test_the_run_builds_an_old_month_anew_and_says_for_which_data(
    county: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[date] = []
    monkeypatch.setattr(months, "write_profile", lambda _, month, con: done.append(month))
    built(county)
    assert months.build_month(county, JUNE, scored=False) == []
    assert done == []
    deliver(county, "deaths", [death(3)], "202606", "20260629")
    assert months.build_month(county, JUNE, scored=False) == ["deaths"]
    assert done == [JUNE]
    from doudi.pipeline import _rebuilt

    assert _rebuilt(["deaths"]) == ("the month was built anew, for newer data had come: deaths",)


@pytest.mark.slow
def test_a_past_month_is_what_it_was_on_a_lake_frozen_then(county: Home, tmp_path: Path) -> None:
    frozen = Home(tmp_path / "frozen")
    shutil.copytree(county.root, frozen.root)
    later = [claim(n, total_cost=9_999, settled_on="2026-06-20") for n in range(12)]
    deliver(county, "medical_claims", later, "202606", "20260715")  # a correction of June
    late = [claim(50 + n, settled_on="2026-05-03") for n in range(9)]
    deliver(county, "medical_claims", late, "202607", "20260728")  # and late rows
    deliver(
        county, "deaths", [death(n, died_on="2026-06-11") for n in range(3)], "202606", "20260720"
    )
    moved = [resident(n, change_type="迁出", changed_on="2026-06-10") for n in range(4)]
    deliver(county, "population_register", moved, "202606", "20260705")
    then, now = write_profile(frozen, JUNE), write_profile(county, JUNE)
    for name, key in (("person", "person"), ("household", "household")):
        one, other = (pq.read_table(paths[name]).sort_by(key) for paths in (then, now))
        assert one.num_rows > 5
        assert one.equals(other), name  # to the last bit: no tolerance
    july = date(2026, 7, 31)
    assert not pq.read_table(write_profile(county, july)["household"]).equals(
        pq.read_table(then["household"])
    )
