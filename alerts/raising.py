"""Candidates of a month, read from the stored results: scores, facts, risk, profile.

A household is named when

- its rule band is in the policy's list and its score at or above the opening score;
- the model expects a visit to find an unmet need now, at or above the floor of its watch group;
- the model expects need to come, and the family is not likely to be in need already;
- a fact of the event lane is fresh (`alerts.news`), whether the family is watched or not.

`alerts.selection` decides which of the named are raised. All others are the pool of the random
draws (`alerts.draw`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import Any

from alerts.draw import Pool
from alerts.policy import Policy, load_policy
from alerts.reasons import told_reasons
from alerts.rows import DEPTH, Month, columns_of, needed
from alerts.selection import SECURED, UNWATCHED, Candidate, Fact, Reason
from alerts.states import Band
from alerts.words import FIRST_NEED, Words
from core.engine import cursor
from core.home import Home
from models.scorecard.rules import RuleSet, load_rules

# A family on Dibao or Tekun has its basic living secured; what it may lack is beyond it.
_SECURED_NEED = "medical_aid"

Standing = tuple[float | None, float | None]


def _nobody(_households: Sequence[str]) -> Mapping[str, Standing]:
    return {}


def _as_they_are(found: Sequence[Candidate]) -> tuple[Candidate, ...]:
    return tuple(found)


def _none(_households: Sequence[str]) -> tuple[Candidate, ...]:
    return ()


@dataclass(frozen=True)
class CandidateSet:
    """A month's candidates. `households` counts the county's.

    `in_words` gives some of the candidates with their reasons and needs as the stored results
    tell them at that moment; thousands are named each month and only the chosen need words.
    `standing` looks up the rule score and expected finding of any households, for closing watches.
    `pool` gives the households that may be drawn at random and `lookup` any household as a
    candidate. `below` counts, by lane, families below its floor; `in_process` those whom the
    bureau is already on, `unanswered` those of them waiting beyond the limit.
    """

    as_of: date
    households: int
    candidates: tuple[Candidate, ...]
    in_words: Callable[[Sequence[Candidate]], tuple[Candidate, ...]] = field(
        default=_as_they_are, repr=False, compare=False
    )
    standing: Callable[[Sequence[str]], Mapping[str, Standing]] = field(
        default=_nobody, repr=False, compare=False
    )
    pool: Callable[[], Pool] = field(default=Pool, repr=False, compare=False)
    lookup: Callable[[Sequence[str]], tuple[Candidate, ...]] = field(
        default=_none, repr=False, compare=False
    )
    below: Mapping[str, int] = field(default_factory=dict)
    in_process: int = 0
    unanswered: int = 0


def candidates(
    home: Home, as_of: date, policy: Policy | None = None, rules: RuleSet | None = None
) -> CandidateSet:
    """Every household that a lane names in the month; `in_words` adds the reasons.

    Risk reasons need explain.parquet, which is made for chosen households only: plan the month
    (`alerts.service.plan_month`) and explain those before raising. Raises AlertsError when the
    month has no profile or scores; without risk results the rules and the facts speak alone.
    """
    policy = policy or load_policy(home, as_of)
    rules = rules or load_rules(as_of, home=home)
    words = Words(rules)
    month = Month(home, as_of, policy)
    facts = month.fresh()
    households = month.households()
    rows = month.named(list(facts), DEPTH * policy.capacity(households))
    counts = month.counts()
    for row in rows:
        row["rule_expected"] = _rule_expected(rules, row) if row["by_rule"] else None
    return CandidateSet(
        as_of,
        households,
        tuple(_candidate(row, facts.get(row["household"], ()), words) for row in rows),
        partial(_in_words, home, as_of, words),
        partial(standing, home, as_of),
        month.pool,
        partial(_lookup, month, words),
        {name: counts[name] for name in ("rule", "risk", "secured", "coming")},
        counts["in_process"],
        month.unanswered(),
    )


def _lookup(month: Month, words: Words, households: Sequence[str]) -> tuple[Candidate, ...]:
    """Any households as candidates that no lane names, in the order given."""
    rows = {row["household"]: row for row in month.some(households)}
    return tuple(_candidate(rows[h], (), words) for h in households if h in rows)


def _in_words(
    home: Home, as_of: date, words: Words, found: Sequence[Candidate]
) -> tuple[Candidate, ...]:
    """The candidates with reasons and needs."""
    # Whom only the draw or the lane beyond aid names is told by the scorecard too.
    told = [c if c.risk_rank or c.events else replace(c, by_rule=True) for c in found]
    asked = {c.household: c.asked.value for c in found}
    texts = told_reasons(home, as_of, told, words, asked)
    return tuple(_complete(c, texts.get(c.household, []), words) for c in found)


def standing(home: Home, as_of: date, households: Sequence[str]) -> Mapping[str, Standing]:
    """Rule score (points) and expected finding (0..1, None without a model) of households."""
    scores = needed(home, "scores", as_of, "scores.parquet")
    if not households:
        return {}
    risk = home.monthly("risk", as_of) / "risk.parquet"
    columns = columns_of(risk)
    value = "existing" if "existing" in columns else "risk"
    joined = "LEFT JOIN read_parquet($risk) r USING (household)" if columns else ""
    values: dict[str, Any] = {"scores": str(scores), "households": list(households)}
    if columns:
        values["risk"] = str(risk)
    query = (
        f"SELECT s.household, s.rule_score, {f'r.{value}' if columns else 'NULL'} "  # noqa: S608
        "FROM (SELECT unnest($households) AS household) h "
        f"JOIN read_parquet($scores) s USING (household) {joined}"
    )
    con = cursor()
    try:
        return {h: (score, found) for h, score, found in con.execute(query, values).fetchall()}
    finally:
        con.close()


def _candidate(row: dict[str, Any], facts: Iterable[dict[str, Any]], words: Words) -> Candidate:
    fresh = tuple(_fact(fact, row["urban_rural"], words) for fact in facts)
    return Candidate(
        household=row["household"],
        township_code=row["township_code"],
        village_code=row["village_code"],
        urban_rural=row["urban_rural"],
        population=row["population"],
        watch=row["watch"],
        on_roll=row["on_roll"],
        band=Band(row["band"]),
        rule_score=row["rule_score"],
        risk=row["risk"],
        existing=row["existing"],
        coming=row["coming"],
        rule_expected=row["rule_expected"],
        coverage=row["coverage"],
        rule_version=row["rule_version"],
        model_version=row["model_version"],
        by_rule=bool(row["by_rule"]),
        risk_rank=row["place"],
        in_process=row["in_process"],
        contrary=row["contrary"],
        facts=fresh,
        events=tuple(dict.fromkeys(fact.indicator for fact in fresh)),
    )


def _rule_expected(rules: RuleSet, row: Mapping[str, Any]) -> float | None:
    """What visits found in past months at the rule score; None where that was never fitted."""
    return rules.expected(row["rule_score"], row["watch"] != UNWATCHED)


def _fact(fact: Mapping[str, Any], urban_rural: str | None, words: Words) -> Fact:
    code = fact["indicator"]
    return Fact(
        code,
        fact["person"],
        fact["happened_on"],
        fact["points"],
        bool(fact["urgent"]),
        int(fact["order"]),
        bool(fact["held"]),
        words.need_for(code, code[:1], urban_rural),
    )


def _complete(candidate: Candidate, reasons: Sequence[Reason], words: Words) -> Candidate:
    """The candidate with its reasons and the needs they hint at."""
    # The model's place and the closing line hint at no kind of need.
    hints = [(r.code, r.category) for r in reasons if r.category]
    kinds = words.suspected_needs(hints, candidate.urban_rural)
    if candidate.watch == SECURED:
        kinds = [kind for kind in kinds if kind != FIRST_NEED] or [_SECURED_NEED]
    return replace(
        candidate,
        reasons=tuple(reasons),
        needs=tuple((kind, words.department_of(kind)) for kind in kinds),
    )
