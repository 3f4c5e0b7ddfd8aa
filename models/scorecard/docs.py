"""The generated page docs/reference/indicators.md: the 55 indicators as the code runs them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from core.words import Text
from models.scorecard.files import RuleFiles, read_awaited, read_files
from models.scorecard.schema import (
    AwaitedIndicator,
    Bars,
    Event,
    IndicatorFile,
    Tier,
    Tiers,
)

HEAD = """# 指标 Indicators

本页由 `models/scorecard/` 的规则文件生成，请勿手工修改（`make docs`）。
Generated from the rule files in `models/scorecard/`; do not edit by hand (`make docs`).

得分 = (各成员个人分之和 + 人数 × 家庭分之和) ÷ 人数，再按类别封顶；未知不计分，只降低数据覆盖率。
Score = (sum of members' personal points + members × household points) ÷ members, then category
caps. An unknown fact gives no points and lowers coverage. ⚡ marks the event lane: a fresh fact
alerts on its own, the first kind in its order first. Bars written as multiples refer to the local
standards of the household's area and date.
"""
SCOPES = {"person": "个人 person", "household": "家庭 household"}


def text() -> str:
    """The whole page. Raises ScorecardError when a rule file is wrong."""
    files = read_files()
    awaited = read_awaited()
    total = len(files.indicators) + len(awaited)
    blocks = [
        HEAD,
        f"{total} 项：{len(files.indicators)} 项已启用，{len(awaited)} 项待数据。"
        f" {total} indicators: {len(files.indicators)} in use, {len(awaited)} waiting for data.\n",
        _bands(files),
        _settings(files),
    ]
    for letter, entry in files.categories.items():
        blocks.append(f"## {letter} {entry.label.zh} {entry.label.en}\n")
        if entry.cap:
            caps = "; ".join(
                f"{day}: {'—' if cap is None else _points(cap)}" for day, cap in entry.cap.items()
            )
            blocks.append(f"封顶 Cap: {caps}\n")
        blocks += [_indicator(i, files) for i in files.indicators if i.category == letter]
    return "\n".join([*blocks, _awaited(awaited)])


def _points(points: float) -> str:
    return f"{points:+g}" if points else "0"


def _both(label: Text) -> str:
    return f"{label.zh} {label.en}"


def _table(header: list[str], rows: Iterable[list[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def _bands(files: RuleFiles) -> str:
    names = [_both(files.bands.labels[b]) for b in ("red", "orange", "yellow", "blue")]

    def row(day: date, bars: Bars) -> list[str]:
        return [str(day), *(f"≥ {v:g}" for v in (bars.red, bars.orange, bars.yellow, bars.blue))]

    rows = [row(day, bars) for day, bars in files.bands.bands.items()]
    table = _table(["自 since", *names], rows)
    return f"## 等级 Bands\n\n{table}\n{_both(files.bands.reference)}\n"


def _settings(files: RuleFiles) -> str:
    settings = files.settings
    rows = [
        ["家庭分计法 household facts", str(d), m] for d, m in settings.household_fact_mode.items()
    ]
    rows += [
        ["事件暂缓 event hold", str(day), f"{' + '.join(hold.indicators)} ≤ {hold.at_most:g}"]
        for day, hold in settings.event_hold.items()
    ]
    rows += [
        ["数据充分 sufficient coverage", str(day), f"≥ {share:.0%}"]
        for day, share in settings.sufficient_coverage.items()
    ]
    table = _table(["设置 setting", "自 since", "值 value"], rows)
    return f"## 计分设置 Settings\n\n{table}\n{_both(settings.reference)}\n"


def _condition(tier: Tier) -> str:
    if tier.otherwise:
        return "其他 otherwise"
    if isinstance(tier.equals, bool):
        return "是 yes" if tier.equals else "否 no"
    if tier.equals is not None:
        return f"= {tier.equals}"
    parts = [("≥", tier.at_least), ("<", tier.below), ("≤", tier.at_most)]
    return ", ".join(f"{sign} {bound:g}" for sign, bound in parts if bound is not None)


def _tier_rows(day: date, tiers: Tiers | None) -> list[list[str]]:
    if tiers is None:
        return [[str(day), "—", "—", "停用 withdrawn"]]
    return [[str(day), _condition(t), _points(t.points), _both(t.label) + _lane(t)] for t in tiers]


def _lane(tier: Tier) -> str:
    """What a tier says about the event lane, after its words."""
    if tier.event is False:
        return "（非事件 no event）"
    return f"（事件仅当 an event only if `{tier.event}`）" if tier.event else ""


def _indicator(indicator: IndicatorFile, files: RuleFiles) -> str:
    lane = " ⚡" if indicator.event_lane else ""
    rows = [row for day, tiers in indicator.tiers.items() for row in _tier_rows(day, tiers)]
    departments = " → ".join(_both(files.departments[d].label) for d in indicator.push_to)
    need = _both(files.needs[indicator.need].label) if indicator.need else "— none"
    only = f" (`{indicator.only_if}`)" if indicator.only_if else ""
    only += f"，除非 unless `{indicator.unless}`" if indicator.unless else ""
    facts = [
        f"计分 scope: {SCOPES[indicator.scope]}",
        f"特征 feature: `{indicator.feature}`{only}",
        f"数据 feeds: {', '.join(f'`{s}`' for s in indicator.sources)}",
        f"推送 push to: {departments}",
        f"需求 need: {need}",
        f"入户核实 on-site check: {_both(indicator.onsite_check)}",
        f"依据 reference: {_both(indicator.reference)}",
    ]
    if indicator.event:
        facts.append(f"事件 event: {_event(indicator.event)}")
    if indicator.not_yet:
        facts.append(f"尚缺 not yet: {_both(indicator.not_yet)}")
    table = _table(["自 since", "条件 condition", "分值 points", "说明 words"], rows)
    listed = "\n".join(f"- {fact}" for fact in facts)
    return f"### {indicator.id}{lane} {_both(indicator.label)}\n\n{table}\n{listed}\n"


def _event(event: Event) -> str:
    words = [f"第{event.order}位 no. {event.order}"]
    words += ["紧急，不得暂缓 urgent, never held"] if event.urgent else []
    words += [f"发生日 day of the fact `{event.happened}`"] if event.happened else []
    limit = event.within_months
    words += [f"{limit}个月内 within {limit} months"] if limit else []
    return "；".join(words)


def _awaited(awaited: list[AwaitedIndicator]) -> str:
    if not awaited:
        return ""
    rows = [
        [f"{a.id}{' ⚡' if a.event_lane else ''}", _both(a.label), SCOPES[a.scope]]
        + [f"{label.zh}<br>{label.en}" for label in (a.planned, a.waiting_for)]
        for a in awaited
    ]
    header = ["编号 id", "名称 name", "计分 scope", "拟定规则 planned rule", "等待数据 waiting for"]
    return f"## 待数据 Waiting for data\n\n{_table(header, rows)}"
