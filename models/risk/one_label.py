"""What speaks against a model of one label: the champion on the same test rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.words import Text

# How much it may fall behind the champion.
PRECISION_SLACK, ECE_SLACK = 0.02, 0.01


def worse_than_champion(metrics: Mapping[str, float]) -> list[Text]:
    """Reasons against a model of one label, from what its run logged of both; [] is fine.

    The run that trained it measured the champion of that day on the same test rows.
    Without that comparison (no common test) the answer is that it is missing.
    """
    ours, theirs = _scored(metrics, "model"), _scored(metrics, "champion")
    if theirs["precision_at_k"] is None or ours["precision_at_k"] is None:
        return [
            Text(
                "未与现用模型在相同月份上比较",
                "it was not measured beside the champion on the same months",
            )
        ]
    faults = []
    if ours["precision_at_k"] < theirs["precision_at_k"] - PRECISION_SLACK:
        faults.append(
            _compared(
                Text("走访能力内准确率", "precision at capacity"), ours, theirs, "precision_at_k"
            )
        )
    if (ours["ece"] or 0.0) > (theirs["ece"] or 0.0) + ECE_SLACK:
        faults.append(_compared(Text("校准误差", "calibration error"), ours, theirs, "ece"))
    return faults


def _scored(metrics: Mapping[str, float], scorer: str) -> dict[str, float | None]:
    return {name: metrics.get(f"all.{scorer}.{name}") for name in ("precision_at_k", "ece")}


def _compared(what: Text, ours: Any, theirs: Any, name: str) -> Text:
    mine, other = f"{ours[name]:.3f}", f"{theirs[name]:.3f}"
    return Text(
        f"{what.zh}为 {mine}，相同月份上现用模型为 {other}",
        f"{what.en} is {mine}, the champion's {other} on the same months",
    )
