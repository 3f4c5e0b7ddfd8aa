"""The report by group of a month: alerts raised, the model's cut-off, what is missing."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from alerts.groups.raised import ALERTS, YEAR, figures
from alerts.groups.tables import Sampled, facts_of, sampled_of, tables_of
from alerts.groups.truth import by_truth
from core.home import Home, add_months, month_end
from core.progress import Progress, quiet
from models.risk.errors import RiskError
from models.risk.groups.measured import Ruler, counted, kept_rows, measured
from models.risk.groups.naming import named
from models.risk.groups.report import build
from models.risk.rows import Question as Asked
from models.risk.truth import HouseholdOf, unmet_months

STEPS = 4


def groups_report(
    home: Home,
    session: Session,
    question: Asked,
    as_of: date,
    household_of: HouseholdOf | None = None,
    progress: Progress = quiet,
) -> dict[str, Any]:
    """The whole report of twelve months up to `as_of`, as it was known then.

    `household_of` (see `models.risk.truth`) adds the rulers of an invented county's sealed truth.
    What could not be measured is named under `missing`. Raises RiskError without a profile.
    """
    since = add_months(month_end(as_of), 1 - YEAR).replace(day=1)
    missing: dict[str, str] = {}
    version = None
    progress("visits", 0, STEPS)
    sampled = sampled_of(home, session, since, as_of, missing)
    progress("alerts", 1, STEPS)
    facts = facts_of(home, session, question, since, as_of)
    rulers = [_of_alerts(home, facts, question, since, as_of, sampled)]
    if household_of is not None and question == "existing":
        rulers.append(by_truth(home, facts, since, as_of, unmet_months(home, household_of)))
    progress("model", 2, STEPS)
    try:
        scored, slots, version = kept_rows(home, question, as_of)
        if household_of is None:
            scored = scored.assign(truth=np.nan)
        rulers += measured(home, question, scored, slots, sampled.false if sampled else None)
    except RiskError as error:
        missing["cutoff"] = str(error)
    progress("report", STEPS, STEPS)
    return build(home, question, as_of, rulers, missing, version)


def _of_alerts(
    home: Home,
    facts: pd.DataFrame,
    question: Asked,
    since: date,
    until: date,
    sampled: Sampled | None,
) -> Ruler:
    """The ruler of the alerts; random visits tell nothing of the coming."""
    drawn = sampled if question == "existing" else None
    tables = tables_of(home, facts, drawn, since)
    about = {
        "since": since,
        "until": until,
        "n_alerts": len(facts),
        "n_verified": int(facts["concluded"].sum()),
        "n_random": len(tables.random),
        "false_rate": drawn.false if drawn else None,
        "households": len(tables.homes),
    }
    homes = pd.Series(tables.homes.index, index=tables.homes.index)
    found = named(figures(tables, drawn))
    return Ruler(ALERTS, found, about, households=counted(tables.homes_in, homes))
