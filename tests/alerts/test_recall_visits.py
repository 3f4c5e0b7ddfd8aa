"""Random visits as a weighted sample: who is drawn how, what was measured, which visit is which."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest
import yaml

from alerts import sampling_visits as visits
from core.home import Home
from tests.alerts.recall_home import (
    MONTHS,
    SINCE,
    UNTIL,
    WELL_OFF,
    deliver,
    visit,
    write_county,
    write_ledger,
    write_month,
)

MARCH, MAY = date(2026, 3, 10), date(2026, 5, 10)


@pytest.fixture
def county(tmp_path: Path) -> Home:
    """Ten households, thirteen months."""
    home = Home(tmp_path)
    write_county(home, 10)
    return home


def test_well_off_is_what_the_visit_measured_above_twice_the_standard(county: Home) -> None:
    rows = [
        visit("above", MARCH, False, income=1401.0),
        visit("at the line", MARCH, False, income=1400.0),
        visit("after rigid spending", MARCH, False, income=1900.0, rigid_month=501.0),
        visit("two heads", MARCH, False, income=2700.0, members=2),
        visit("not told", MARCH, False, income=None),
        visit("spending not told", MARCH, False, income=9000.0, rigid_month=None),
    ]
    deliver(county, rows)
    read = visits.delivered_visits(county).set_index("household")["well_off"]
    assert read[read].index.tolist() == ["above"]


def test_without_standards_nobody_is_known_to_be_well_off(county: Home) -> None:
    county.standards_file.unlink()
    deliver(county, [visit("h1", MARCH, False, income=WELL_OFF)])
    assert not visits.delivered_visits(county)["well_off"].any()


TWO_COUNTIES = {"990321": 700, "990322": 400, "990322102": 600}


def write_places(county: Home, standards: dict[str, int], places: dict[str, str | None]) -> None:
    """Standards S of several regions, and the township of each household in every month."""
    of = {code: {"values": {"2020-01-01": {"value": s}}} for code, s in standards.items()}
    sides = {code: {side: {"S": s} for side in ("urban", "rural")} for code, s in of.items()}
    county.standards_file.write_text(yaml.safe_dump(sides), encoding="utf-8")
    rows = {
        "household": list(places),
        "county_code": [code and code[:6] for code in places.values()],
        "township_code": list(places.values()),
    }
    for month in MONTHS:
        write_month(county, "profile", month, "household", rows)


def test_in_a_home_of_two_counties_each_visit_is_measured_by_its_own_standard(county: Home) -> None:
    lives = {
        "own": "990321101",
        "beside": "990322101",
        "dearer town": "990322102",
        "no figures": "990323101",
        "no place": None,
    }
    write_places(county, TWO_COUNTIES, lives)
    # Above 2 x 400 = 800 and below 2 x 600; "in no profile" could live in either county.
    deliver(county, [visit(who, MARCH, False, income=900.0) for who in (*lives, "in no profile")])
    read = visits.delivered_visits(county).set_index("household")["well_off"]
    assert read[read].index.tolist() == ["beside"]


def test_where_all_live_in_the_homes_own_county_those_without_a_place_do_too(county: Home) -> None:
    write_places(county, {"990321": 400}, {"own": "990321101", "no place": None})
    rows = [visit(who, MARCH, False, income=900.0) for who in ("own", "no place", "in no profile")]
    deliver(county, rows)
    assert visits.delivered_visits(county)["well_off"].all()


def test_who_moved_to_another_county_is_measured_by_where_they_lived_then(county: Home) -> None:
    write_places(county, TWO_COUNTIES, {"mover": "990321101", "other": "990322101"})
    may = {"household": ["mover"], "county_code": ["990322"], "township_code": ["990322101"]}
    write_month(county, "profile", date(2026, 5, 31), "household", may)
    deliver(county, [visit("mover", day, False, income=900.0) for day in (MARCH, MAY)])
    assert visits.delivered_visits(county)["well_off"].tolist() == [False, True]


def test_what_was_not_yet_known_is_left_out(county: Home) -> None:
    late = visit("h1", MARCH, True, known_on=date(2026, 4, 20))
    deliver(county, [visit("h0", MARCH, True), late])
    assert visits.delivered_visits(county, date(2026, 3, 31))["household"].tolist() == ["h0"]


def test_each_random_visit_stands_for_its_share_of_the_month(county: Home) -> None:
    rows = [visit(f"h{n}", MARCH, n == 0) for n in range(4)]
    rows += [visit("h5", MAY, True, "audit"), visit("h6", MAY, None)]
    rows += [visit("h7", MAY, True, "round"), visit("h8", date(2024, 5, 1), True)]
    deliver(county, rows)
    counts = visits.households_by_month(county, SINCE, UNTIL)
    sample = visits.survey_sample(visits.delivered_visits(county), counts)
    # Two months with visits of ten households each: 10 / 4 / 2 and 10 / 1 / 2
    assert sample["weight"].tolist() == [1.25] * 4 + [5.0]
    assert sample["weight"].sum() == counts.mean() == 10


def test_a_month_that_was_not_run_takes_the_nearest_number_of_households(county: Home) -> None:
    counts = visits.households_by_month(county, date(2026, 5, 1), date(2026, 9, 30))
    assert counts.to_dict() == {f"2026-0{m}": 10.0 for m in range(5, 10)}


def test_one_visit_in_two_books_is_counted_once(county: Home) -> None:
    deliver(
        county,
        [
            visit("h1", date(2026, 3, 10), True, "audit"),
            visit("h1", date(2026, 3, 20), True, "survey"),
            visit("h2", date(2026, 3, 10), True, "audit"),
        ],
    )
    ledger = [("h1", date(2026, 3, 12)), ("h2", date(2026, 3, 1))]
    write_ledger(county, [entry(h, d, "a", 0.5) for h, d in ledger])
    read = visits.delivered_visits(county)
    left = visits.one_visit_once(read, visits.lane_findings(county))
    assert left[["household", "reason"]].to_numpy().tolist() == [
        ["h1", "survey"],
        ["h2", "audit"],
    ]


def entry(household: str, day: date, stratum: str, inclusion: float) -> dict[str, object]:
    return {
        "household": household,
        "visited_on": day,
        "known_on": day,
        "found": True,
        "source": "audit",
        "stratum": stratum,
        "inclusion": inclusion,
    }


def draws(*rows: tuple[str, str, str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["household", "raised_on", "stratum"])
    frame["raised_on"] = pd.to_datetime(frame["raised_on"])
    return frame.assign(month=frame["raised_on"].dt.strftime("%Y-%m"))


def test_a_visit_of_the_audit_lane_stands_for_one_over_its_chance_to_be_drawn(
    county: Home,
) -> None:
    write_ledger(
        county,
        [
            entry("h1", date(2026, 4, 3), "high", 0.5),
            entry("h2", date(2026, 4, 3), "low", 0.1),
            {**entry("h9", date(2026, 4, 3), "", 0.0), "source": "rule", "inclusion": None},
        ],
    )
    # Two were drawn in the low stratum, one was reached: it stands for the other as well.
    drawn = draws(
        ("h1", "2026-03-31", "high"), ("h2", "2026-03-31", "low"), ("h3", "2026-03-31", "low")
    )
    counts = visits.households_by_month(county, SINCE, UNTIL)
    ledger = visits.lane_findings(county)
    sample = visits.lane_sample(ledger, visits.delivered_visits(county), drawn, counts.index)
    assert sample["household"].tolist() == ["h1", "h2"]
    assert sample["month"].tolist() == ["2026-03", "2026-03"]
    assert sample["weight"].tolist() == pytest.approx([1 / 0.5, 2 / 0.1])


def test_families_not_reached_are_like_the_reached_of_their_stratum_in_any_month(
    county: Home,
) -> None:
    write_ledger(county, [entry("h1", date(2026, 4, 3), "low", 0.1)])
    drawn = draws(
        ("h1", "2026-03-31", "low"), ("h2", "2025-12-31", "low"), ("h3", "2025-12-31", "x")
    )
    counts = visits.households_by_month(county, SINCE, UNTIL)
    ledger = visits.lane_findings(county)
    sample = visits.lane_sample(ledger, visits.delivered_visits(county), drawn, counts.index)
    assert sample["weight"].tolist() == pytest.approx([2 / 0.1])


def test_what_an_audit_visit_measured_is_read_from_the_delivered_row(county: Home) -> None:
    write_ledger(county, [entry("h1", MARCH, "a", 0.5), entry("h2", MARCH, "a", 0.5)])
    deliver(county, [visit("h1", MARCH, True, "audit", income=WELL_OFF)])
    counts = visits.households_by_month(county, SINCE, UNTIL)
    sample = visits.lane_sample(
        visits.lane_findings(county), visits.delivered_visits(county), draws(), counts.index
    )
    assert sample.set_index("household")["well_off"].to_dict() == {"h1": True, "h2": False}


def test_two_samples_of_the_same_families_share_their_weight_by_size() -> None:
    survey = pd.DataFrame(
        {
            "household": ["a", "b", "open case"],
            "visited_on": pd.Timestamp(MARCH),
            "month": "2026-03",
            "found": False,
            "well_off": False,
            "sample": visits.SURVEY,
            "weight": 30.0,
        }
    )
    lane = survey.assign(sample=visits.LANE, weight=20.0)
    lane = pd.concat([lane, lane], ignore_index=True)
    both = visits.combined(survey, lane, pd.Series([True, True, False]))
    # Two survey visits against six of the lane for what both cover, 60 households; the open case
    # is the survey's alone.
    assert both["weight"].tolist() == pytest.approx([30 / 4, 30 / 4, 30] + [10 * 3 / 4] * 6)
    assert both["weight"].sum() == pytest.approx(90)
    assert (
        visits.combined(survey, lane.iloc[:0], pd.Series(True, index=[0, 1, 2]))["weight"].tolist()
        == [30.0] * 3
    )


def test_households_in_process_are_known_once_the_profile_says_so(county: Home) -> None:
    month = date(2026, 5, 31)
    assert visits.in_process(county, month) == set()
    rows = {"household": ["h1", "h2"], "in_process": [True, False]}
    write_month(county, "profile", month, "household", rows)
    assert visits.in_process(county, month) == {"h1"}
