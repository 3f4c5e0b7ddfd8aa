"""Kinds of county to simulate, so that conclusions can be checked in more than one world."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Setting:
    """What differs between worlds; 1.0 means as in the normal county.

    `slump` is the depth of an economic slump (log points of pay) that starts 20 months into
    the deliveries; `reporting` scales how well townships and departments report.
    """

    name: str
    swing: float = 1.0
    slump: float = 0.0
    job_loss: float = 1.0
    reporting: float = 1.0


SETTINGS = {
    s.name: s
    for s in (
        Setting("normal"),
        Setting("calm", swing=0.3, job_loss=0.7),
        Setting("recession", slump=0.2, job_loss=1.6),
        Setting("poor_data", reporting=0.6),
    )
}
