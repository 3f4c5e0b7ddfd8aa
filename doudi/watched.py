"""The watch of the model as the monthly run's last step: its notices, or why it could not be made.

The month is there by then: alerts are raised and the run is kept, so that nothing which goes wrong
here loses a month.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from core.home import Home
from services import operator, watching

LOG = logging.getLogger("doudi.watch")


@dataclass(frozen=True)
class Watched:
    """Notices by level ('stop', 'look'; {} when all lies within the bounds), and warnings: each
    notice in a line, or that the month was not watched and why."""

    notices: Mapping[str, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def watch_run(home: Home, as_of: date) -> Watched:
    """Watch the month that was just run and keep the report (`models.risk.watching`)."""
    try:
        report = watching.watch(operator.context(str(home.root), as_of))
    except Exception as error:  # whatever it is: the month must not be lost by it
        LOG.warning("%s was not watched", f"{as_of:%Y-%m}", exc_info=error)
        why = " ".join(str(error).split()) or type(error).__name__
        return Watched(warnings=(f"the model was not watched this month: {why}",))
    found = report["notices"]
    levels = Counter(str(one["level"]) for one in found)
    return Watched(
        dict(levels), tuple(f"model watch, {one['level']}: {one['en']}" for one in found)
    )
