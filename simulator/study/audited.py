"""Recall as the bureau can estimate it, from random visits alone, beside the true one.

The one place where the study asks the product for a figure: the estimate itself is under audit.
"""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np
from sqlalchemy.exc import SQLAlchemyError

from alerts.errors import AlertsError
from core.db import open_session
from simulator.study.reading import Record, day_of
from simulator.study.recall import alert_months, within
from simulator.study.shares import share
from simulator.study.truth import HORIZON

# An alert this many months after need was seen is still in time, as the estimate counts.
AFTER = 1
_KEYS = ("recall_audit", "recall_audit_low", "recall_audit_high", "recall_audit_n")


def recall_audit(record: Record) -> dict[str, Any]:
    """recall_audit with _low, _high and _n (random visits), and recall_true of the same kind.

    The estimate is null where the product cannot give one: an older home, or no random visit.
    """
    told = _estimate(record)
    if told is None:
        return dict.fromkeys(_KEYS) | recall_true(record)
    recall = told.recall
    values = (recall.value, recall.low, recall.high, told.n_visits)
    return dict(zip(_KEYS, values, strict=True)) | recall_true(record)


def recall_true(record: Record) -> dict[str, Any]:
    """What the estimate estimates: families ever in unmet need that an alert found in time.

    Raised up to six months before a month of need or one after it, or confirmed by its own visit;
    the audit lane's draws are no alerts here.
    """
    unmet = record.truth.rows(record.months[0], record.months[-1])
    alerts = record.alerts[record.alerts["source"] != "audit"]
    in_time = within(unmet, HORIZON)
    in_time[AFTER:] |= unmet[:-AFTER]
    found: np.ndarray = (alert_months(record, alerts) & in_time).any(axis=0)
    found |= alert_months(record, alerts[alerts["outcome"] == "confirmed"]).any(axis=0)
    ever: np.ndarray = unmet.any(axis=0)
    return share("recall_true", int((found & ever).sum()), int(ever.sum()))


def _estimate(record: Record) -> Any | None:
    try:
        product = importlib.import_module("alerts.recall")
    except ModuleNotFoundError:
        return None
    since = day_of(record.months[0]).replace(day=1)
    try:
        with open_session(record.home) as session:
            return product.audited_recall(record.home, session, since, day_of(record.months[-1]))
    except (AlertsError, SQLAlchemyError):
        return None
