"""A record that names two people is told in both families, and matched by either."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.access.areas import Area
from core.home import Home
from data.ingest import ingest_directory
from data.vault import Vault
from services.reads import feed_trust, history
from tests.data.offices import csv_bytes, number, post, resident
from tests.data.test_roles import wedding
from tests.made_up import weddings  # noqa: F401 (a fixture)

JUNE = date(2026, 6, 30)


@pytest.fixture
def county(tmp_path, weddings) -> Home:  # noqa: F811
    """Two registered people (1 and 4) of two households, each married to a stranger."""
    home = Home(tmp_path / "county")
    people = [resident(1, household_no="H1"), resident(4, household_no="H2")]
    post(home.incoming, "population_register", csv_bytes("population_register", people))
    rows = [
        wedding(1, 2),
        wedding(3, 4, event="离婚", registered_on="2026-06-09"),
        wedding(7, 4, registered_on="2026-06-20"),
        wedding(5, 6, registered_on="2026-06-10"),
    ]
    post(home.incoming, "weddings", csv_bytes("weddings", rows))
    ingest_directory(home, home.incoming)
    vault = Vault(home)
    members = {"person": [vault.person(number(n)) for n in (1, 4)], "household": ["h1", "h2"]}
    path = home.monthly("profile", JUNE) / "person.parquet"
    path.parent.mkdir(parents=True)
    pq.write_table(pa.table(members), path)
    return home


def test_each_family_reads_the_wedding_of_its_own_member(county):
    vault = Vault(county)
    rows = (("h1", 1, ["结婚"], []), ("h2", 4, ["结婚", "离婚"], ["离婚"]))
    for household, serial, said, blow in rows:
        told = history.timeline(str(county.root), JUNE, Area(), household)
        told = told[told["feed"] == "weddings"]
        assert told["zh"].tolist() == said
        assert set(told["person"]) == {vault.person(number(serial))}
        shocks = history.shocks(str(county.root), JUNE, Area(), household)
        assert shocks["zh"].tolist() == blow


def test_only_the_blow_itself_is_marked_not_what_else_its_month_brought(county):
    told = history.timeline(str(county.root), JUNE, Area(), "h2")
    told = told[told["feed"] == "weddings"]
    assert dict(zip(told["zh"], told["blow"], strict=True)) == {"结婚": False, "离婚": True}


def test_a_record_is_matched_when_one_of_the_two_is_registered(county):
    frame = feed_trust.months(str(county.root), JUNE, "weddings")
    assert frame["rows"].tolist() == [4]
    assert frame["matched"].tolist() == [pytest.approx(3 / 4)]
