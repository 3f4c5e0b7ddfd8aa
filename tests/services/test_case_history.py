"""One household's case as one list by date: complete, as then known, blind for visitors."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

import services
from core.access.principal import Refused
from core.access.roles import Role
from core.db import open_session
from core.home import Home
from services.cache import forget_all
from services.history import CaseHistory
from tests.accounts import context
from tests.services.one_family import FAMILY, MONTHS, build

TOWN = "990321101"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return build(tmp_path_factory.mktemp("family") / "home")


def whole(home: Home, month: date = MONTHS[-1], months: int | None = 24) -> CaseHistory:
    here = context(home.root, month, role=Role.DISPATCHER)
    return services.history.whole_case_history(here, FAMILY, months)


def blind(home: Home, month: date = MONTHS[-1]) -> CaseHistory:
    here = context(home.root, month, TOWN, Role.TOWNSHIP_WORKER)
    return services.history.case_history(here, FAMILY)


def told(found: CaseHistory) -> list[tuple[str, str, str, float | None]]:
    """Oldest first."""
    return [(f"{e.day}", e.part, e.what.en, e.amount) for e in reversed(found.entries)]


@pytest.mark.slow
def test_the_whole_case_stands_in_one_list_by_date(home: Home) -> None:
    medical = "Medical aid"
    assert told(whole(home)) == [
        ("2025-10-12", "facts", "Inpatient · Cancer · total cost 20,000 yuan · paid out of pocket "
         "6,000 yuan", None),
        ("2025-11-30", "scores", "Band by rule score: yellow", None),
        ("2025-11-30", "scores", "Risk rose to 50%, at or above the line for a visit, 35%", None),
        ("2025-11-30", "alerts", "Alert raised: Yellow", None),
        ("2025-12-03", "alerts", "Dispatch", None),
        ("2025-12-10", "alerts", "Accept", None),
        ("2025-12-10", "alerts", "Start the check", None),
        ("2025-12-10", "alerts", "Reason checked: true", None),
        ("2025-12-10", "alerts", "Reason checked: not true", None),
        ("2025-12-10", "alerts", "Confirm a need", None),
        ("2025-12-10", "alerts", "Basic living aid (Dibao, destitute, edge or rigid-expenditure "
         "recognition): True, rule not met", None),
        ("2025-12-10", "alerts", f"{medical}: True, need confirmed", None),
        ("2025-12-29", "help", f"{medical}: costs refunded or waived", 1500.0),
        ("2026-01-06", "alerts", "Finish", None),
        ("2026-02-01", "help", "Confirmed · Minimum living allowance", 300.0),
        ("2026-02-28", "scores", "Band from yellow to red", None),
        ("2026-05-31", "scores", "Risk fell to 20%, below the line for a visit, 35%", None),
    ]  # fmt: skip
    assert whole(home).paid() == 1800.0


@pytest.mark.slow
def test_a_past_month_tells_what_was_known_then(home: Home) -> None:
    """In December help of the 29th was not told yet; in February the roll of the 1st was not."""
    days = [entry[0] for entry in told(whole(home, date(2025, 12, 31)))]
    assert days[-1] == "2025-12-10"
    february = told(whole(home, date(2026, 2, 28)))
    assert ("2025-12-29", "help", "Medical aid: costs refunded or waived", 1500.0) in february
    assert not [one for one in february if one[0] == "2026-02-01"]
    assert [one[1] for one in told(whole(home, date(2025, 11, 30)))].count("alerts") == 1


def test_the_window_is_24_months_unless_everything_is_asked_for(home: Home) -> None:
    assert whole(home, months=3).entries[-1].day == date(2026, 5, 31)
    assert len(whole(home, months=None).entries) == len(whole(home).entries) == 17


def test_whoever_visits_reads_no_score_risk_source_or_place_in_the_ranking(home: Home) -> None:
    found, all_of_it = blind(home), whole(home)
    assert {entry.part for entry in found.entries} == {"facts", "alerts", "help"}
    assert found.bands.empty
    (raised,) = [entry for entry in found.entries if entry.mark == "raised"]
    assert raised.more is not None
    assert raised.note is not None
    assert (raised.more.en, raised.note.en) == ("Visit", "reason C02; reason D02")
    assert [later.risk for later in found.later] == [None, None, None]
    (known,) = [entry for entry in all_of_it.entries if entry.mark == "raised"]
    assert known.more is not None
    assert known.note is not None
    assert (known.more.en, "risk_rank" in known.note.en) == ("Risk model", True)
    here = context(home.root, MONTHS[-1], TOWN, Role.TOWNSHIP_WORKER)
    with pytest.raises(Refused):
        services.history.whole_case_history(here, FAMILY)


def test_what_became_of_the_family_tells_not_known_and_not_yet_apart(home: Home) -> None:
    """March 2026 was not run: not known. June: on the roll, 500 yuan a head below 700. December has
    not come."""
    three, six, twelve = whole(home).later
    assert (three.month, three.when, three.on_roll, three.income) == (
        date(2026, 3, 31), "not_known", None, None,
    )  # fmt: skip
    assert (six.month, six.when, six.on_roll) == (date(2026, 6, 30), "known", True)
    assert six.income is not None
    assert (six.income.low, six.income.against, six.risk) == (500.0, "below", 0.2)
    assert (six.found_again, six.next_alert) == (None, None)  # nobody went again
    assert (twelve.month, twelve.when) == (date(2026, 12, 31), "not_yet")


def test_before_three_months_have_passed_nothing_has_become_of_it(home: Home) -> None:
    assert {one.when for one in whole(home, date(2026, 2, 28)).later} == {"not_yet"}
    assert whole(home, date(2025, 11, 30)).later == ()


@pytest.mark.slow
def test_a_met_need_without_a_word_on_the_help_is_unknown_not_nothing(tmp_path: Path) -> None:
    home = build(tmp_path / "home")
    with open_session(home) as session:
        session.execute(text("DELETE FROM help"))
    forget_all()
    (met,) = [e for e in whole(home).entries if e.part == "help" and e.alert]
    assert met.note is not None
    assert (met.day, met.amount) == (date(2026, 1, 6), None)
    assert met.note.en == "what was given, and how much, is not on record"
