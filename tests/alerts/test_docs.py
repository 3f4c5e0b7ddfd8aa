"""The reference page says what the code does."""

from __future__ import annotations

from alerts import docs
from alerts.lifecycle import MOVES
from alerts.states import Outcome, Role, State


def test_the_diagram_draws_every_move_between_states() -> None:
    drawn = docs.diagram()
    for state, moves in MOVES.items():
        for action, move in moves.items():
            if move.to is not state:
                (arrow,) = [
                    line
                    for line in drawn.splitlines()
                    if line.strip().startswith(f"{state.value} --> {move.to.value}:")
                ]
                assert action.value in arrow


def test_the_page_names_every_state_outcome_and_role_in_both_languages() -> None:
    page = docs.text()
    for word in [*State, *Outcome, *Role]:
        assert f"| `{word.value}` | {word.zh} | {word.en} |" in page


def test_the_page_is_the_same_every_time() -> None:
    assert docs.text() == docs.text()
    assert docs.PATH == "docs/reference/alert-states.md"
