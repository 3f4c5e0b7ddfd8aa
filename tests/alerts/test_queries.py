"""Lists, counts and details that pages show."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from sqlalchemy.orm import Session

from alerts import queries, service
from alerts.errors import AlertNotFound
from alerts.filters import ORDERS, AlertFilter, Sort, ordered
from alerts.selection import Candidate
from alerts.states import Action, Band, Source
from core.db import store
from core.home import Home
from tests.alerts.factories import DAY, MONTH, TEAM, WORKER, candidate, raised, reason

FILTERS = [
    ({"bands": ["red"]}, {0, 2, 4}),
    ({"townships": ["990321100"]}, {0, 3}),
    ({"villages": ["990321101001"]}, {1, 4}),
    ({"departments": ["medical_security"]}, {0, 1, 2, 3, 4}),
    ({"departments": ["housing"]}, set()),
    ({"states": ["dispatched"]}, {1}),
    ({"sources": ["event"]}, {3}),
    ({"indicators": ["A08"]}, {3}),
    ({"outcomes": ["referred"]}, {0}),
    ({"open_only": True}, {1, 2, 3, 4}),
    ({"bands": ["red"], "open_only": True}, {2, 4}),
    ({"search": "h0000000000000000000"}, {0, 1, 2, 3, 4}),
    ({"search": "%"}, set()),
    ({"households": [f"h{2:020x}"]}, {2}),
    ({"households": []}, set()),
    ({"populations": ["return"]}, set()),
    ({"raised_to": date(2026, 3, 30)}, set()),
    # 1 was dispatched on 1 April (due on the 2nd), the others wait for dispatch since 31 March.
    ({"due": "late", "today": date(2026, 4, 2)}, {2, 3, 4}),
    ({"due": "near", "today": date(2026, 4, 2)}, {1}),
    ({"due": "later", "today": date(2026, 3, 30)}, {1}),
]


def _one_of_five(number: int) -> Candidate:
    if number == 3:
        return candidate(
            3,
            by_rule=False,
            band=Band.NONE,
            events=("A08",),
            reasons=(reason(Source.EVENT, "A08"),),
        )
    return candidate(number, band=Band.RED if number % 2 == 0 else Band.ORANGE)


def five(session: Session) -> list[int]:
    """Red, orange, red, event, red; the first is closed as referred, the second dispatched."""
    ids = [a.id for a in raised(session, *[_one_of_five(n) for n in range(5)])]
    service.dispatch_many(session, ids[:2], now=DAY, **TEAM)
    service.record_outcome(session, ids[0], "referred", now=DAY, **WORKER)
    return ids


def numbers(page: queries.Page) -> set[int]:
    return {int(household[1:], 16) for household in page.rows["household"]}


@pytest.mark.parametrize(("where", "expected"), FILTERS)
def test_filters_leave_what_they_say(
    session: Session, where: dict[str, object], expected: set[int]
) -> None:
    five(session)
    page = queries.list_alerts(session, AlertFilter(**where))  # type: ignore[arg-type]
    assert (numbers(page), page.total) == (expected, len(expected))


@pytest.mark.slow
def test_the_list_works_the_same_on_every_database(database: Home | str) -> None:
    with store.open_session(database) as session:
        five(session)
        for where, expected in FILTERS:
            found = queries.list_alerts(session, AlertFilter(**where))  # type: ignore[arg-type]
            assert numbers(found) == expected, where
        for sort in ORDERS:
            assert queries.list_alerts(session, sort=sort).total == 5
        assert queries.monthly_trend(session)["n"].sum() == 5
        assert queries.needs_by_department(session)["n"].sum() == 10
        assert queries.township_figures(session)["raised"].sum() == 5


def test_pages_are_cut_and_bounded(session: Session) -> None:
    five(session)
    second = queries.list_alerts(session, page=2, size=2)
    assert (len(second.rows), second.total, second.pages, second.number) == (2, 5, 3, 2)
    beyond = queries.list_alerts(session, page=99, size=2)
    assert (len(beyond.rows), beyond.number) == (1, 3)
    none = queries.list_alerts(session, AlertFilter(bands=["blue"]))
    assert (none.total, none.pages, none.number) == (0, 1, 1)
    assert "reasons_zh" in none.rows


def test_urgent_alerts_come_first_and_closed_ones_last(session: Session) -> None:
    five(session)
    rows = queries.list_alerts(session).rows
    assert rows["band"].tolist() == ["red", "red", "orange", "none", "red"]
    assert rows["state"].iloc[-1] == "closed"
    assert rows["reasons_zh"].iloc[0] == "B01 的原因；C02 的原因"
    assert rows["reasons_en"].iloc[0] == "reason B01; reason C02"


# What each order goes by, and whether upwards; unknown values stand last.
GOES_BY = {
    "due": ("due_on", True), "due_last": ("due_on", False),
    "newest": ("raised_on", False), "oldest": ("raised_on", True),
    "band": ("band", True), "band_low": ("band", False), "place": ("village_code", True),
    "expected": ("expected", False), "expected_low": ("expected", True),
    "score": ("rule_score", False), "score_low": ("rule_score", True),
    "risk": ("risk", False), "risk_low": ("risk", True),
    "coverage": ("coverage", True), "coverage_high": ("coverage", False),
}  # fmt: skip


def many() -> pd.DataFrame:
    """Forty alerts as they may stand, every value in many mixtures, some unknown."""
    numbers = range(40)
    return pd.DataFrame(
        {
            "id": numbers,
            "household": [f"h{(n * 17) % 40:020x}" for n in numbers],
            "open": True,
            "urgent": [n % 7 == 0 for n in numbers],
            "band": [("red", "orange", "yellow", "blue", "none")[n % 5] for n in numbers],
            "due_on": [None if n % 9 == 0 else date(2026, 4, 1 + (n * 5) % 28) for n in numbers],
            "raised_on": [date(2026, 1 + n % 4, 28) for n in numbers],
            "township_code": [f"99032110{n % 3}" for n in numbers],
            "village_code": [f"99032110{n % 3}00{n % 2}" for n in numbers],
            **{
                name: [None if n % by == 0 else (n * by) % 23 / 10 for n in numbers]
                for name, by in (("rule_score", 3), ("expected", 5), ("risk", 7), ("coverage", 11))
            },
        }
    )


@pytest.mark.parametrize("sort", [sort for sort in ORDERS if sort != "urgent"])
def test_an_order_puts_the_whole_list_in_order(sort: Sort) -> None:
    column, upwards = GOES_BY[sort]
    values = ordered(many(), sort)[column]
    if column == "band":
        values = values.map({band.value: band.rank for band in Band})
    known = list(values.dropna())
    assert known == sorted(known, reverse=not upwards)
    assert values.iloc[len(known) :].isna().all()


@pytest.mark.parametrize("sort", ORDERS)
def test_pages_go_on_where_the_page_before_ended(session: Session, sort: Sort) -> None:
    five(session)
    whole = queries.list_alerts(session, sort=sort).rows["id"].tolist()
    pages = [queries.list_alerts(session, page=n, size=2, sort=sort).rows for n in (1, 2, 3)]
    assert pd.concat(pages)["id"].tolist() == whole


@pytest.mark.parametrize("sort", ORDERS)
def test_equals_do_not_stand_as_they_were_raised(sort: Sort) -> None:
    """Visits drawn at random are raised last: in that order the last of equals would tell them."""
    same = many().iloc[[1] * 8].assign(id=range(8))
    same["household"] = [f"h{n:020x}" for n in (5, 3, 7, 0, 6, 1, 4, 2)]
    assert ordered(same.reset_index(drop=True), sort)["household"].is_monotonic_increasing


def test_late_alerts_are_marked_and_listed_oldest_first(session: Session) -> None:
    five(session)
    late = AlertFilter(due="late", today=date(2026, 4, 3))
    page = queries.list_alerts(session, late, sort="due")
    assert page.total == 4
    assert page.rows["late"].all()
    assert page.rows["due_on"].is_monotonic_increasing


def test_open_alerts_alone_are_listed_when_asked(session: Session) -> None:
    five(session)
    listed = queries.list_alerts(session, AlertFilter(open_only=True))
    assert listed.rows["band"].value_counts().to_dict() == {
        "red": 2,
        "orange": 1,
        "none": 1,
    }


def test_one_alert_shows_reasons_needs_events_and_what_can_be_done(session: Session) -> None:
    ids = five(session)
    detail = queries.alert_detail(session, ids[1])
    assert detail.reasons["code"].tolist() == ["B01", "C02"]
    assert detail.needs["state"].tolist() == ["suspected", "suspected"]
    assert detail.events["action"].tolist() == ["raise", "dispatch"]
    assert detail.actions("worker") == [Action.ACCEPT, Action.RETURN, Action.NOTE]
    assert detail.can_record("worker")
    assert not detail.can_record("auditor")
    closed = queries.alert_detail(session, ids[0])
    assert closed.events["need"].dropna().tolist() == ["basic_living", "medical_aid"]
    with pytest.raises(AlertNotFound, match="no alert number 99"):
        queries.alert_detail(session, 99)


def test_a_household_shows_all_its_alerts_newest_first(session: Session) -> None:
    ids = five(session)
    november = date(2026, 11, 30)
    (again,) = raised(session, _one_of_five(0), as_of=november)
    found = queries.household_alerts(session, again.household)
    assert found["id"].tolist() == [again.id, ids[0]]


def test_the_trend_counts_by_month_and_source(session: Session) -> None:
    five(session)
    assert queries.monthly_trend(session, since=MONTH).to_numpy().tolist() == [
        ["2026-03", "event", 1],
        ["2026-03", "rule", 4],
    ]
    assert queries.monthly_trend(session, until=date(2026, 1, 1)).empty


def test_needs_stand_by_department(session: Session) -> None:
    five(session)
    needs = queries.needs_by_department(session).set_index("code")
    assert needs.loc["medical_aid", ["suspected", "dropped", "n"]].tolist() == [4, 1, 5]


def test_townships_have_their_figures(session: Session) -> None:
    five(session)
    figures = queries.township_figures(session).set_index("township_code")
    assert figures.loc["990321100"].tolist() == [2, 1, 0]


def test_filter_options_are_the_codes_that_occur(session: Session) -> None:
    five(session)
    assert queries.filter_options(session) == {
        "townships": ["990321100", "990321101", "990321102"],
        "indicators": ["A08", "B01", "C02"],
        "departments": ["civil_affairs", "medical_security"],
        "sources": ["event", "rule"],
    }
