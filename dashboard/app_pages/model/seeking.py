"""What a search for parameters gave, in a sentence."""

from __future__ import annotations

from typing import Any

from dashboard.i18n import Say


def sentence(content: dict[str, Any], say: Say) -> str:
    """Trials, time, losses and what is used; '' where none was asked for."""
    found = (content.get("choices") or {}).get("tuning") or {}
    if not found.get("trials"):
        return ""
    told = say(
        "Parameters were sought in {n} trials ({time} s) among the months that taught",
        n=say.number(found["trials"]),
        time=say.number(found.get("seconds")),
    )
    if found.get("default_loss") is None:
        return told + say(": too few cases there to compare, so the usual ones stay.")
    told += say(
        ": log loss {usual} with the usual ones, {best} with the best;",
        usual=say.number(found["default_loss"], 4),
        best=say.number(found["best_loss"], 4),
    )
    if found["changed"]:
        told += say(" those found are used.")
    else:
        told += say(" too small a gain to be told from luck, so the usual ones stay.")
    if found.get("ended") == "time":
        told += say(" The time given ended the search: another machine may try more.")
    return told
