"""One small county, written once for the tests of this folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.home import Home
from simulator.world import simulate


@pytest.fixture(scope="session")
def county(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """400 households, seven deliveries up to 2025-12, states saved every three months."""
    home = Home(tmp_path_factory.mktemp("county"))
    simulate(home, households=400, months=7, seed=11, end="2025-12", save_every=3)
    return home


def contents(home: Home) -> dict[str, bytes]:
    """Every delivered file by its path below incoming/."""
    return {
        str(path.relative_to(home.incoming)): path.read_bytes()
        for path in sorted(Path(home.incoming).rglob("*.*"))
    }
