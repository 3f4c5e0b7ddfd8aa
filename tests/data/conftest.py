"""A home without anything in it, and the lake as plain rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from core.home import Home
from data.lake import Lake
from tests.data.vaults import each_database, nothing_logged, postgres, vault  # noqa: F401

Rows = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def incoming(home: Home) -> Path:
    folder = home.incoming / "2026-06"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def lake_rows(home: Home) -> Rows:
    """Rows of a feed as of a day, read file by file (the engine has a test of its own)."""

    def read(feed: str, as_of: date | None = None) -> list[dict[str, Any]]:
        paths = [
            home.lake / feed / f"batch={b.batch}" / "part-0.parquet"
            for b in Lake(home).current(feed, as_of)
        ]
        return [row for path in paths for row in pq.ParquetFile(path).read().to_pylist()]

    return read
