"""Watching the model live: what moved, whether it keeps its promises; figures, no households."""

from __future__ import annotations

from core.access.roles import Action
from services.reads import watching as reads
from services.use_case import reading

__all__ = ["watch", "watched"]

watched = reading(Action.SEE_MODEL, reads.watched)
watch = reading(Action.SEE_MODEL, reads.watch)
