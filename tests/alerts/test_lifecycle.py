"""Every state x action x role, against a list of legal moves written by hand."""

from __future__ import annotations

from datetime import datetime
from itertools import product

import pytest

from alerts.errors import MoveRefused
from alerts.lifecycle import (
    ACTION_OF,
    MOVES,
    decide,
    may_record,
    possible,
    steps_before_result,
)
from alerts.states import Action, Cause, Outcome, Question, Role, Source, State
from core.workflow.calendar import CHINA_TIME

NOW = datetime(2026, 4, 1, 9, 0, tzinfo=CHINA_TIME)

# from, act, to, who (s system, d county team, w worker, p department, v supervisor)
LEGAL = """
raised      dispatch      dispatched  s d v
raised      escalate      raised      s d v
raised      lapse         closed      s v
raised      join          raised      s d w p v
raised      note          raised      d w p v
dispatched  accept        accepted    d w
dispatched  return        returned    s w p
dispatched  assign        dispatched  s d w v
dispatched  suspend       dispatched  d v
dispatched  resume        dispatched  s d w v
dispatched  escalate      dispatched  s d v
dispatched  lapse         closed      s v
dispatched  join          dispatched  s d w p v
dispatched  note          dispatched  d w p v
returned    dispatch      dispatched  s d v
returned    escalate      returned    s d v
returned    lapse         closed      s v
returned    join          returned    s d w p v
returned    note          returned    d w p v
accepted    check         checking    d w
accepted    return        returned    s w p
accepted    assign        accepted    s d w v
accepted    suspend       accepted    d v
accepted    resume        accepted    s d w v
accepted    escalate      accepted    s d v
accepted    lapse         closed      s v
accepted    join          accepted    s d w p v
accepted    note          accepted    d w p v
checking    confirm       assisting   d w
checking    cover         closed      d w
checking    ineligible    watching    d w
checking    false_alarm   closed      d w
checking    refer         closed      d w
checking    unreachable   retry       d w
checking    refuse        closed      d w
checking    fact          checking    d w
checking    assign        checking    s d w v
checking    suspend       checking    d v
checking    resume        checking    s d w v
checking    escalate      checking    s d v
checking    lapse         closed      s v
checking    join          checking    s d w p v
checking    note          checking    d w p v
retry       check         checking    d w
retry       return        returned    s w p
retry       assign        retry       s d w v
retry       suspend       retry       d v
retry       resume        retry       s d w v
retry       escalate      retry       s d v
retry       lapse         closed      s v
retry       join          retry       s d w p v
retry       note          retry       d w p v
approval    approve       closed      d v
approval    reject        checking    d v s
approval    escalate      approval    s d v
approval    join          approval    s d w p v
approval    note          approval    d w p v
assisting   need_taken    assisting   d p
assisting   need_returned assisting   p
assisting   need_sent     assisting   d v
assisting   need_met      assisting   d w p
assisting   need_dropped  assisting   d w p
assisting   finish        closed      s d w p
assisting   reopen        checking    d v s
assisting   escalate      assisting   s d v
assisting   suspend       assisting   d v
assisting   resume        assisting   s d w v
assisting   join          assisting   s d w p v
assisting   note          assisting   d w p v
watching    recheck       dispatched  s d w v
watching    close         closed      s d v
watching    assign        watching    s
watching    reopen        checking    d v s
watching    join          watching    s d w p v
watching    note          watching    d w p v
closed      reopen        checking    d v s
"""
WHO = {
    "s": Role.SYSTEM,
    "d": Role.DISPATCHER,
    "w": Role.WORKER,
    "p": Role.DEPARTMENT,
    "v": Role.SUPERVISOR,
}


def legal_moves() -> dict[tuple[State, Action, Role], State]:
    found = {}
    for line in LEGAL.strip().splitlines():
        before, action, after, *who = line.split()
        for letter in who:
            found[State(before), Action(action), WHO[letter]] = State(after)
    return found


def test_exactly_the_listed_moves_are_legal() -> None:
    legal = legal_moves()
    wrong = []
    for state, action, role in product(State, Action, Role):
        try:
            after = decide(state, action, role, NOW, note="为何", cause=Cause.STALE).after
        except MoveRefused:
            after = None
        if after != legal.get((state, action, role)):
            wrong.append((state, action, role, after))
    assert wrong == []


def test_every_state_is_in_the_table() -> None:
    assert set(MOVES) == set(State)


def test_an_auditor_only_reads() -> None:
    assert [possible(state, Role.AUDITOR) for state in State] == [[]] * len(State)


def test_every_state_can_be_reached_and_left() -> None:
    # A result waits for approval where the policy asks for a second person.
    reached = {State.RAISED, State.APPROVAL}
    for _ in State:
        reached |= {move.to for state in reached for move in MOVES[state].values()}
    assert reached == set(State)
    for state in State:
        assert any(move.to is not state for move in MOVES[state].values())


