"""Writing through the interface: once each, within the area, in the same words as on the pages."""

from __future__ import annotations

import threading
from datetime import date, datetime, time, timedelta
from itertools import count
from pathlib import Path

import pytest

import services.once
from core.access.areas import Area
from core.access.models import Idempotency
from core.access.roles import Action, Role
from core.db import open_session
from core.home import Home
from core.workflow.calendar import CHINA_TIME
from data.vault import Vault
from services.context import utc_now
from services.reads import base
from tests.api.conftest import Making, System
from tests.api.record import calls, events
from tests.api.test_reading import OTHER, TOWN, profile
from tests.dashboard.factory import LAST, Made

pytestmark = pytest.mark.slow

DEATHS = "证件号码,死亡日期\n990321197001010016,2026-06-10\n12345,2026-06-11\n".encode()
KEY = "a-key-of-its-own-0001"


def quiet_in(made: Made, town: str, alerted: set[str]) -> str:
    """A household of a township that has no alert."""
    there = profile(made.home, made).query("township_code == @town")["household"]
    return str(next(h for h in there if h not in alerted))


def alerted(system: System) -> set[str]:
    return {one["household"] for one in system.get("alerts", limit=200).json()["alerts"]}


@pytest.fixture
def reporter(system: Making) -> System:
    return system(Role.TOWNSHIP_WORKER, Action.REPORT, Action.SEE_ALERTS, area=Area(TOWN))


def report_of(household: str, reason: str = "房屋漏雨，老人独居") -> dict[str, str]:
    return {"household": household, "reason": reason, "need": "rural_housing"}


def test_a_report_opens_an_alert_that_is_listed_at_once(own: Made, reporter: System) -> None:
    household = quiet_in(own, TOWN, alerted(reporter))
    done = reporter.post("reports", report_of(household))
    assert done.status_code == 201, done.text
    assert done.json()["opened"] is True
    assert done.json()["state"] == {"code": "raised", "text": "Raised"}
    listed = {one["id"]: one for one in reporter.get("alerts", limit=200).json()["alerts"]}
    assert listed[done.json()["alert"]]["reasons"] == ["房屋漏雨，老人独居"]
    told = [e for e in events(own.home) if e.action == "report"]
    assert [(e.account, e.result) for e in told] == [(reporter.account, "done")]


