"""Bounds, and the notices that passing one raises to the data scientist.

Sizes of a shift are Romano's (see `shift`); the others are ours: a quarter of the model's weight
on moved features, ten points between what was promised and what visits found.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from core.words import Text
from models.risk.rows import Question
from models.risk.watching.shift import MEDIUM
from models.risk.watching.verdict import Verdict

WEIGHT_MOVED = 0.25
PROMISE_OFF = 0.10
# Fewer visits than this decide nothing.
LEAST_VISITS = 60
RIPE_MONTHS = 3


@dataclass(frozen=True)
class Notice:
    """One notice: `level` is 'stop' (do not retrain, do not rely on it) or 'look'."""

    level: str
    code: str
    zh: str
    en: str

    def as_dict(self) -> dict[str, Any]:
        """Plain values for the report."""
        return asdict(self)


def notices(
    verdict: Verdict,
    weight_moved: float | None,
    ripening: Mapping[Question, Sequence[Mapping[str, Any]]],
    delta: Mapping[Question, float | None],
) -> list[Notice]:
    """What the data scientist must know; [] when all lies within the bounds.

    `weight_moved`: share of the model's weight on moved features. `ripening` by question, as
    `ripening.by_month`. `delta`: by question, how far the month's risks lie from the first ones.
    """
    found = []
    if verdict.kind != "quiet":
        level = "stop" if verdict.kind in ("feed", "both") else "look"
        found.append(Notice(level, verdict.kind, verdict.words.zh, verdict.words.en))
    if weight_moved is not None and weight_moved >= WEIGHT_MOVED:
        found.append(_notice("weight", f"模型权重的 {weight_moved:.0%} 所在的特征已明显变化。",
                             f"{weight_moved:.0%} of the model's weight lies on features that "
                             "have moved."))  # fmt: skip
    found += [n for q, months in ripening.items() if (n := _promise(q, months))]
    for question, far in delta.items():
        if far is not None and abs(far) >= MEDIUM:
            found.append(_spread(question, far))
    return found


QUESTIONS = {"existing": Text("现存", "existing"), "coming": Text("将至", "coming")}


def _promise(question: str, months: Sequence[Mapping[str, Any]]) -> Notice | None:
    """The newest ripe months together: promised against found."""
    ripe = [m for m in months if m["ripe"] and m["n"]][-RIPE_MONTHS:]
    n = sum(m["n"] for m in ripe)
    if n < LEAST_VISITS:
        return None
    promised = sum(m["n"] * m["promised"] for m in ripe) / n
    share = sum(m["n"] * m["found"] for m in ripe) / n
    if abs(promised - share) < PROMISE_OFF:
        return None
    words = QUESTIONS[question]
    return _notice(
        f"promise_{question}",
        f"{words.zh}：最近 {len(ripe)} 个已成熟月份预计 {promised:.0%} 存在困难，"
        f"走访发现 {share:.0%}（n={n}）。",
        f"{words.en}: in the newest {len(ripe)} ripe months {promised:.0%} were promised to be in "
        f"need, visits found {share:.0%} (n={n}).",
    )


def _spread(question: str, far: float) -> Notice:
    words = QUESTIONS[question]
    zh, en = ("升高", "higher") if far > 0 else ("降低", "lower")
    return _notice(
        f"scores_{question}",
        f"{words.zh}：本月风险整体{zh}（Cliff's delta {far:+.2f}）。",
        f"{words.en}: this month's risks lie {en} on the whole (Cliff's delta {far:+.2f}).",
    )


def _notice(code: str, zh: str, en: str) -> Notice:
    return Notice("look", code, zh, en)
