"""A county that lives in another process hands over whole months, or says why not."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.home import Home, HomeError
from simulator.arriving import deliveries
from simulator.world.county import state_file, waiting_file

SHORT = {"seed": 1, "setting": "normal", "months": 5, "end": "2024-05"}


@pytest.mark.slow
def test_a_county_that_cannot_be_simulated_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(HomeError, match="could not be simulated: ValueError"):
        list(deliveries(Home(tmp_path), households=0, **SHORT))


@pytest.mark.slow
def test_each_month_is_named_when_its_files_are_there(tmp_path: Path) -> None:
    home, counts = Home(tmp_path), []
    for folder in deliveries(home, households=60, **SHORT):
        counts.append((folder.name, len(list(folder.iterdir()))))
    assert [name for name, _ in counts] == sorted(p.name for p in home.incoming.iterdir())
    assert len(counts) == 5
    # Nothing came later: every folder was complete when it was named.
    assert sum(n for _, n in counts) == sum(p.is_file() for p in home.incoming.rglob("*"))
    # The county can be lived on from where it stopped.
    assert state_file(home, "2024-05").exists()
    assert waiting_file(state_file(home, "2024-05")).exists()
