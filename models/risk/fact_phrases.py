"""The phrases of a fact: which of them speak, with their value and what it is compared with.

"占家庭收入 170%，达到评分线 50%". A value that leans on an income which is unknown is told as the
end of a range, or not at all.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from core.home import Home
from core.words import Bilingual, Text
from models.risk.facts import Fact, Form, Line, Phrase, facts
from models.scorecard.rules import load_rules
from models.scorecard.schema import Tier

Row = Mapping[str, Any]
Tiers = Mapping[str, Sequence[Tier]]
KNOWN = "income_known"
# From here on a share is told as times: "占家庭收入 931%" says less than "超过家庭收入的 3 倍".
FEW = 3
# Below this a share would be written 0%, as if there were nothing.
LEAST_SHARE = 0.005
_AT_LEAST = Text(zh="至少", en="at least")
_AT_MOST = Text(zh="至多", en="at most")


def scoring_tiers(home: Home, as_of: date, codes: Iterable[str]) -> Tiers:
    """The tiers in force that give points, of the indicators that the facts are measured by."""
    phrases = [phrase for code in codes for phrase in facts().by_code[code].says]
    named = {p.line.rule for p in phrases if p.line is not None and p.line.rule is not None}
    rules = load_rules(as_of, home=home).indicators if named else {}
    return {
        code: tuple(t for t in rules[code].tiers if t.points > 0 and t.bounds)
        for code in named & set(rules)
    }


def spoken(fact: Fact, row: Row, tiers: Tiers) -> list[Phrase]:
    """The phrases that make the line: those that have something to say, in their order."""
    chosen: list[Phrase] = []
    for phrase in fact.says:
        value = value_of(phrase, row)
        # "占家庭收入 45%" alone would hang in the air.
        if value is None or (phrase.instead and chosen) or (phrase.follows and not chosen):
            continue
        limit = limit_of(phrase, row, tiers)
        if phrase.met and (limit is None or value < limit):
            continue
        if value or phrase.always:
            chosen.append(phrase)
    return chosen[: fact.most]


def share_untold(fact: Fact, row: Row) -> bool:
    """Whether a share of the income cannot be told, because the income is unknown."""
    shares = [p for p in fact.says if p.form == "share" and p.bound is not None and p.column in row]
    return row.get(KNOWN) is False and any(value_of(p, row) is None for p in shares)


def told(phrase: Phrase, row: Row, tiers: Tiers) -> Text:
    """A phrase with its value and the line it is compared with."""
    value = value_of(phrase, row)
    if value is None:  # _spoken has left those out
        raise ValueError(f"{phrase.column} is unknown")
    limit = limit_of(phrase, row, tiers)
    instead = _instead(phrase, value)
    words = _with_value(instead or phrase, phrase, value, _end(phrase, row, value, limit))
    zh, en = words.zh, words.en
    whole = None if phrase.of is None else number(row.get(phrase.of))
    if whole is not None and whole >= value:
        zh, en = f"{zh}（共 {whole:.0f} 人）", f"{en} of {whole:.0f}"
    # "人均每月缺 345 元，低于标准 690 元" would compare two things; a line that is reached stays.
    if phrase.line is not None and limit is not None and (instead is None or phrase.line.reached):
        against = _against(phrase.line, value, limit)
        zh, en = f"{zh}，{against.zh}", f"{en}, {against.en}"
    return Text(zh=zh, en=en)


def _instead(phrase: Phrase, value: float) -> Text | None:
    """The words for a value that is none, out of proportion, or below zero."""
    if value == 0:
        return phrase.nothing
    if phrase.form == "share" and value > FEW:
        return phrase.beyond
    return phrase.negative if round(value) < 0 else None


def _with_value(words: Bilingual, phrase: Phrase, value: float, end: Text | None) -> Text:
    """`words` with the value for `{v}`; one below zero by its size, as its words say."""
    if words == phrase.negative:
        # At most -500 yuan left is a gap of at least 500.
        value, end = -value, {_AT_MOST: _AT_LEAST, _AT_LEAST: _AT_MOST}.get(end) if end else None
    zh, en = amount(value, phrase.form, phrase.steps_zh, phrase.steps_en)
    if end is None:
        said = words.zh.replace("{v}", zh).replace(" 不到", "不到")
        return Text(zh=said, en=words.en.replace("{v}", en))
    if phrase.form == "share" and value < LEAST_SHARE:
        zh = en = "1%"  # "at most less than 1%"
    return Text(
        zh=words.zh.replace(" {v}", f"{end.zh} {zh}"), en=words.en.replace("{v}", f"{end.en} {en}")
    )


def value_of(phrase: Phrase, row: Row) -> float | None:
    """A phrase's value in its words' units; None where it is unknown."""
    value = number(row.get(phrase.column))
    if value is None or phrase.times is None:
        return value
    other = number(row.get(phrase.times))
    # To the cent: what one member paid must not come out a yuan above what all have paid.
    return None if other is None else round(value * other, 2)


def limit_of(phrase: Phrase, row: Row, tiers: Tiers) -> float | None:
    """What a phrase's value is compared with, in its words' units; None where nothing is known."""
    line, value = phrase.line, value_of(phrase, row)
    if line is None or value is None:
        return None
    factor = 1.0 if line.column is None else number(row.get(line.column))
    if factor is None or not factor or line.rule is None:
        return line.number if line.column is None else factor
    steps = tiers.get(line.rule, ())
    reached = [tier for tier in steps if tier.matches(value / factor)]
    # Tiers stand with the furthest first: the first that matches, else the one that is nearest.
    tier = reached[0] if reached else (steps[-1] if steps else None)
    return None if tier is None else tier.bounds[0] * factor


def _end(phrase: Phrase, row: Row, value: float, limit: float | None) -> Text | None:
    """Which end of a range a value is that leans on an unknown income; None for an exact value."""
    if phrase.bound is None or limit is None or row.get(KNOWN) is not False:
        return None
    return _AT_LEAST if value >= limit + phrase.bound else _AT_MOST


def _against(line: Line, value: float, limit: float) -> Text:
    """'低于标准 690 元', '达到评分线 50%'."""
    zh, en = ("低于", "below") if value < limit else ("不低于", "not below")
    if line.reached and value >= limit:
        zh, en = ("达到", "reaching")
    limit_zh, limit_en = amount(limit, line.form)
    return Text(
        zh=f"{zh}{line.zh} {limit_zh}" + (f" {line.unit_zh}" if line.unit_zh else ""),
        en=f"{en} {line.en} {limit_en}" + (f" {line.unit_en}" if line.unit_en else ""),
    )


def number(value: Any) -> float | None:
    """A profile value as a number; None where unknown. Words count as told."""
    if value is None:
        return None
    if isinstance(value, str):
        return 1.0
    number = float(value)
    return None if math.isnan(number) else number


def amount(
    value: float, form: Form, steps_zh: Sequence[str] = (), steps_en: Sequence[str] = ()
) -> tuple[str, str]:
    """A value for people, Chinese and English: '12,300 元', '45%', '1.3', 'C级危房'."""
    if form == "yuan":
        # As a whole number first: a few cents below zero are 0, not −0.
        text = f"{round(value):,}".replace("-", "−")
        return f"{text} 元", f"{text} yuan"
    if form == "share":
        text = f"{value:.0%}".replace("-0%", "0%")
        if value > 0 and text == "0%":
            return "不到 1%", "less than 1%"
        return (text, text) if value <= FEW else (f"{FEW} 倍以上", f"over {FEW} times")
    if form == "level" and 1 <= value <= len(steps_zh):
        return steps_zh[int(value) - 1], steps_en[int(value) - 1]
    if form == "times":
        text = f"{value:.1f}" if value >= 1 else f"{value:.2f}"
        return text, text
    text = f"{value:,.0f}" if value == int(value) or abs(value) >= 100 else f"{value:.1f}"
    return text, text
