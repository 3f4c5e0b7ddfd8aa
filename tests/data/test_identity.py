"""ID numbers: GB 11643 checks, certain repairs, and what cannot be repaired."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.identity import (
    birth_date,
    check_digit,
    household_number,
    identify,
    is_phone,
    is_valid,
    same_name,
    sex_of,
    to_18,
)
from tests.data.offices import EXAMPLE, number, number15


def test_the_standards_own_example_is_valid_and_reads_as_a_woman_born_in_1949():
    assert is_valid(EXAMPLE)
    assert check_digit(EXAMPLE[:17]) == "X"
    assert birth_date(EXAMPLE) == date(1949, 12, 31)
    assert sex_of(EXAMPLE) == "female"


@pytest.mark.parametrize(
    ("written", "repairs"),
    [
        (EXAMPLE, ()),
        ("11010519491231002x", ("lower_x",)),
        ("１１０１０５１９４９１２３１００２Ｘ", ("full_width",)),
        ("'11010519491231002X", ("stripped",)),
        ("110105 19491231-002X", ("stripped",)),
        ("110105491231002", ("id15",)),
        ("110105491231002.0", ("stripped", "id15")),
        ("110105\u200b19491231002X", ("stripped",)),
        ("\ufeff11010519491231002X\u00ad", ("stripped",)),
        ("\u202d11010519491231002X\u202c", ("stripped",)),
        ("\u3000１１０１０５４９１２３１００２ ", ("full_width", "stripped", "id15")),
    ],
)
def test_what_is_certain_is_repaired_and_named(written, repairs):
    found = identify(written)
    assert (found.number, found.reason, found.repairs) == (EXAMPLE, None, repairs)


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("", "bad_length"),
        ("1101051949123100", "bad_length"),
        ("110105194912310021", "bad_checksum"),
        ("11010519491231O02X", "bad_characters"),
        ("3.62501E+17", "damaged_number"),
        ("3.62501199001011e17", "damaged_number"),
        ("110105194912310000", "damaged_number"),  # 15 digits kept, zeros for the rest
        ("99032118000101" + "0016", "bad_birth_in_id"),
        ("99032118991231" + "0016", "bad_birth_in_id"),
    ],
)
def test_what_cannot_be_repaired_has_a_reason(written, reason):
    first17 = written[:17]
    if reason == "bad_birth_in_id":
        written = first17 + check_digit(first17)
    assert identify(written).number is None
    assert identify(written).reason == reason


@pytest.mark.parametrize(
    ("written", "rings"),
    [
        *(("13800001234", True), ("+86 138-0000-1234", True), ("0712-8345678", True)),
        *(("8345678", True), ("4001234567", True)),
        *(("1380000123", False), ("138000012345", False), ("12345678901", False), ("无", False)),
    ],
)
def test_a_phone_that_lost_a_digit_cannot_be_rung(written, rings):
    assert is_phone(written) is rings


def test_an_impossible_month_is_a_bad_birth_date():
    first17 = "99032119801301001"
    assert identify(first17 + check_digit(first17)).reason == "bad_birth_in_id"


@given(st.integers(0, 999), st.dates(date(1900, 1, 1), date(1999, 12, 31)))
def test_the_old_and_the_new_form_of_a_number_are_one_person(serial, born):
    assert identify(number15(serial, f"{born:%y%m%d}")).number == number(serial, f"{born:%Y%m%d}")
    assert to_18(number15(serial, f"{born:%y%m%d}")) == number(serial, f"{born:%Y%m%d}")


@given(st.integers(0, 999), st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_never_passes(serial, place, change):
    right = number(serial)
    wrong = right[:place] + str((int(right[place]) + change) % 10) + right[place + 1 :]
    assert not is_valid(wrong)


@given(st.text(max_size=25))
def test_no_text_makes_it_fail(text):
    found = identify(text)
    assert (found.number is None) == (found.reason is not None)


def test_a_household_number_ignores_width_case_and_blanks():
    assert household_number(" ｈ００１2 ") == "H0012"
    assert household_number("420921000012.0") == "420921000012"
    assert household_number("4.20921E+15") is None
    assert household_number("  ") is None


def test_one_middle_dot_is_as_good_as_another():
    assert same_name("买买提•艾力") == same_name("买买提・艾力 ") == "买买提·艾力"
