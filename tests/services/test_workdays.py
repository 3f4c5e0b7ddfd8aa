"""A year's public holidays, entered by the administrator; open deadlines follow."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

import services
from alerts.models import Alert
from alerts.redated import Redated
from core.access.areas import COUNTY
from core.access.principal import Refused
from core.access.roles import Role
from core.db import open_session, upgrade
from core.home import Home
from core.workflow import calendar, years
from services.reads import standing
from tests.accounts import context
from tests.alerts.factories import candidate, raised

DAYS = "2027-01-01..2027-01-03"
NOTICE = "国办发明电〔2026〕7号"


def of(county: Home, role: Role) -> services.Context:
    # The page of accounts shows no county, so it has no month.
    month = date.max if role is Role.ADMINISTRATOR else date(2026, 6, 30)
    return context(county.root, month, role=role)


@pytest.fixture
def county(tmp_path) -> Iterator[Home]:
    home = Home(tmp_path)
    home.data.mkdir()
    upgrade(home)
    yield home
    calendar.use({}, frozenset())
    years._followed = None


def test_open_deadlines_follow_the_year_that_was_entered(county: Home) -> None:
    with open_session(county) as session:
        (alert,) = raised(session, candidate(1), as_of=date(2026, 12, 31))
        assert alert.due_on == date(2027, 1, 1)  # weekends only: nobody knows 2027 yet
        number = alert.id
    here = of(county, Role.ADMINISTRATOR)
    assert services.workdays.enter(here, 2027, DAYS, "", NOTICE) == Redated(1, 0, 0)
    with open_session(county) as session:
        assert session.get_one(Alert, number).due_on == date(2027, 1, 4)
    assert [year.number for year in services.workdays.entered(here)] == [2027]
    assert services.workdays.take_back(here, 2027) == Redated(1, 0, 0)
    assert services.workdays.entered(here) == []


def test_only_the_administrator_enters_it(county: Home) -> None:
    with pytest.raises(Refused):
        services.workdays.enter(of(county, Role.DISPATCHER), 2027, "2027-01-01", "", NOTICE)


def test_a_year_nobody_knows_is_told_when_deadlines_reach_it(county: Home) -> None:
    (county.data / "county.yaml").write_text("synthetic: true\n", encoding="utf-8")
    here = of(county, Role.DISPATCHER)
    assert services.workdays.unknown(here) == []
    assert services.workdays.unknown(here.at(date(2026, 11, 30))) == [2027]


def test_a_year_that_cannot_be_stored_is_not_entered(
    county: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr("services.workdays.record.add", broken)
    here = of(county, Role.ADMINISTRATOR)
    with pytest.raises(RuntimeError):
        services.workdays.enter(here, 2027, DAYS, "", NOTICE)
    assert services.workdays.entered(here) == []
    assert not calendar.knows(2027)


def test_two_years_entered_at_once_are_both_there(county: Home) -> None:
    here = of(county, Role.ADMINISTRATOR)

    def enter(year: int) -> None:
        services.workdays.enter(here, year, f"{year}-01-01..{year}-01-03", "", NOTICE)

    with ThreadPoolExecutor() as pool:
        list(pool.map(enter, range(2027, 2033)))
    assert [year.number for year in services.workdays.entered(here)] == [*range(2027, 2033)]


@pytest.mark.slow
def test_what_another_process_keeps_of_due_days_is_read_anew(county: Home) -> None:
    with open_session(county) as session:
        raised(session, candidate(1), as_of=date(2026, 12, 31))
    place = (str(county.root), date(2026, 12, 31), COUNTY)
    assert standing.stood(*place)["due_on"].tolist() == [date(2027, 1, 1)]
    command = (
        "from tests.services.test_workdays import enter_2027; import sys; enter_2027(sys.argv[1])"
    )
    subprocess.run([sys.executable, "-c", command, str(county.root)], check=True)
    assert standing.stood(*place)["due_on"].tolist() == [date(2027, 1, 4)]


def enter_2027(root: str) -> None:
    """Enter 2027 in a county, as the administrator."""
    here = of(Home(Path(root)), Role.ADMINISTRATOR)
    services.workdays.enter(here, 2027, DAYS, "", NOTICE)
