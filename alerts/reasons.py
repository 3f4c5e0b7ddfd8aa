"""Reasons in words: one line a fact, with its amount, its line, its source and its age.

Scorecard and model often see the same fact; it is told once and carries both points and
contribution. Reasons are stored with the alert as they were when it was raised, in both languages.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import duckdb
import pandas as pd

from alerts.selection import Candidate, Reason
from alerts.states import Source
from alerts.words import Words
from core.engine import cursor
from core.home import Home
from core.words import Text
from models.risk.fact_frame import closing_words
from models.risk.fact_lines import FactLine, fact_lines, member
from models.risk.fact_sources import SOURCES, aged, members_of
from models.risk.facts import fact_of, facts

RANKED, REST = "risk_rank", "rest"
SEE = "check"  # of a visit without a reason that may be told: see how they are
# What is told where no fact is: of every visit drawn at random without one.
CHECK = Text(zh="核实家庭近况", en="See how the family is doing")
# The bands of visits among which the drawn ones are hidden.
GRAVE = ("red", "orange", "yellow")
# Lines about facts; the model's place and the closing line come on top.
MOST = 8

# A household's part of an indicator may be spread over members: their shares are added and the
# words are those of the strongest share.
_PARTS = """
SELECT p.household, p.indicator, any_value(p.category), any_value({feature}),
       sum(p.contribution) AS points, CAST(arg_max(p.tier, p.points) AS INTEGER),
       list(DISTINCT p.person) FILTER (WHERE p.person IS NOT NULL)
FROM read_parquet($parts) p
JOIN (SELECT unnest($households) AS household) USING (household)
WHERE p.points > 0
GROUP BY p.household, p.indicator
ORDER BY p.household, points DESC, p.indicator
"""
_MODEL = """
SELECT f.household, f.question, f.fact, f.category, f.contribution, f.shown, f.text_zh, f.text_en
FROM read_parquet($facts) f
JOIN (SELECT unnest($households) AS household) USING (household)
ORDER BY f.household, f.question, f.contribution DESC, f.fact
"""
_DATES = """
SELECT e.household, e.indicator, max(e.happened_on)
FROM read_parquet($events) e
JOIN (SELECT unnest($households) AS household) USING (household)
GROUP BY ALL
"""


@dataclass(frozen=True)
class Part:
    """What the scorecard found: an indicator's points and the members whom it is about."""

    code: str
    category: str
    fact: str
    feature: str
    points: float | None
    tier: int | None
    persons: tuple[str, ...] = ()
    happened_on: date | None = None


@dataclass(frozen=True)
class Told:
    """One fact as the model sees it, with its line."""

    fact: str
    category: str
    contribution: float
    shown: bool
    text: Text


@dataclass
class Found:
    """All that is known about one household's reasons."""

    parts: list[Part] = field(default_factory=list)
    model: dict[str, Told] = field(default_factory=dict)


def facts_told(reasons: pd.DataFrame, band: pd.Series | str) -> pd.Series:
    """Which of stored reasons (columns source, code) may be told to whoever visits, as yes or no.

    Never what the model expects. Of alerts below the yellow band nothing that the model named: a
    visit drawn at random hardly ever has such a reason, and must look like the others there. So
    that it does, a visit left without a reason is told as `CHECK`. `band` is the alert's.
    """
    expected = reasons["code"].isin([RANKED, REST])
    grave = pd.Series(band, index=reasons.index).isin(GRAVE)
    return ~expected & (grave | (reasons["source"] != Source.RISK.value))


def told_reasons(
    home: Home,
    as_of: date,
    candidates: Sequence[Candidate],
    words: Words,
    questions: Mapping[str, str] | None = None,
) -> dict[str, tuple[Reason, ...]]:
    """The reasons of each candidate by household, as the stored results tell them.

    In this order: events; the model's probability and place; facts by the share they have of what
    the scorecard and the model say; and a line on what the model's other facts add up to, so that
    contributions sum to the model's answer. Scored parts are told of candidates that the rules
    name, the model's facts of those that the model names (and only after
    `models.risk.explain_households`). `questions` says which answer of the model to tell
    ('existing' or 'coming') of a household; otherwise the one that was explained.
    """
    found = {c.household: Found() for c in candidates}
    con = cursor()
    try:
        _read_parts(con, home, as_of, candidates, found)
        _read_model(con, home, as_of, candidates, found, questions or {})
    finally:
        con.close()
    wanted = {h: {part.fact for part in one.parts} for h, one in found.items()}
    lines = _lines(home, as_of, wanted)
    people = _people(home, as_of, found)
    return {
        c.household: tuple(_reasons(c, found[c.household], lines, people, words, as_of))
        for c in candidates
    }


