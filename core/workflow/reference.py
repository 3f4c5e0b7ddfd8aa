"""Diagram and tables of a life-cycle in Markdown, from the very table the code runs on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from core.words import Worded
from core.workflow.moves import AnyLifecycle, Move


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table."""
    head = list(head)
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def words_table(words: Iterable[Worded]) -> str:
    """Codes with their words in both languages."""
    return table(["code", "中文", "English"], ([f"`{w.value}`", w.zh, w.en] for w in words))


def diagram(cycle: AnyLifecycle) -> str:
    """A Mermaid state diagram: one arrow for each pair of states that some act joins."""
    arrows: dict[tuple[Worded, Worded], list[Worded]] = {}
    for state, moves in cycle.table.items():
        for action, move in moves.items():
            if move.to is not state:
                arrows.setdefault((state, move.to), []).append(action)
    lines = ["```mermaid", "stateDiagram-v2"]
    lines += [f"    {s.value}: {s.en} {s.zh}" for s in type(cycle.start)]
    lines.append(f"    [*] --> {cycle.start.value}: {cycle.opening.value}")
    for (before, after), actions in arrows.items():
        label = " / ".join(action.value for action in actions)
        lines.append(f"    {before.value} --> {after.value}: {label}")
    lines += [f"    {s.value} --> [*]" for s in type(cycle.start) if s in cycle.ends]
    return "\n".join([*lines, "```", ""])


def staying(cycle: AnyLifecycle) -> str:
    """The acts that leave a case where it is, in one sentence."""
    found = {
        action: None
        for state, moves in cycle.table.items()
        for action, move in moves.items()
        if move.to is state
    }
    listed = ", ".join(f"{a.en} ({a.zh})" for a in found)
    return f"Acts that leave the state as it is: {listed}.\n"


def moves_table(cycle: AnyLifecycle, parts: str) -> str:
    """Every legal move: from, act, to, who, what it asks for; `parts` says what must be settled."""
    rows = [
        [
            state.en,
            f"`{action.value}` {action.zh}",
            move.to.en if move.to is not state else "stays",
            ", ".join(r.en for r in cycle.roles if r in move.by),
            _asks(move, parts),
        ]
        for state, moves in cycle.table.items()
        for action, move in moves.items()
    ]
    return table(["from", "act", "to", "who", "asks for"], rows)


def _asks(move: Move[Any, Any, Any], parts: str) -> str:
    asked = [
        (move.note_required, "a note"),
        (move.cause_required, "a cause"),
        (move.parts_settled, parts),
    ]
    return ", ".join(what for wanted, what in asked if wanted) or "–"
