"""Trials on past months: today's rules beside changed ones, on what was known then.

The past is read once for each month of a home and kept in memory (`bench`); a trial runs on it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import lru_cache
from math import ceil
from typing import Any

import numpy as np

from alerts.laboratory import gate
from alerts.laboratory.below import Below
from alerts.laboratory.comparing import Compared, Effect, Moved, Placed, compare, sample_villages
from alerts.laboratory.curves import Point, curve
from alerts.laboratory.estimates import Estimates, Evidence, Report, gather, report
from alerts.laboratory.fitting import Fitted, Steady, fit_to_capacity, fit_to_recall, steady
from alerts.laboratory.material import Material, read_material
from alerts.laboratory.overlap import Overlap, overlap
from alerts.laboratory.promise import Promise, promise
from alerts.laboratory.replay import By, Replayed, replay
from alerts.laboratory.rescoring import rescore
from alerts.laboratory.sheets import Sheets, read_sheets
from alerts.policy import Policy, policy_of
from alerts.rule_edits import Edit, edited, wrong
from core.access.areas import Area
from core.db import open_session, upgrade
from core.words import Text
from data.backends import connect
from data.regions import Regions, RegionsError
from models.scorecard.differences import Difference
from models.scorecard.reading import ScorecardError
from models.scorecard.rules import RuleSet, load_rules, rules_of
from services.reads import base, people
from services.reads import rules as store

__all__ = [
    "Below",
    "Compared",
    "Effect",
    "Estimates",
    "Fitted",
    "Moved",
    "Overlap",
    "Placed",
    "Point",
    "Promise",
    "Report",
    "Steady",
]

# A bench of 50,000 households takes 200 MB; two months of one county are looked at in turn.
_BENCHES = 2
_TRIALS = 32
Edits = tuple[Edit, ...]


@dataclass(frozen=True, eq=False)
class Bench:
    """The past months of a home under the rules that hold next, and what visits taught of them."""

    material: Material
    sheets: Sheets
    evidence: Evidence
    rules: RuleSet
    policy: Policy
    texts: Mapping[str, str]


@dataclass(frozen=True)
class Side:
    """One of the two sides of a trial: its rules, its months run again, its figures."""

    rules: RuleSet
    policy: Policy
    replayed: Replayed
    sheets: Sheets
    report: Report
    promise: Promise


@dataclass(frozen=True)
class Trial:
    """Changed rules beside those that hold next; `refused` is what the gate says against them."""

    months: tuple[date, ...]
    missing: tuple[date, ...]
    current: Side
    draft: Side
    compared: Compared
    changes: list[Difference]
    refused: list[Text]


def bench(home: str, as_of: date) -> Bench:
    """The bench of a home up to a month; read again when a month was scored or rules changed.

    Raises AlertsError when no month has stored results.
    """
    folder = base.home_at(home)
    scored = folder.monthly("scores", as_of) / "scores.parquet"
    stamp = scored.stat().st_mtime_ns if scored.exists() else 0
    upgrade(folder)
    return _bench(home, as_of, stamp, store.shelf(home).next)


@lru_cache(maxsize=_BENCHES)
def _bench(home: str, as_of: date, _stamp: int, _version: int | None) -> Bench:
    folder, con = base.home_at(home), connect()
    texts = store.texts_of(home, None)
    rules, policy = rules_of(texts, store.NEWEST), policy_of(texts)
    with open_session(folder) as session:
        material = read_material(folder, session, policy, until=as_of)
    stored = {month.as_of: load_rules(month.as_of, home=folder) for month in material.months}
    sheets = read_sheets(folder, material, con)
    again = rescore(folder, material, stored, rules, sheets, con)
    return Bench(again.material, again.sheets, gather(again.material), rules, policy, texts)


def trial(home: str, as_of: date, scope: Area, version: int | None, edits: Edits) -> Trial:
    """Edits of a version (None: of what holds next) tried on the past months, in an area.

    Raises RulebookError or PolicyError for edits that no month could be run by.
    """
    found = bench(home, as_of)
    return _trial(found, home, scope.code, version, _stamp(home, version), edits)


def _stamp(home: str, version: int | None) -> str:
    return "" if version is None else store.version(home, version).fingerprint


@lru_cache(maxsize=_TRIALS)
def _trial(
    found: Bench, home: str, area: str, version: int | None, stamp: str, edits: Edits
) -> Trial:
    """Kept, so that moving a lever back costs nothing; `stamp` changes with the version's texts."""
    return _made(found, home, area, version, edits)


