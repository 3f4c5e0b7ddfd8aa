"""The rolling test: folds by time, all candidates on the same folds, what choosing costs.

Public names are loaded when first used: a page that reads a kept report loads no LightGBM.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from models.risk.rolling.candidates import Way
    from models.risk.rolling.engine import Evaluated, evaluate, evaluate_table
    from models.risk.rolling.folds import Fold, rolling_folds
    from models.risk.rolling.leaks import find_leaks
    from models.risk.rolling.table import Table, read_table

_WHERE = {
    "Evaluated": "engine",
    "Fold": "folds",
    "Table": "table",
    "Way": "candidates",
    "evaluate": "engine",
    "evaluate_table": "engine",
    "find_leaks": "leaks",
    "read_table": "table",
    "rolling_folds": "folds",
}

__all__ = [
    "Evaluated",
    "Fold",
    "Table",
    "Way",
    "evaluate",
    "evaluate_table",
    "find_leaks",
    "read_table",
    "rolling_folds",
]


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'models.risk.rolling' has no attribute '{name}'")
    return getattr(import_module(f"models.risk.rolling.{_WHERE[name]}"), name)
