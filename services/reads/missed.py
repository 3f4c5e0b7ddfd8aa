"""What the alerts missed: recall from random visits, and on an invented county the truth."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from typing import Any

import pandas as pd

from alerts.errors import AlertsError
from alerts.facts import alert_facts
from alerts.recall import AFTER, BEFORE, audited_recall
from alerts.sampling_checks import Bin
from alerts.states import Source
from core.home import add_months
from models.risk.errors import RiskError
from models.risk.monthly import own_pseudonyms
from models.risk.truth import unmet_months
from services.reads import base

YEAR = 12


@dataclass(frozen=True)
class TrueRecall:
    """Families truly in unmet need at some time of the period, and those an alert found."""

    families: int
    found: int

    @property
    def share(self) -> float | None:
        """Found ÷ families; None without a family."""
        return self.found / self.families if self.families else None


@base.cached_alerts
def audited(home: str, as_of: date) -> dict[str, Any]:
    """What random visits of twelve months say about the county's alerts (AuditedRecall).

    Raises NothingYet when the period holds no random visit with a result.
    """
    since = base.months_back(as_of, YEAR)
    with base.alert_session(home) as session:
        try:
            found = audited_recall(base.home_at(home), session, since, as_of, as_of)
        except AlertsError as nothing:
            raise base.NothingYet("random_visits", as_of) from nothing
    return found.to_dict()


@base.cached_alerts
def true_recall(home: str, as_of: date) -> TrueRecall | None:
    """The same counted on the sealed truth of an invented county; None for a real one.

    Found: the alert's own visit found a need, or it was raised in time, as for random visits.
    """
    folder = base.home_at(home)
    household_of = own_pseudonyms(folder)
    if household_of is None:
        return None
    try:
        unmet = unmet_months(folder, household_of)
    except RiskError:
        return None
    since = base.months_back(as_of, YEAR)
    unmet = unmet[[since <= month <= as_of for month in unmet["month"]]]
    with base.alert_session(home) as session:
        facts = alert_facts(session, since, as_of, as_of)
    facts = facts[facts["source"] != Source.AUDIT.value]
    needy = set(facts.loc[facts["confirmed"], "household"])
    both = unmet.merge(facts[["household", "raised_on"]], on="household")
    timely = {
        household
        for household, month, raised in both.itertuples(index=False)
        if add_months(month, -BEFORE) <= raised <= add_months(month, AFTER)
    }
    ever = set(unmet["household"])
    return TrueRecall(len(ever), len(ever & (needy | timely)))


def bins(found: dict[str, Any]) -> pd.DataFrame:
    """Stored risk against what visits found, random and chosen (columns of sampling_checks.Bin)."""
    names = [field.name for field in fields(Bin)]
    return pd.DataFrame(found["calibration"], columns=names).astype(float)
