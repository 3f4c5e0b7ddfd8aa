"""All rule files of a folder with all their dates, read and checked against each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from models.scorecard.bands import Fits
from models.scorecard.reading import ScorecardError, parse, read
from models.scorecard.schema import (
    AwaitedIndicator,
    BandsFile,
    CategoryEntry,
    Department,
    IndicatorFile,
    Need,
    SettingsFile,
)

FOLDER = Path(__file__).resolve().parent
# What a version of the rules holds beside its indicators, and what belongs to the program: the
# kinds of need and the departments that stored alerts name.
PARTS = ("categories.yaml", "bands.yaml", "settings.yaml", "awaiting.yaml")
VOCABULARY = ("departments.yaml", "needs.yaml")
# Bars and curves fitted on the county's own months, where there are any.
FITS = "fitted_bands.yaml"


class Feature(Protocol):
    """What a feature catalogue must tell about a feature."""

    @property
    def name(self) -> str:
        """Column name in the profile."""

    @property
    def level(self) -> str:
        """'person' or 'household'."""


@dataclass(frozen=True)
class RuleFiles:
    """The content of a rule folder; `rules.resolve` picks what is in force on a day."""

    indicators: tuple[IndicatorFile, ...]
    categories: Mapping[str, CategoryEntry]
    bands: BandsFile
    settings: SettingsFile
    departments: Mapping[str, Department]
    needs: Mapping[str, Need]
    awaited: tuple[AwaitedIndicator, ...] = ()
    fits: Fits = field(default_factory=Fits)


def read_texts(folder: Path = FOLDER) -> dict[str, str]:
    """Every rule file of a folder as text, by its path like 'indicators/A01.yaml'.

    Raises ScorecardError when one is missing.
    """
    indicators = sorted((folder / "indicators").glob("*.yaml"))
    if not indicators:
        raise ScorecardError("indicators/ holds no rule files")
    paths = [*(folder / name for name in (*PARTS, *VOCABULARY)), *indicators]
    for path in paths:
        if not path.is_file():
            raise ScorecardError(f"{path.name}: no such file in {folder.name}/")
    return {p.relative_to(folder).as_posix(): p.read_text(encoding="utf-8") for p in paths}


def read_indicators(folder: Path = FOLDER) -> tuple[IndicatorFile, ...]:
    """Every indicator file with all its dates, in order of id.

    Raises ScorecardError naming file and key.
    """
    return _indicators(read_texts(folder))


def _indicators(texts: Mapping[str, str]) -> tuple[IndicatorFile, ...]:
    found = []
    for path in sorted(path for path in texts if path.startswith("indicators/")):
        name = path.removeprefix("indicators/")
        indicator: IndicatorFile = parse(name, texts[path], IndicatorFile)
        if f"{indicator.id}.yaml" != name:
            raise ScorecardError(f"{name}: id: {indicator.id} must be the file's name")
        found.append(indicator)
    if not found:
        raise ScorecardError("indicators/ holds no rule files")
    return tuple(found)


def read_awaited(folder: Path = FOLDER) -> list[AwaitedIndicator]:
    """The indicators of the 55 that wait for a feed."""
    awaited: list[AwaitedIndicator] = read(folder / "awaiting.yaml", list[AwaitedIndicator])
    return awaited


def read_files(folder: Path = FOLDER, catalogue: Iterable[Feature] | None = None) -> RuleFiles:
    """Every rule file of a folder, checked; see `parse_files`."""
    return parse_files(read_texts(folder), catalogue)


def parse_files(texts: Mapping[str, str], catalogue: Iterable[Feature] | None = None) -> RuleFiles:
    """Rule files given as texts by path, checked: names lead somewhere, scopes fit.

    Given a feature catalogue, feature names and levels are checked against it.
    Raises ScorecardError naming file and key.
    """

    def part(name: str, shape: Any) -> Any:
        if name not in texts:
            raise ScorecardError(f"{name}: missing; add it")
        return parse(name, texts[name], shape)

    files = RuleFiles(
        indicators=_indicators(texts),
        categories=part("categories.yaml", dict[str, CategoryEntry]),
        bands=part("bands.yaml", BandsFile),
        settings=part("settings.yaml", SettingsFile),
        departments=part("departments.yaml", dict[str, Department]),
        needs=part("needs.yaml", dict[str, Need]),
        awaited=tuple(part("awaiting.yaml", list[AwaitedIndicator])),
        fits=part(FITS, Fits) if FITS in texts else Fits(),
    )
    _check_dispatch(files)
    _check_hold(files)
    if catalogue is not None:
        _check_features(files, {feature.name: feature.level for feature in catalogue})
    return files


def _check_dispatch(files: RuleFiles) -> None:
    """Refuse categories, departments and needs that do not exist."""
    for code, need in files.needs.items():
        if need.department not in files.departments:
            raise ScorecardError(f"needs.yaml: {code}: no department {need.department}")
    for indicator in files.indicators:
        if indicator.category not in files.categories:
            raise ScorecardError(f"{indicator.id}.yaml: category: no category {indicator.category}")
        for department in indicator.push_to:
            if department not in files.departments:
                raise ScorecardError(f"{indicator.id}.yaml: push_to: no department {department}")
        if indicator.need is not None and indicator.need not in files.needs:
            raise ScorecardError(f"{indicator.id}.yaml: need: no need {indicator.need}")


def _check_hold(files: RuleFiles) -> None:
    people = {i.id for i in files.indicators if i.scope == "person"}
    for hold in files.settings.event_hold.values():
        for name in hold.indicators:
            if name in people:
                raise ScorecardError(f"settings.yaml: event_hold: {name} is no household fact")


def _named(indicator: IndicatorFile) -> list[tuple[str, str]]:
    """The features a rule file names, each with the key that names it."""
    tiers = [tier for dated in indicator.tiers.values() for tier in dated or ()]
    named = [("feature", indicator.feature), ("only_if", indicator.only_if)]
    named += [("unless", indicator.unless)]
    named += [("event.happened", indicator.event.happened if indicator.event else None)]
    named += [("tiers: event", tier.event) for tier in tiers if isinstance(tier.event, str)]
    return [(key, name) for key, name in named if name is not None]


def _check_features(files: RuleFiles, levels: Mapping[str, str]) -> None:
    for indicator in files.indicators:
        for key, name in _named(indicator):
            if name not in levels:
                raise ScorecardError(f"{indicator.id}.yaml: {key}: no feature is named {name}")
            if levels[name] != indicator.scope:
                raise ScorecardError(
                    f"{indicator.id}.yaml: {key}: {name} is a {levels[name]} feature, "
                    f"the scope says {indicator.scope}"
                )
