"""Everything the pages read and do. Nothing else in this room touches another one.

Pages pass `Here` (home, month, area): which area's households exist for a reader is decided
here, not by hiding a page.
"""

from alerts.errors import AlertChanged, AlertsError, MoveRefused
from dashboard.services import (
    cases,
    county,
    deliveries,
    family,
    history,
    income,
    lives,
    missed,
    money,
    names,
    overview,
    people,
    places,
    risk_model,
    trust,
    voices,
)
from dashboard.services.base import Here, NothingYet, forget, is_latest

__all__ = [
    "AlertChanged",
    "AlertsError",
    "Here",
    "MoveRefused",
    "NothingYet",
    "cases",
    "county",
    "deliveries",
    "family",
    "forget",
    "history",
    "income",
    "is_latest",
    "lives",
    "missed",
    "money",
    "names",
    "overview",
    "people",
    "places",
    "risk_model",
    "trust",
    "voices",
]
