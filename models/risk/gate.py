"""What speaks against putting a model to use, in words; nothing said means it may be promoted.

Three answers. *Refused*: clearly worse, or it sees what it must not; no word helps, it is trained
anew. *Doubts*: neither shown worse nor shown fit; a second person may approve it, with a reason in
writing that is kept beside the gate's own words. *Nothing*: shown better than what is in use.

Better means: of two who pick as many visits a month among the same families, the paired interval of
the difference lies wholly above zero. The other is the version in use; before the first, the rule
scorecard, by which a bureau works without a model.

Limits, and why: visits saw some dozens of the picks, so precision at capacity is known to about
ten points. A challenger is refused when the paired interval against the version in use, logistic
regression or the scorecard lies wholly below zero, or when it is more than five points behind
(seven visits of a hundred and fifty a month: more than a bureau should give away) and at least a
hundred picks were seen, fewer of which are luck. All comparisons, and calibration, leave out visits
to alerts: they went where the model in use sent them (see `compare.unchosen`). A slope of
calibration outside 0.5 to 2 turns 30 % into less than 16 or more than 50 %; an error above 0.05 is
as large as the share of families in need itself; neither speaks against a version that is better
calibrated than the champion, who would stay otherwise. A promise is broken when the share found
lies more than fifteen points below it and its whole interval does not reach it.

Flags need no figure of precision: a leak that training named and a group of which it finds less
than the champion beyond the paired interval (`groups.beside`) refuse; feeds that had fallen silent
by the training, or are silent on the day of the decision, are doubts: they may be gone for good.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.words import Text
from data.contracts import load_contract
from models.risk.better import SCORECARD, not_better
from models.risk.dataset import catalogue
from models.risk.objections import Objection, refusals

BEHIND = 0.05
BEHIND_FROM = 100
SLOPE_LOW, SLOPE_HIGH = 0.5, 2.0
ECE_HIGH = 0.05
PROMISE_BROKEN = 0.15
PREFIX = "gate."
# Metrics that `bench.flags` logs with the run; names follow a dot.
LEAK, WORSE = "leak.flag", "group.worse"
SILENT, SILENT_NOW = "feeds_silent", "feeds_silent_now"
LOGISTIC = Text("逻辑回归", "logistic regression")
IN_USE_WORDS = Text("现用模型", "the champion")


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


def verdict(metrics: Mapping[str, float]) -> list[Objection]:
    """Reasons against a version, from its run's metrics; [] when nothing speaks against it.

    Figures of the day of the decision may stand among them (`standing.metrics_now`). Without
    COMPARED and IN_USE, as of an external dataset, nobody needs to be beaten.
    """
    at = {k.removeprefix(PREFIX): v for k, v in metrics.items() if k.startswith(PREFIX)}
    flags = [*_leak(metrics), *_silent(at), *_unfair(metrics)]
    if not at.get("tested"):
        untested = "it was not tested on months later than its training"
        return [Objection("没有用训练之后的月份检验过", untested, code="untested"), *flags]
    found = [*_behind(at, "logistic", LOGISTIC), *_behind(at, "champion", IN_USE_WORDS),
             *_behind(at, "scorecard", SCORECARD)]  # fmt: skip
    if "minus_logistic" not in at:
        found.append(
            Objection(
                "它选中的家庭之后没有被走访，未能与逻辑回归比较",
                "no later visit saw its picks, so it was not compared with logistic",
                code="unseen",
            )
        )
    # Who is clearly behind need not be told that they were not shown ahead.
    shown = [] if refusals(found) else not_better(at)
    return [*found, *shown, *_calibration(at), *_broken_promise(at), *flags]


def _leak(metrics: Mapping[str, float]) -> list[Objection]:
    if not metrics.get(LEAK):
        return []
    who = _listed([_feature(name) for name in _named(metrics, LEAK)])
    return [
        Objection(
            f"训练数据疑似泄漏未来信息：某个因素单独就几乎能分辨结果{who.zh}，请查明后重新训练",
            f"a feature alone nearly separates the outcome{who.en}, which looks like a leak of the "
            "future: find it and train again",
            refuses=True,
            code="leak",
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


def _feed(name: str) -> Text:
    contract = load_contract(name)
    return Text(contract.zh, contract.en)


def _group(name: str) -> Text:
    # Here, because the room of groups reads scored months, which know the registry and this gate.
    from models.risk.groups.definitions import group_words

    dimension, _, group = name.partition(".")
    return group_words(dimension, group)


def _silent(at: Mapping[str, float]) -> list[Objection]:
    """Feeds that were silent when it was trained, and those that are silent now."""
    then, now = at.get(SILENT, 0), at.get(SILENT_NOW, 0)
    found = []
    if then:
        who = _listed([_feed(name) for name in _named(at, SILENT)])
        found.append(
            Objection(
                f"训练时它所用的 {then:.0f} 类部门数据已停报{who.zh}，请待报送恢复后重新训练",
                f"{then:.0f} of the feeds it learns from had fallen silent when it was trained"
                f"{who.en}: train again once they report",
                code="silent",
            )
        )
    if now:
        who = _listed([_feed(name) for name in _named(at, SILENT_NOW)])
        found.append(
            Objection(
                f"它所用的 {now:.0f} 类部门数据目前停报{who.zh}，请待报送恢复",
                f"{now:.0f} of the feeds it learns from {'is' if now == 1 else 'are'} silent now"
                f"{who.en}: wait until they report",
                code="silent_now",
            )
        )
    return found


def _unfair(metrics: Mapping[str, float]) -> list[Objection]:
    n = metrics.get(WORSE, 0)
    if not n:
        return []
    who = _listed([_group(name) for name in _named(metrics, WORSE)])
    return [
        Objection(
            f"有 {n:.0f} 个群体{who.zh}，它发现的困难家庭比现用模型少，超出配对区间",
            f"in {n:.0f} group{'s' * (n > 1)}{who.en} it finds fewer families in need than the "
            "champion, beyond the paired interval",
            refuses=True,
            code="group",
        )
    ]


def _calibration(at: Mapping[str, float]) -> list[Objection]:
    slope, ece = at.get("slope"), at.get("ece")
    if ece is not None and ece <= at.get("champion_ece", float("-inf")):
        return []
    found = []
    if slope is not None and not SLOPE_LOW <= slope <= SLOPE_HIGH:
        found.append(
            Objection(
                f"在后续月份的校准斜率为 {slope:.2f}，应在 {SLOPE_LOW} 至 {SLOPE_HIGH} 之间",
                f"its calibration slope on later months is {slope:.2f}; it must lie between "
                f"{SLOPE_LOW} and {SLOPE_HIGH}",
                code="slope",
            )
        )
    if ece is not None and ece > ECE_HIGH:
        found.append(
            Objection(
                f"校准误差为 {ece:.3f}，最多允许 {ECE_HIGH}",
                f"its calibration error is {ece:.3f}; at most {ECE_HIGH} is allowed",
                code="ece",
            )
        )
    return found


def _broken_promise(at: Mapping[str, float]) -> list[Objection]:
    if not {"promised", "promised_minus_found", "found_high"} <= set(at):
        return []
    promised, gap = at["promised"], at["promised_minus_found"]
    if gap <= PROMISE_BROKEN or promised <= at["found_high"]:
        return []
    return [
        Objection(
            f"它预计选中的家庭有 {promised:.0%} 存在困难，后续走访只发现 {promised - gap:.0%}",
            f"it promised need in {promised:.0%} of its picks; later visits found "
            f"{promised - gap:.0%}",
            code="promise",
        )
    ]


def _behind(at: Mapping[str, float], name: str, words: Text) -> list[Objection]:
    gap, high = at.get(f"minus_{name}"), at.get(f"minus_{name}_high")
    if gap is None:
        return []
    if high is not None and high < 0:
        return [
            Objection(
                f"同样家庭、同样走访量下，准确率比{words.zh}低 {-gap:.3f}"
                f"（95% 区间上限 {high:+.3f}）",
                f"precision at capacity is {-gap:.3f} below {words.en} on the same households "
                f"(95% interval up to {high:+.3f})",
                refuses=True,
                code=f"behind_{name}",
            )
        ]
    if gap < -BEHIND and at.get(f"n_{name}", 0) >= BEHIND_FROM:
        return [
            Objection(
                f"同样走访量下，准确率比{words.zh}低 {-gap:.3f}，最多允许低 {BEHIND}",
                f"precision at capacity is {-gap:.3f} below {words.en}; {BEHIND} is the limit",
                refuses=True,
                code=f"behind_{name}",
            )
        ]
    return []
