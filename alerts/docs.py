"""The reference page of alert states, generated from the tables the code runs on."""

from __future__ import annotations

from collections.abc import Iterable

from alerts.lifecycle import MOVES, Move
from alerts.policy import Policy, default_policy
from alerts.selection import LANES
from alerts.states import Action, Cause, Outcome, Role, Source, State, Worded

PATH = "docs/reference/alert-states.md"

_HEAD = """# Alert states · 预警状态

Generated from `alerts/lifecycle.py`, `alerts/states.py` and `alerts/policy.yaml` by `make docs`;
change those, not this page.

An alert is one open case per household. Every act is one row of the event table, which can only be
added to; precision, deadlines and the chain of help are computed from those rows.
"""

_PRECISION = """## Precision · 准确率

Alerts with at least one confirmed unmet need ÷ alerts of the denominator: *closed* (closed, or
under watch after a finding), *verified* (a visit settled what is true), *dispatched* or *raised*.
Already covered counts as verified, not as confirmed. Always shown with n, the unverified share and
a Wilson 95 % interval; cells with n < 10 are greyed.
"""


def text(policy: Policy | None = None) -> str:
    """The whole page as Markdown."""
    policy = policy or default_policy()
    parts = [
        _HEAD,
        "## States · 状态\n\n" + _words_table(State),
        "## Diagram · 流程\n\n" + diagram(),
        "Acts that leave the state as it is: "
        + ", ".join(f"{a.en} ({a.zh})" for a in _staying())
        + ".\n",
        "## Moves · 动作\n\n" + _moves_table(),
        "## Results of a visit · 核查结果\n\n" + _outcomes_table(),
        "## Causes of a false alarm · 误报原因\n\n" + _words_table(Cause),
        "## Roles · 角色\n\n" + _words_table(Role),
        "## Raising · 生成\n\n" + _raising(policy),
        "## Deadlines · 时限\n\n" + _deadlines_table(policy),
        _PRECISION,
    ]
    return "\n".join(parts)


def diagram() -> str:
    """A Mermaid state diagram: one arrow for each pair of states that some act joins."""
    arrows: dict[tuple[State, State], list[Action]] = {}
    for state, moves in MOVES.items():
        for action, move in moves.items():
            if move.to is not state:
                arrows.setdefault((state, move.to), []).append(action)
    lines = ["```mermaid", "stateDiagram-v2"]
    lines += [f"    {s.value}: {s.en} {s.zh}" for s in State]
    lines.append(f"    [*] --> {State.RAISED.value}: raise")
    for (before, after), actions in arrows.items():
        label = " / ".join(action.value for action in actions)
        lines.append(f"    {before.value} --> {after.value}: {label}")
    lines += [f"    {State.CLOSED.value} --> [*]", "```", ""]
    return "\n".join(lines)


def _staying() -> list[Action]:
    found = {
        action: None
        for state, moves in MOVES.items()
        for action, move in moves.items()
        if move.to is state
    }
    return list(found)


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = list(head)
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _words_table(words: type[Worded]) -> str:
    return _table(["code", "中文", "English"], ([f"`{w.value}`", w.zh, w.en] for w in words))


def _asks(move: Move) -> str:
    asked = [
        (move.note_required, "a note"),
        (move.cause_required, "a cause"),
        (move.needs_settled, "every need settled"),
    ]
    return ", ".join(what for wanted, what in asked if wanted) or "–"


def _moves_table() -> str:
    rows = [
        [
            state.en,
            f"`{action.value}` {action.zh}",
            move.to.en if move.to is not state else "stays",
            ", ".join(r.en for r in Role if r in move.by),
            _asks(move),
        ]
        for state, moves in MOVES.items()
        for action, move in moves.items()
    ]
    return _table(["from", "act", "to", "who", "asks for"], rows)


def _outcomes_table() -> str:
    leads = {
        move.outcome: move.to
        for moves in MOVES.values()
        for move in moves.values()
        if move.outcome is not None
    }
    return _table(
        ["code", "中文", "English", "settles what is true", "leads to"],
        ([f"`{o.value}`", o.zh, o.en, "yes" if o.verified else "no", leads[o].en] for o in Outcome),
    )


def _raising(policy: Policy) -> str:
    shares = ", ".join(
        f"{Source(lane).en} {getattr(policy.shares, lane.value):.0%}" for lane in LANES
    )
    bands = ", ".join(f"{band.en} {band.zh}" for band in policy.bands)
    cool = ", ".join(f"{name} {months}" for name, months in policy.cool_down_months.items())
    return (
        f"At most {policy.capacity_per_1000_households:g} new alerts a month per 1,000 households, "
        f"shared among the lanes: {shares}. A household counts once, in the first lane that names "
        "it; slots a lane cannot fill go to the others in the order event, rule (red, then "
        "orange), risk. What does not fit waits and is counted. Reports by people come on top.\n\n"
        f"Rule bands that open an alert: {bands}, from {policy.open_score:g} points; risk from "
        f"{policy.open_risk:g}. A family under watch is closed at its review only below "
        f"{policy.close_score:g} points and a risk of {policy.close_risk:g}.\n\n"
        f"Cool-down after closing, in months: {cool}. Only a higher band or an event not alerted "
        f"within {policy.event_memory_months} months opens an alert sooner. Households on dibao "
        "or tekun come in by the event lane only.\n"
    )


def _deadlines_table(policy: Policy) -> str:
    rows = (
        [name, str(d.dispatch), str(d.accept), str(d.check), str(d.measure)]
        for name, d in policy.deadlines.items()
    )
    table = _table(["class", "dispatch", "accept", "check on site", "first measure"], rows)
    return (
        "Working days; dispatch counts from raising (or return), the others from dispatch. For a "
        "year whose holidays are not published yet only weekends are days off, and pages say so. "
        f"A family under watch is reviewed after {policy.watch_review_months} months.\n\n" + table
    )
