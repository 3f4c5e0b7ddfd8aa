"""A past month shows its own past: pages and `doudi status` against the raw rows of the record."""

from __future__ import annotations

import json
from datetime import date, datetime, time

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

import services
from alerts import service
from alerts.models import Alert, Need
from alerts.states import Outcome
from core.db import open_session
from core.home import add_months
from doudi.cli import app as command
from tests.accounts import context
from tests.alerts.factories import TEAM, WORKER
from tests.dashboard.factory import LAST, Made, household_key
from tests.dashboard.past import month_figures
from tests.dashboard.test_pages import errors, page_text

MONTHS = [add_months(LAST, -back) for back in range(5)]
TOWN = "990321102"
FIGURES = ("open", "overdue", "new_alerts", "checked", "confirmed", "helped")


def at(month: int, day: int) -> datetime:
    return datetime.combine(date(2026, month, day), time(10))


def pick(session, state: str, month: int) -> int:
    """An alert of a month in a state, the first of the record."""
    query = select(Alert).where(Alert.state == state).order_by(Alert.id)
    return next(a.id for a in session.scalars(query) if a.raised_on.month == month)


def settle(session, alert_id: int, when: datetime, only: int | None = None) -> None:
    needs = select(Need.id).where(Need.alert_id == alert_id, Need.state == "confirmed")
    for need in session.scalars(needs).all()[:only]:
        service.settle_need(session, need, met=True, now=when, **WORKER)


@pytest.fixture
def lived(own_county: Made) -> Made:
    """The county with stories that end in another month than they began."""
    with open_session(own_county.home) as session:
        undone = pick(session, "assisting", 2)  # reopened, then referred
        service.move(session, undone, "reopen", now=at(4, 10), note="填错了", **TEAM)
        service.record_outcome(session, undone, Outcome.REFERRED, now=at(4, 15), **WORKER)
        again = pick(session, "closed", 2)  # helped; taken back within the month
        service.move(session, again, "reopen", now=at(3, 20), note="填错了", **TEAM)
        settle(session, pick(session, "assisting", 3), at(5, 20))  # closed two months later
        settle(session, pick(session, "assisting", 4), at(6, 3), only=1)
        hidden = pick(session, "retry", 3)
        service.record_outcome(session, hidden, Outcome.UNREACHABLE, now=at(5, 2), **WORKER)
        watched = pick(session, "raised", 3)
        service.move(session, watched, "dispatch", now=at(4, 2), **TEAM)
        service.record_outcome(session, watched, Outcome.NOT_ELIGIBLE, now=at(4, 9), **WORKER)
        # Raised and closed within a month.
        free = next(h for h in map(household_key, range(120)) if not _alerts(session, h))
        told = service.report(session, free, "房屋漏雨", now=at(5, 4), township_code=TOWN, **WORKER)
        service.move(session, told.id, "dispatch", now=at(5, 5), **TEAM)
        service.record_outcome(
            session, told.id, Outcome.FALSE_ALARM, cause="stale", now=at(5, 12), **WORKER
        )
        # After the newest month.
        newest = pick(session, "raised", 6)
        service.move(session, newest, "dispatch", now=at(7, 1), **TEAM)
        service.record_outcome(session, newest, Outcome.CONFIRMED, now=at(7, 3), **WORKER)
    return own_county


def _alerts(session, household: str) -> list[int]:
    return list(session.scalars(select(Alert.id).where(Alert.household == household)))


def truth(made: Made, month: date, town: str = "") -> dict:
    return month_figures(made.home, month, town, newest=month == LAST)


@pytest.mark.slow
def test_status_of_every_month_is_what_the_raw_rows_say(lived: Made) -> None:
    for month in MONTHS:
        arguments = ["status", "--home", str(lived.home.root), "--as-of", f"{month:%Y-%m}"]
        result = CliRunner().invoke(command, [*arguments, "--json"])
        assert result.exit_code == 0, result.output
        told = json.loads(result.stdout)
        expected = truth(lived, month)
        assert {k: told[k] or 0 for k in FIGURES} == {k: expected[k] for k in FIGURES}, month
        assert told["as_of"] == month.isoformat()


