"""The past months as they were known then, read from the stored results."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import date

import numpy as np
import pyarrow as pa
import pytest
from sqlalchemy.orm import Session

from alerts.errors import AlertsError
from alerts.laboratory.material import read_material
from alerts.laboratory.months import GROUPS
from alerts.policy import default_policy
from alerts.states import State
from core.home import Home
from tests.alerts.factories import alert_at
from tests.alerts.recall_home import deliver, visit, write_county, write_ledger, write_month

MONTHS = [date(2026, 3, 31), date(2026, 4, 30), date(2026, 6, 30)]
NAMES = ["h0", "h1", "h2", "h3"]


def write(home: Home, month: date, names: Sequence[str] = NAMES, busy: Sequence[str] = ()) -> None:
    """Profile, scores and risk of one month."""
    size = len(names)
    profile = {
        "household": list(names),
        "township_code": [f"99032110{n % 2}" for n in range(size)],
        "village_code": [f"99032110{n % 2}001" for n in range(size)],
        "urban_rural": ["rural", "urban"] * (size // 2) + ["rural"] * (size % 2),
        "population": ["new_entry"] * size,
        "on_dibao_tekun": [name == "h1" for name in names],
        "at_risk": [name in ("h0", "h3") for name in names],
        "in_process": [name in busy for name in names],
        "n_elders": [1, 0, 0, 0][:size],
        "n_members": [3] * size,
    }
    firing = [["F02"] if month == MONTHS[-1] and name == "h2" else [] for name in names]
    scores = {
        "household": list(names),
        "rule_score": [50.0 + n for n in range(size)],
        "band": ["none"] * size,
        "coverage": [0.8] * size,
        "rule_version": ["v1"] * size,
        "event_hold": [False] * size,
        "events": pa.array(firing, pa.list_(pa.string())),
    }
    risk = {
        "household": list(names),
        "existing": [0.1 * n for n in range(size)],
        "coming": [0.2] * size,
        "risk": [0.3] * size,
        "model_version": ["1"] * size,
    }
    write_month(home, "profile", month, "household", profile)
    write_month(home, "scores", month, "scores", scores)
    write_month(home, "risk", month, "risk", risk)


@pytest.fixture
def county(home: Home) -> Home:
    write_county(home, 0)
    for kind in ("profile", "scores"):
        shutil.rmtree(home.data / kind)
    for month in MONTHS:
        write(home, month)
    return home


def test_the_last_months_are_read_and_those_that_lack_are_named(
    county: Home, session: Session
) -> None:
    found = read_material(county, session, default_policy(), months=4)
    assert [month.as_of for month in found.months] == MONTHS
    assert found.missing == (date(2026, 5, 31),)
    assert found.size == 12
    assert found.without_model == ()


def test_what_a_month_says_of_a_household_is_what_was_stored_then(
    county: Home, session: Session
) -> None:
    month = read_material(county, session, default_policy(), months=1).months[0]
    assert month.score.tolist() == [50, 51, 52, 53]
    assert month.existing == pytest.approx([0.0, 0.1, 0.2, 0.3])
    assert month.watch.tolist() == [0, 1, 2, 0]
    assert month.rule_version == "v1"
    bits = {name: (month.groups >> place & 1).tolist() for place, name in enumerate(GROUPS)}
    assert bits["aged"] == [1, 0, 0, 0]
    assert bits["rural"] == [1, 0, 1, 0]
    # The profile does not say who heads the household.
    assert bits["woman_headed"] == [0, 0, 0, 0]


def test_households_keep_their_number_when_others_come_and_go(
    county: Home, session: Session
) -> None:
    write(county, MONTHS[0], ["h1", "h2", "h9"])
    found = read_material(county, session, default_policy(), months=4)
    assert found.households.tolist() == ["h0", "h1", "h2", "h3", "h9"]
    assert found.months[0].household.tolist() == [1, 2, 4]


def test_a_month_without_the_model_is_named(county: Home, session: Session) -> None:
    (county.monthly("risk", MONTHS[0]) / "risk.parquet").unlink()
    found = read_material(county, session, default_policy(), months=4)
    assert found.without_model == (MONTHS[0],)
    assert np.isnan(found.months[0].existing).all()


def test_facts_are_those_that_were_fresh_then(county: Home, session: Session) -> None:
    # A list of firing indicators is compared with that of the month before.
    write(county, date(2026, 5, 31))
    found = read_material(county, session, default_policy(), months=4)
    assert [found.households[m.household[m.facts.row]].tolist() for m in found.months] == [
        [],
        [],
        [],
        ["h2"],
    ]
    assert found.kinds == ("F02",)
    # In the part of the county where h2 lives it stands in another row.
    part = found.within(["990321100"]).months[-1]
    assert found.households[part.household[part.facts.row]].tolist() == ["h2"]
    assert len(found.within(["990321101"]).months[-1].facts.row) == 0


def test_a_place_can_be_chosen_by_its_code(county: Home, session: Session) -> None:
    whole = read_material(county, session, default_policy(), months=4)
    town = whole.within(["990321101"])
    assert [month.household.tolist() for month in town.months] == [[1, 3]] * 3
    village = whole.within(["990321100001"])
    assert village.months[0].household.tolist() == [0, 2]
    with pytest.raises(AlertsError, match="no household lives in 990"):
        whole.within(["990"])


def test_who_is_in_process_only_by_an_alert_is_marked(county: Home, session: Session) -> None:
    write(county, MONTHS[-1], busy=NAMES[:3])
    deliver(county, [visit("h0", date(2026, 5, 10), True, "round")])
    alert_finding(county, "h0", "h1")
    month = read_material(county, session, default_policy(), months=1).months[0]
    # h0 was found by a round too; of h2 nobody knows why it is in process.
    assert month.by_alert.tolist() == [False, True, False, False]


def alert_finding(home: Home, *households: str) -> None:
    day = date(2026, 5, 20)
    row = {"visited_on": day, "known_on": day, "found": True, "source": "risk"}
    write_ledger(home, [{"household": h, **row, "inclusion": None} for h in households])


def test_alerts_stand_on_the_months_count_with_their_outcome(
    county: Home, session: Session
) -> None:
    alert_at(session, State.CLOSED)
    session.flush()
    for month in MONTHS:
        write(county, month, [f"h{1:020x}", "h9"])
    found = read_material(county, session, default_policy(), months=4).record.alerts
    assert found.household.tolist() == [0]
    assert found.month.tolist() == [0]
    assert found.closed.tolist() == [1]
    assert (found.verified.tolist(), found.found.tolist()) == ([True], [True])


def test_copies_stand_side_by_side_with_places_of_their_own(county: Home, session: Session) -> None:
    one = read_material(county, session, default_policy(), months=4)
    three = one.replicate(3)
    assert three.size == 3 * one.size
    assert three.months[0].household.tolist() == list(range(12))
    assert len(set(three.months[0].township.tolist())) == 6
    assert three.synthetic


def test_without_a_past_month_the_error_says_what_to_run(home: Home, session: Session) -> None:
    with pytest.raises(AlertsError, match="doudi run"):
        read_material(home, session, default_policy())
    with pytest.raises(AlertsError, match="from 1 to 24, not 25"):
        read_material(home, session, default_policy(), months=25)


@pytest.mark.slow
def test_what_became_known_later_can_be_left_out(county: Home, session: Session) -> None:
    deliver(county, [visit("h0", date(2026, 6, 10), True), visit("h1", date(2026, 4, 10), True)])
    whole = read_material(county, session, default_policy(), months=4)
    then = read_material(county, session, default_policy(), months=4, known_by=date(2026, 5, 31))
    assert (len(whole.record.visits.day), len(then.record.visits.day)) == (2, 1)
    assert np.datetime64(int(then.record.visits.day[0]), "D") == np.datetime64("2026-04-10")
