"""Reads a month's stored results for the candidates: scores, risk, facts, profile.

Only DuckDB over Parquet, one query for each question; nothing here chooses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from alerts.draw import Pool
from alerts.errors import AlertsError
from alerts.policy import Policy
from alerts.silence import Silence
from core.engine import cursor
from core.home import Home, add_months

# The model's list is read this many times deeper than the capacity, since households with an open
# alert or in cool-down make room for the next.
DEPTH = 10

# One row per household with everything the lanes ask for; `existing` falls back to an older
# result's single risk, which was a probability of the same kind.
_COUNTY = """
SELECT s.household, p.township_code, p.village_code, p.urban_rural, p.population,
       s.band, s.rule_score, s.coverage, s.rule_version, coalesce(s.event_hold, false) AS contrary,
       coalesce(s.events, []) AS firing,
       coalesce(p.on_dibao_tekun, false) AS secured,
       {in_process} AS in_process, {on_roll} AS on_roll, {unknown} AS unknown, {visited} AS visited,
       {watch} AS watch, {risk} AS risk, {existing} AS existing, {coming} AS coming,
       {version} AS model_version, {expected} AS rule_expected
FROM read_parquet($scores) s
JOIN read_parquet($profile) p USING (household)
{joins}
"""

_NAMED = """
WITH county AS ({county}), ranked AS (
    SELECT *,
           list_contains($bands, band) AND rule_score >= $open_score AND NOT secured AS by_rule,
           CASE WHEN existing IS NOT NULL AND watch <> 'unwatched'
                THEN row_number() OVER (PARTITION BY watch <> 'unwatched' AND existing IS NOT NULL
                                        ORDER BY existing DESC, household) END AS place,
           CASE WHEN watch = 'at_risk' AND coming >= $open_coming
                     AND coalesce(existing, 0) < $coming_below
                THEN row_number() OVER (
                    PARTITION BY watch = 'at_risk' AND coming >= $open_coming
                        AND coalesce(existing, 0) < $coming_below
                    ORDER BY coming DESC, household) END AS soon
    FROM county
)
SELECT * FROM ranked
WHERE (by_rule AND coalesce(existing, rule_expected, 1) >= $open_existing)
   OR (existing >= $open_existing AND watch <> 'unwatched' AND place <= $deepest)
   OR (existing >= $open_unwatched AND watch = 'unwatched')
   OR soon <= $deepest
   OR list_contains($also, household)
ORDER BY household
"""

_SOME = """
WITH county AS ({county})
SELECT c.*, false AS by_rule, NULL::BIGINT AS place
FROM county c JOIN (SELECT unnest($also) AS household) USING (household)
"""

_COUNTS = """
WITH county AS ({county})
SELECT
    count(*) FILTER (WHERE in_process) AS in_process,
    count(*) FILTER (WHERE NOT in_process AND NOT secured AND list_contains($bands, band)
        AND rule_score >= $open_score
        AND coalesce(existing, rule_expected) < $open_existing) AS rule,
    count(*) FILTER (WHERE NOT in_process AND watch = 'at_risk'
        AND existing >= $close_existing AND existing < $open_existing) AS risk,
    count(*) FILTER (WHERE NOT in_process AND watch = 'secured'
        AND existing >= $close_existing AND existing < $open_existing) AS secured,
    count(*) FILTER (WHERE NOT in_process AND watch = 'at_risk'
        AND coming >= $open_coming / 2 AND coming < $open_coming
        AND coalesce(existing, 0) < $coming_below) AS coming
FROM county
"""

_POOL = """
WITH county AS ({county}), placed AS (
    SELECT household, watch, visited, unknown, in_process, existing,
           (row_number() OVER (ORDER BY coalesce(existing, -1) DESC, rule_score DESC, household)
            - 1) / count(*) OVER () AS share
    FROM county
)
SELECT household, existing, unknown,
       concat(watch, '/', {part}, '/', if(visited, 'visited', 'never')) AS stratum
FROM placed WHERE NOT in_process ORDER BY household
"""

# The whole county of a month with more of its profile, in order of household.
_WHOLE = """
WITH county AS ({county})
SELECT c.household, c.township_code, c.village_code, c.rule_score, c.rule_version, c.watch,
       c.in_process, c.existing, c.coming, c.model_version, {more}
FROM county c JOIN read_parquet($profile) p USING (household)
ORDER BY c.household
"""

# Families in process for so long, and on no roll since: nobody has answered them in time.
_UNANSWERED = """
SELECT count(*) FROM read_parquet($profile) p JOIN read_parquet($earlier) e USING (household)
WHERE p.in_process AND e.in_process
  AND (p.roll_class IS NULL OR p.roll_class IS NOT DISTINCT FROM e.roll_class)
