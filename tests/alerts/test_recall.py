"""Recall from random visits: which alerts count as in time, what is taken out, what is said."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from alerts import service
from alerts.errors import AlertsError
from alerts.recall import audited_recall, classed, control_group, judged, lanes_of
from alerts.sampling_checks import calibration, precision_checked
from alerts.sampling_material import Material, Scored, stored_risk
from alerts.states import Outcome
from core.home import Home
from core.workflow.calendar import CHINA_TIME
from doudi.cli import app
from tests.alerts.factories import TEAM, WORKER, candidate, raised
from tests.alerts.recall_home import (
    MONTHS,
    SINCE,
    UNTIL,
    WELL_OFF,
    alerts_of,
    deliver,
    random_of,
    visit,
    write_county,
    write_ledger,
    write_month,
)


def kinds(alert: tuple[str, str, bool | None], day: str) -> str:
    """What a random visit on `day` that found a need makes of the household with this alert."""
    return str(classed(random_of(("h1", day, True)), alerts_of(alert))["kind"].iloc[0])


@pytest.mark.parametrize(
    ("raised_on", "visited_on", "kind"),
    [
        ("2025-12-15", "2026-06-15", "later"),  # six months before the visit
        ("2025-12-14", "2026-06-15", "missed"),  # a day more
        ("2026-07-15", "2026-06-15", "later"),  # within the month after
        ("2026-07-16", "2026-06-15", "missed"),
        ("2026-06-15", "2026-06-15", "later"),
    ],
)
def test_an_alert_is_in_time_from_six_months_before_to_a_month_after(
    raised_on: str, visited_on: str, kind: str
) -> None:
    assert kinds(("h1", raised_on, False), visited_on) == kind


def test_a_family_whose_alert_found_a_need_is_found_whenever_a_random_visit_comes() -> None:
    assert kinds(("h1", "2025-07-31", True), "2026-06-15") == "counted"


def test_an_alert_not_visited_yet_is_estimated_with_its_kind_and_not_counted_twice() -> None:
    assert kinds(("h1", "2026-05-31", None), "2026-06-15") == "counted"
    assert kinds(("h1", "2025-07-31", None), "2026-06-15") == "missed"


def test_a_family_without_an_alert_is_missed() -> None:
    assert kinds(("another", "2026-05-31", True), "2026-06-15") == "missed"


def test_a_family_with_several_alerts_is_one_family() -> None:
    alerts = pd.concat(
        [
            alerts_of(
                ("a", "2025-08-31", False), ("b", "2025-08-31", None), ("c", "2025-08-31", True)
            ),
            alerts_of(("a", "2026-03-31", True), ("d", "2026-03-31", None), source="risk"),
        ]
    )
    found = {lane.source: (lane.verified, lane.found, lane.unverified) for lane in lanes_of(alerts)}
    assert found == {"rule": (2, 2, 1), "risk": (0, 0, 1)}


def visits(*rows: tuple[str, str, bool, str, bool]) -> pd.DataFrame:
    """Delivered visits: household, day, found, reason, well off."""
    frame = pd.DataFrame(rows, columns=["household", "visited_on", "found", "reason", "well_off"])
    frame["visited_on"] = pd.to_datetime(frame["visited_on"])
    return frame.astype({"found": "boolean", "well_off": bool})


def material(
    random: pd.DataFrame, alerts: pd.DataFrame, delivered: pd.DataFrame | None = None
) -> Material:
    """A county of 1,000 households."""
    risks = random.assign(random=True, risk=0.05)[
        ["household", "found", "well_off", "weight", "random", "risk"]
    ]
    scores = Scored("risk", pd.Series([0.005] * 900 + [0.3] * 100), risks["risk"])
    none = visits()
    return Material(
        SINCE, UNTIL, 1000.0, len(random) + 5, alerts, random,
        none if delivered is None else delivered, risks, scores,
    )  # fmt: skip


ALERTS = alerts_of(*((f"a{n}", "2026-03-31", n < 30) for n in range(40)))


def sample(finds: int, of: int) -> pd.DataFrame:
    return random_of(*((f"h{n}", "2026-04-10", n < finds) for n in range(of)))


def test_recall_of_a_small_county_worked_by_hand() -> None:
    result = judged(material(sample(10, 500), ALERTS))
    # On a day 1,000·10/500 = 20 are missed; the year holds 1 + 11·(1 - e^-rate) times as many.
    assert result.in_need_a_day.value == pytest.approx(20)
    assert result.found.value == pytest.approx(30)
    assert 20 * (1 + 11 * 0.02) < result.missed.value < 20 * (1 + 11 * 0.22)
    assert result.recall.value == pytest.approx(30 / (30 + result.missed.value))
    assert result.recall.low < result.recall.value < result.recall.high
    assert (result.n_visits, result.n_asked, result.n_finds) == (500, 505, 10)
    assert (result.households_alerted, result.households_visited) == (40, 40)


def test_recall_does_not_depend_on_whom_we_chose_to_visit() -> None:
    """A hundred more visits to families sure to be in need change the naive share only."""
    chosen = visits(*((f"c{n}", "2026-05-01", True, "application", False) for n in range(100)))
    before = judged(material(sample(10, 500), ALERTS))
    after = judged(material(sample(10, 500), ALERTS, chosen))
    assert after.recall == before.recall
    assert before.naive is not None
    assert after.naive is not None
    assert (before.naive.value, after.naive.value) == (1.0, pytest.approx(30 / 130))


def test_finds_at_families_measured_as_well_off_are_false_and_taken_out() -> None:
    well = visits(*((f"w{n}", "2026-05-01", n < 8, "round", True) for n in range(200)))
    random = sample(28, 500)
    random.loc[:7, "well_off"] = True  # eight of the finds
    random.loc[250:, "well_off"] = True
    result = judged(material(random, alerts_of(), well))
    assert result.false_rate is not None
    # 8 of 200 well-off families; of the 242 other random visits 20 found something
    assert (result.false_rate.value, result.n_control) == (0.04, 200)
    assert (result.n_finds, result.n_finds_counted) == (28, 20)
    share = (20 / 500 - 0.04 * 242 / 500) / 0.96
    assert result.in_need_a_day.value == pytest.approx(1000 * share)


def test_too_few_well_off_families_leave_the_finds_as_they_are() -> None:
    few = visits(*((f"w{n}", "2026-05-01", False, "round", True) for n in range(99)))
    assert control_group(few, sample(0, 1)) == (None, 99)
    result = judged(material(sample(10, 500), ALERTS, few))
    assert result.false_rate is None
    assert result.n_finds_counted == 10
    assert "未校正" in result.difference_zh
    assert "uncorrected" in result.difference_en


def test_families_missed_but_already_in_process_are_told_apart() -> None:
    random = sample(10, 500)
    random.loc[:3, "followed"] = True
    result = judged(material(random, ALERTS))
    assert (result.n_missed, result.n_missed_followed) == (10, 4)


def test_visits_for_a_reason_are_no_control_group() -> None:
    rows = [(f"w{n}", "2026-05-01", True, "application", True) for n in range(200)]
    assert control_group(visits(*rows), sample(0, 1)) == (None, 0)


def test_a_random_visit_soon_after_an_alert_checks_its_precision() -> None:
    alerts = alerts_of(
        ("right", "2026-03-31", True), ("wrong", "2026-03-31", True), ("old", "2025-12-31", False),
        ("after", "2026-04-30", None),
    )  # fmt: skip
    random = random_of(
        ("right", "2026-04-10", True), ("wrong", "2026-04-10", False),
        ("old", "2026-04-10", True), ("after", "2026-04-10", True),
    )  # fmt: skip
    check = precision_checked(random, random["found"], alerts, 0.0)
    assert (check.share, check.n) == (0.5, 2)
    assert (check.own, check.own_n) == (pytest.approx(2 / 3), 3)


def test_stored_risk_is_compared_with_what_random_visits_found() -> None:
    risks = pd.DataFrame(
        {
            "risk": [0.25] * 10 + [0.005] * 10 + [0.25] * 2 + [None],
            "found": [True, False] * 5 + [False] * 10 + [True] * 3,
            "household": [f"h{n}" for n in range(23)],
            "well_off": False,
            "weight": 1.0,
            "random": [True] * 20 + [False] * 2 + [True],
        }
    )
    low, high = calibration(risks, 0.0)
    assert (low.predicted, low.found, low.n, low.chosen_n) == (pytest.approx(0.005), 0.0, 10, 0)
    assert (high.predicted, high.found, high.n) == (pytest.approx(0.25), pytest.approx(0.5), 10)
    assert (high.chosen_found, high.chosen_n) == (1.0, 2)
    assert high.low is not None
    assert high.low < 0.5


def test_the_plain_result_is_json_and_says_it_in_both_languages() -> None:
    result = judged(material(sample(10, 500), ALERTS))
    told = json.loads(json.dumps(result.to_dict(), allow_nan=False))
    assert told["recall"]["value"] == result.recall.value
    assert told["plan"]["wanted"][0]["width"] == 0.4
    assert f"预警发现了 {result.recall.value:.0%}" in told["sentence_zh"]
    assert "n=500 次随机走访" in told["sentence_zh"]
    assert "500 random visits" in told["sentence_en"]


def test_the_question_about_now_is_preferred_where_it_is_stored(home: Home) -> None:
    month = MONTHS[0]
    assert stored_risk(home, month).empty
    write_month(home, "risk", month, "risk", {"household": ["h1"], "risk": [0.4]})
    assert stored_risk(home, month)["risk"].tolist() == [0.4]
    rows = {"household": ["h1"], "risk": [0.4], "existing": [0.1]}
    write_month(home, "risk", month, "risk", rows)
    assert stored_risk(home, month)["risk"].tolist() == [0.1]


def test_a_county_without_random_visits_is_told_in_one_line(home: Home, session: Session) -> None:
    with pytest.raises(AlertsError, match="no month was run yet"):
        audited_recall(home, session, SINCE, UNTIL)
    write_county(home, 20)
    deliver(
        home, [visit("h1", date(2026, 3, 1), True, "round"), visit("h2", date(2026, 3, 1), None)]
    )
    with pytest.raises(AlertsError, match=r"no random visit .* from 2025-07 to 2026-06") as refused:
        audited_recall(home, session, SINCE, UNTIL)
    assert "\n" not in str(refused.value)


def lived(home: Home, session: Session) -> None:
    """400 households: 4 alerted, 2 in need; 100 visited at random, 3 found, one of them alerted."""
    write_county(home, 400)
    cases = [replace(candidate(n), household=f"h{n}") for n in range(4)]
    alerts = raised(session, *cases)
    day = datetime(2026, 4, 2, 10, tzinfo=CHINA_TIME)
    for number, alert in enumerate(alerts):
        service.move(session, alert.id, "dispatch", now=day, **TEAM)
        outcome = Outcome.CONFIRMED if number < 2 else Outcome.FALSE_ALARM
        cause = None if number < 2 else "stale"
        service.record_outcome(session, alert.id, outcome, now=day, cause=cause, **WORKER)
    random = [visit(f"h{n}", date(2026, 5, 10), n in (0, 50, 51)) for n in range(0, 200, 2)]
    random[25]["unmet_need"], random[26]["unmet_need"] = True, True  # h50, h52
    well_off = [
        visit(f"h{n}", date(2026, 1, 10), n < 216, "round", WELL_OFF) for n in range(210, 360)
    ]
    deliver(home, [*random, *well_off])


def test_from_files_and_alerts_to_recall(home: Home, session: Session) -> None:
    lived(home, session)
    result = audited_recall(home, session, SINCE, UNTIL)
    assert (result.n_visits, result.n_finds) == (100, 3)
    assert (result.households_alerted, result.households_visited) == (4, 4)
    assert result.false_rate is not None
    assert result.false_rate.value == pytest.approx(6 / 150)
    assert result.uncorrected is not None
    assert result.uncorrected.value == pytest.approx(1 / 3)
    assert result.plan is not None
    assert {s.by for s in result.plan.strata} == {"rule_score"}
    assert 0 <= result.recall.low <= result.recall.value <= result.recall.high <= 1


def test_what_the_audit_lane_draws_measures_and_is_no_alert(home: Home, session: Session) -> None:
    lived(home, session)
    before = audited_recall(home, session, SINCE, UNTIL)
    drawn = [replace(candidate(90 + n), household=f"h{301 + n}") for n in range(2)]
    for alert in raised(session, *drawn, as_of=date(2026, 4, 30)):
        alert.source = "audit"
    session.flush()
    day = date(2026, 5, 4)
    row = {"visited_on": day, "known_on": day, "found": True, "source": "audit"}
    write_ledger(home, [{**row, "household": "h301", "stratum": "low", "inclusion": 0.01}])
    after = audited_recall(home, session, SINCE, UNTIL)
    assert after.households_alerted == before.households_alerted == 4
    assert (after.n_lane, after.n_visits) == (1, before.n_visits + 1)
    assert after.n_asked == before.n_asked + 2  # one of the two drawn was not reached
    assert after.n_missed == before.n_missed + 1
    assert after.in_need_a_day.value >= before.in_need_a_day.value


def test_where_nothing_was_alerted_nothing_was_found(home: Home, session: Session) -> None:
    write_county(home, 200)
    deliver(home, [visit(f"h{n}", date(2026, 5, 10), n < 10) for n in range(100)])
    result = audited_recall(home, session, SINCE, UNTIL)
    assert (result.recall.value, result.recall.low, result.precision.share) == (0.0, 0.0, None)
    assert result.recall.high == 0.0
    assert result.plan is None
    assert result.naive is None


def test_what_was_known_later_changes_no_past_figure(home: Home, session: Session) -> None:
    lived(home, session)
    before = audited_recall(home, session, SINCE, UNTIL, date(2026, 5, 31))
    session.flush()
    case = replace(candidate(90), household="h90")
    raised(session, case, as_of=date(2026, 6, 30))
    assert audited_recall(home, session, SINCE, UNTIL, date(2026, 5, 31)) == before


@pytest.mark.slow
def test_the_command_says_it_in_one_sentence_first(home: Home, session: Session) -> None:
    lived(home, session)
    session.commit()
    words = ["recall", "--home", str(home.root), "--as-of", "2026-06"]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.exception
    assert done.output.startswith("2025-07 至 2026-06 真实有困难的家庭中，预警发现了")
    told = json.loads(CliRunner().invoke(app, [*words, "--width", "0.25", "--json"]).output)
    assert told["synthetic"] is True
    assert 0.25 in [row["width"] for row in told["plan"]["wanted"]]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--width", "1.5"], "--width must lie between 0 and 1"),
        (["--as-of", "2024-01"], "2024-01 was not run; the newest month is 2026-06"),
        ([], "no random visit"),
    ],
)
def test_the_command_refuses_in_one_line(home: Home, words: list[str], said: str) -> None:
    write_county(home, 20)
    done = CliRunner().invoke(app, ["recall", "--home", str(home.root), *words])
    assert said in str(done.exception)


def test_needs_of_alerted_families_do_not_say_how_long_needs_last() -> None:
    twice = [
        ("a1", "2026-01-01", True, "round", False),
        ("a1", "2026-03-01", False, "round", False),
    ]
    assert judged(material(sample(10, 500), ALERTS, visits(*twice))).n_repeats == 0
    other = [("z", *row[1:]) for row in twice]
    assert judged(material(sample(10, 500), ALERTS, visits(*other))).n_repeats == 1
    applied = [other[0], ("z", "2026-03-01", False, "application", False)]
    assert judged(material(sample(10, 500), ALERTS, visits(*applied))).n_repeats == 0


def test_no_find_at_all_still_gives_an_interval() -> None:
    result = judged(material(sample(0, 300), ALERTS))
    assert result.recall.value == 1.0
    assert result.recall.low < 0.9
    assert result.plan is not None
    assert result.uncorrected is None
    assert np.isfinite(result.missed.high)
