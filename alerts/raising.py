"""Candidates of a month, read from the stored results: scores, risk, explanation, profile.

Three lanes name households (see `alerts.selection` for how they share the capacity):

- rule: band in the policy's list and score at or above the opening threshold;
- risk: the highest calibrated risks among the households at risk, at or above the opening risk;
- event: a fact that needs help whatever the score, unless contrary assets hold it back.

Households on dibao or tekun already have their basic living secured; they come in by the event
lane only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import duckdb

from alerts.errors import AlertsError
from alerts.policy import Policy, load_policy
from alerts.reasons import told_reasons
from alerts.selection import Candidate, Reason
from alerts.states import Band
from alerts.words import Words, words_on
from data.home import Home, add_months

# The model's list is read this many times deeper than the capacity, since households with an open
# alert or in cool-down make room for the next.
_DEPTH = 10

Standing = tuple[float | None, float | None]


def _nobody(_households: Sequence[str]) -> Mapping[str, Standing]:
    return {}


def _as_they_are(found: Sequence[Candidate]) -> tuple[Candidate, ...]:
    return tuple(found)


@dataclass(frozen=True)
class CandidateSet:
    """A month's candidates. `households` counts the county's.

    `in_words` gives some of the candidates with their reasons and needs as the stored results
    tell them at that moment; thousands are named each month and only the chosen need words.
    `standing` looks up the rule score and risk of any households, for closing watches.
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


def candidates(
    home: Home, as_of: date, policy: Policy | None = None, words: Words | None = None
) -> CandidateSet:
    """Every household that a lane names in the month; `in_words` adds the reasons.

    Risk reasons need explain.parquet, which is made for chosen households only: plan the month
    (`alerts.service.plan_month`) and explain those before raising. Raises AlertsError when the
    month has no profile or scores; without risk results the risk lane is empty.
    """
    policy = policy or load_policy(home)
    words = words or words_on(as_of)
    profile = _needed(home, "profile", as_of, "household.parquet")
    _needed(home, "scores", as_of, "scores.parquet")
    con = duckdb.connect()
    try:
        counted = con.execute("SELECT count(*) FROM read_parquet(?)", [str(profile)]).fetchone()
        households = int(counted[0]) if counted else 0
        rows = _rows(con, home, as_of, policy, _DEPTH * policy.capacity(households))
    finally:
        con.close()
    sides = {row["household"]: row["urban_rural"] for row in rows}
    return CandidateSet(
        as_of,
        households,
        tuple(_candidate(row) for row in rows),
        partial(_in_words, home, as_of, words, sides),
        partial(standing, home, as_of),
    )


def _in_words(
    home: Home,
    as_of: date,
    words: Words,
    sides: Mapping[str, str | None],
    found: Sequence[Candidate],
) -> tuple[Candidate, ...]:
    """The candidates with reasons and needs; `sides` tells who lives in town or country."""
    texts = told_reasons(home, as_of, found, words)
    return tuple(_complete(c, texts[c.household], sides.get(c.household), words) for c in found)


def standing(home: Home, as_of: date, households: Sequence[str]) -> Mapping[str, Standing]:
    """Rule score (points) and risk (0..1, None when not at risk) of the named households."""
    scores = _needed(home, "scores", as_of, "scores.parquet")
    risk = home.monthly("risk", as_of) / "risk.parquet"
    joined = "LEFT JOIN read_parquet($risk) r USING (household)" if risk.exists() else ""
    value = "r.risk" if risk.exists() else "NULL"
    if not households:
        return {}
    values: dict[str, Any] = {"scores": str(scores), "households": list(households)}
    if risk.exists():
        values["risk"] = str(risk)
    query = (
        f"SELECT s.household, s.rule_score, {value} "  # noqa: S608 (both parts are ours)
        "FROM (SELECT unnest($households) AS household) h "
        f"JOIN read_parquet($scores) s USING (household) {joined}"
    )
    con = duckdb.connect()
    try:
        return {h: (score, risk) for h, score, risk in con.execute(query, values).fetchall()}
    finally:
        con.close()


def _needed(home: Home, kind: str, as_of: date, name: str) -> Path:
    path = home.monthly(kind, as_of) / name
    if not path.exists():
        month = f"{as_of:%Y-%m}"
        raise AlertsError(
            f"{month} 没有 {kind}/{name}，请先运行 doudi run --as-of {month}",
            f"there is no {kind}/{name} for {month}; run 'doudi run --as-of {month}' first",
        )
    return path


