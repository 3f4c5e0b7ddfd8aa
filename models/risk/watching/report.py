"""One month watched: data/reports/watch_<month>.json."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from core.home import Home, add_months
from core.progress import Progress, quiet
from core.words import Text
from data.contracts import all_feeds, load_contract
from data.lake import Lake
from models.risk import report
from models.risk.rows import AGE, HORIZON, QUESTIONS, Question
from models.risk.run import is_synthetic
from models.risk.score import read_risk
from models.risk.watching import bounds, expected, scores
from models.risk.watching.against import (
    GROUPS,
    groups,
    reference_months,
    sample,
    watched_features,
)
from models.risk.watching.flows import flows
from models.risk.watching.ripening import Judged, by_month, delay
from models.risk.watching.ripening import judged as judged_rows
from models.risk.watching.shift import SMALL, Shift, shifts
from models.risk.watching.verdict import by_feed, judge
from models.risk.watching.volumes import volumes

MONTHS = 12
STEPS = 5


def file_of(home: Home, as_of: date) -> Path:
    """Where a month's report lies."""
    return home.reports / f"watch_{as_of:%Y-%m}.json"


def read_watch(home: Home, as_of: date) -> dict[str, Any] | None:
    """The report of a month; None when it was not watched yet."""
    path = file_of(home, as_of)
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def watch_month(
    home: Home,
    as_of: date,
    *,
    slots: Mapping[str, int],
    cuts: Mapping[str, float],
    progress: Progress = quiet,
) -> dict[str, Any]:
    """Watch a month as it was known at its end and write the report.

    `slots`: the lanes' visits a month by question; `cuts`: from which risk an alert may open.
    Keys: as_of, version, reference (months), shifts, weight_moved, volumes, flows, moved, verdict,
    scores, ripening, delays, expected, notices, synthetic. Raises RiskError for a month without
    risks.
    """
    risk = read_risk(home, as_of)
    progress("features", 0, STEPS)
    months, found, weight = _moved(home, as_of)
    progress("deliveries", 1, STEPS)
    judged = judged_month(home, as_of, found)
    progress("risks", 2, STEPS)
    scored = [m for m in home.months("risk") if add_months(as_of, -MONTHS) < m <= as_of]
    spread = _scores(home, scored, cuts)
    progress("visits", 3, STEPS)
    horizon = int(home.county.get("horizon_months", HORIZON))
    known: dict[Question, Judged] = {
        "existing": judged_rows(home, scored, as_of, "existing", horizon),
        "coming": judged_rows(
            home, [m for m in scored if add_months(m, horizon) <= as_of], as_of, "coming", horizon
        ),
    }
    ripe, days = _ripening(known, scored, as_of, horizon)
    progress("expected finds", 4, STEPS)
    told = _expected(home, scored, known["existing"], slots.get("existing", 0))
    newest = {q: _newest_delta(spread, q) for q in QUESTIONS}
    content = {
        "as_of": as_of,
        "version": str(risk["model_version"].iloc[0]) if len(risk) else None,
        "reference": months,
        "shifts": [s.as_dict() | {"season": season} for s, season in found],
        "weight_moved": weight,
        **judged,
        "scores": spread,
        "ripening": ripe,
        "delay": days,
        "expected": told,
        "notices": [n.as_dict() for n in bounds.notices(judged["verdict"], weight, ripe, newest)],
        "synthetic": is_synthetic(home),
    }
    content["verdict"] = judged["verdict"].as_dict()
    report.write_report(home, content, file_of(home, as_of).name)
    progress("done", STEPS, STEPS)
    return report.plain(content)


def _moved(home: Home, as_of: date) -> tuple[list[date], list[tuple[Shift, bool]], float | None]:
    """Months compared with, every shift with whether it is the season's, weight on the moved."""
    weights, months = watched_features(home), reference_months(home, as_of)
    marked = compared(home, as_of, months, list(weights))
    standing = [s for s, season in marked if s.group == "county" and not season]
    moved = {s.feature for s in standing if s.size != "none"}
    total = sum(weights.values())
    share = sum(w for n, w in weights.items() if n in moved) / total if total else None
    return months, marked, share


