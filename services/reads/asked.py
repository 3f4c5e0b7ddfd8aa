"""Figures that a job makes apart from the page: which were asked for, and how far they are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core import jobs
from core.db.store import ready
from core.jobs import State
from core.words import Text
from services.reads import base

_READY = Text("准备中", "Getting ready")


@dataclass(frozen=True)
class Asked:
    """Figures asked for: their job's number, state and step; `why` they could not be made;
    `ahead`: jobs of any kind that it waits for."""

    number: int
    state: State
    step: Text
    done: int
    total: int
    why: Text | None
    ahead: int = 0

    @property
    def under_way(self) -> bool:
        """Whether the job waits or runs."""
        return self.state in (State.WAITING, State.RUNNING)


def newest(
    home: str, kind: str, about: Mapping[str, Any], steps: Mapping[str, Text]
) -> Asked | None:
    """The newest job of a kind that was asked for just this; None where none was."""
    place = base.home_at(home)
    if not ready(place):
        return None
    found = next((job for job in jobs.listed(place, kind) if job.asked_for == about), None)
    if found is None:
        return None
    why = Text(**json.loads(found.error)) if found.error else None
    step = steps.get(found.label, _READY)
    ahead = jobs.ahead(place, found.id) if found.told is State.WAITING else 0
    return Asked(found.id, found.told, step, found.done, found.total, why, ahead)
