"""All rule files of a folder with all their dates, read and checked against each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from models.scorecard.reading import ScorecardError, read
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


def read_indicators(folder: Path = FOLDER) -> tuple[IndicatorFile, ...]:
    """Every indicator file with all its dates, in order of id.

    Raises ScorecardError naming file and key.
    """
    found = []
    for path in sorted((folder / "indicators").glob("*.yaml")):
        indicator: IndicatorFile = read(path, IndicatorFile)
        if indicator.id != path.stem:
            raise ScorecardError(f"{path.name}: id: {indicator.id} must be the file's name")
        found.append(indicator)
    if not found:
        raise ScorecardError("indicators/ holds no rule files")
    return tuple(found)


def read_awaited(folder: Path = FOLDER) -> list[AwaitedIndicator]:
    """The indicators of the 55 that wait for a feed."""
    awaited: list[AwaitedIndicator] = read(folder / "awaiting.yaml", list[AwaitedIndicator])
    return awaited


def read_files(folder: Path = FOLDER, catalogue: Iterable[Feature] | None = None) -> RuleFiles:
    """Every rule file, checked: names lead somewhere, scopes fit.

    Given a feature catalogue, feature names and levels are checked against it.
    Raises ScorecardError naming file and key.
    """
    files = RuleFiles(
        indicators=read_indicators(folder),
        categories=read(folder / "categories.yaml", dict[str, CategoryEntry]),
        bands=read(folder / "bands.yaml", BandsFile),
        settings=read(folder / "settings.yaml", SettingsFile),
        departments=read(folder / "departments.yaml", dict[str, Department]),
        needs=read(folder / "needs.yaml", dict[str, Need]),
        awaited=tuple(read_awaited(folder)),
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
