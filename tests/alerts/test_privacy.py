"""Notes hold no ID numbers and no phones."""

from __future__ import annotations

import pytest

from alerts.errors import PrivateDataRefused
from alerts.privacy import check_note

INVENTED = "99032119700101001X"


@pytest.mark.parametrize(
    "note",
    [
        f"身份证{INVENTED}已核",
        INVENTED.lower(),
        "990321 19700101 0011",
        "９９０３２１１９７００１０１００１１",
        "id:990321197001010011.",
    ],
)
def test_an_id_number_is_refused(note: str) -> None:
    with pytest.raises(PrivateDataRefused, match="holds an ID number; leave it out") as refused:
        check_note(note)
    assert "身份证号码" in refused.value.zh
    assert INVENTED not in refused.value.zh + refused.value.en


@pytest.mark.parametrize(
    "note", ["电话13800001234", "138-0000-1234", "138 0000 1234", "１３８００００１２３４"]
)
def test_a_phone_number_is_refused(note: str) -> None:
    with pytest.raises(PrivateDataRefused, match="holds a phone number"):
        check_note(note)


@pytest.mark.parametrize(
    "note",
    [
        "住院自付 23000 元，2026-03-15 出院",
        "低保证号后四位 1234，家中 3 人",
        "户 h0123456789abcdef0123",
        "合同编号 202603150001234567890",
    ],
)
def test_ordinary_numbers_pass(note: str) -> None:
    assert check_note(f" {note} ") == note


def test_an_empty_note_is_no_note() -> None:
    assert check_note("  ") is None
    assert check_note(None) is None
