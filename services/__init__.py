"""The use cases: the only way in for pages, command line and REST.

Every function takes a `Context` (who asks, which home and month, which area) and gives a plain
result. Each has a row in `use_case.TABLE` that says which action it is; `core.access.roles` says
which role may do that. The reads behind them, in `services.reads`, ask nobody: nothing outside this
room imports them.
"""

from alerts.errors import AlertChanged, AlertNotFound, AlertsError, MoveRefused
from core.access.principal import Refused
from services import (
    accounts,
    auditing,
    cases,
    county,
    deliveries,
    disagreements,
    disclosure,
    door,
    fairness,
    family,
    glass,
    history,
    income,
    indicators,
    laboratory,
    lives,
    missed,
    money,
    names,
    once,
    operator,
    overview,
    people,
    places,
    record_words,
    reporting,
    risk_model,
    rules,
    standards,
    tokens,
    trust,
    voices,
    vouching,
    whole,
)
from services.context import Context
from services.county import is_latest
from services.households import OutsideArea
from services.reads.base import NothingYet

__all__ = [
    "AlertChanged",
    "AlertNotFound",
    "AlertsError",
    "Context",
    "MoveRefused",
    "NothingYet",
    "OutsideArea",
    "Refused",
    "accounts",
    "auditing",
    "cases",
    "county",
    "deliveries",
    "disagreements",
    "disclosure",
    "door",
    "fairness",
    "family",
    "glass",
    "history",
    "income",
    "indicators",
    "is_latest",
    "laboratory",
    "lives",
    "missed",
    "money",
    "names",
    "once",
    "operator",
    "overview",
    "people",
    "places",
    "record_words",
    "reporting",
    "risk_model",
    "rules",
    "standards",
    "tokens",
    "trust",
    "voices",
    "vouching",
    "whole",
]
