"""Of the families ever in unmet need that year, who had an alert, in time; and how early."""

import pytest

from simulator.study.audited import recall_true
from simulator.study.recall import lead, recall
from tests.simulator.study.sheet import Sheet, record, truth

# Eighteen months from January 2025; the replayed year begins with the seventh.
NEED_MARCH = "." * 14 + "1.."  # March 2026
NEED_BEFORE = "111..."  # over before the year began


def test_an_alert_counts_in_a_month_of_need_or_up_to_six_months_before():
    true = truth({"in": NEED_MARCH, "six": NEED_MARCH, "seven": NEED_MARCH, "late": NEED_MARCH})
    sheet = Sheet()
    sheet.alert("in", "2026-03-31")
    sheet.alert("six", "2025-09-30")
    sheet.alert("seven", "2025-08-31")
    sheet.alert("late", "2026-04-30")  # the need had ended
    found = recall(record(sheet, true))
    assert (found["recall_year"], found["recall_year_n"]) == (0.5, 4)
    assert found["alerted_year"] == 1.0


def test_need_that_ended_before_the_year_is_not_of_the_year():
    found = recall(record(Sheet(), truth({"a": NEED_BEFORE, "b": NEED_MARCH})))
    assert found["ever_unmet"] == 1


def test_confirmed_wants_the_outcome():
    sheet = Sheet()
    sheet.alert("a", "2026-03-31", "confirmed", visited="2026-04-02")
    sheet.alert("b", "2026-03-31", "false_alarm", visited="2026-04-02")
    found = recall(record(sheet, truth({"a": NEED_MARCH, "b": NEED_MARCH})))
    assert (found["confirmed_year"], found["recall_year"]) == (0.5, 1.0)


def test_within_three_months_of_the_onset():
    long = "." * 9 + "1" * 9  # begins in October 2025 and lasts
    old = "1" * 18  # began before the year: no onset in it
    true = truth({"early": long, "third": long, "fourth": long, "old": old})
    sheet = Sheet()
    sheet.alert("early", "2025-08-31")
    sheet.alert("third", "2026-01-31")
    sheet.alert("fourth", "2026-02-28")
    sheet.alert("old", "2025-07-31")
    found = recall(record(sheet, true))
    assert found["recall_within_3m_of_onset"] == pytest.approx(2 / 3)
    assert found["recall_within_3m_of_onset_n"] == 3


def test_the_stock_of_unmet_need_by_watch_group():
    need = "." * 6 + "11"  # two family-months
    true = truth(
        {"a": need, "b": need, "c": need, "d": need},
        {"b": "secured", "c": "secured", "d": "unwatched"},
    )
    found = recall(record(Sheet(), true))
    assert found["unmet_family_months"] == 8
    assert found["unmet_share_at_risk"] == 0.25
    assert found["unmet_share_secured"] == 0.5
    assert found["unmet_share_unwatched"] == 0.25


def test_lead_is_counted_from_the_alert_to_the_onset_and_to_the_first_finding():
    true = truth({"a": NEED_MARCH, "b": NEED_MARCH, "now": NEED_MARCH, "never": ""})
    sheet = Sheet()
    sheet.alert("a", "2025-12-31", "confirmed", visited="2026-04-02", question="coming")  # 3 ahead
    sheet.alert("b", "2026-02-28", question="coming")  # 1 ahead
    sheet.alert("now", "2026-03-31", question="coming")  # already in need: nothing foreseen
    sheet.alert("never", "2025-12-31", question="coming")
    sheet.alert("never", "2026-01-31", question="existing")
    found = lead(record(sheet, true))
    assert found["lead_months"] == {"1": 1, "3": 1}
    assert found["lead_months_median"] == 2
    assert found["coming_already_in_need"] == 0.25
    assert (found["coming_came_true"], found["coming_came_true_n"]) == (pytest.approx(2 / 3), 3)
    assert found["lead_recorded"] == {"4": 1}


def test_the_true_recall_beside_the_audited_one_counts_as_the_estimate_does():
    true = truth(
        {"before": NEED_MARCH, "after": NEED_MARCH, "two": NEED_MARCH, "drawn": NEED_MARCH}
    )
    sheet = Sheet()
    sheet.alert("before", "2025-09-30")
    sheet.alert("after", "2026-04-30")  # the month after need was seen
    sheet.alert("two", "2026-05-31")
    sheet.alert("drawn", "2026-03-31", source="audit")  # the measuring rod is no alert
    found = recall_true(record(sheet, true))
    assert (found["recall_true"], found["recall_true_n"]) == (0.5, 4)
