"""Recall as the bureau can estimate it, from its audit visits alone, beside the true one."""

from __future__ import annotations

import importlib
from dataclasses import asdict, is_dataclass
from typing import Any

from simulator.study.reading import Record, day_of

_KEYS = ("recall_audit", "recall_audit_low", "recall_audit_high", "recall_true")


def recall_audit(record: Record) -> dict[str, Any]:
    """recall_audit with _low and _high, recall_true; nulls where the product cannot estimate."""
    try:
        product = importlib.import_module("alerts.recall")
    except ModuleNotFoundError:
        return dict.fromkeys(_KEYS)
    since, until = day_of(record.months[0]), day_of(record.months[-1])
    told = product.audited_recall(record.home, since, until)
    values = asdict(told) if is_dataclass(told) and not isinstance(told, type) else dict(told or {})
    names = ("recall", "low", "high")
    return dict(zip(_KEYS, [*(values.get(n) for n in names), None], strict=True))
