"""What the alerts missed."""

from __future__ import annotations

from core.access.roles import Action
from services.reads import missed as reads
from services.reads.missed import TrueRecall, bins
from services.use_case import reading

__all__ = ["TrueRecall", "audited", "bins", "true_recall"]

audited = reading(Action.SEE_FIGURES, reads.audited)
true_recall = reading(Action.SEE_FIGURES, reads.true_recall)
