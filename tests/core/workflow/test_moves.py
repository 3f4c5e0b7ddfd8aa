"""The table of moves and `decide`, on two life-cycles that share nothing but the kernel."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alerts import lifecycle as alerts
from alerts.states import Cause as AlertCause
from core.words import Text
from core.workflow.moves import Lifecycle, Move, decide, implied_steps, may_do, possible
from tests.alerts import test_lifecycle as by_hand
from tests.core.workflow import applying
from tests.core.workflow.applying import CYCLE, Action, Cause, Outcome, Role, State
from tests.core.workflow.product import NOW, wrong_moves

CYCLES = {
    "alert": (alerts.LIFECYCLE, by_hand.LEGAL, by_hand.WHO, AlertCause.STALE),
    "application": (CYCLE, applying.LEGAL, applying.WHO, Cause.INCOME),
}


@pytest.mark.parametrize("name", CYCLES)
def test_exactly_the_listed_moves_are_legal(name: str) -> None:
    cycle, listing, who, cause = CYCLES[name]
    assert wrong_moves(cycle, listing, who, note="为何", cause=cause) == []


@pytest.mark.parametrize("name", CYCLES)
def test_a_line_too_many_or_too_few_in_the_list_is_seen(name: str) -> None:
    cycle, listing, who, cause = CYCLES[name]
    first, *rest = listing.strip().splitlines()
    assert wrong_moves(cycle, "\n".join(rest), who, note="为何", cause=cause) != []
    letter = next(letter for letter in who if letter not in first.split()[3:])
    assert wrong_moves(cycle, f"{listing}{first} {letter}", who, note="为何", cause=cause) != []


def test_a_refusal_speaks_of_the_case_in_its_own_words() -> None:
    with pytest.raises(applying.ApplicationRefused) as refused:
        decide(CYCLE, State.NOTICE, Action.WITHDRAW, Role.APPLICANT, NOW)
    assert refused.value.en == (
        "cannot withdraw: the application is on public notice; from here you can: object, "
        "settle an objection, approve, refuse"
    )
    assert refused.value.text("zh_CN") == (
        "当前状态为“公示中”，不能“撤回”；此时可以：提出异议、处理异议、确认、不予确认"
    )


def test_a_refusal_names_who_may_and_what_this_role_can_do_instead() -> None:
    with pytest.raises(applying.ApplicationRefused) as refused:
        decide(CYCLE, State.NOTICE, Action.SETTLE, Role.PUBLIC, NOW)
    assert refused.value.en == (
        "as Anyone you cannot settle an objection; that is for: Township office, County bureau; "
        "you can: object"
    )
    with pytest.raises(applying.ApplicationRefused, match="you can: nothing") as refused:
        decide(CYCLE, State.REFUSED, Action.APPEAL, Role.BUREAU, NOW)
    assert refused.value.zh.endswith("这一步由申请人办理；您现在可以：无")


def test_an_act_that_comes_by_itself_is_never_offered() -> None:
    assert possible(CYCLE, State.SUBMITTED) == [Action.TAKE, Action.WITHDRAW]
    assert possible(CYCLE, State.SUBMITTED, Role.SYSTEM) == []
    assert possible(CYCLE, State.APPROVED) == []


@pytest.mark.parametrize(
    ("state", "action", "role", "given", "asks"),
    [
        (State.REFUSED, Action.APPEAL, Role.APPLICANT, {"note": " "}, "appeal needs a note"),
        (State.APPEALED, Action.UPHOLD, Role.BUREAU, {}, "needs a cause: income, property"),
        (State.NOTICE, Action.APPROVE, Role.BUREAU, {"open_parts": 2}, r"2 objection\(s\) are not"),
    ],
)
def test_a_move_says_what_it_lacks(state, action, role, given, asks) -> None:
    with pytest.raises(applying.ApplicationRefused, match=asks):
        decide(CYCLE, state, action, role, NOW, **given)


def test_a_decision_holds_the_whole_act() -> None:
    told = {"note": "收入查实", "cause": Cause.INCOME, "open_parts": 3}
    done = decide(CYCLE, State.REVIEW, Action.REFUSE, Role.BUREAU, NOW, **told)
    assert (done.before, done.after, done.action) == (State.REVIEW, State.REFUSED, Action.REFUSE)
    assert (done.outcome, done.cause, done.at) == (Outcome.DENIED, Cause.INCOME, NOW)
    assert not done.restarts_clock
    taken = decide(CYCLE, State.SUBMITTED, Action.TAKE, Role.TOWNSHIP, NOW, cause=Cause.INCOME)
    assert (taken.cause, taken.restarts_clock) == (None, True)


def test_an_act_implies_the_steps_before_it_for_those_who_may_do_them() -> None:
    assert implied_steps(CYCLE, State.SUBMITTED) == [Action.TAKE]
    assert implied_steps(CYCLE, State.REVIEW) == []
    assert may_do(CYCLE, State.SUBMITTED, Role.TOWNSHIP, Action.PROPOSE)
    assert not may_do(CYCLE, State.SUBMITTED, Role.BUREAU, Action.PROPOSE)
    assert may_do(CYCLE, State.REVIEW, Role.BUREAU, Action.PROPOSE)
    assert not may_do(CYCLE, State.APPROVED, Role.BUREAU, Action.PROPOSE)


def test_a_table_that_contradicts_itself_is_refused_when_it_is_made() -> None:
    unlisted = {state: moves for state, moves in CYCLE.table.items() if state != State.APPEALED}
    with pytest.raises(ValueError, match="no moves are listed for appealed"):
        replace(CYCLE, table=unlisted)
    with pytest.raises(ValueError, match="approve is implied in submitted and is no move"):
        replace(CYCLE, implied={State.SUBMITTED: Action.APPROVE})
    with pytest.raises(ValueError, match="implied from notice run in a circle"):
        replace(CYCLE, implied={State.NOTICE: Action.SETTLE})


def test_the_least_life_cycle_needs_no_causes_and_no_words_of_its_own() -> None:
    bare = Lifecycle(
        subject=Text("申请", "application"),
        table={
            State.SUBMITTED: {
                Action.APPROVE: Move(State.APPROVED, frozenset({Role.BUREAU}), parts_settled=True)
            },
            State.APPROVED: {},
        },
        start=State.SUBMITTED,
        opening=Action.SUBMIT,
        ends=frozenset({State.APPROVED}),
        roles=(Role.BUREAU,),
    )
    with pytest.raises(Exception, match=r"1 part\(s\) are still open") as refused:
        decide(bare, State.SUBMITTED, Action.APPROVE, Role.BUREAU, NOW, open_parts=1)
    assert refused.value.text("zh") == "还有 1 项未办结，请先逐项办结"
