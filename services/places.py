"""Why not every household was raised."""

from __future__ import annotations

from core.access.roles import Action
from services.reads import places as reads
from services.reads.places import LANES, Places
from services.use_case import reading

__all__ = ["LANES", "Places", "places"]

places = reading(Action.SEE_FIGURES, reads.places)