def _read_parts(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    as_of: date,
    candidates: Sequence[Candidate],
    found: Mapping[str, Found],
) -> None:
    """Event facts of every candidate, and the scored parts of those that the rules name."""
    named = {c.household: c for c in candidates if c.by_rule or c.events}
    path = home.monthly("scores", as_of) / "parts.parquet"
    if named and path.exists():
        days = _event_days(con, home, as_of, list(named))
        columns = con.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(path)]).fetchall()
        feature = "p.feature" if "feature" in {name for name, *_ in columns} else "NULL"
        values = {"parts": str(path), "households": list(named)}
        rows = con.execute(_PARTS.format(feature=feature), values).fetchall()
        for household, code, category, column, points, tier, persons in rows:
            candidate = named[household]
            if not candidate.by_rule and code not in candidate.events:
                continue
            fact = fact_of(column) if column else code
            day = days.get((household, code)) if code in candidate.events else None
            part = Part(code, category, fact, column or "", points, tier, tuple(persons or ()), day)
            found[household].parts.append(part)
    # An event may fire without points of its own; its name must still be told.
    for household, candidate in named.items():
        told = {part.code for part in found[household].parts}
        for code in candidate.events:
            if code not in told:
                found[household].parts.append(Part(code, code[:1], code, "", None, None))


def _event_days(
    con: duckdb.DuckDBPyConnection, home: Home, as_of: date, households: list[str]
) -> dict[tuple[str, str], date]:
    """The newest day of each fact of the event lane, by household and indicator."""
    path = home.monthly("scores", as_of) / "events.parquet"
    if not path.exists():
        return {}
    values = {"events": str(path), "households": households}
    rows = con.execute(_DATES, values).fetchall()
    return {(household, code): day for household, code, day in rows if day is not None}


def _read_model(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    as_of: date,
    candidates: Sequence[Candidate],
    found: Mapping[str, Found],
    questions: Mapping[str, str],
) -> None:
    """The explained facts of the candidates that the model names."""
    named = [c.household for c in candidates if c.risk_rank is not None]
    path = home.monthly("risk", as_of) / "facts.parquet"
    if not named or not path.exists():
        return
    by_question: dict[str, dict[str, dict[str, Told]]] = {}
    rows = con.execute(_MODEL, {"facts": str(path), "households": named}).fetchall()
    for household, question, fact, category, contribution, shown, zh, en in rows:
        told = Told(fact, category, contribution, shown, Text(zh, en))
        by_question.setdefault(household, {}).setdefault(question, {})[fact] = told
    for household, answers in by_question.items():
        asked = questions.get(household, "existing")
        found[household].model = answers.get(asked) or next(iter(answers.values()))


def _lines(
    home: Home, as_of: date, wanted: Mapping[str, Iterable[str]]
) -> Mapping[tuple[str, str], FactLine]:
    if not home.has_profile(as_of):
        return {}
    return fact_lines(home, as_of, wanted)


def _people(home: Home, as_of: date, found: Mapping[str, Found]) -> Mapping[str, Text]:
    """Members by age and sex, for parts that are about one member."""
    about = [h for h, one in found.items() if any(part.persons for part in one.parts)]
    if not about:
        return {}
    rows = members_of(home, as_of, about, ("age", "sex")).to_pylist()
    return {row["person"]: member(row.get("age"), row.get("sex")) for row in rows}


def _reasons(
    candidate: Candidate,
    found: Found,
    lines: Mapping[tuple[str, str], FactLine],
    people: Mapping[str, Text],
    words: Words,
    as_of: date,
) -> list[Reason]:
    """The reasons of one household in their order."""
    events = set(candidate.events)
    scored = _merged(
        [
            _scored(
                part,
                Source.EVENT if part.code in events else Source.RULE,
                lines.get((candidate.household, part.fact)),
                people,
                words,
                as_of,
            )
            for part in found.parts
        ]
    )
    told = [_with_contribution(reason, found.model) for reason in scored]
    carried = {reason.fact for reason in told}
    told += [_of_model(t) for t in found.model.values() if t.shown and t.fact not in carried]
    first = [reason for reason in told if reason.source is Source.EVENT]
    others = [reason for reason in told if reason.source is not Source.EVENT]
    others = _strongest(others, found)[: max(0, MOST - len(first))]
    place = [] if candidate.risk_rank is None else [_rank_reason(candidate)]
    return [*first, *place, *others, *_rest([*first, *others], found)]


