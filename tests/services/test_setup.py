"""Setting up through the use cases, and the check list: what is missing and what it costs."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

import services
from core.access.areas import Area
from core.access.principal import Grant, Refused
from core.access.roles import Role
from core.home import Home
from data.contracts import all_feeds
from data.manifest import Batch, Manifest, write_manifest
from services.setup import Grade, Line
from tests.accounts import context
from tests.data.setup.made import answers

MONTH = date(2026, 6, 30)


def manager(root: Path):
    return context(root, date.max, role=Role.ADMINISTRATOR)


def lines(root: Path) -> dict[str, Line]:
    return {line.code: line for line in services.setup.checklist(manager(root))}


@pytest.fixture
def county(tmp_path: Path) -> Path:
    """A county that is set up and has no file yet."""
    services.setup.save(manager(tmp_path), answers())
    return tmp_path


def test_only_the_administrator_sets_up(tmp_path: Path) -> None:
    for role in Role:
        if role is not Role.ADMINISTRATOR:
            with pytest.raises(Refused):
                services.setup.save(context(tmp_path, date.max, role=role), answers())
    assert not services.setup.has_county(str(tmp_path))


def test_without_a_county_there_is_one_thing_to_do(tmp_path: Path) -> None:
    (line,) = services.setup.checklist(manager(tmp_path))
    assert (line.code, line.command, line.page) == ("county", "doudi init", "setup")


def test_a_feed_that_never_came_says_what_stays_silent(county: Path) -> None:
    told = lines(county)
    assert {f"feed.{feed}" for feed in all_feeds()} <= set(told)
    school = told["feed.school_rolls"]
    assert school.grade is Grade.MISSING
    assert school.turn is Role.DATA_STEWARD
    assert "Suspected drop-out" in [name.en for name in school.names]
    assert "4 indicators silent" in school.cost.en
    assert "no month can be run" in told["feed.population_register"].cost.en


def test_before_a_run_feeds_are_looked_at_as_of_their_own_month(county: Path) -> None:
    """Files of June are not silent in November, when somebody sets the county up."""
    batch = Batch(
        "medical_claims", "b1", "202606", date(2026, 6, 28), "x.csv", "0", accepted=5, received=5
    )
    Home(county).lake.mkdir(parents=True)
    write_manifest(Home(county).lake / "manifest.json", Manifest((batch,)))
    told = lines(county)
    assert told["feed.medical_claims"].grade is Grade.GOOD
    assert told["run"].command == "doudi run --as-of 2026-06"


def test_a_standard_without_a_value_names_its_sides_and_indicators(tmp_path: Path) -> None:
    figures = tuple(f for f in answers().figures if (f.name, f.side) != ("S", "rural"))
    services.setup.save(manager(tmp_path), answers(figures=figures))
    line = lines(tmp_path)["standard.S"]
    assert line.what.en.endswith("(rural)")
    assert "Per-capita income below the Dibao standard" in [name.en for name in line.names]


def test_townships_without_a_worker_are_named(county: Path) -> None:
    assert lines(county)["accounts"].cost.en == "nobody can sign in"
    grants = [Grant(Role.TOWNSHIP_WORKER, Area("421234100"))]
    services.accounts.create(manager(county), "worker.liu", "Liu", grants)
    told = lines(county)
    assert [name.zh for name in told["townships"].names] == ["城关街道"]
    assert "Dispatcher" in [name.en for name in told["accounts"].names]


def test_codes_that_the_table_lacks_are_counted(county: Path) -> None:
    path = Home(county).monthly("profile", MONTH) / "household.parquet"
    path.parent.mkdir(parents=True)
    codes = ["421234100", "421234300", "421234300"]
    pd.DataFrame({"household": ["a", "b", "c"], "township_code": codes}).to_parquet(path)
    Home(county).monthly("scores", MONTH).mkdir(parents=True)
    line = lines(county)["regions"]
    assert (line.grade, [name.en for name in line.names]) == (Grade.ODD, ["421234300"])
    assert line.cost.en.startswith("2 households")


def test_a_backup_is_remembered(county: Path) -> None:
    from services import operator

    assert lines(county)["backup"].grade is Grade.MISSING
    operator.tell(str(county), "backup", "backup", "x.tar", detail={"files": 1})
    assert lines(county)["backup"].grade is Grade.GOOD


def test_every_line_has_its_way_out(county: Path) -> None:
    for line in lines(county).values():
        if line.grade is not Grade.GOOD:
            assert line.mend is not None
            assert line.command or line.page
