"""What speaks against putting a model to use, in words; nothing said means it may be promoted.

Limits, and why: visits saw some dozens of the picks, so precision at capacity is known to about
ten points. A challenger is refused when the paired interval against logistic regression lies
wholly below zero, or when it is more than five points behind (seven visits of a hundred and fifty
a month: more than a bureau should give away) and at least a hundred picks were seen, fewer of
which are luck. Both comparisons, and calibration, leave out visits to alerts: they went where the
model in use sent them (see `compare.unchosen`). A slope of calibration outside 0.5 to 2 turns 30 %
into less than 16 or more than 50 %; an error above 0.05 is as large as the share of families in
need itself; neither speaks against a version that is better calibrated than the champion, who
would stay otherwise. A promise is broken when the share found lies more than fifteen points below
it and its whole interval does not reach it.

Three flags need no figure of precision: a leak that training named, feeds that had fallen silent by
then, a group of which it finds less than the champion beyond the paired interval (`groups.beside`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.words import Text
from models.risk.dataset import catalogue

BEHIND = 0.05
BEHIND_FROM = 100
SLOPE_LOW, SLOPE_HIGH = 0.5, 2.0
ECE_HIGH = 0.05
PROMISE_BROKEN = 0.15
# How much a model of one label may fall behind the champion.
PRECISION_SLACK, ECE_SLACK = 0.02, 0.01
PREFIX = "gate."
# Metrics that `bench.flags` logs with the run; names follow a dot.
LEAK, WORSE = "leak.flag", "group.worse"
SILENT = "feeds_silent"


def figures(checked: Mapping[str, Any]) -> dict[str, float]:
    """The gate's figures as metrics of a run (gate.slope, …); unknown ones are left out."""
    return {
        f"{PREFIX}{name}": float(value)
        for name, value in checked.items()
        if isinstance(value, (int, float)) and not (isinstance(value, float) and value != value)
    }


def faults(metrics: Mapping[str, float]) -> list[str]:
    """Reasons against a version in English, from its run's metrics; [] when nothing speaks so."""
    return [fault.en for fault in verdict(metrics)]


def verdict(metrics: Mapping[str, float]) -> list[Text]:
    """Reasons against a version, from its run's metrics; [] when nothing speaks against it."""
    at = {k.removeprefix(PREFIX): v for k, v in metrics.items() if k.startswith(PREFIX)}
    flags = [*_leak(metrics), *_silent(at), *_unfair(metrics)]
    if not at.get("tested"):
        untested = "it was not tested on months later than its training"
        return [Text("没有用训练之后的月份检验过", untested), *flags]
    found = [*_behind(at, "logistic", Text("逻辑回归", "logistic regression")),
             *_behind(at, "champion", Text("现用模型", "the champion"))]  # fmt: skip
    if "minus_logistic" not in at:
        found.append(
            Text(
                "它选中的家庭之后没有被走访，未能与逻辑回归比较",
                "no later visit saw its picks, so it was not compared with logistic",
            )
        )
    return [*found, *_calibration(at), *_broken_promise(at), *flags]


def _leak(metrics: Mapping[str, float]) -> list[Text]:
    if not metrics.get(LEAK):
        return []
    who = _listed([_feature(name) for name in _named(metrics, LEAK)])
    return [
        Text(
            f"训练数据疑似泄漏未来信息：某个因素单独就几乎能分辨结果{who.zh}，请查明后重新训练",
            f"a feature alone nearly separates the outcome{who.en}, which looks like a leak of the "
            "future: find it and train again",
        )
    ]


def _named(metrics: Mapping[str, float], flag: str) -> list[str]:
    return sorted(name.removeprefix(f"{flag}.") for name in metrics if name.startswith(f"{flag}."))


def _listed(names: Sequence[Text]) -> Text:
    if not names:
        return Text("", "")
    return Text(f"（{'、'.join(n.zh for n in names)}）", f" ({', '.join(n.en for n in names)})")


def _feature(name: str) -> Text:
    card = catalogue().get(name)
    return Text(name, name) if card is None else Text(card.zh, card.en)


def _group(name: str) -> Text:
    # Here, because the room of groups reads scored months, which know the registry and this gate.
    from models.risk.groups.definitions import group_words

    dimension, _, group = name.partition(".")
    return group_words(dimension, group)


def _silent(at: Mapping[str, float]) -> list[Text]:
    n = at.get(SILENT, 0)
    if not n:
        return []
    return [
        Text(
            f"训练时它所用的 {n:.0f} 类部门数据已停报，请待报送恢复后重新训练",
            f"{n:.0f} of the feeds it learns from had fallen silent when it was trained: train "
            "again once they report",
        )
    ]


def _unfair(metrics: Mapping[str, float]) -> list[Text]:
    n = metrics.get(WORSE, 0)
    if not n:
        return []
    who = _listed([_group(name) for name in _named(metrics, WORSE)])
    return [
        Text(
            f"有 {n:.0f} 个群体{who.zh}，它发现的困难家庭比现用模型少，超出配对区间",
            f"in {n:.0f} group{'s' * (n > 1)}{who.en} it finds fewer families in need than the "
            "champion, beyond the paired interval",
        )
    ]


def _calibration(at: Mapping[str, float]) -> list[Text]:
    slope, ece = at.get("slope"), at.get("ece")
    if ece is not None and ece <= at.get("champion_ece", float("-inf")):
        return []
    found = []
    if slope is not None and not SLOPE_LOW <= slope <= SLOPE_HIGH:
        found.append(
            Text(
                f"在后续月份的校准斜率为 {slope:.2f}，应在 {SLOPE_LOW} 至 {SLOPE_HIGH} 之间",
                f"its calibration slope on later months is {slope:.2f}; it must lie between "
                f"{SLOPE_LOW} and {SLOPE_HIGH}",
            )
        )
    if ece is not None and ece > ECE_HIGH:
        found.append(
            Text(
                f"校准误差为 {ece:.3f}，最多允许 {ECE_HIGH}",
                f"its calibration error is {ece:.3f}; at most {ECE_HIGH} is allowed",
            )
        )
    return found


def _broken_promise(at: Mapping[str, float]) -> list[Text]:
    if not {"promised", "promised_minus_found", "found_high"} <= set(at):
        return []
    promised, gap = at["promised"], at["promised_minus_found"]
    if gap <= PROMISE_BROKEN or promised <= at["found_high"]:
        return []
    return [
        Text(
            f"它预计选中的家庭有 {promised:.0%} 存在困难，后续走访只发现 {promised - gap:.0%}",
            f"it promised need in {promised:.0%} of its picks; later visits found "
            f"{promised - gap:.0%}",
        )
    ]


def _behind(at: Mapping[str, float], name: str, words: Text) -> list[Text]:
    gap, high = at.get(f"minus_{name}"), at.get(f"minus_{name}_high")
    if gap is None:
        return []
    if high is not None and high < 0:
        return [
            Text(
                f"同样家庭、同样走访量下，准确率比{words.zh}低 {-gap:.3f}"
                f"（95% 区间上限 {high:+.3f}）",
                f"precision at capacity is {-gap:.3f} below {words.en} on the same households "
                f"(95% interval up to {high:+.3f})",
            )
        ]
    if gap < -BEHIND and at.get(f"n_{name}", 0) >= BEHIND_FROM:
        return [
            Text(
                f"同样走访量下，准确率比{words.zh}低 {-gap:.3f}，最多允许低 {BEHIND}",
                f"precision at capacity is {-gap:.3f} below {words.en}; {BEHIND} is the limit",
            )
        ]
    return []


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
