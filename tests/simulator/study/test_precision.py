"""Confirmed ÷ concluded, by month, band and lane; and what the truth says of the same alerts."""

import pytest

from simulator.study.precision import precision, precision_truth, promised, visits
from tests.simulator.study.sheet import Sheet, record, truth

NOBODY = truth({"a": ""})


def test_an_alert_without_a_settled_visit_is_in_no_denominator():
    sheet = Sheet()
    sheet.alert("a", "2026-05-31", "confirmed")
    sheet.alert("b", "2026-05-31", "false_alarm")
    sheet.alert("c", "2026-05-31", "already_covered")
    sheet.alert("d", "2026-05-31", "unreachable")
    sheet.alert("e", "2026-05-31", "refused")
    sheet.alert("f", "2026-05-31")
    found = precision(record(sheet, NOBODY))
    assert found["precision_steady"] == pytest.approx(1 / 3)
    assert found["precision_steady_n"] == 3
    may = next(m for m in found["precision_by_month"] if m["month"] == "2026-05")
    assert (may["unreachable"], may["refused"], may["not_visited"]) == (1, 1, 1)


def test_steady_is_the_last_six_months_whose_visits_are_due():
    sheet = Sheet()
    sheet.alert("a", "2025-11-30", "confirmed", visited="2025-12-05")  # seventh from the end
    sheet.alert("b", "2025-12-31", "false_alarm", visited="2026-01-05")
    sheet.alert("c", "2026-05-31", "confirmed", visited="2026-06-05")
    sheet.alert("d", "2026-06-30")  # raised on the last day: no visit is due yet
    found = precision(record(sheet, NOBODY))
    assert (found["precision_steady"], found["precision_steady_n"]) == (0.5, 2)


def test_the_headline_leaves_out_the_coming_and_the_sample_that_measures():
    sheet = Sheet()
    day = "2026-05-31"
    sheet.alert("a", day, "confirmed", question="existing", source="risk")
    sheet.alert("b", day, "confirmed", question=None, source="event")
    sheet.alert("c", day, "false_alarm", question="coming", source="risk")
    sheet.alert("d", day, "false_alarm", question=None, source="audit")
    found = precision(record(sheet, NOBODY))
    assert (found["precision_steady"], found["precision_steady_n"]) == (1.0, 2)
    assert (found["precision_steady_all"], found["precision_steady_all_n"]) == (0.5, 4)
    assert (found["precision_audit"], found["precision_audit_n"]) == (0.0, 1)


def test_the_result_that_stands_counts_and_a_reopened_case_has_none():
    sheet = Sheet()
    twice = sheet.alert("a", "2026-05-31", "false_alarm", visited="2026-06-02")
    sheet.act(twice, "2026-06-20", "confirmed", to="closed", outcome="confirmed")
    again = sheet.alert("b", "2026-05-31", "confirmed", visited="2026-06-02")
    sheet.act(again, "2026-06-21", "reopen", to="checking")
    found = precision(record(sheet, NOBODY))
    assert (found["precision_steady"], found["precision_steady_n"]) == (1.0, 1)
    assert (found["precision_steady_first"], found["precision_steady_first_n"]) == (0.5, 2)


def test_precision_of_the_bands_says_whether_it_falls_from_red_to_blue():
    sheet = Sheet()
    for number, (band, outcome) in enumerate(
        [("red", "confirmed"), ("orange", "confirmed"), ("orange", "false_alarm"),
         ("yellow", "false_alarm")]
    ):  # fmt: skip
        sheet.alert(f"h{number}", "2026-05-31", outcome, band=band)
    found = precision(record(sheet, NOBODY))
    assert [found[f"precision_{b}"] for b in ("red", "orange", "yellow", "blue")] == [
        1.0,
        0.5,
        0.0,
        None,
    ]
    assert found["precision_falls_by_band"] == 1


def test_the_truth_is_that_of_the_month_of_the_visit():
    sheet = Sheet()
    # In need in June only: visited in June, visited in May. Never visited is judged in the month
    # after the run: c is in need in May.
    true = truth({"a": "." * 17 + "1", "b": "." * 17 + "1", "c": "." * 16 + "1."})
    sheet.alert("a", "2026-04-30", "confirmed", visited="2026-06-10")
    sheet.alert("b", "2026-04-30", "confirmed", visited="2026-05-10")
    sheet.alert("c", "2026-04-30")
    found = precision_truth(record(sheet, true))
    assert (found["precision_truth"], found["precision_truth_n"]) == (pytest.approx(2 / 3), 3)
    assert found["confirmed_is_true"] == 0.5


def test_a_promise_is_held_against_what_was_found():
    sheet = Sheet()
    sheet.alert("a", "2026-05-31", "confirmed", expected=0.9)
    sheet.alert("b", "2026-05-31", "false_alarm", expected=0.7)
    sheet.alert("c", "2026-05-31", expected=0.1)  # never visited: nothing was found out
    found = promised(record(sheet, NOBODY))
    assert found["promised_minus_realised"] == pytest.approx(0.8 - 0.5)
    assert found["promised_n"] == 2


def test_a_second_visit_costs_a_visit():
    sheet = Sheet()
    first = sheet.alert("a", "2026-03-31", "unreachable", visited="2026-04-03")
    sheet.act(first, "2026-04-20", "confirmed", to="closed", outcome="confirmed")
    sheet.alert("b", "2026-03-31", "false_alarm")
    found = visits(record(sheet, NOBODY))
    assert (found["visits"], found["found"], found["visits_per_found"]) == (3, 1, 3.0)