def compared(
    home: Home, as_of: date, months: Sequence[date], names: Sequence[str]
) -> list[tuple[Shift, bool]]:
    """Every shift of a month's features against `months`, and whether it is the season's."""
    now, then = sample(home, [as_of], names), sample(home, months, names)
    found = shifts(then, now, names, groups(then, now))
    year = add_months(as_of, -12)
    seasons: dict[tuple[str, str], Shift] = {}
    if home.has_profile(year):
        old = sample(home, [year], names)
        seasons = {(s.feature, s.group): s for s in shifts(old, now, names, groups(old, now))}
    return [(s, _seasonal(s, seasons.get((s.feature, s.group)))) for s in found]


def _seasonal(found: Shift, year: Shift | None) -> bool:
    """Whether the month a year ago already looked like this one: the season, not a change."""
    if year is None or found.size == "none":
        return False
    same_way = (year.delta or 0.0) * (found.delta or 0.0) > 0
    return year.size == "none" or (abs(year.delta or 0.0) < SMALL and not same_way)


def judged_month(home: Home, as_of: date, found: Sequence[tuple[Shift, bool]]) -> dict[str, Any]:
    """Deliveries, how often things happen, what has moved by feed, and the verdict."""
    from features.catalogue import BY_NAME

    known, often = volumes(Lake(home), as_of), flows(Lake(home), as_of)
    standing = [s for s, season in found if s.group == "county" and not season]
    feeds = {s.feature: BY_NAME[s.feature].feeds for s in standing if s.feature in BY_NAME}
    signs = {name: BY_NAME[name].monotone for name in feeds}
    moved = by_feed(standing, feeds, signs)
    names = {feed: Text(*_feed_names(feed)) for feed in all_feeds()}
    return {
        "volumes": [v.as_dict() for v in known],
        "flows": [f.as_dict() for f in often],
        "moved": [asdict(m) for m in moved],
        "verdict": judge(known, moved, names, often),
    }


def _feed_names(feed: str) -> tuple[str, str]:
    contract = load_contract(feed)
    return contract.zh, contract.en


def _scores(home: Home, months: Sequence[date], cuts: Mapping[str, float]) -> list[dict[str, Any]]:
    """Distribution of the risks by month, question and group, against the version's first month."""
    rows: list[dict[str, Any]] = []
    first, version = pd.DataFrame(), None
    for month in months:
        risk = read_risk(home, month)
        # Another version has another spread by itself: each is held against its own first month.
        if version != (spoken := str(risk["model_version"].iloc[0]) if len(risk) else None):
            first, version = risk, spoken
        for question in QUESTIONS:
            for group in GROUPS:
                base = None if risk is first else _of(first, group)[question]
                told = scores.distribution(_of(risk, group)[question], base, cuts.get(question))
                rows.append({"as_of": month, "question": question, "group": group, **told})
    return rows


def _of(risk: pd.DataFrame, group: str) -> pd.DataFrame:
    return risk if group == "county" else risk[risk["watch"] == group]


def _newest_delta(rows: Sequence[Mapping[str, Any]], question: str) -> float | None:
    mine = [r for r in rows if r["question"] == question and r["group"] == "county"]
    return mine[-1]["delta"] if mine else None


def _ripening(
    known: Mapping[Question, Judged], months: Sequence[date], as_of: date, horizon: int
) -> tuple[dict[Question, list[dict[str, Any]]], dict[str, Any] | None]:
    """By question what came true, and how long visits took."""
    needs: dict[Question, int] = {"existing": AGE, "coming": horizon}
    ripe = {
        question: by_month(judged.rows, months, as_of, needs[question])
        for question, judged in known.items()
    }
    return ripe, delay(known["existing"].rows)


def _expected(
    home: Home, months: Sequence[date], judged: Judged, slots: int
) -> list[dict[str, Any]]:
    """By month: what the picks of the existing lane should find, said then, and what came."""
    rows = []
    for month in months:
        past = judged.rows[judged.rows["as_of"] < month]
        level = expected.learn_level(past[past["known_on"] <= month])
        risk = read_risk(home, month).rename(columns={"risk": "either", "existing": "risk"})
        busy = judged.in_process.loc[judged.in_process["as_of"] == month, "household"]
        chosen = expected.picks(risk, busy, slots)
        came = expected.realised(chosen, judged.rows[judged.rows["as_of"] == month])
        said = expected.estimate(chosen, level)
        row: dict[str, Any] = {"as_of": month, "level": level.shift, "visits": level.visits}
        row |= {f"said_{name}": value for name, value in said.items()}
        rows.append(row | {f"came_{name}": value for name, value in came.items()})
    return rows
