"""What differs between two versions of the rules, value by value and in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from core.words import Bilingual, Text
from models.scorecard.rules import Indicator, RuleSet
from models.scorecard.schema import Tier, plain

OFF = Text("停用", "off")
NOT_THERE = Text("无", "not there")


@dataclass(frozen=True)
class Difference:
    """One value that differs: what it is called, and both values as text."""

    code: str
    what: Text
    before: Text
    after: Text


def differences(before: RuleSet, after: RuleSet) -> list[Difference]:
    """Every value that moves a score or a band, in the order of the scorecard."""
    found = []
    for code in sorted({*before.indicators, *after.indicators}):
        found += list(_indicator(code, before.indicators.get(code), after.indicators.get(code)))
    found += list(_values("bands", _BANDS, plain(before.bars), plain(after.bars)))
    caps = {code: _cap(before, code) for code in {*before.caps, *after.caps}}
    found += list(_values("caps", caps, dict(before.caps), dict(after.caps)))
    found += list(_values("settings", _SETTINGS, _settings(before), _settings(after)))
    return found


_BANDS = {
    "red": Text("红色分数线", "Bar of red"),
    "orange": Text("橙色分数线", "Bar of orange"),
    "yellow": Text("黄色分数线", "Bar of yellow"),
    "blue": Text("蓝色分数线", "Bar of blue"),
}
_SETTINGS = {
    "mode": Text("家庭事实的计分方式", "How household facts count"),
    "hold": Text("反向事实的提示线", "Contrary facts that hold an event"),
    "coverage": Text("数据充足所需覆盖率", "Coverage that is sufficient"),
}


def _settings(rules: RuleSet) -> dict[str, Any]:
    return {
        "mode": rules.mode,
        "hold": f"{', '.join(rules.hold.indicators)} ≤ {rules.hold.at_most:g}",
        "coverage": rules.sufficient_coverage,
    }


def _cap(rules: RuleSet, code: str) -> Text:
    name = rules.categories[code].label
    return Text(f"{name.zh}类封顶", f"Upper limit of {name.en}")


def _values(
    kind: str, words: Mapping[str, Text], before: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterator[Difference]:
    for key, what in words.items():
        if before.get(key) != after.get(key):
            yield Difference(
                f"{kind}.{key}", what, text_of(before.get(key)), text_of(after.get(key))
            )


def text_of(value: Any) -> Text:
    """A value as text; numbers without needless decimals."""
    if value is None:
        return NOT_THERE
    if isinstance(value, bool):
        return Text("是" if value else "否", "yes" if value else "no")
    if isinstance(value, Bilingual):
        return Text.of(value)
    said = f"{value:g}" if isinstance(value, int | float) else str(value)
    return Text(said, said)


def _indicator(
    code: str, before: Indicator | None, after: Indicator | None
) -> Iterator[Difference]:
    one = after or before
    if one is None:
        return
    name = Text(f"{code} {one.label.zh}", f"{code} {one.label.en}")
    if before is None or after is None:
        on = Text("启用", "on")
        yield Difference(code, name, OFF if before is None else on, OFF if after is None else on)
        return
    if before.feature != after.feature:
        yield Difference(f"{code}.feature", name, text_of(before.feature), text_of(after.feature))
    if len(before.tiers) != len(after.tiers):
        yield Difference(code, name, _steps(before), _steps(after))
        return
    for number, (old, new) in enumerate(zip(before.tiers, after.tiers, strict=True)):
        yield from _tier(f"{code}.{number}", name, old, new)


def _steps(one: Indicator) -> Text:
    return Text(f"{len(one.tiers)} 档", f"{len(one.tiers)} tiers")


def _tier(code: str, name: Text, old: Tier, new: Tier) -> Iterator[Difference]:
    """Points and condition of one tier, named by what the tier says."""
    what = Text(f"{name.zh}：{new.label.zh}", f"{name.en}: {new.label.en}")
    if old.points != new.points:
        points = [Text(f"{t.points:g} 分", f"{t.points:g} points") for t in (old, new)]
        yield Difference(f"{code}.points", what, *points)
    if _condition(old) != _condition(new):
        yield Difference(f"{code}.line", what, text_of(_condition(old)), text_of(_condition(new)))


def _condition(tier: Tier) -> str:
    """The condition of a tier as people write it: '≥ 0.5, < 1'."""
    signs = {"≥": tier.at_least, "<": tier.below, "≤": tier.at_most, "=": tier.equals}
    told = [f"{sign} {text_of(v).en}" for sign, v in signs.items() if v is not None]
    return ", ".join(told) or "otherwise"
