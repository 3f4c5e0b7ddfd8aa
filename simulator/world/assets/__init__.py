"""What people own: homes, vehicles, firms, accounts. Life moves them; they never move life.

A family's hidden income, savings, work and age say what it owns. Nothing here changes them back:
what a car costs is already in what the family spends. So the county lives as it would without
this package, with luck of its own, and futures need not carry it.

Stocks are drawn in the month of the first delivery and change from then on. Every table keeps
the month of each row's last change, which is what the departments report.
"""

from __future__ import annotations

from simulator.world.assets import accounts, firms, homes, listings, vehicles
from simulator.world.clock import Now

PARTS = (homes, vehicles, firms, accounts, listings)


def move(now: Now) -> None:
    """One month of what people own: drawn once, moved ever after."""
    if now.month < now.state.first:
        return
    begins = "title" not in now.state.things
    for part in PARTS:
        if begins:
            part.found(now)
        else:
            part.move(now)
