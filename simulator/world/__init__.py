"""The synthetic county: people whose lives go on month by month, departments that see part of it.

`simulate` writes a whole home; `load` and `step` run on from any saved month; `futures` is the
oracle; `visits` and `relief` are what alerts set going. Only `features` and later rooms read the
files; nobody reads this world's equations.
"""

from __future__ import annotations

from simulator.world.county import simulate
from simulator.world.state import State, load
from simulator.world.step import step

__all__ = ["State", "load", "simulate", "step"]
