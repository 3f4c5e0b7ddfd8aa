"""The alerts by group against the sealed truth of an invented county; the question existing only.

Recall: of the families in unmet need at some time of the period, those an alert found (its visit
confirmed a need, or it came in time). Precision: alerts whose family is in unmet need in the month
of raising. False alarms: families never in unmet need whom an alert named.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np
import pandas as pd

from alerts.groups.raised import plain
from alerts.groups.tables import at_the_start, raised_in, rows_of
from alerts.recall import AFTER, BEFORE
from core.home import Home, add_months
from models.risk.groups.cutoff import missed
from models.risk.groups.measured import Ruler
from models.risk.groups.members import Cell, cells, joined
from models.risk.groups.naming import Figure, figure, named
from models.risk.groups.rates import Rate, share

ALERTS_TRUTH = "alerts_truth"


def by_truth(
    home: Home, facts: pd.DataFrame, since: date, until: date, unmet: pd.DataFrame
) -> Ruler:
    """The ruler of the alerts `facts`; `unmet`: see `models.risk.truth.unmet_months`."""
    inside = unmet[[since <= month <= until for month in unmet["month"]]]
    homes_in = at_the_start(home, since)
    tables = _Tables(home, facts, inside, homes_in)
    found = [one for cell in cells(homes_in) for one in tables.figures(cell)]
    about = {
        "since": since,
        "until": until,
        "n_alerts": len(facts),
        "n_unmet": int(tables.ever.sum()),
        "households": len(homes_in),
    }
    return Ruler(ALERTS_TRUTH, named(found), about)


class _Tables:
    """Who was truly in need, and whom the alerts named."""

    def __init__(
        self, home: Home, facts: pd.DataFrame, unmet: pd.DataFrame, homes_in: pd.DataFrame
    ) -> None:
        """Match alerts and true needs by household."""
        pairs = set(zip(unmet["household"], unmet["month"], strict=True))
        raised = raised_in(facts)
        keys = zip(facts["household"], raised, strict=True)
        self.true = np.array([key in pairs for key in keys], float)
        self.alerts_in = joined(home, facts["household"], raised)
        self.place = pd.factorize(facts["household"])[0]
        self.ever = homes_in.index.isin(unmet["household"])
        self.alerted = homes_in.index.isin(facts["household"])
        self.found = homes_in.index.isin(_in_time(facts, unmet))

    def figures(self, cell: Cell) -> Iterator[Figure]:
        """Every measure of one group beside everybody else."""
        about = (cell.dimension, cell.group, cell.crossed)
        mine = rows_of(cell, self.alerts_in)
        sides = [self._precision(m) for m in (mine, ~mine)]
        yield figure(ALERTS_TRUTH, "precision", about, sides, int(self.true[mine].sum()))
        flags = [self.found[m & self.ever].astype(float) for m in (cell.mask, ~cell.mask)]
        own, rest = (plain(one) for one in flags)
        finds = len(flags[0])
        yield figure(ALERTS_TRUTH, "recall", about, (own, rest), finds)
        yield figure(ALERTS_TRUTH, "missed", about, (missed(own), missed(rest)), finds)
        never = [self.alerted[m & ~self.ever].astype(float) for m in (cell.mask, ~cell.mask)]
        yield figure(ALERTS_TRUTH, "false_alarm", about, [plain(one) for one in never])

    def _precision(self, mask: np.ndarray) -> Rate:
        true = self.true[mask]
        return share(true, np.ones(len(true)), self.place[mask], len(true))


def _in_time(facts: pd.DataFrame, unmet: pd.DataFrame) -> set[str]:
    """Households in true need that an alert found, as `alerts.recall` counts it."""
    needy = set(facts.loc[facts["confirmed"].astype(bool), "household"])
    both = unmet.merge(facts[["household", "raised_on"]], on="household")
    timely = {
        household
        for household, month, raised in both.itertuples(index=False)
        if add_months(month, -BEFORE) <= raised <= add_months(month, AFTER)
    }
    return (needy & set(unmet["household"])) | timely
