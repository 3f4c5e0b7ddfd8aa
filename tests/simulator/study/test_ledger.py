"""Alerts are read from their acts, whatever the state columns say, and from older databases."""

import sqlite3

import pandas as pd

from simulator.study.ledger import open_at, read_ledger
from tests.simulator.study.sheet import JULY, Sheet, record, truth

ALERT = """CREATE TABLE alert (id, household, raised_on, band, source, population, risk,
  state, outcome)"""
EVENT = "CREATE TABLE alert_event (id, alert_id, need_id, at, action, to_state, outcome, cause)"
REASON = "CREATE TABLE alert_reason (alert_id, source, code, as_of)"
NEED = "CREATE TABLE need (id, alert_id, code)"


def test_an_old_database_has_no_questions_and_its_state_columns_are_not_believed(tmp_path):
    path = tmp_path / "doudi.db"
    with sqlite3.connect(path) as db:
        for table in (ALERT, EVENT, REASON, NEED):
            db.execute(table)
        row = (1, "h1", "2025-07-31", "red", "rule", "new_entry", 0.2, "closed", "confirmed")
        db.execute("INSERT INTO alert VALUES (?,?,?,?,?,?,?,?,?)", row)
        acts = [
            (1, 1, None, "2025-07-31 18:00:00.000000", "raise", "raised", None, None),
            (2, 1, None, "2025-08-01 09:00:00.000000", "dispatch", "dispatched", None, None),
            (3, 1, None, "2025-08-05 15:00:00.000000", "check", "checking", None, None),
            (4, 1, None, "2025-08-05 15:00:00.000000", "false_alarm", "closed", "false_alarm", "x"),
        ]
        db.executemany("INSERT INTO alert_event VALUES (?,?,?,?,?,?,?,?)", acts)
    alert = read_ledger(path).alerts.iloc[0]
    assert alert["question"] is None
    assert alert["outcome"] == "false_alarm"
    assert alert["month"] == JULY
    assert alert["dispatched_on"] == pd.Timestamp("2025-08-01")
    assert alert["visited_on"] == alert["met_on"] == pd.Timestamp("2025-08-05")


def test_a_finding_about_one_need_is_not_a_result_of_the_alert():
    sheet = Sheet()
    case = sheet.alert("a", "2025-07-31", "confirmed", visited="2025-08-02")
    need = sheet.need(case, "student_aid")
    sheet.act(
        case, "2025-08-03", "false_alarm", to="assisting", outcome="false_alarm", need_id=need
    )
    assert sheet.ledger().alerts["outcome"].tolist() == ["confirmed"]


def test_a_case_is_open_until_it_is_closed():
    sheet = Sheet()
    closed = sheet.alert("a", "2025-07-31")
    sheet.act(closed, "2025-09-10", "close", to="closed")
    alerts = sheet.ledger().alerts
    assert open_at(alerts, JULY) == set()  # raised in this very run: not open before it
    assert open_at(alerts, JULY + 1) == {"a"}
    assert open_at(alerts, JULY + 2) == set()


def test_in_process_is_an_application_a_finding_or_an_open_case():
    days = pd.to_datetime(["2025-09-20", "2025-05-20", "2025-05-20", "2025-10-20", "2025-08-20"])
    visits = pd.DataFrame(
        {
            "household": ["applied", "applied long ago", "found", "not known yet", "looked well"],
            "visited_on": days,
            "known_on": days.where(days.month != 10, pd.Timestamp("2025-11-28")),
            "reason": ["application", "application", "round", "application", "round"],
            "found": pd.array([None, None, True, True, False], "boolean"),
        }
    )
    sheet = Sheet()
    sheet.alert("open", "2025-08-31")
    told = record(sheet, truth({"x": ""}), visits=visits)
    assert told.in_process(JULY + 3) == {"applied", "found", "open"}  # as of 2025-10-31