def _scored(
    part: Part,
    source: Source,
    line: FactLine | None,
    people: Mapping[str, Text],
    words: Words,
    as_of: date,
) -> Reason:
    """A scored part in words: what the tier says, about whom, and the fact's own line.

    The tier is left out where the fact's line says as much with its amount and what that is
    compared with.
    """
    known = words.indicator(part.code) if part.tier is None else words.reason(part.code, part.tier)
    about = [people[person] for person in part.persons if person in people]
    zh, en = known.zh, known.en
    if about:
        zh += f"：{'、'.join(label.zh for label in about)}"
        en += f": {', '.join(label.en for label in about)}"
    if line is not None:
        declared = facts().by_code[part.fact]
        if part.feature in declared.restates and line.line is not None:
            zh, en = line.text.zh, line.text.en
        else:
            dated = _dated(line, part.happened_on, as_of)
            zh = "；".join(filter(None, dict.fromkeys((zh, line.zh, dated.zh))))
            en = "; ".join(filter(None, dict.fromkeys((en, line.en, dated.en))))
    return Reason(source, part.code, part.category, zh, en, part.points, part.fact)


def _dated(line: FactLine, happened_on: date | None, as_of: date) -> Text:
    """The source of a line with its age; a fact of the event lane has a day of its own."""
    if happened_on is None:
        return Text(line.source_zh, line.source_en)
    about = SOURCES[line.source]
    zh, en = aged(happened_on, as_of)
    return Text(f"{happened_on:%Y-%m} {about.zh}，{zh}", f"{about.en} of {happened_on:%Y-%m}, {en}")


def _merged(scored: Sequence[Reason]) -> list[Reason]:
    """One reason a fact: events each for themselves, other parts under the strongest.

    Points are added to the line that speaks for the fact.
    """
    first: dict[str, int] = {}
    merged: list[Reason] = []
    for reason in sorted(scored, key=lambda r: r.source is not Source.EVENT):
        place = first.get(reason.fact)
        if place is None or reason.source is Source.EVENT:
            first.setdefault(reason.fact, len(merged))
            merged.append(reason)
            continue
        speaker = merged[place]
        merged[place] = replace(speaker, points=(speaker.points or 0.0) + (reason.points or 0.0))
    return merged


def _with_contribution(reason: Reason, model: Mapping[str, Told]) -> Reason:
    told = model.get(reason.fact)
    return reason if told is None else replace(reason, contribution=told.contribution)


def _of_model(told: Told) -> Reason:
    return Reason(
        Source.RISK,
        told.fact,
        told.category,
        told.text.zh,
        told.text.en,
        told.contribution,
        told.fact,
        told.contribution,
    )


def _strongest(reasons: Sequence[Reason], found: Found) -> list[Reason]:
    """By the share of what the scorecard says plus the share of what pushes the model up."""
    points = sum(part.points or 0.0 for part in found.parts) or 1.0
    push = sum(max(0.0, told.contribution) for told in found.model.values()) or 1.0

    def weight(reason: Reason) -> float:
        scored = 0.0 if reason.source is Source.RISK else (reason.points or 0.0) / points
        return scored + max(0.0, reason.contribution or 0.0) / push

    return sorted(reasons, key=lambda reason: (-weight(reason), reason.code))


def _rest(told: Sequence[Reason], found: Found) -> list[Reason]:
    """What the model's other facts add up to; nothing where all are told or none is known."""
    carried = {reason.fact for reason in told}
    rest = [t.contribution for t in found.model.values() if t.fact not in carried]
    if not rest:
        return []
    push = sum(max(0.0, t.contribution) for t in found.model.values())
    shown = sum(max(0.0, t.contribution) for t in found.model.values() if t.fact in carried)
    net = sum(rest)
    label = closing_words(len(rest), net, shown / push if push > 0 else None)
    return [Reason(Source.RISK, REST, "", label.zh, label.en, net, REST, net)]


def _rank_reason(candidate: Candidate) -> Reason:
    """What the model expects of a visit, and the household's place in the county.

    That need is coming is told where it is likelier than that it is there already.
    """
    # Results of one probability only are read as an answer to the first question.
    found, coming = candidate.existing, candidate.coming
    now = float((candidate.risk or 0.0) if found is None else found)
    place = f"number {candidate.risk_rank} in the county"
    zh = f"模型判断走访发现困难的可能性 {now:.0%}；全县第 {candidate.risk_rank} 位"
    en = f"The model gives {now:.0%} that a visit finds need; {place}"
    if coming is not None and coming > now:
        zh += f"；如目前无困难，6个月内陷入困难的可能性 {coming:.0%}"
        en += f"; if not in need now, {coming:.0%} to be within 6 months"
    return Reason(Source.RISK, RANKED, "", zh, en)
