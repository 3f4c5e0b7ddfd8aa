"""Scoring one month of a home, and explaining one household of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from core.atomic import atomic_folder
from core.home import Home
from core.words import Text
from data.backends import connect
from models.scorecard import engine, events
from models.scorecard.reading import ScorecardError
from models.scorecard.rules import RuleSet, load_rules


@dataclass(frozen=True)
class ScoredMonth:
    """What `score_month` wrote."""

    as_of: date
    households: int
    rule_version: str
    scores: Path
    parts: Path
    events: Path


@dataclass(frozen=True)
class Part:
    """One line of a household's explanation.

    `status`: 'scored' gave points, 'zero' is known and gives none, 'unknown' lacks data,
    'skipped' does not apply, 'cap' is what a category's upper limit takes off.
    `contribution` is the share of the household's mean, None where unknown or skipped.
    """

    household: str
    person: str | None
    indicator: str
    category: str
    feature: str | None
    value: str | None
    tier: int | None
    points: float | None
    contribution: float | None
    status: str
    words: Text | None


def read_profile(home: Home, as_of: date, con: Any) -> tuple[Any, Any]:
    folder = home.monthly("profile", as_of)
    paths = [folder / "person.parquet", folder / "household.parquet"]
    if not all(path.is_file() for path in paths):
        raise ScorecardError(
            f"no profile for {as_of} in {home.root}: "
            f"run 'doudi run --as-of {as_of:%Y-%m}' to build it first"
        )
    person, household = (con.read_parquet(path) for path in paths)
    return person, household


def score_month(
    home: Home, as_of: date, con: Any = None, rules: RuleSet | None = None
) -> ScoredMonth:
    """Score every household of a month's profile; write scores, parts and events.parquet.

    The files appear together or not at all. `rules` default to those in force on `as_of`,
    with the bars fitted on this home if there are any.
    Raises ScorecardError when the profile is missing or lacks a column.
    """
    con = con or connect()
    rules = rules or load_rules(as_of, home=home)
    person, household = read_profile(home, as_of, con)
    target = home.monthly("scores", as_of)
    with atomic_folder(target) as aside:
        found = engine.parts(person, household, rules)
        con.to_parquet(found.order_by("household", "indicator", "person"), aside / "parts.parquet")
        # Scores are sums of the parts as written, so the files agree by construction.
        written = con.read_parquet(aside / "parts.parquet")
        facts = events.events(written, person, household, rules, as_of)
        facts = facts.order_by("order", "indicator", "household", "person")
        con.to_parquet(facts, aside / "events.parquet")
        known = engine.coverage(person, household, rules)
        facts = con.read_parquet(aside / "events.parquet")
        scores = engine.scores(written, known, facts, rules).mutate(as_of=as_of)
        scores = scores.relocate("as_of", after="household").order_by("household")
        con.to_parquet(scores, aside / "scores.parquet")
    count = int(con.read_parquet(target / "scores.parquet").count().execute())
    paths = (target / f"{name}.parquet" for name in ("scores", "parts", "events"))
    return ScoredMonth(as_of, count, rules.version, *paths)


def _status(row: dict[str, Any]) -> str:
    if row["indicator"].endswith("_cap"):
        return "cap"
    if row["tier"] is None:
        return "unknown"
    if row["tier"] == engine.NOT_APPLICABLE:
        return "skipped"
    return "scored" if row["points"] else "zero"


def _part(row: dict[str, Any], rules: RuleSet) -> Part:
    status = _status(row)
    silent = status in ("unknown", "skipped")
    given = {} if not silent else {"points": None, "contribution": None}
    words = None if status == "unknown" else rules.words(row["indicator"], row["tier"])
    return Part(**{**row, **given}, status=status, words=words)


def explain_household(
    home: Home, as_of: date, household: str, con: Any = None, rules: RuleSet | None = None
) -> list[Part]:
    """Every indicator of one household: points given, known zeros, unknowns, and caps.

    Contributions that are not None sum to the rule score. Ordered by category, then indicator.
    Raises ScorecardError when the month or the household is not there.
    """
    con = con or connect()
    rules = rules or load_rules(as_of, home=home)
    people, homes = read_profile(home, as_of, con)
    people = people.filter(people.household == household)
    homes = homes.filter(homes.household == household)
    rows = engine.parts(people, homes, rules, everything=True).to_pyarrow().to_pylist()
    if not rows:
        raise ScorecardError(f"household {household} is not in the profile of {as_of}")
    rows.sort(key=lambda r: (r["category"], r["indicator"], r["person"] or ""))
    return [_part(row, rules) for row in rows]
