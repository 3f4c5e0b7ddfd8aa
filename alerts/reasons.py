"""Reasons in words: scorecard parts in their tiers' words, model contributions in features' words.

Reasons are stored with the alert as they were when it was raised, in both languages.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import duckdb

from alerts.selection import Candidate, Reason
from alerts.states import Source
from alerts.words import Text, Words

RANKED = "risk_rank"
_RISK_REASONS = 5

Found = tuple[str, Reason]

# A household's part of an indicator may be spread over members: their shares are added and the
# words are those of the strongest share.
_PARTS = """
SELECT p.household, p.indicator, any_value(p.category), sum(p.contribution) AS points,
       CAST(arg_max(p.tier, p.points) AS INTEGER)
FROM read_parquet($parts) p
JOIN (SELECT unnest($households) AS household) USING (household)
WHERE p.points > 0
GROUP BY p.household, p.indicator
ORDER BY p.household, points DESC, p.indicator
"""
_EXPLAIN = """
SELECT e.household, e.feature, e.label_zh, e.label_en, e.unit, e.category, e.value, e.contribution
FROM read_parquet($explain) e
JOIN (SELECT unnest($households) AS household) USING (household)
WHERE e.contribution > 0
QUALIFY row_number() OVER (
    PARTITION BY e.household ORDER BY e.contribution DESC, e.feature) <= $top
ORDER BY e.household, e.contribution DESC, e.feature
"""


def score_reasons(
    con: duckdb.DuckDBPyConnection, parts: Path, found: Sequence[Candidate], words: Words
) -> Iterator[Found]:
    """Event facts of every candidate, and the scored parts of those in an alerting band.

    Yields (household, reason), strongest first. `points` is the contribution to the score.
    """
    by_household = {c.household: c for c in found if c.by_rule or c.events}
    told: set[tuple[str, str]] = set()
    if by_household and parts.exists():
        values = {"parts": str(parts), "households": list(by_household)}
        for household, code, category, points, tier in con.execute(_PARTS, values).fetchall():
            candidate = by_household[household]
            if code not in candidate.events and not candidate.by_rule:
                continue
            source = Source.EVENT if code in candidate.events else Source.RULE
            text = words.reason(code, tier)
            told.add((household, code))
            yield household, Reason(source, code, category, text.zh, text.en, points)
    # An event may fire without points of its own; its name must still be told.
    for candidate in by_household.values():
        for code in candidate.events:
            if (candidate.household, code) not in told:
                text = words.indicator(code)
                yield (
                    candidate.household,
                    Reason(Source.EVENT, code, code[:1], text.zh, text.en, None),
                )


def risk_reasons(
    con: duckdb.DuckDBPyConnection, explain: Path, found: Sequence[Candidate]
) -> Iterator[Found]:
    """The model's place and risk of every household it names, then what pushed the risk up.

    Yields (household, reason); `points` are log-odds. Without an explanation file only the place
    and the risk are told.
    """
    named = {c.household: c for c in found if c.risk_rank is not None}
    for candidate in named.values():
        yield candidate.household, _rank_reason(candidate)
    if not named or not explain.exists():
        return
    values = {"explain": str(explain), "households": list(named), "top": _RISK_REASONS}
    for household, code, zh, en, unit, category, value, weight in con.execute(
        _EXPLAIN, values
    ).fetchall():
        text = feature_text(zh, en, unit, value)
        yield household, Reason(Source.RISK, code, category, text.zh, text.en, weight)


def _rank_reason(candidate: Candidate) -> Reason:
    share = f"{candidate.risk or 0:.0%}"
    return Reason(
        Source.RISK,
        RANKED,
        "",
        f"风险模型排第 {candidate.risk_rank} 位，风险概率 {share}",
        f"Number {candidate.risk_rank} by the risk model, risk {share}",
    )


def feature_text(zh: str, en: str, unit: str | None, value: str | None) -> Text:
    """A feature with its value in words, such as '近12个月自付医疗费：12,300 元'.

    `value` is text as stored in the explanation, None when unknown; unit '%' holds a share 0..1.
    """
    value_zh, value_en = _value(value, unit == "%")
    unit_zh, unit_en = ("", "") if unit == "%" else (unit or "", _UNITS.get(unit or "", ""))
    known = value is not None and value_zh not in {"是", "否"}
    return Text(
        f"{zh}：{value_zh}{f' {unit_zh}' if unit_zh and known else ''}",
        f"{en}: {value_en}{f' {unit_en}' if unit_en and known else ''}",
    )


def _value(value: str | None, share: bool) -> tuple[str, str]:
    if value is None:
        return "不详", "unknown"
    if value in {"True", "False"}:
        return ("是", "yes") if value == "True" else ("否", "no")
    try:
        number = float(value)
    except ValueError:
        return value, value
    if share:
        text = f"{number:.0%}"
    elif abs(number) >= 100 or number == int(number):
        text = f"{number:,.0f}"
    else:
        text = f"{number:.2f}"
    return text, text


# The catalogue's units in English; a unit not named here is left out of the English text.
_UNITS: Mapping[str, str] = {
    "元": "yuan",
    "元/月": "yuan a month",
    "元/年": "yuan a year",
    "人": "persons",
    "天": "days",
    "月": "months",
    "岁": "years",
    "次": "times",
    "倍": "times",
    "平方米": "m²",
    "平方米/人": "m² a head",
}
