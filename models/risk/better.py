"""Whether a version was shown better than what is in use, at the same visits."""

from __future__ import annotations

from collections.abc import Mapping

from core.words import Text
from models.risk.objections import Objection

# Version numbers: whom the training compared with, and who is in use when it is asked (0: nobody).
COMPARED, IN_USE = "champion", "in_use"
# Whether the champion itself was compared, or its way of learning taught the same months.
TWIN = "champion_taught_anew"
SCORECARD = Text("规则评分", "the rule scorecard")


def not_better(at: Mapping[str, float]) -> list[Objection]:
    """That it was not shown better than what is in use; [] when it was, or nobody is asked for."""
    if COMPARED not in at and IN_USE not in at:
        return []
    used = at.get(IN_USE, at.get(COMPARED, 0))
    if not used:
        return _not_above(at, "scorecard", SCORECARD)
    if at.get(COMPARED) != used:
        return [
            Objection(
                f"未证明优于现用模型（第 {used:.0f} 版）：训练时没有与它在相同月份上比较",
                f"it was not shown better than version {used:.0f}, which is in use: its training "
                "did not compare the two on the same months",
                code="unshown",
            )
        ]
    way = bool(at.get(TWIN))
    words = Text(
        f"现用模型（第 {used:.0f} 版{'，以其学习方式用相同月份重新训练' if way else ''}）",
        f"version {used:.0f}, which is in use" + (" (its way, taught the same months)" * way),
    )
    return _not_above(at, "champion", words)


def _not_above(at: Mapping[str, float], name: str, words: Text) -> list[Objection]:
    gap, low, high = (at.get(f"minus_{name}{end}") for end in ("", "_low", "_high"))
    if gap is None or low is None or high is None:
        return [
            Objection(
                f"未证明优于{words.zh}：除预警走访外，之后没有走访看到两者的选择",
                f"it was not shown better than {words.en}: no later visit, but for those to "
                "alerts, saw their picks",
                code="unshown",
            )
        ]
    if low > 0:
        return []
    n = at.get(f"n_{name}", 0)
    return [
        Objection(
            f"未证明优于{words.zh}：同样走访量下准确率相差 {100 * gap:+.1f} 个百分点"
            f"（95% 区间 {100 * low:+.1f} 至 {100 * high:+.1f}，n={n:.0f}）",
            f"it was not shown better than {words.en}: precision at the same visits differs by "
            f"{100 * gap:+.1f} points (95% interval {100 * low:+.1f} to {100 * high:+.1f}, "
            f"n={n:.0f})",
            code="unshown",
        )
    ]