def _made(found: Bench, home: str, area: str, version: int | None, edits: Edits) -> Trial:
    before = found.texts if version is None else store.texts_of(home, version)
    texts = edited(before, edits, store.first_open(home))
    try:
        rules = rules_of(texts, store.NEWEST)
    except ScorecardError as error:
        raise wrong(error) from error
    policy = policy_of(texts)
    material, sheets = found.material, found.sheets
    # Bars alone move no score.
    if replace(rules, bars=found.rules.bars).version != found.rules.version:
        try:
            again = rescore(base.home_at(home), material, found.rules, rules, sheets)
        except ScorecardError as error:
            raise wrong(error) from error
        material, sheets = again.material, again.sheets
    now = _current(found, area)
    then = _side(found, material, sheets, rules, policy, area)
    return Trial(
        tuple(month.as_of for month in material.months),
        material.missing,
        now,
        then,
        compare(now.replayed, then.replayed, found.evidence.whole),
        store.changed(found.texts, texts),
        _refused(found, home, then if not area else None, material, rules, policy),
    )


@lru_cache(maxsize=_TRIALS)
def _current(found: Bench, area: str) -> Side:
    """Today's rules in an area, worked out once for all trials beside them."""
    return _side(found, found.material, found.sheets, found.rules, found.policy, area)


@lru_cache(maxsize=_BENCHES)
def _current_figures(found: Bench) -> gate.Figures:
    """What the gate looks at, of today's rules."""
    side = _current(found, "")
    return gate.figures(side.replayed, side.report.whole, side.rules)


def _side(
    found: Bench,
    material: Material,
    sheets: Sheets,
    rules: RuleSet,
    policy: Policy,
    area: str,
    by: By = "both",
) -> Side:
    """One side in an area; what visits find was learned from the whole county."""
    ours = material.within([area]) if area else material
    chances = found.evidence.whole
    replayed = replay(ours, rules, policy, by=by, chance=chances)
    return Side(
        rules,
        policy,
        replayed,
        sheets,
        report(replayed, found.evidence),
        promise(ours, rules, policy, chances),
    )


def _refused(
    found: Bench,
    home: str,
    whole: Side | None,
    material: Material,
    rules: RuleSet,
    policy: Policy,
) -> list[Text]:
    """What the gate says, always of the whole county; `whole` is the draft there, where known."""
    if whole is None:
        replayed = replay(material, rules, policy, chance=found.evidence.whole)
        told = report(replayed, found.evidence).whole
    else:
        replayed, told = whole.replayed, whole.report.whole
    draft = gate.figures(replayed, told, rules)
    stopped = gate.refusals(_current_figures(found), draft, bearable(material, policy))
    return [_with_names(one.reason, home) for one in stopped]


# A township that nobody gave a ceiling bears twice the visits of its share by households, and a
# few more: months differ, and small places by chance.
_BEARS, _MORE = 2.0, 5


def bearable(material: Material, policy: Policy) -> dict[str, int]:
    """Visits a month that each township can make: its ceiling, else what its size lets expect."""
    newest = material.months[-1]
    each = (policy.capacity_per_1000_households + policy.event_budget_per_1000) / 1000
    counted = np.bincount(newest.township, minlength=len(material.townships))
    found = {
        code: ceil(max(_BEARS * each * int(n), each * int(n) + _MORE))
        for code, n in zip(material.townships, counted, strict=True)
    }
    return found | policy.township_capacity


def _with_names(reason: Text, home: str) -> Text:
    """The reason with townships by name where it has their codes."""
    try:
        towns = Regions.load(base.home_at(home)).townships.values()
    except RegionsError:
        return reason
    zh, en = reason.zh, reason.en
    for town in towns:
        zh, en = zh.replace(town.code, town.name_zh), en.replace(town.code, town.name_en)
    return Text(zh, en)


