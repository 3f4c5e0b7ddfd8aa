"""Overviews kept on disk, so that a page opens at once the second time.

data/reports/explanations/<question>-<version>-<month>.json. An overview made of another profile or
of other alerts than are there now is computed anew.
"""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from core.atomic import write_text
from core.home import Home
from models.risk.explaining.overview import Overview
from models.risk.explaining.stability import Stability

# A file written in another form is computed anew.
FORM = 1


def file_of(home: Home, as_of: date, question: str, version: str) -> Path:
    """Where an overview is kept."""
    return home.reports / "explanations" / f"{question or 'risk'}-{version}-{as_of:%Y-%m}.json"


def read_overview(home: Home, as_of: date, question: str, version: str) -> Overview | None:
    """The overview kept; None where there is none or what it was made of has changed."""
    path = file_of(home, as_of, question, version)
    if not path.exists():
        return None
    content = json.loads(path.read_text(encoding="utf-8"))
    if content.pop("made_of", None) != made_of(home, as_of):
        return None
    held = content.pop("stability")
    if held is not None:
        held = Stability(**{**held, "shares": tuple(held["shares"])})
    tables = {name: pd.DataFrame(content.pop(name)) for name in _TABLES}
    return Overview(**content, **tables, stability=held)


def write_overview(home: Home, as_of: date, found: Overview) -> None:
    """Keep an overview."""
    content: dict[str, Any] = {
        f.name: getattr(found, f.name) for f in fields(found) if f.name not in _TABLES
    }
    content["stability"] = asdict(found.stability) if found.stability else None
    for name in _TABLES:
        table = getattr(found, name)
        content[name] = table.astype(object).where(table.notna(), None).to_dict("list")
    content["made_of"] = made_of(home, as_of)
    path = file_of(home, as_of, found.question, found.version)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_text(path, json.dumps(content, ensure_ascii=False, allow_nan=False))


def made_of(home: Home, as_of: date) -> list[int]:
    """The form of the file and when the month's profile and explanations were written; 0: never."""
    files = [
        home.monthly("profile", as_of) / "household.parquet",
        home.monthly("risk", as_of) / "explain.parquet",
    ]
    return [FORM, *(f.stat().st_mtime_ns if f.exists() else 0 for f in files)]


_TABLES = ("weights", "points", "pairs")
