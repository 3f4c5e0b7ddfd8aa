"""Every state x action x role of a life-cycle, against a list of legal moves written by hand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from itertools import product
from typing import Any

from core.words import Worded
from core.workflow.moves import AnyLifecycle, decide

NOW = datetime(2026, 4, 1, 9, 0)  # noqa: DTZ001 (as stored: China time, without a zone)


def legal_moves(
    cycle: AnyLifecycle, listing: str, who: Mapping[str, Worded]
) -> dict[tuple[Worded, Worded, Worded], Worded]:
    """(state, action, role) → state, from lines 'state action state' and a letter for each role."""
    states, actions = type(cycle.start), type(cycle.opening)
    found = {}
    for line in listing.strip().splitlines():
        before, action, after, *letters = line.split()
        for letter in letters:
            found[states(before), actions(action), who[letter]] = states(after)
    return found


def wrong_moves(
    cycle: AnyLifecycle, listing: str, who: Mapping[str, Worded], **given: Any
) -> list[tuple[Worded, Worded, Worded, Worded | None]]:
    """Moves that `decide` allows or refuses against the list, `given` what moves may ask for."""
    legal, wrong = legal_moves(cycle, listing, who), []
    for state, action, role in product(type(cycle.start), type(cycle.opening), cycle.roles):
        try:
            after = decide(cycle, state, action, role, NOW, **given).after
        except cycle.refused:
            after = None
        if after != legal.get((state, action, role)):
            wrong.append((state, action, role, after))
    return wrong