_ROWS = """
WITH risk AS (
    SELECT r.household, r.risk, r.model_version,
           row_number() OVER (ORDER BY r.risk DESC, r.household) AS place
    FROM {risk} r JOIN read_parquet($profile) p USING (household)
    WHERE p.at_risk AND NOT coalesce(p.on_dibao_tekun, false) AND r.risk >= $open_risk
)
SELECT s.household, p.township_code, p.village_code, p.urban_rural, p.population,
       s.band, s.rule_score, s.coverage, s.rule_version,
       list_contains($bands, s.band) AND s.rule_score >= $open_score
           AND NOT coalesce(p.on_dibao_tekun, false) AS by_rule,
       CASE WHEN s.event_hold THEN [] ELSE coalesce(s.events, []) END AS firing,
       coalesce(b.events, []) AS events_before,
       anyr.risk, anyr.model_version, risk.place
FROM read_parquet($scores) s
JOIN read_parquet($profile) p USING (household)
LEFT JOIN {before} b USING (household)
LEFT JOIN {risk} anyr USING (household)
LEFT JOIN risk ON risk.household = s.household AND risk.place <= $deepest
WHERE by_rule OR len(firing) > 0 OR risk.place IS NOT NULL
ORDER BY s.household
"""
_NO_RISK = (
    "(SELECT NULL::VARCHAR AS household, NULL::DOUBLE AS risk, NULL::VARCHAR AS model_version "
    "WHERE false)"
)
_NO_SCORES = "(SELECT NULL::VARCHAR AS household, NULL::VARCHAR[] AS events WHERE false)"


def _rows(
    con: duckdb.DuckDBPyConnection, home: Home, as_of: date, policy: Policy, deepest: int
) -> list[dict[str, Any]]:
    """Households named by a lane, one row each. `events_before` is last month's list."""
    files = {
        "risk": home.monthly("risk", as_of) / "risk.parquet",
        "before": home.monthly("scores", add_months(as_of, -1)) / "scores.parquet",
    }
    present = {name: str(path) for name, path in files.items() if path.exists()}
    sql = _ROWS.format(
        risk="read_parquet($risk)" if "risk" in present else _NO_RISK,
        before="read_parquet($before)" if "before" in present else _NO_SCORES,
    )
    values = {
        "profile": str(home.monthly("profile", as_of) / "household.parquet"),
        "scores": str(home.monthly("scores", as_of) / "scores.parquet"),
        "bands": [band.value for band in policy.bands],
        "open_score": policy.open_score,
        "open_risk": policy.open_risk,
        "deepest": deepest,
        **present,
    }
    result = con.execute(sql, values)
    names = [column[0] for column in result.description or []]
    rows = [dict(zip(names, row, strict=True)) for row in result.fetchall()]
    if "before" not in present:  # nothing to compare with: no event can be called new
        for row in rows:
            row["events_before"] = row["firing"]
    return rows


def _candidate(row: dict[str, Any]) -> Candidate:
    before = set(row["events_before"])
    version = row["model_version"]
    return Candidate(
        household=row["household"],
        township_code=row["township_code"],
        village_code=row["village_code"],
        population=row["population"],
        band=Band(row["band"]),
        rule_score=row["rule_score"],
        risk=row["risk"],
        coverage=row["coverage"],
        rule_version=row["rule_version"],
        model_version=None if version is None else str(version),
        by_rule=bool(row["by_rule"]),
        risk_rank=row["place"],
        events=tuple(row["firing"]),
        fresh_events=tuple(code for code in row["firing"] if code not in before),
    )


def _complete(
    candidate: Candidate, reasons: Sequence[Reason], urban_rural: str | None, words: Words
) -> Candidate:
    """The candidate with its reasons and the needs they hint at."""
    # The model's place and the closing line hint at no kind of need.
    hints = [(r.code, r.category) for r in reasons if r.category]
    kinds = words.suspected_needs(hints, urban_rural)
    return replace(
        candidate,
        reasons=tuple(reasons),
        needs=tuple((kind, words.department_of(kind)) for kind in kinds),
    )
