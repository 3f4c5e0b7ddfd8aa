"""External datasets: any labelled table, tested on folds, trained, registered and reported."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from models.risk.external.page import report_html
    from models.risk.external.reading import External, read_directions
    from models.risk.external.training import read_report, train_from_file

_WHERE = {
    "External": "reading",
    "read_directions": "reading",
    "read_report": "training",
    "report_html": "page",
    "train_from_file": "training",
}

__all__ = ["External", "read_directions", "read_report", "report_html", "train_from_file"]


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'models.risk.external' has no attribute '{name}'")
    return getattr(import_module(f"models.risk.external.{_WHERE[name]}"), name)
