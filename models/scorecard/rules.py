"""The rules in force on a day, resolved from the dated files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal, TypeVar

from sqlalchemy.orm import Session

from core.home import Home
from core.rulebook.reading import in_force as version_in_force
from core.words import Text
from models.scorecard.bands import Expectation, read_fits_text
from models.scorecard.files import (
    FITS,
    FOLDER,
    VOCABULARY,
    Feature,
    RuleFiles,
    parse_files,
    read_files,
    read_texts,
)
from models.scorecard.reading import ScorecardError
from models.scorecard.schema import (
    Band,
    Bars,
    CategoryEntry,
    Department,
    Hold,
    IndicatorFile,
    Kind,
    Mode,
    Need,
    Tiers,
    in_force,
    plain,
)

SKIPPED = Text(zh="不适用", en="Does not apply")
T = TypeVar("T")


@dataclass(frozen=True)
class Indicator:
    """One indicator as it stands on the day; `source` is its file with all dates."""

    source: IndicatorFile
    since: date
    tiers: Tiers

    @property
    def id(self) -> str:
        """Letter of the category and two digits."""
        return self.source.id

    @property
    def category(self) -> str:
        """A to H."""
        return self.source.category

    @property
    def label(self) -> Text:
        """Name in both languages."""
        return self.source.label

    @property
    def scope(self) -> Literal["person", "household"]:
        """Scored for each matching member, or once for the household."""
        return self.source.scope

    @property
    def feature(self) -> str:
        """Profile column that the tiers look at."""
        return self.source.feature

    @property
    def kind(self) -> Kind:
        """Kind of value the tiers compare with."""
        return self.tiers[0].kind or "number"


@dataclass(frozen=True)
class RuleSet:
    """Every rule in force on `on`; `since` is when the newest of them started."""

    on: date
    since: date
    indicators: Mapping[str, Indicator]
    categories: Mapping[str, CategoryEntry]
    caps: Mapping[str, float]
    bars: Bars
    band_labels: Mapping[Band, Text]
    hold: Hold
    mode: Mode
    sufficient_coverage: float
    departments: Mapping[str, Department]
    needs: Mapping[str, Need]
    # Indicators that wait for a feed: nobody knows what they would say, and coverage says so.
    awaited: int = 0
    # What visits found by rule score, fitted on the county's own months; None where never fitted.
    expectation: Expectation | None = None

    @property
    def n_indicators(self) -> int:
        """Indicators that coverage counts: those in force and those that wait for a feed."""
        return len(self.indicators) + self.awaited

    @property
    def version(self) -> str:
        """Start of the newest rule and a fingerprint of all that moves a score.

        Words and later dates leave it unchanged, so equal versions mean equal scoring.
        """
        content = {
            "indicators": [_essence(indicator) for indicator in self.indicators.values()],
            "caps": dict(self.caps),
            "bars": plain(self.bars),
            "hold": plain(self.hold),
            "mode": self.mode,
        }
        text = json.dumps(content, sort_keys=True, ensure_ascii=False)
        return f"{self.since.isoformat()}-{hashlib.sha256(text.encode()).hexdigest()[:10]}"

    def expected(self, rule_score: float, watched: bool = True) -> float | None:
        """Probability (0..1) that a visit finds an unmet need at a score; None if never fitted.

        It speaks of households that are neither on Dibao or Tekun nor in process, so the rule lane
        can be ranked beside the model's `existing`.
        """
        return None if self.expectation is None else self.expectation.of(rule_score, watched)

    def scope(self, scope: Literal["person", "household"]) -> list[Indicator]:
        """The indicators of one scope, in order of id."""
        return [i for i in self.indicators.values() if i.scope == scope]

    def words(self, indicator: str, tier: int | None) -> Text:
        """Reason words of a stored part, or of a cap row ('C_cap').

        Raises ScorecardError for an id that is not in force on the day.
        """
        if indicator.endswith("_cap"):
            name = self.categories[indicator[0]].label
            return Text(zh=f"{name.zh}类得分封顶", en=f"{name.en}: upper limit reached")
        if indicator not in self.indicators:
            raise ScorecardError(f"no indicator {indicator} is in force on {self.on}")
        if tier is None or tier < 0:
            return SKIPPED
        return self.indicators[indicator].tiers[tier].label

    def with_mode(self, mode: Mode) -> RuleSet:
        """The same rules with household facts counted `per_member` or `once`."""
        return replace(self, mode=mode)


def _essence(indicator: Indicator) -> list[object]:
    tiers = [{**plain(tier), "label": None} for tier in indicator.tiers]
    source = indicator.source
    event = plain(source.event) if source.event else None
    gates = [source.only_if, source.unless, source.event_lane, event]
    return [source.id, source.scope, source.feature, *gates, tiers]


def _must(dated: dict[date, T], on: date, name: str) -> tuple[date, T]:
    found = in_force(dated, on)
    if found is None:
        first = next(iter(dated))
        raise ScorecardError(f"{name} has no value on {on}: its first starts {first}")
    return found


def _indicators_on(files: RuleFiles, on: date) -> dict[str, Indicator]:
    """Indicators in force: one that starts later or was withdrawn is left out, not refused,
    so that a new indicator never breaks the replay of an earlier month."""
    found = {}
    for file in files.indicators:
        entry = in_force(file.tiers, on)
        if entry and entry[1]:
            found[file.id] = Indicator(file, entry[0], entry[1])
    if not found:
        first = min(next(iter(file.tiers)) for file in files.indicators)
        raise ScorecardError(f"indicators: none is in force on {on}: the first starts {first}")
    return found


def _since(files: RuleFiles, on: date) -> date:
    """The latest date, not after `on`, on which anything that moves a score changed."""
    settings = files.settings
    dated: list[Mapping[date, object]] = [file.tiers for file in files.indicators]
    dated += [entry.cap for entry in files.categories.values() if entry.cap]
    dated += [files.bands.bands, settings.event_hold, settings.household_fact_mode]
    return max(day for entries in dated for day in entries if day <= on)


def resolve(files: RuleFiles, on: date) -> RuleSet:
    """The rules in force on `on`.

    Raises ScorecardError where a value that every score needs starts only later.
    """
    settings = files.settings
    caps = {c: in_force(entry.cap, on) for c, entry in files.categories.items() if entry.cap}
    mode = _must(settings.household_fact_mode, on, "settings.yaml: household_fact_mode")
    floor = _must(settings.sufficient_coverage, on, "settings.yaml: sufficient_coverage")
    drawn, bars = _must(files.bands.bands, on, "bands.yaml: bands")
    fitted, expectation = in_force(files.fits.bands, on), None
    since = _since(files, on)
    if fitted is not None:
        # Bars written by hand on the day of the fit or later were chosen in sight of it.
        bars = fitted[1].bars if fitted[0] > drawn else bars
        since, expectation = max(since, fitted[0]), fitted[1].expected
    return RuleSet(
        on=on,
        indicators=_indicators_on(files, on),
        categories=files.categories,
        caps={c: found[1] for c, found in caps.items() if found and found[1] is not None},
        bars=bars,
        band_labels=files.bands.labels,
        hold=_must(settings.event_hold, on, "settings.yaml: event_hold")[1],
        mode=mode[1],
        sufficient_coverage=floor[1],
        departments=files.departments,
        needs=files.needs,
        awaited=len({a.id for a in files.awaited} - {i.id for i in files.indicators}),
        since=since,
        expectation=expectation,
    )


def load_rules(
    on: date,
    folder: Path = FOLDER,
    catalogue: Iterable[Feature] | None = None,
    home: Home | Session | None = None,
) -> RuleSet:
    """Read, check and resolve: the rules in force on `on`.

    Given a home (or a session on its database), those of the version that its store holds for the
    month; where it holds none, those of the program with the bars fitted on that county. Given a
    feature catalogue, every feature name and level is checked against it.
    Raises ScorecardError naming file and key.
    """
    if home is None:
        return resolve(read_files(folder, catalogue), on)
    found = version_in_force(home, on)
    if found is not None:
        return rules_of(found.texts, on)
    return rules_of(shipped(home if isinstance(home, Home) else None), on)


def shipped(home: Home | None = None) -> dict[str, str]:
    """The texts of the rules that came with the program, with the bars fitted on a home."""
    fits = read_fits_text(home) if home else None
    own = {name: text for name, text in _program().items() if name not in VOCABULARY}
    return own | ({FITS: fits} if fits else {})


@cache
def _program() -> dict[str, str]:
    return read_texts()


def rules_of(texts: Mapping[str, str], on: date) -> RuleSet:
    """The rules of a version's texts on a day; needs and departments are the program's.

    Raises ScorecardError naming file and key.
    """
    return _resolved(tuple(sorted(texts.items())), on)


@lru_cache(maxsize=64)
def _resolved(texts: tuple[tuple[str, str], ...], on: date) -> RuleSet:
    return resolve(files_of(dict(texts)), on)


def files_of(texts: Mapping[str, str], catalogue: Iterable[Feature] | None = None) -> RuleFiles:
    """The rule files of a version's texts with all their dates, checked.

    What else a version holds (the alert policy) is passed over. Raises ScorecardError.
    """
    vocabulary = {name: _program()[name] for name in VOCABULARY}
    return parse_files({**texts, **vocabulary}, catalogue)