def test_the_stories_are_there(lived: Made) -> None:
    """Months that differ from today, each in its own way; otherwise nothing was tested."""
    found = {month.month: truth(lived, month) for month in MONTHS}
    assert len({f["open"] for f in found.values()}) >= 4
    assert all(f["helped"] for month, f in found.items() if month in {3, 4, 5, 6})
    assert found[5]["new_alerts"] > found[4]["new_alerts"]
    assert all(found[month]["confirmed"] for month in (3, 4, 5))
    assert found[6]["confirmed"] != truth_without_july(lived)["confirmed"]


def truth_without_july(made: Made) -> dict:
    return month_figures(made.home, LAST, newest=False)


@pytest.mark.slow
@pytest.mark.parametrize("town", ["", TOWN])
def test_the_overview_of_every_month_is_what_the_raw_rows_say(lived: Made, town: str) -> None:
    home = str(lived.home.root)
    for month in MONTHS:
        expected = truth(lived, month, town)
        here = context(home, month, town)
        head = services.overview.headline(here)
        now = {k: int(head.now(k) or 0) for k in ("new", "checked", "confirmed", "helped")}
        now |= {"open": head.open, "overdue": head.overdue, "new_alerts": now.pop("new")}
        assert now == {k: expected[k] for k in FIGURES}, month
        assert [s.n for s in services.overview.steps(here)] == expected["steps"]
        areas = services.overview.townships(here, "open")
        assert areas["count"].sum() == expected["open"]


@pytest.mark.slow
def test_the_trend_of_a_later_month_leaves_earlier_months_as_they_were(lived: Made) -> None:
    home = str(lived.home.root)
    trend = services.overview.headline(context(home, LAST)).trend.set_index("month")
    for month in MONTHS:
        expected, row = truth(lived, month), trend.loc[f"{month:%Y-%m}"]
        told = [int(row[k]) for k in ("new", "checked", "confirmed", "helped")]
        assert told == [expected[k] for k in ("new_alerts", "checked", "confirmed", "helped")]


@pytest.mark.slow
def test_a_past_month_says_so_and_can_only_be_read(lived: Made, open_page) -> None:
    household = _household(lived, "assisting", 3)
    for page in ("overview", "alerts", "household", "precision"):
        past = open_page(lived.home.root, page, month="2026-04", household_open=household)
        assert errors(past) == []
        assert "所示为 2026-04 月末的状态" in page_text(past)
        newest = open_page(lived.home.root, page, household_open=household)
        assert "月末的状态" not in page_text(newest)
        forms = [w.key for w in past.selectbox if w.key and w.key.startswith("household_outcome")]
        assert forms == []
        assert "household_step_role" not in {w.key for w in past.selectbox}


@pytest.mark.slow
def test_the_household_of_a_past_month_ends_with_that_month(lived: Made, open_page) -> None:
    with open_session(lived.home) as session:
        undone = next(e for e in session.scalars(select(Alert)) if e.outcome == "referred")
        household = undone.household
    march = page_text(open_page(lived.home.root, "household", month="2026-03",
                                household_open=household))  # fmt: skip
    april = page_text(open_page(lived.home.root, "household", month="2026-04",
                                household_open=household))  # fmt: skip
    assert "复核重开" not in march
    assert "救助办理" in march
    assert "复核重开" in april
    assert "转介" in april
    early = _household(lived, "raised", 6)
    app = open_page(lived.home.root, "household", month="2026-03", household_open=early)
    assert errors(app) == []
    assert "预警状态" not in page_text(app)


def _household(made: Made, state: str, month: int) -> str:
    with open_session(made.home) as session:
        alert = session.get(Alert, pick(session, state, month))
        return alert.household