"""

# First month in which each of this month's facts was seen, among the months looked back at.
_FACTS = """
WITH seen AS ({seen}), now AS (SELECT * FROM read_parquet($now))
SELECT n.household, n.person, n.indicator, n.happened_on, n.points, n.urgent, n."order", n.held,
       (SELECT min(s.as_of) FROM seen s WHERE s.household = n.household
           AND s.indicator = n.indicator AND s.person IS NOT DISTINCT FROM n.person
           AND s.happened_on IS NOT DISTINCT FROM n.happened_on) AS first_seen
FROM now n ORDER BY n.household, n."order", n.indicator, n.person
"""

Row = dict[str, Any]


def needed(home: Home, kind: str, as_of: date, name: str) -> Path:
    """A month's file; AlertsError says what to run when it is not there."""
    path = home.monthly(kind, as_of) / name
    if not path.exists():
        month = f"{as_of:%Y-%m}"
        raise AlertsError(
            f"{month} 没有 {kind}/{name}，请先运行 doudi run --as-of {month}",
            f"there is no {kind}/{name} for {month}; run 'doudi run --as-of {month}' first",
        )
    return path


def columns_of(path: Path) -> set[str]:
    """Names of a file's columns; none when it is not there."""
    return set(pq.read_schema(path).names) if path.exists() else set()