def curves(
    home: str, as_of: date, version: int | None, edits: Edits, asked: str
) -> dict[str, tuple[Point, ...]]:
    """Every cut-off of a question (existing, coming) by model, rules and both, county-wide.

    Today's and the draft's own cut-offs are among the points, named 'today' and 'draft'.
    """
    found = bench(home, as_of)
    tried = _trial(found, home, "", version, _stamp(home, version), edits)
    now, then = tried.current.policy, tried.draft.policy
    material = tried.draft.replayed.material
    known, chances = found.evidence.below, found.evidence.whole
    name = "open_existing" if asked == "existing" else "open_coming"
    named = {"today": getattr(now, name), "draft": getattr(then, name)}
    drawn: dict[str, tuple[Point, ...]] = {}
    kinds: tuple[By, ...] = ("model", "rules", "both") if asked == "existing" else ("model",)
    for by in kinds:
        points = {"today": now.open_score, "draft": then.open_score} if by == "rules" else named
        drawn[by] = curve(
            material,
            tried.draft.rules,
            then,
            chances,
            by=by,
            asked=asked,  # type: ignore[arg-type]
            named=points,
            known=known,
        )
    return drawn


@dataclass(frozen=True)
class Proposals:
    """Cut-offs proposed for the draft's rules; None where no random visit tells of recall."""

    capacity: Fitted
    recall: Fitted | None
    steady: Steady


def proposals(home: str, as_of: date, version: int | None, edits: Edits, floor: float) -> Proposals:
    """The cut-off that fits the capacity, the one that keeps a recall floor, a steady load."""
    found = bench(home, as_of)
    side = _trial(found, home, "", version, _stamp(home, version), edits).draft
    material, evidence = side.replayed.material, found.evidence
    return Proposals(
        fit_to_capacity(material, side.rules, side.policy, evidence),
        None
        if evidence.below is None
        else fit_to_recall(material, side.rules, side.policy, evidence, floor),
        steady(material, side.policy),
    )


def overlaps(home: str, as_of: date, version: int | None, edits: Edits) -> Overlap:
    """Which indicators fire together under the draft, and what one adds alone to the blue bar."""
    found = bench(home, as_of)
    side = _trial(found, home, "", version, _stamp(home, version), edits).draft
    return overlap(side.replayed.material, side.sheets, side.rules, side.rules.bars.blue)


def villages(
    home: str, as_of: date, version: int | None, edits: Edits, codes: tuple[str, ...]
) -> tuple[Placed, ...]:
    """Every household of sample villages with score and band before and after."""
    found = bench(home, as_of)
    tried = _trial(found, home, "", version, _stamp(home, version), edits)
    return sample_villages(
        tried.current.replayed.material,
        tried.draft.replayed.material,
        (tried.current.rules, tried.draft.rules),
        codes,
    )


def months(home: str, as_of: date) -> list[date]:
    """The past months that trials run on."""
    return [month.as_of for month in bench(home, as_of).material.months]


def village_codes(home: str, as_of: date, scope: Area) -> list[str]:
    """Codes of the villages of an area that have households in these months."""
    return [code for code in bench(home, as_of).material.villages if code.startswith(scope.code)]


def heads(home: str, as_of: date, households: Sequence[str]) -> dict[str, str]:
    """Masked heads of households."""
    return people.heads(home, as_of, tuple(households))


def kept_figures(tried: Trial) -> dict[str, Any]:
    """A trial's figures as they are kept with its draft: refusals, promise, visits, finds."""
    return {
        "refused": [{"zh": one.zh, "en": one.en} for one in tried.refused],
        "promise": _plain(tried.draft.promise),
        "months": [month.isoformat() for month in tried.months],
        "figures": {"current": _figures(tried.current), "draft": _figures(tried.draft)},
    }


def _figures(side: Side) -> dict[str, Any]:
    whole = side.report.whole
    every = whole.questions["all"]
    return {
        "alerts": whole.alerts,
        "households": whole.distinct,
        "repeat": whole.repeat,
        "expected": every.expected,
        "precision": _plain(every.precision),
        "recall": _plain(whole.recall.recall) if whole.recall else None,
        "reporting_precision": _plain(side.report.reporting.questions["all"].precision),
    }


def _plain(one: Any) -> Any:
    return None if one is None else asdict(one)
