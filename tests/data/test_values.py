"""Every way departments write a date, an amount, a yes or a code."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.checks import why_misread
from data.contracts import load_contract
from data.values import (
    parse,
    tidy,
    tidy_field,
    to_booleans,
    to_dates,
    to_integers,
    to_numbers,
    visible,
)


def one(reader, written):
    return reader(tidy(pa.array([written], pa.string())))[0].as_py()


@pytest.mark.parametrize(
    "written",
    [
        *("2025-02-28", "20250228", "2025/2/28", "2025.2.28", "2025年2月28日", "2025年02月28日"),
        *("45716", "45716.0", "２０２５－０２－２８", " 2025-2-28 ", "'2025-02-28"),
        *("2025-02-28 10:30:00", "2025/2/28 0:00", "2025-02-28T00:00:00"),
    ],
)
def test_a_date_is_read_in_every_form(written):
    assert one(to_dates, written) == date(2025, 2, 28)


@pytest.mark.parametrize("written", ["202502", "2025-02", "2025-2", "2025年2月", "2025年02月"])
def test_a_month_alone_is_its_first_day(written):
    assert one(to_dates, written) == date(2025, 2, 1)


def test_october_is_read_where_its_zero_was_kept_and_january_where_nothing_else_can_be_meant():
    read = [one(to_dates, w) for w in ("2026.10", "2026.01", "2026.2", "2026.11", "2026.1月")]
    assert [d.month for d in read] == [10, 1, 2, 11, 1]


def test_a_month_that_lost_its_zero_in_a_spreadsheet_is_asked_back():
    """2026.10 typed into a cell of numbers comes back as 2026.1."""
    assert one(to_dates, "2026.1") is None
    assert why_misread(load_contract("deaths").field("died_on"), "2026.1") == "ambiguous_month"


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        *(("26-06-28", "short_year"), ("26/6/28", "short_year"), ("26年6月28日", "short_year")),
        *(("2026-0", "cut_date"), ("2026-", "cut_date"), ("2026-06-", "cut_date")),
        *(("2026-06-0", "cut_date"), ("2026062", "cut_date")),
        *(("28/06/2026", "bad_date"), ("2025-02-30", "bad_date"), ("2026-06-28\x07", "invisible")),
    ],
)
def test_a_date_that_cannot_be_read_says_why(written, reason):
    reason = "invisible_character" if reason == "invisible" else reason
    assert one(to_dates, written) is None
    assert why_misread(load_contract("deaths").field("died_on"), written) == reason


@pytest.mark.parametrize("written", ["2026－06－28", "2026—6—28", "2026 年 6 月 28 日", "46201.75"])
def test_a_date_is_read_with_wide_dashes_with_blanks_and_from_a_serial_with_a_time(written):
    assert one(to_dates, written) == date(2026, 6, 28)


@pytest.mark.parametrize(
    "written", ["2026\u200b-06-28", "\ufeff2026-06-28", "2026-06-28\u00a0", "20\u00ad26-06-28"]
)
def test_what_nobody_sees_is_taken_out_of_a_date(written):
    assert one(to_dates, written) == date(2026, 6, 28)


def test_what_nobody_sees_can_be_shown():
    assert visible("低\u200b保 ") == "低‹U+200B›保␣"
    assert visible("2026-06-28\x07") == "2026-06-28‹U+0007›"


@pytest.mark.parametrize(
    "written",
    ["0000-00-00", "2025-02-30", "20251301", "19000", "99999", "二月", "1025-01-01", "2025-1-123"],
)
def test_what_is_no_date_is_null(written):
    assert one(to_dates, written) is None


@settings(max_examples=50, deadline=None)
@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
def test_iso_compact_chinese_and_serial_forms_agree(day):
    serial = (day - date(1899, 12, 30)).days
    forms = [day.isoformat(), f"{day:%Y%m%d}", f"{day.year}年{day.month}月{day.day}日"]
    forms += [str(serial)] if serial >= 20_000 and serial < 90_000 else []
    assert set(to_dates(pa.array(forms)).to_pylist()) == {day}


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1234.5", 1234.5),
        ("1,234.50", 1234.5),
        ("１，２３４．５", 1234.5),
        ("￥1,234", 1234.0),
        ("1234元", 1234.0),
        ("1.2万", 12_000.0),
        ("-300", -300.0),
        ("1.5e3", 1500.0),
        ("约100", None),
        ("−300", -300.0),
        ("－３００", -300.0),
        ("- 300", -300.0),
        ("(300)", -300.0),
        ("（300.50）", -300.5),
        ("300-", -300.0),
        ("￥-300", -300.0),
        ("-(300)", None),
        ("1 234 567.5", 1_234_567.5),
        ("1\u00a0234", 1234.0),
        ("12\u200b34", 1234.0),
        ("1234\u00ad", 1234.0),
        ("\ufeff1234", 1234.0),
        ("１２３４元整", 1234.0),
        ("nan", None),
        ("inf", None),
        ("9e99", None),
    ],
)
def test_an_amount_is_read_in_every_form(written, value):
    assert one(to_numbers, written) == value


@pytest.mark.parametrize("written", ["4,32", "4321,50", "1,2345", "12,34,567", "1,234,5", "1，23"])
def test_a_comma_that_parts_no_groups_of_three_is_no_thousands_mark(written):
    assert one(to_numbers, written) is None
    assert why_misread(load_contract("medical_claims").field("self_paid"), written) == (
        "decimal_comma"
    )


@settings(max_examples=50, deadline=None)
@given(st.floats(-1e9, 1e9).map(lambda x: round(x, 2)))
def test_thousands_marks_change_nothing(amount):
    assert to_numbers(pa.array([f"{amount:,.2f}"])).to_pylist() == [pytest.approx(amount)]


def test_a_count_must_be_whole():
    assert to_integers(pa.array(["3", "3.0", "3.5", None])).to_pylist() == [3, 3, None, None]


def test_yes_and_no_in_every_form():
    written = ["是", "有", "1", "１", "Y", "√", "否", "无", "0", "0.0", "也许", None]
    field = load_contract("medical_claims").field("remote")
    read = to_booleans(tidy_field(pa.array(written), field)).to_pylist()
    assert read == [True] * 6 + [False] * 4 + [None, None]


def test_a_code_is_read_from_label_spelling_or_value():
    field = load_contract("disability_certificates").field("grade")
    written = ["一级", " 四级", "2", "3.0", "Ⅰ级", "五级", "二 级", "三\u200b级"]
    text = tidy_field(pa.array(written), field)
    assert parse(text, field).to_pylist() == [1, 4, 2, 3, 1, None, 2, 3]


def test_a_word_for_nothing_is_a_value_only_where_the_contract_lists_it():
    aid = load_contract("school_rolls").field("aid_item")
    assert parse(tidy_field(pa.array(["无", "-"]), aid), aid).to_pylist() == ["none", None]
    assert tidy(pa.array(["无", "-", "", " ", "NULL"])).null_count == 5