def test_a_second_report_joins_and_the_same_words_add_nothing(
    own: Made, reporter: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    minutes = count()
    morning = datetime.combine(today(), time(9))
    monkeypatch.setattr(base, "moment_of", lambda *_: morning + timedelta(minutes=next(minutes)))
    household = quiet_in(own, TOWN, alerted(reporter))
    first = reporter.post("reports", report_of(household)).json()
    again = reporter.post("reports", report_of(household)).json()
    more = reporter.post("reports", report_of(household, "又失业了")).json()
    assert [first["opened"], again["opened"], more["opened"]] == [True, False, False]
    assert first["alert"] == again["alert"] == more["alert"]
    listed = {one["id"]: one for one in reporter.get("alerts", limit=200).json()["alerts"]}
    assert listed[first["alert"]]["reasons"] == ["房屋漏雨，老人独居", "又失业了"]


def test_two_reports_within_one_second_are_both_kept(
    own: Made, reporter: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    morning = datetime.combine(today(), time(9))
    monkeypatch.setattr(base, "moment_of", lambda *_: morning)
    household = quiet_in(own, TOWN, alerted(reporter))
    told = [reporter.post("reports", report_of(household, words)) for words in ("漏雨", "失业")]
    listed = {one["id"]: one for one in reporter.get("alerts", limit=200).json()["alerts"]}
    assert listed[told[0].json()["alert"]]["reasons"] == ["漏雨", "失业"]


def test_a_household_number_means_its_household_and_is_kept_nowhere(
    own: Made, reporter: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    household = quiet_in(own, TOWN, alerted(reporter))
    number = "990321-HU-7788"
    monkeypatch.setattr(Vault, "household", lambda _self, typed: household)
    done = reporter.post("reports", report_of(number))
    assert done.json()["household"] == household
    whole = b"".join(p.read_bytes() for p in own.home.data.glob("doudi.db*"))
    assert number.encode() not in whole
    assert b"rural_housing" in whole


def test_a_household_elsewhere_and_one_that_does_not_exist_are_refused_alike(
    own: Made, reporter: System
) -> None:
    outside = quiet_in(own, OTHER, set())
    answers = [reporter.post("reports", report_of(h)) for h in (outside, f"h{'0' * 20}", "无此户")]
    assert [a.status_code for a in answers] == [404, 404, 404]
    assert len({a.json()["detail"] for a in answers}) == 1
    refused = [e for e in events(own.home) if e.action == "report"]
    assert [e.result for e in refused] == ["refused"] * 3


def test_a_reason_that_names_a_person_is_refused(own: Made, reporter: System) -> None:
    household = quiet_in(own, TOWN, alerted(reporter))
    told = reporter.post("reports", report_of(household, "电话 13912345678"))
    assert told.status_code == 422
    assert "phone number" in told.json()["detail"]
    assert "13912345678" not in told.text


def test_an_unknown_need_or_field_is_told_in_one_line(own: Made, reporter: System) -> None:
    wrong = reporter.post("reports", {**report_of(own.quiet), "need": "gold"})
    assert wrong.status_code in {404, 422}
    typo = reporter.post("reports", {**report_of(own.quiet), "reasons": "x"})
    assert typo.json()["detail"] == "there is no field reasons"
    none = reporter.post("reports", {"household": own.quiet})
    assert none.json()["detail"] == "reason is missing"


def test_the_same_key_gives_the_first_answer_again(own: Made, reporter: System) -> None:
    body = report_of(quiet_in(own, TOWN, alerted(reporter)))
    first = reporter.post("reports", body, KEY)
    again = reporter.post("reports", body, KEY)
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert first.json()["opened"] is True
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert len([e for e in events(own.home) if e.action == "report"]) == 1


def test_the_same_key_for_another_request_is_refused(own: Made, reporter: System) -> None:
    body = report_of(quiet_in(own, TOWN, alerted(reporter)))
    assert reporter.post("reports", body, KEY).status_code == 201
    other = reporter.post("reports", {**body, "reason": "别的情况"}, KEY)
    assert other.status_code == 422
    assert "used for another request" in other.json()["detail"]


def test_a_write_needs_a_key(own: Made, reporter: System) -> None:
    for key in ("short", "x" * 129):
        refused = reporter.post("reports", report_of(own.quiet), key)
        assert refused.status_code == 422
        assert "Idempotency-Key" in refused.json()["detail"]


def test_a_refused_write_leaves_the_key_free(own: Made, reporter: System) -> None:
    household = quiet_in(own, TOWN, alerted(reporter))
    assert reporter.post("reports", report_of("无此户"), KEY).status_code == 404
    assert reporter.post("reports", report_of(household), KEY).status_code == 201


def test_a_key_is_forgotten_after_a_day(own: Made, reporter: System) -> None:
    body = report_of(quiet_in(own, TOWN, alerted(reporter)))
    reporter.post("reports", body, KEY)
    with open_session(own.home) as session:
        for row in session.query(Idempotency):
            row.at = utc_now() - timedelta(hours=25)
    other = reporter.post("reports", {**body, "reason": "别的情况"}, KEY)
    assert other.status_code == 201


def test_of_two_at_once_one_is_done_and_both_hear_the_same(own: Made, reporter: System) -> None:
    body = report_of(quiet_in(own, TOWN, alerted(reporter)))
    together, answers = threading.Barrier(4), []

    def ask() -> None:
        together.wait()
        answers.append(reporter.post("reports", body, KEY))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done = [a for a in answers if a.status_code == 201]
    assert {a.status_code for a in answers} <= {201, 409}
    assert done
    assert len({a.text for a in done}) == 1
    assert len([e for e in events(own.home) if e.action == "report"]) == 1


def test_whoever_asks_while_it_is_done_is_told_to_come_back(
    own: Made, reporter: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = report_of(quiet_in(own, TOWN, alerted(reporter)))
    reporter.post("reports", body, KEY)
    with open_session(own.home) as session:
        for row in session.query(Idempotency):
            row.status = row.body = None
    monkeypatch.setattr(services.once, "PATIENCE", 0.2)
    waiting = reporter.post("reports", body, KEY)
    assert waiting.status_code == 409
    assert waiting.json()["code"] == "running"
    assert int(waiting.headers["retry-after"]) > 0


def test_an_act_whose_server_died_can_be_done_again(own: Made, reporter: System) -> None:
    body = report_of(quiet_in(own, TOWN, alerted(reporter)))
    first = reporter.post("reports", body, KEY).json()
    with open_session(own.home) as session:
        for row in session.query(Idempotency):
            row.status = row.body = None
            row.at = utc_now() - timedelta(minutes=11)
    again = reporter.post("reports", body, KEY).json()
    assert again == {**first, "opened": False}


@pytest.fixture
def worker(system: Making) -> System:
    return system(Role.TOWNSHIP_WORKER, Action.RECORD, Action.SEE_ALERTS, area=Area(TOWN))


def dispatched(home: Home, system: System) -> dict:
    """An alert of the township that waits for its visit."""
    from sqlalchemy import select

    from alerts import service
    from alerts.models import Alert
    from services.reads.base import forget, moment_of

    with open_session(home) as session:
        query = select(Alert.id).where(Alert.state == "raised", Alert.township_code == TOWN)
        number = session.scalars(query).first()
        now = moment_of(str(home.root), LAST)
        service.move(session, number, "dispatch", actor="a", role="dispatcher", now=now)
    forget()
    listed = system.get("alerts", state="dispatched", limit=200).json()["alerts"]
    return listed[0]


def test_an_outcome_is_recorded_as_on_the_page(own: Made, worker: System) -> None:
    alert = dispatched(own.home, worker)
    result = {"version": alert["version"], "outcome": "false_alarm", "cause": "stale"}
    done = worker.post(f"alerts/{alert['id']}/outcome", result)
    assert done.status_code == 200, done.text
    assert done.json()["outcome"]["text"] == "False alarm"
    told = [e for e in events(own.home) if e.action == "outcome"]
    assert [(e.account, e.role) for e in told] == [(worker.account, "township_worker")]


def test_an_outcome_for_what_has_changed_is_refused_with_the_story(
    own: Made, worker: System
) -> None:
    alert = dispatched(own.home, worker)
    path, result = f"alerts/{alert['id']}/outcome", {"version": alert["version"]}
    gone = worker.post(path, {**result, "outcome": "unreachable"})
    assert gone.status_code == 200, gone.text
    late = worker.post(path, {**result, "outcome": "false_alarm", "cause": "stale"})
    assert late.status_code == 409
    assert late.json()["code"] == "changed"
    assert "nothing was done" in late.json()["detail"]


def test_what_the_life_of_an_alert_forbids_is_told(own: Made, worker: System) -> None:
    alert = dispatched(own.home, worker)
    path = f"alerts/{alert['id']}/outcome"
    bare = worker.post(path, {"version": alert["version"], "outcome": "false_alarm"})
    assert bare.status_code == 409
    assert "cause" in bare.json()["detail"]
    ahead = worker.post(path, {"version": 999, "outcome": "unreachable"})
    assert ahead.status_code == 422


def test_an_alert_of_another_township_is_not_found(
    own: Made, system: Making, worker: System
) -> None:
    county = system(Role.ANALYST, Action.SEE_ALERTS)
    there = county.get("alerts", township=OTHER).json()["alerts"][0]
    result = {"version": there["version"], "outcome": "unreachable"}
    hidden = worker.post(f"alerts/{there['id']}/outcome", result)
    assert hidden.status_code == 404
    other = worker.post(f"alerts/{there['id']}/outcome", result, area=OTHER)
    assert other.status_code == 403


@pytest.fixture
def steward(system: Making) -> System:
    return system(Role.DATA_STEWARD, Action.DELIVER, Action.SEE_FEEDS)


def today() -> date:
    """The day on which something that is done now is done."""
    return max(datetime.now(CHINA_TIME).date(), LAST + timedelta(days=1))


def kept_files(home: Home) -> list[Path]:
    return sorted(p for p in home.incoming.rglob("*") if p.is_file())


def test_a_file_is_kept_checked_and_counted(own: Made, steward: System) -> None:
    done = steward.deliver("deaths", "殡葬.csv", DEATHS, period="2026-06")
    assert done.status_code == 201, done.text
    told = done.json()
    assert (told["state"], told["received"], told["quarantined"]) == (
        "ingested",
        2,
        2 - told["accepted"],
    )
    assert told["quarantined"] >= 1
    assert sum(reason["rows"] for reason in told["reasons"]) == told["quarantined"]
    (path,) = kept_files(own.home)
    assert path.parent.name == f"{today():%Y-%m}"  # the month it came in
    assert path.name == told["file"]
    assert path.read_bytes() == DEATHS
    assert path.stat().st_mode & 0o077 == 0
    delivered = [e for e in events(own.home) if e.action == "deliver"]
    assert [(e.account, e.rows) for e in delivered] == [(steward.account, 2)]
    from data.ingest import ingest_directory

    later = ingest_directory(own.home, own.home.incoming)
    assert (later.batches, len(later.skipped)) == ((), 1)


def test_a_file_that_came_before_is_not_taken_twice(own: Made, steward: System) -> None:
    first = steward.deliver("deaths", "殡葬.csv", DEATHS, period="2026-06").json()
    again = steward.deliver("deaths", "另名.csv", DEATHS, period="2026-06").json()
    assert (first["again"], again["again"]) == (False, True)
    assert again["received"] == first["received"]
    assert len(kept_files(own.home)) == 1


def test_no_name_of_the_sender_leads_anywhere(own: Made, steward: System) -> None:
    for name in ("../../../x.csv", "..\\..\\x.csv", "/etc/x.csv", "张三 13912345678.csv"):
        done = steward.deliver("deaths", name, DEATHS + name.encode(), period="2026-06")
        assert done.status_code == 201, done.text
    assert all(p.parent == own.home.incoming / f"{today():%Y-%m}" for p in kept_files(own.home))
    assert all(p.name.startswith(f"deaths_202606_{today():%Y%m%d}_") for p in kept_files(own.home))


@pytest.mark.parametrize(
    ("feed", "name", "period", "word"),
    [
        ("nonsense", "a.csv", "2026-06", "feeds are"),
        ("deaths", "医保结算_202606_20260628.csv", "", "is none of"),
        ("deaths", "a.csv", "", "which month"),
        ("deaths", "a.csv", "June", "2026-06"),
        ("deaths", "a.csv", "2999-01", "cannot lie ahead"),
        ("deaths", "a.pdf", "2026-06", "CSV, Excel"),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_and_not_kept(
    own: Made, steward: System, feed: str, name: str, period: str, word: str
) -> None:
    refused = steward.deliver(feed, name, DEATHS, period=period)
    assert refused.status_code == 422
    assert word in refused.json()["detail"]
    assert kept_files(own.home) == []


def test_a_file_of_the_wrong_form_is_told_why(own: Made, steward: System) -> None:
    told = steward.deliver("deaths", "a.csv", "甲,乙\n1,2\n".encode(), period="2026-06").json()
    assert told["state"] in {"wrong_columns", "no_header"}
    assert told["detail"]


def test_a_file_beyond_the_limit_is_refused_unread(
    own: Made, steward: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOUDI_API_UPLOAD_MEGABYTES", "1")
    big = steward.deliver("deaths", "a.csv", b"x" * (2 * 1024 * 1024), period="2026-06")
    assert big.status_code == 413
    assert "1 MB" in big.json()["detail"]
    assert kept_files(own.home) == []


def test_a_file_waits_while_another_ingest_runs(own: Made, steward: System) -> None:
    from data.ingest.folders import alone

    with alone(own.home):
        told = steward.deliver("deaths", "a.csv", DEATHS, period="2026-06").json()
    assert (told["state"], told["batch"]) == ("waiting", None)
    assert len(kept_files(own.home)) == 1


def test_every_write_asks_for_its_scope(own: Made, system: Making) -> None:
    bare = system(Role.DISPATCHER, Action.SEE_ALERTS)
    alert = bare.get("alerts").json()["alerts"][0]["id"]
    answers = [
        bare.post("reports", report_of(own.quiet)),
        bare.post(f"alerts/{alert}/outcome", {"version": 1, "outcome": "unreachable"}),
        bare.deliver("deaths", "a.csv", DEATHS, period="2026-06"),
    ]
    assert [a.status_code for a in answers] == [403, 403, 403]
    assert all("scopes do not hold" in a.json()["detail"] for a in answers)
    assert {c[2:] for c in calls(own.home)[1:]} == {("refused", 403)}
