"""Whether the help that families got answers the reason of their need."""

from __future__ import annotations

import pandas as pd

from alerts.matching import CAUSES, Answer, Why
from core.access.roles import Action
from services import record
from services.context import Context
from services.reads import matching as reads
from services.reads.matching import Matched
from services.use_case import acting, reading

__all__ = [
    "CAUSES",
    "Answer",
    "Matched",
    "Why",
    "everything",
    "may_list",
    "missing",
    "of_household",
    "summary",
]

summary = reading(Action.SEE_FIGURES, reads.summary)
missing = reading(Action.SEE_ALERTS, reads.missing)
of_household = reading(Action.SEE_HOUSEHOLD, reads.of_household, household=True)


def may_list(context: Context) -> bool:
    """Whether the principal may see the families of the area, not the number alone."""
    return context.principal.may(Action.SEE_ALERTS, context.scope)


@acting(Action.EXPORT_ALERTS)
def everything(context: Context) -> pd.DataFrame:
    """The families of `missing` for a download; recorded."""
    found: pd.DataFrame = reads.missing(context.home, context.as_of, context.scope)
    record.write(context, "export", "alerts", rows=len(found), detail={"as_of": context.as_of})
    return found
