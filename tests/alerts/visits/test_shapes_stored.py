"""What no database could hold is refused by name, so that a phone's later entries still arrive."""

from __future__ import annotations

import pytest

from alerts.visits.shapes import OperationRefused, operation

SENT = {
    "id": "operation-1",
    "device": "device-01",
    "at": "2026-04-01T10:00:00",
    "seen_event": 3,
    "field": "note",
    "value": "门锁着",
}


def test_an_ordinary_note_is_taken() -> None:
    assert operation(SENT).value == "门锁着"


@pytest.mark.parametrize(
    "wrong", [{"value": "half \ud83d"}, {"value": "nul \x00"}, {"seen_event": 2**63}]
)
def test_what_cannot_be_stored_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(OperationRefused):
        operation(SENT | wrong)
