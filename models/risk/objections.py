"""One thing that speaks against a version, and whether a written reason may pass it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.words import Text


@dataclass(frozen=True)
class Objection(Text):
    """`refuses`: no reason in writing passes it. `code` names its kind."""

    refuses: bool = False
    code: str = ""


def refusals(found: Sequence[Objection]) -> list[Objection]:
    """Those that no written reason passes."""
    return [one for one in found if one.refuses]
