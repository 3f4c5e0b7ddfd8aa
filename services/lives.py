"""A synthetic county lived three times."""

from __future__ import annotations

from core.access.roles import Action
from services.reads import lives as reads
from services.reads.lives import Lived
from services.use_case import reading

__all__ = ["Lived", "lived"]

lived = reading(Action.SEE_FIGURES, reads.lived)
