"""The record as a file of JSON lines, to be kept elsewhere for the years the law asks."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from core.atomic import atomic
from core.audit.chain import canonical
from core.audit.verifying import stored_events


@dataclass(frozen=True)
class Exported:
    """What was written."""

    path: Path
    events: int
    sha256: str
    """Of the file."""


def export(session: Session, target: Path) -> Exported:
    """Write every event, oldest first, one canonical JSON object a line with all columns.

    The file appears whole or not at all, readable by its owner only. `docs/check_record.py`
    checks it without this code.
    """
    made = hashlib.sha256()
    count = 0
    with atomic(target, private=True) as aside, aside.open("wb") as file:
        for event in stored_events(session):
            line = (canonical(event) + "\n").encode("utf-8")
            file.write(line)
            made.update(line)
            count += 1
    return Exported(target, count, made.hexdigest())