def test_every_outcome_has_its_action_and_every_action_of_a_result_its_outcome() -> None:
    for outcome in Outcome:
        move = MOVES[State.CHECKING][ACTION_OF[outcome]]
        assert move.outcome is outcome
    results = [m.outcome for moves in MOVES.values() for m in moves.values() if m.outcome]
    assert sorted(results) == sorted(Outcome)


def test_a_closing_result_waits_for_a_second_person_where_the_policy_asks() -> None:
    for outcome in Outcome:
        action = ACTION_OF[outcome]
        told = {"note": "为何", "cause": Cause.STALE, "second_person": True}
        after = decide(State.CHECKING, action, Role.WORKER, NOW, **told).after
        usual = MOVES[State.CHECKING][action].to
        assert after is (State.APPROVAL if usual is State.CLOSED else usual)


def test_a_refusal_says_what_is_possible_in_both_languages() -> None:
    with pytest.raises(MoveRefused) as refused:
        decide(State.RAISED, Action.CONFIRM, Role.WORKER, NOW)
    assert refused.value.en == (
        "cannot confirm a need: the alert is raised; from here you can: "
        "dispatch, escalate, close without a meeting, add a note"
    )
    assert refused.value.zh == (
        "当前状态为“待派单”，不能“属实-符合”；此时可以：派单、督办、未见面办结、备注"
    )


def test_a_refusal_for_the_wrong_role_names_the_right_one() -> None:
    with pytest.raises(MoveRefused, match="that is for: System, County monitoring team") as refused:
        decide(State.RAISED, Action.DISPATCH, Role.WORKER, NOW)
    assert "这一步由系统、县级监测专班、督办领导办理" in refused.value.text("zh_CN")
    assert refused.value.text("en").startswith("as Township or village worker you cannot dispatch")


def test_a_false_alarm_needs_its_cause() -> None:
    with pytest.raises(MoveRefused, match="needs a cause: data_wrong, same_name, stale"):
        decide(State.CHECKING, Action.FALSE_ALARM, Role.WORKER, NOW)


def test_a_return_needs_a_note_that_is_not_blank() -> None:
    with pytest.raises(MoveRefused, match="to return needs a note"):
        decide(State.DISPATCHED, Action.RETURN, Role.WORKER, NOW, note="  ")


def test_an_alert_finishes_only_when_every_need_is_settled() -> None:
    with pytest.raises(MoveRefused, match=r"2 need\(s\) are still open"):
        decide(State.ASSISTING, Action.FINISH, Role.WORKER, NOW, open_needs=2)
    done = decide(State.ASSISTING, Action.FINISH, Role.WORKER, NOW)
    assert (done.before, done.after, done.at) == (State.ASSISTING, State.CLOSED, NOW)


def test_a_cause_is_kept_only_where_it_belongs() -> None:
    covered = decide(State.CHECKING, Action.COVER, Role.WORKER, NOW, cause=Cause.STALE)
    assert covered.cause is None


@pytest.mark.parametrize(
    ("state", "steps"),
    [
        (State.RAISED, [Action.DISPATCH, Action.ACCEPT, Action.CHECK]),
        (State.RETURNED, [Action.DISPATCH, Action.ACCEPT, Action.CHECK]),
        (State.WATCHING, [Action.RECHECK, Action.ACCEPT, Action.CHECK]),
        (State.DISPATCHED, [Action.ACCEPT, Action.CHECK]),
        (State.ACCEPTED, [Action.CHECK]),
        (State.RETRY, [Action.CHECK]),
        (State.CHECKING, []),
        (State.ASSISTING, []),
        (State.CLOSED, []),
    ],
)
def test_a_result_implies_the_steps_that_lead_to_the_visit(
    state: State, steps: list[Action]
) -> None:
    assert steps_before_result(state) == steps


def test_who_may_record_a_visit_depends_on_who_may_do_the_steps_before() -> None:
    everywhere = set(State) - {State.ASSISTING, State.APPROVAL, State.CLOSED}
    assert {s for s in State if may_record(s, Role.DISPATCHER)} == everywhere
    undispatched = {State.RAISED, State.RETURNED}
    assert {s for s in State if may_record(s, Role.WORKER)} == everywhere - undispatched
    for role in (Role.DEPARTMENT, Role.SUPERVISOR, Role.SYSTEM, Role.AUDITOR):
        assert not any(may_record(state, role) for state in State)


def test_words_exist_in_both_languages_and_differ_within_a_list() -> None:
    for words in (State, Action, Role, Outcome, Cause, Source, Question):
        assert len({w.zh for w in words}) == len({w.en for w in words}) == len(words)
        assert State.CLOSED.pick("zh_CN") == "办结"
        assert State.CLOSED.pick("en") == "Closed"
