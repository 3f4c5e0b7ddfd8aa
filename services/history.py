"""What the lake tells about one household over time, and its case as one list by date."""

from __future__ import annotations

from core.access.roles import Action
from services.reads import case_history as cases
from services.reads import history as reads
from services.reads.afterwards import AFTER
from services.reads.case_history import PARTS, CaseHistory, Entry, Later
from services.reads.history import MONTHS
from services.use_case import reading

__all__ = [
    "AFTER",
    "MONTHS",
    "PARTS",
    "CaseHistory",
    "Entry",
    "Later",
    "case_history",
    "data_dates",
    "shocks",
    "timeline",
    "whole_case_history",
]

timeline = reading(Action.SEE_HOUSEHOLD, reads.timeline, household=True)
shocks = reading(Action.SEE_HOUSEHOLD, reads.shocks, household=True)
# Blind for whoever visits; the whole of it for who may know how rules and model weigh a family.
case_history = reading(Action.SEE_HOUSEHOLD, cases.case_history, household=True)
whole_case_history = reading(Action.SEE_ORIGINS, cases.whole_case_history, household=True)
data_dates = reading(None, reads.data_dates)
