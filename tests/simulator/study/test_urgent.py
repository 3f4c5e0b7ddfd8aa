"""A disaster, an orphan, a dead earner, a child out of school: alerts in the very run, in time."""

import pandas as pd

from simulator.study.urgent import due_on, urgent
from tests.simulator.study.sheet import JULY, Sheet, record, truth

NOBODY = truth({"a": ""})
AUGUST, SEPTEMBER = JULY + 1, JULY + 2


def firing(*facts):
    """Rows (household, indicator, month)."""
    rows = pd.DataFrame(list(facts), columns=["household", "indicator", "month"])
    return rows.assign(person=None, happened_on=pd.NaT, held=False)


def test_a_fact_is_an_alert_when_the_run_that_first_sees_it_raises_or_joins_one():
    facts = firing(
        ("raised", "F02", AUGUST), ("raised", "F02", SEPTEMBER),  # still fires: one fact
        ("joined", "D04", AUGUST), ("later", "A08", AUGUST), ("never", "A02", AUGUST),
    )  # fmt: skip
    sheet = Sheet()
    sheet.alert("raised", "2025-08-31", source="event")
    case = sheet.alert("joined", "2025-07-31")
    sheet.act(case, "2025-08-31", "join", to="dispatched")
    sheet.alert("later", "2025-09-30", source="event")
    found = urgent(record(sheet, NOBODY, firing=facts))
    assert (found["urgent_alerted"], found["urgent_n"]) == (0.5, 4)
    assert found["urgent_within_the_year"] == 0.5
    assert found["urgent_by_kind"]["A08"] == {"n": 1, "alerted": 0, "within_the_year": 1}


def test_what_fires_in_the_first_replayed_month_is_not_known_to_be_fresh():
    facts = firing(("a", "F02", JULY), ("a", "F02", AUGUST), ("b", "F02", AUGUST))
    assert urgent(record(Sheet(), NOBODY, firing=facts))["urgent_n"] == 1


def test_a_family_already_served_for_that_fact_is_left_out_and_counted():
    facts = firing(("open", "F02", SEPTEMBER), ("helped", "D04", SEPTEMBER), ("x", "D04", AUGUST))
    sheet = Sheet()
    case = sheet.alert("open", "2025-08-31")
    sheet.reason(case, "F02", "2025-08-31")
    done = sheet.alert("helped", "2025-08-31")
    need = sheet.need(done, "dropout_control")
    sheet.act(done, "2025-09-10", "need_met", to="assisting", need_id=need)
    sheet.act(done, "2025-09-11", "close", to="closed")
    found = urgent(record(sheet, NOBODY, firing=facts))
    assert (found["urgent_n"], found["urgent_served"]) == (1, 2)


def test_urgent_visits_are_due_two_working_days_after_dispatch():
    friday, saturday = pd.Timestamp("2025-10-31"), pd.Timestamp("2025-11-01")
    # Not dispatched: that was due on Monday, and the visit two working days later.
    assert due_on(friday, pd.NaT) == pd.Timestamp("2025-11-05")
    # Dispatched on Saturday: Monday and Tuesday are its two working days.
    assert due_on(friday, saturday) == pd.Timestamp("2025-11-04")


def test_in_time_is_the_first_visit_by_the_due_day_and_none_is_late():
    facts = firing(("soon", "F02", AUGUST), ("late", "F02", AUGUST), ("none", "F02", AUGUST))
    sheet = Sheet()
    sheet.alert("soon", "2025-08-31", "confirmed", dispatched="2025-09-01", visited="2025-09-03")
    sheet.alert("late", "2025-08-31", "confirmed", dispatched="2025-09-01", visited="2025-09-08")
    sheet.alert("none", "2025-08-31", dispatched="2025-09-01")
    found = urgent(record(sheet, NOBODY, firing=facts))
    assert (found["urgent_in_time"], found["urgent_in_time_n"]) == (1 / 3, 3)
