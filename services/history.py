"""What the lake tells about one household over time."""

from __future__ import annotations

from core.access.roles import Action
from services.reads import history as reads
from services.use_case import reading

timeline = reading(Action.SEE_HOUSEHOLD, reads.timeline, household=True)
shocks = reading(Action.SEE_HOUSEHOLD, reads.shocks, household=True)
help_received = reading(Action.SEE_HOUSEHOLD, reads.help_received, household=True)
data_dates = reading(None, reads.data_dates)
