"""Report cards of the indicators, and the per-capita mean examined: figures, no households."""

from __future__ import annotations

from core.access.roles import Action
from services.reads import indicators as reads
from services.reads.indicators import TOP, Indicators, Mean, Waiting
from services.use_case import reading

__all__ = ["TOP", "Indicators", "Mean", "Waiting", "causes", "indicators", "mean"]

indicators = reading(Action.SEE_MODEL, reads.indicators)
causes = reading(Action.SEE_MODEL, reads.causes)
mean = reading(Action.SEE_MODEL, reads.mean)
