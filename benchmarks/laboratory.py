"""Time the threshold laboratory: a lever moved, points changed, and the memory it takes.

python -m benchmarks.laboratory [--home DIR] [--json] [--moves 40]

A move is a cut-off set anew, the months replayed and every figure estimated again (recall only
where random visits are on record). Without a home the months are invented: 50,000 households with
random figures, good for the timing and for nothing else. The larger table is the same county many
times side by side. Points: one indicator's points changed, all months scored and replayed again.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from alerts.laboratory.below import below
from alerts.laboratory.estimates import Evidence, gather, report
from alerts.laboratory.material import Material, read_material
from alerts.laboratory.months import Facts, Month
from alerts.laboratory.record import Alerts, Needs, Record, Visits
from alerts.laboratory.replay import replay
from alerts.laboratory.rescoring import rescore
from alerts.laboratory.sheets import Sheets, read_sheets
from alerts.policy import Policy, default_policy, load_policy
from core.db import open_session
from core.home import Home, add_months
from data.backends import connect
from models.scorecard import Indicator, RuleSet, load_rules, score_month

LAST = date(2026, 6, 30)
HOUSEHOLDS, MONTHS, MANY, TOWNSHIPS = 50_000, 12, 1_200_000, 15
T = TypeVar("T")
_TYPES = {"number": pa.float64(), "flag": pa.bool_(), "word": pa.string()}


@dataclass(frozen=True)
class Spent:
    """Seconds by the clock, and of the processor: on a busy machine the second says more."""

    wall: float
    cpu: float


@dataclass(frozen=True)
class County:
    """What is measured: past months, the rules that scored each, and where they are stored."""

    home: Home
    material: Material
    rules: dict[date, RuleSet]
    policy: Policy

    @property
    def now(self) -> RuleSet:
        """The rules of the newest month."""
        return self.rules[self.material.months[-1].as_of]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, help="a county with scored months (read only)")
    parser.add_argument("--moves", type=int, default=40)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with stored(given.home) if given.home else invented() as county:
        found = measured(county, given.moves)
    if given.json:
        print(json.dumps(found))
        return
    for name, value in found.items():
        print(f"{name:24} {value}")


def measured(county: County, moves: int) -> dict[str, object]:
    """Every figure; times in milliseconds (`cpu_`: of the processor), memory in megabytes."""
    material = county.material
    evidence, learned = timed(lambda: gather(material))
    small = moved(county, material, evidence, moves)
    sheets, opened = timed(lambda: read_sheets(county.home, material, connect()))
    points = [changed(county, evidence, sheets, turn) for turn in range(4)]
    after_50k = peak()
    times = max(1, round(MANY * len(material.months) / material.size))
    many = material.replicate(times)
    large = moved(county, many, replace(evidence, below=below(many)), max(10, moves // 2))
    return {
        "p95_ms_50k": percentile([one.wall for one in small]),
        "p95_ms_1m2": percentile([one.wall for one in large]),
        "points_ms_50k": percentile([one.wall for one in points]),
        "peak_mb": peak(),
        "cpu_p95_ms_50k": percentile([one.cpu for one in small]),
        "cpu_p95_ms_1m2": percentile([one.cpu for one in large]),
        "cpu_points_ms_50k": percentile([one.cpu for one in points]),
        "peak_mb_50k": after_50k,
        "held_mb_1m2": round(many.memory / 2**20),
        "household_months": material.size,
        "household_months_1m2": many.size,
        "learn_ms": round(learned.wall * 1000),
        "sheets_ms": round(opened.wall * 1000),
        "material": "invented" if material.synthetic else "stored",
    }


def moved(county: County, material: Material, evidence: Evidence, moves: int) -> list[Spent]:
    """Time of each move of a lever; the first look, which sorts the months, is left out."""
    rules, chance = county.now, evidence.whole

    def look(policy: Policy) -> object:
        return report(replay(material, rules, policy, chance=chance), evidence)

    look(county.policy)
    return [timed(lambda policy=policy: look(policy))[1] for policy in levers(county, moves)]


def levers(county: County, moves: int) -> Iterator[Policy]:
    """Policies that each differ from the county's in one lever."""
    draw = np.random.default_rng(8)
    for turn in range(moves):
        share = float(draw.uniform(0.2, 0.7))
        if turn % 4 == 0:
            change: dict[str, object] = {"open_existing": share, "close_existing": min(share, 0.2)}
        elif turn % 4 == 1:
            change = {"open_coming": share, "open_unwatched": share}
        elif turn % 4 == 2:
            change = {"capacity_per_1000_households": 1 + 6 * share}
        else:
            change = {"cool_down_months": {"default": int(share * 20)}}
        yield county.policy.model_copy(update=change)


