"""Whose turn it is: a role in an area, or one account; who may change that, and how."""

from __future__ import annotations

import pytest

from core.workflow.assignment import (
    Desk,
    Handing,
    Holder,
    assign,
    claim,
    covers,
    holds,
    reassign,
    unassign,
)
from core.workflow.errors import MoveRefused
from core.workflow.writing import Act
from tests.core.workflow.applying import Role, day

COUNTY, TOWN, OTHER, VILLAGE = "421900", "421900101", "421900102", "421900101205"
B, T, A = Role.BUREAU, Role.TOWNSHIP, Role.APPLICANT
DESK = Desk({B: frozenset({T, B}), T: frozenset({T})})
POOL = Holder(T, TOWN)
NAMED = Holder(T, TOWN, "wang")


def act(role: Role = B, note: str | None = None, actor: str = "li") -> Act[Role]:
    return Act(actor, role, day(1), note)


@pytest.mark.parametrize(
    ("holder", "role", "area", "account", "expected"),
    [
        (POOL, T, TOWN, "wang", True),
        (POOL, T, COUNTY, "zhao", True),  # whose area contains it
        (POOL, T, VILLAGE, "zhao", False),  # a village is not its township
        (POOL, T, OTHER, "zhao", False),
        (POOL, B, TOWN, "zhao", False),
        (NAMED, T, TOWN, "wang", True),
        (NAMED, T, TOWN, "zhao", False),
        (NAMED, B, OTHER, "wang", True),  # by name, wherever that account works now
        (None, T, TOWN, "wang", False),
    ],
)
def test_a_case_is_held_by_name_or_by_role_and_area(holder, role, area, account, expected) -> None:
    assert holds(holder, role, area, account) is expected


def test_an_area_covers_its_parts_and_everywhere_covers_all() -> None:
    assert covers("", COUNTY)
    assert covers(COUNTY, VILLAGE)
    assert not covers(VILLAGE, COUNTY)


def test_a_free_case_is_handed_to_a_role_or_to_a_person() -> None:
    for to in (POOL, NAMED):
        done = assign(DESK, None, to, act(), COUNTY)
        assert (done.what, done.before, done.after) == (Handing.ASSIGN, None, to)
        assert (done.by, done.at) == ("li", day(1))


def test_a_case_that_is_held_is_not_handed_out_twice() -> None:
    with pytest.raises(MoveRefused, match="held by Township office of 421900101") as refused:
        assign(DESK, POOL, NAMED, act(), COUNTY)
    assert refused.value.zh == "该事项已由乡镇经办（421900101）办理；如需更换请“改派”"


def test_who_may_hand_out_and_to_whom_is_a_table() -> None:
    with pytest.raises(MoveRefused, match="that is for: County bureau, Township office") as refused:
        assign(DESK, None, POOL, act(A), COUNTY)
    assert refused.value.zh == "申请人不能“分派”，这一步由县民政局、乡镇经办办理"
    with pytest.raises(MoveRefused, match=r"you can assign to: Township office$"):
        assign(DESK, None, Holder(B, TOWN), act(T), TOWN)
    with pytest.raises(MoveRefused, match="not assign to: Applicant; you can assign to: County"):
        reassign(DESK, POOL, Holder(A, TOWN), act(note="换人"), COUNTY)
    assert DESK.may_hold() == {T, B}


def test_nobody_hands_out_beyond_their_own_area_or_takes_from_there() -> None:
    with pytest.raises(MoveRefused, match="421900102' is not within yours, '421900101'"):
        assign(DESK, None, Holder(T, OTHER), act(T), TOWN)
    with pytest.raises(MoveRefused, match="'everywhere' is not within yours"):
        assign(DESK, None, Holder(T), act(T), TOWN)
    theirs = Holder(T, OTHER)
    for step in (
        lambda: reassign(DESK, theirs, POOL, act(T, "换人"), TOWN),
        lambda: unassign(DESK, theirs, act(T, "换人"), TOWN),
    ):
        with pytest.raises(MoveRefused, match="is not within yours"):
            step()


def test_a_case_changes_hands_with_a_reason() -> None:
    done = reassign(DESK, POOL, NAMED, act(note="本人熟悉该户"), COUNTY)
    assert (done.what, done.before, done.after) == (Handing.REASSIGN, POOL, NAMED)
    assert done.note == "本人熟悉该户"
    for note in (None, "  "):
        with pytest.raises(MoveRefused, match="to reassign needs a note"):
            reassign(DESK, POOL, NAMED, act(note=note), COUNTY)
    with pytest.raises(MoveRefused, match="held by wang already"):
        reassign(DESK, NAMED, NAMED, act(note="换人"), COUNTY)
    with pytest.raises(MoveRefused, match="nobody holds it yet, so you cannot reassign the case"):
        reassign(DESK, None, NAMED, act(note="换人"), COUNTY)


def test_a_case_is_taken_back_with_a_reason() -> None:
    done = unassign(DESK, NAMED, act(note="调离"), COUNTY)
    assert (done.what, done.before, done.after) == (Handing.UNASSIGN, NAMED, None)
    with pytest.raises(MoveRefused, match="to take back needs a note"):
        unassign(DESK, NAMED, act(), COUNTY)
    with pytest.raises(MoveRefused, match="you cannot take back the case; assign it first"):
        unassign(DESK, None, act(note="调离"), COUNTY)
    with pytest.raises(MoveRefused, match="as Applicant you cannot take back"):
        unassign(DESK, NAMED, act(A, "调离"), COUNTY)


def test_one_of_those_who_hold_a_case_takes_it_on_by_name() -> None:
    done = claim(POOL, act(T, actor="wang"), TOWN)
    assert (done.what, done.before, done.after) == (Handing.CLAIM, POOL, NAMED)
    assert claim(POOL, act(T, actor="wang"), COUNTY).after == NAMED
    for held, role, area in ((NAMED, T, TOWN), (POOL, B, TOWN), (POOL, T, OTHER)):
        with pytest.raises(MoveRefused, match="you cannot take on the case"):
            claim(held, act(role, actor="zhao"), area)
    with pytest.raises(MoveRefused, match="held by wang; you cannot take on the case"):
        claim(NAMED, act(T, actor="wang"), TOWN)  # it is theirs already
    with pytest.raises(MoveRefused, match="has to be assigned first"):
        claim(None, act(T), TOWN)
