"""Digests of the alerts' log: one for whatever was added, and the check of it."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from alerts import digests
from tests.alerts.factories import candidate, raised


def test_what_a_run_added_is_vouched_for_together(session: Session) -> None:
    raised(session, candidate(1))
    before = digests.newest(session)
    assert before > 0
    assert digests.vouched(session, before) == {}
    raised(session, candidate(2))
    told = digests.vouched(session, before)
    found = digests.check(session, [(7, told)])
    assert (found.findings, found.unvouched) == ([], before)
    (wrong,) = digests.check(session, [(7, told | {digests.DIGEST: "0" * 64})]).findings
    assert (wrong.kind, wrong.seq) == ("log_edited", 7)
    assert wrong.en.startswith(f"rows {told[digests.ROWS]} of the alerts' log")
    gone = {**told, digests.ROWS: f"{told[digests.ROWS]} 900-901"}
    (wrong,) = digests.check(session, [(7, gone)]).findings
    assert (wrong.kind, wrong.why) == ("log_missing", "900-901")


@pytest.mark.parametrize(
    ("numbers", "told"), [([3, 4, 5, 9], "3-5 9"), ([1], "1"), ([1, 3], "1 3"), ([2, 3], "2-3")]
)
def test_numbers_are_told_in_short(numbers: list[int], told: str) -> None:
    assert digests._as_ranges(numbers) == told
    assert list(digests._numbers(told)) == numbers