def changed(county: County, evidence: Evidence, sheets: Sheets, turn: int) -> Spent:
    """Time to score and replay all months with other points for one indicator."""
    now = county.now
    name = sorted(now.indicators)[turn * 7 % len(now.indicators)]
    found = now.indicators[name]
    tiers = tuple(t.model_copy(update={"points": t.points * 1.5}) for t in found.tiers)
    draft = replace(now, indicators={**now.indicators, name: replace(found, tiers=tiers)})

    def again() -> object:
        scored = rescore(county.home, county.material, county.rules, draft, sheets)
        replayed = replay(scored.material, draft, county.policy, chance=evidence.whole)
        return report(replayed, evidence)

    return timed(again)[1]


def timed(work: Callable[[], T]) -> tuple[T, Spent]:
    """The result and the time it took."""
    started, worked = time.perf_counter(), time.process_time()
    found = work()
    return found, Spent(time.perf_counter() - started, time.process_time() - worked)


def percentile(seconds: list[float]) -> float:
    """The 95th percentile in milliseconds."""
    return round(float(np.quantile(seconds, 0.95)) * 1000, 1)


def peak() -> int:
    """The process's peak memory so far, in MB."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


@contextmanager
def stored(root: Path) -> Iterator[County]:
    """A county on disk."""
    home = Home(root)
    policy = load_policy(home, home.months("scores")[-1])
    with open_session(home) as session:
        material = read_material(home, session, policy, MONTHS)
    days = [month.as_of for month in material.months]
    yield County(home, material, {day: load_rules(day, home=home) for day in days}, policy)


@contextmanager
def invented() -> Iterator[County]:
    """A county of random figures, its profiles and scores in a folder that goes away."""
    rules = load_rules(LAST)
    days = [add_months(LAST, -back) for back in range(MONTHS)][::-1]
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder))
        names = [f"h{number:06d}" for number in range(HOUSEHOLDS)]
        write_profile(home, days[0], names, rules)
        score_month(home, days[0], rules=rules)
        for kind in ("profile", "scores"):
            first = home.monthly(kind, days[0])
            for day in days[1:]:
                home.monthly(kind, day).symlink_to(first, target_is_directory=True)
        score = pq.read_table(home.monthly("scores", days[0]) / "scores.parquet")["rule_score"]
        months = tuple(invented_month(day, score.to_numpy(), rules) for day in days)
        towns = tuple(f"town{n}" for n in range(TOWNSHIPS))
        material = Material(
            months=months,
            households=np.array(names, dtype=object),
            townships=towns,
            villages=tuple(f"village{n}" for n in range(150)),
            kinds=tuple(i.id for i in rules.indicators.values() if i.source.event_lane),
            record=invented_record(days),
            expected=(None,) * MONTHS,
            pairs=HOUSEHOLDS,
            synthetic=True,
        )
        yield County(home, material, dict.fromkeys(days, rules), default_policy())


def invented_month(day: date, score: np.ndarray, rules: RuleSet) -> Month:
    """One month of random figures, with the shares of need that a county has."""
    draw = np.random.default_rng(day.toordinal())
    size = len(score)
    watch = draw.choice(3, size, p=[0.14, 0.05, 0.81]).astype(np.int8)
    odds = draw.normal(-3, 1.2, size) + np.where(watch == 2, -0.6, 1.0)
    existing = (1 / (1 + np.exp(-odds))).astype(np.float32)
    row = np.sort(draw.choice(size, size // 100, replace=False)).astype(np.int32)
    village = (np.arange(size) % 150).astype(np.int32)
    kinds = sum(i.source.event_lane for i in rules.indicators.values())
    points = score.astype(np.float32)
    return Month(
        as_of=day,
        household=np.arange(size, dtype=np.int32),
        score=points,
        known_score=points,
        existing=existing,
        coming=(existing * draw.uniform(0.4, 1, size)).astype(np.float32),
        watch=watch,
        in_process=draw.random(size) < 0.02,
        by_alert=np.zeros(size, bool),
        township=(village // 10).astype(np.int16),
        village=village,
        groups=draw.integers(0, 64, size).astype(np.uint8),
        facts=Facts(
            row=row,
            kind=draw.integers(0, kinds, len(row)).astype(np.int16),
            pair=row,
            order=draw.integers(1, 9, len(row)).astype(np.int16),
            urgent=draw.random(len(row)) < 0.02,
            held=draw.random(len(row)) < 0.1,
            happened=np.full(len(row), day.year * 12 - 1970 * 12, np.int16),
        ),
        rule_version=rules.version,
    )


def invented_record(days: list[date]) -> Record:
    """A thousand visits a month that found a need at one family in ten; no alert on record."""
    draw = np.random.default_rng(5)
    size = 1000 * len(days)
    first = np.datetime64(days[0], "D").astype(int)
    household = np.sort(draw.integers(0, HOUSEHOLDS, size)).astype(np.int32)
    day = (first + draw.integers(1, 360, size)).astype(np.int32)
    day = day[np.lexsort((day, household))]
    found = draw.random(size) < 0.1
    random = draw.random(size) < 0.1
    flags = np.zeros(size, bool), random, np.zeros(size, bool)
    visits = Visits(household, day, found, *flags, np.full(size, np.nan))
    number, share, flag = np.empty(0, np.int16), np.empty(0), np.empty(0, bool)
    none = Alerts(number, number, number, number, number, number, number, flag, flag, share)
    return Record(visits, none, Needs(household[found], day[found]))


def write_profile(home: Home, day: date, names: list[str], rules: RuleSet) -> None:
    """A profile of random facts with every column that the rules look at."""
    draw = np.random.default_rng(1)
    members = draw.integers(1, 6, len(names))
    people = [name for name, n in zip(names, members, strict=True) for _ in range(n)]
    tables: dict[str, dict[str, object]] = {
        "household": {"household": names, "n_members": members},
        "person": {"household": people, "person": [f"p{n:07d}" for n in range(len(people))]},
    }
    for found in rules.indicators.values():
        table, size = tables[found.scope], len(people if found.scope == "person" else names)
        table[found.feature] = pa.array(*facts(found, size, draw))
        for gate in filter(None, (found.source.only_if, found.source.unless)):
            table[gate] = draw.random(size) < 0.2
        event = found.source.event
        for tier in found.tiers:
            if isinstance(tier.event, str):
                table[tier.event] = draw.random(size) < 0.02
        if event and event.happened:
            table[event.happened] = pa.nulls(size, pa.date32())
    folder = home.monthly("profile", day)
    folder.mkdir(parents=True)
    for scope, columns in tables.items():
        pq.write_table(pa.table(columns), folder / f"{scope}.parquet")


def facts(found: Indicator, size: int, draw: np.random.Generator) -> tuple[object, pa.DataType]:
    """Random values of an indicator's feature, most of them giving no points."""
    kind = found.kind
    if kind == "flag":
        return draw.random(size) < 0.05, _TYPES[kind]
    if kind == "number":
        return draw.normal(1.5, 1, size), _TYPES[kind]
    words = [t.equals for t in found.tiers if isinstance(t.equals, str)]
    return draw.choice([*words, "other"], size), _TYPES[kind]


if __name__ == "__main__":
    main()
