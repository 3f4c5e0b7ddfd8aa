"""Changed copies of the rule folder, for tests."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from models.scorecard.files import FOLDER


def copy(target: Path) -> Path:
    """The project's rule files, copied where a test may edit them."""
    folder = target / "scorecard"
    (folder / "indicators").mkdir(parents=True)
    for path in [*FOLDER.glob("*.yaml"), *(FOLDER / "indicators").glob("*.yaml")]:
        shutil.copy(path, folder / path.relative_to(FOLDER))
    return folder


def edit(folder: Path, file: str, change: Callable[[Any], None]) -> None:
    """Apply a change to the content of one rule file."""
    path = folder / file
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    change(content)
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")


def replace(folder: Path, file: str, old: str, new: str) -> None:
    """Replace a piece of text that must be in the file."""
    path = folder / file
    content = path.read_text(encoding="utf-8")
    assert old in content
    path.write_text(content.replace(old, new, 1), encoding="utf-8")


def add_household_indicator(
    folder: Path, id: str, feature: str, tiers: list[dict[str, Any]], event_lane: bool = False
) -> None:
    """A further household indicator, shaped like B02."""
    path = folder / "indicators" / "B02.yaml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    label = {"zh": "试行", "en": "trial"}
    content |= {"id": id, "category": id[0], "feature": feature, "event_lane": event_lane}
    (since,) = content["tiers"]
    content["tiers"] = {since: [tier | {"label": label} for tier in tiers]}
    text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
    path.with_name(f"{id}.yaml").write_text(text, encoding="utf-8")
