"""A household's income and rigid spending of 24 months."""

from __future__ import annotations

from core.access.roles import Action
from services.reads import money as reads
from services.use_case import reading

money = reading(Action.SEE_HOUSEHOLD, reads.money, household=True)