class Month:
    """One month's stored results, opened for reading."""

    def __init__(self, home: Home, as_of: date, policy: Policy) -> None:
        self.home, self.as_of, self.policy = home, as_of, policy
        self._profile = needed(home, "profile", as_of, "household.parquet")
        self._scores = needed(home, "scores", as_of, "scores.parquet")
        self._risk = home.monthly("risk", as_of) / "risk.parquet"
        self._county = self._sql()

    def households(self) -> int:
        """Households of the county."""
        return pq.read_metadata(self._profile).num_rows

    def named(self, also: Sequence[str], deepest: int) -> list[Row]:
        """Rows of households that a lane names, and of those asked for."""
        return self._rows(_NAMED.format(county=self._county), deepest=deepest, also=list(also))

    def some(self, households: Sequence[str]) -> list[Row]:
        """Rows of these households, as if no lane named them."""
        return self._rows(_SOME.format(county=self._county), also=list(households))

    def whole(self, more: Mapping[str, str]) -> pa.Table:
        """Every household in order: where it lives, rule score and version, watch, in_process,
        existing, coming, and `more` columns (name -> SQL over the profile `p`)."""
        added = ", ".join(f"{sql} AS {name}" for name, sql in more.items()) or "true AS known"
        sql = _WHOLE.format(county=self._county, more=added)
        con = cursor()
        try:
            return con.sql(sql, params=self._values(sql)).to_arrow_table()
        finally:
            con.close()

    def counts(self) -> dict[str, int]:
        """Families in process, and by lane those below its floor."""
        (row,) = self._rows(_COUNTS.format(county=self._county))
        return {name: int(count) for name, count in row.items()}

    def unanswered(self) -> int:
        """Families in process for longer than an answer may take (超期未答复)."""
        before = add_months(self.as_of, -self.policy.answer_months)
        earlier = self.home.monthly("profile", before) / "household.parquet"
        wanted = {"in_process", "roll_class"}
        if not wanted <= columns_of(self._profile) & columns_of(earlier):
            return 0
        (row,) = self._rows(_UNANSWERED, earlier=str(earlier))
        return int(next(iter(row.values())))

    def pool(self) -> Pool:
        """Every household not in process, for the random draws."""
        edges = np.cumsum(self.policy.strata)
        names = ["high", "middle", "low"] if len(edges) == 2 else None
        cases = [
            f"WHEN share < {edge!r} THEN '{names[i] if names else f'part{i + 1}'}'"
            for i, edge in enumerate(map(float, edges))
        ]
        rest = names[-1] if names else f"part{len(edges) + 1}"
        part = f"CASE {' '.join(cases)} ELSE '{rest}' END"
        con = cursor()
        try:
            sql = _POOL.format(county=self._county, part=part)
            found = con.execute(sql, self._values(sql)).fetchnumpy()
        finally:
            con.close()
        expected = np.ma.filled(np.ma.asarray(found["existing"]).astype(float), np.nan)
        return Pool(
            np.asarray(found["household"], dtype=object),
            np.asarray(found["stratum"], dtype=object),
            expected,
            np.asarray(found["unknown"], dtype=bool),
        )

    def fresh(self) -> dict[str, list[Row]]:
        """This month's fresh facts by household, those still waiting included.

        A fact is fresh when the months before did not have it: known by household, person,
        indicator and day. In the county's first run only facts that happened within the window
        count; so it is with an indicator in the first run that its data is there for, and after
        months without data with what happened since. Without a table of facts the list of firing
        events is compared with last month's.
        """
        now = self.home.monthly("scores", self.as_of) / "events.parquet"
        if not now.exists():
            return self._fresh_by_list()
        files = [
            (month, path)
            for month in reversed(self.home.months("scores"))
            if month < self.as_of
            and (path := self.home.monthly("scores", month) / "events.parquet").exists()
        ][: self.policy.event_patience_months]
        parts = [
            f"SELECT household, person, indicator, happened_on, DATE '{month}' AS as_of "  # noqa: S608
            f"FROM read_parquet($seen{i})"
            for i, (month, _) in enumerate(files)
        ] or [
            "SELECT household, person, indicator, happened_on, NULL::DATE AS as_of "
            "FROM read_parquet($now) WHERE false"
        ]
        values = {f"seen{i}": str(path) for i, (_, path) in enumerate(files)}
        facts = self._rows(_FACTS.format(seen=" UNION ALL ".join(parts)), now=str(now), **values)
        oldest = files[-1][0] if files else self.as_of
        young = len(files) < self.policy.event_patience_months
        silent = Silence(self.home, [*(m for m, _ in reversed(files)), self.as_of])
        found: dict[str, list[Row]] = {}
        for fact in facts:
            seen = fact.pop("first_seen") or self.as_of
            if seen > oldest:
                since = silent.ended(fact["indicator"], seen)
                new = since is None or self._after(fact["happened_on"], seen, since)
            else:
                new = young and self._in_window(fact["happened_on"], oldest)
            if new:
                found.setdefault(fact["household"], []).append(fact)
        return found

    def _in_window(self, happened: date | None, first_run: date) -> bool:
        """Whether a fact that the county's first run brought was fresh then."""
        if happened is None:
            return False
        return (first_run - happened).days <= self.policy.event_window_days

    def _after(self, happened: date | None, seen: date, spoke: date) -> bool:
        """Whether a fact is news although its data was not there the month before it was seen."""
        if happened is None:
            return False
        return happened > spoke or self._in_window(happened, seen)

    def _fresh_by_list(self) -> dict[str, list[Row]]:
        before = self.home.monthly("scores", add_months(self.as_of, -1)) / "scores.parquet"
        if not before.exists():
            return {}
        sql = """
        SELECT s.household, unnest(list_filter(s.events, lambda e: NOT list_contains(
                   coalesce(b.events, []), e))) AS indicator,
               coalesce(s.event_hold, false) AS held
        FROM read_parquet($scores) s LEFT JOIN read_parquet($before) b USING (household)
        WHERE len(s.events) > 0 ORDER BY s.household
        """
        found: dict[str, list[Row]] = {}
        for row in self._rows(sql, before=str(before)):
            fact = {"person": None, "happened_on": None, "points": 0.0, "urgent": False}
            found.setdefault(row["household"], []).append({**fact, "order": 99, **row})
        return found

    def _sql(self) -> str:
        """The county's query, with what older results lack filled in."""
        profile, risk = columns_of(self._profile), columns_of(self._risk)
        has = {name: f"coalesce(p.{name}, false)" for name in profile}
        unknown = [f"NOT {has[n]}" for n in ("visited_24m", "income_known") if n in profile]
        group = (
            "CASE WHEN coalesce(p.on_dibao_tekun, false) THEN 'secured' "
            f"WHEN {has.get('at_risk', 'false')} THEN 'at_risk' ELSE 'unwatched' END"
        )
        existing = "existing" if "existing" in risk else "risk"
        # A single risk was only ever meant for families at risk and off Dibao and Tekun.
        plain = "r.existing" if "existing" in risk else f"if({group} = 'at_risk', r.risk, NULL)"
        return _COUNTY.format(
            in_process=has.get("in_process", "false"),
            on_roll="p.roll_class IS NOT NULL" if "roll_class" in profile else "secured",
            unknown=f"({' OR '.join(unknown)})" if unknown else "false",
            visited=has.get("visited_24m", "false"),
            watch=group,
            risk="r.risk" if risk else "NULL::DOUBLE",
            existing=plain if existing in risk else "NULL::DOUBLE",
            coming="r.coming" if "coming" in risk else "NULL::DOUBLE",
            version="CAST(r.model_version AS VARCHAR)" if risk else "NULL::VARCHAR",
            expected="NULL::DOUBLE",
            joins="LEFT JOIN read_parquet($risk) r USING (household)" if risk else "",
        )

    def _values(self, sql: str, **more: Any) -> dict[str, Any]:
        """The values that a query names."""
        policy = self.policy
        values: Mapping[str, Any] = {
            "profile": str(self._profile),
            "scores": str(self._scores),
            "risk": str(self._risk),
            "bands": [band.value for band in policy.bands],
            "open_score": policy.open_score,
            "open_existing": policy.open_existing,
            "close_existing": policy.close_existing,
            "open_unwatched": policy.open_unwatched,
            "open_coming": policy.open_coming,
            "coming_below": policy.coming_existing_below,
            **more,
        }
        return {name: value for name, value in values.items() if f"${name}" in sql}

    def _rows(self, sql: str, **more: Any) -> list[Row]:
        con = cursor()
        try:
            result = con.execute(sql, self._values(sql, **more))
            names = [column[0] for column in result.description or []]
            return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
        finally:
            con.close()
