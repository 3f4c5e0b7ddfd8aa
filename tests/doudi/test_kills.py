"""Killed at any moment, the next run ends in the state of an undisturbed one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from core.home import Home
from tests.data.test_ingest_pieces import offices
from tests.features.test_profile import STANDARDS

ROOT = Path(__file__).resolve().parents[2]
KILLS = 50


@pytest.mark.slow
def test_after_fifty_kills_over_ingest_and_run_everything_is_as_without(tmp_path: Path) -> None:
    home = Home(tmp_path / "start")
    offices(home)
    home.county_file.write_text("{region: 990321}", encoding="utf-8")
    home.standards_file.write_text(yaml.safe_dump(STANDARDS), encoding="utf-8")
    given = os.environ | {"DOUDI_VAULT_KEY": "1:" + "ab" * 32, "OMP_NUM_THREADS": "1"}
    script = [sys.executable, "-m", "tests.doudi.killing", str(tmp_path), str(KILLS), "11"]
    done = subprocess.run(
        script, cwd=ROOT, env=given, capture_output=True, text=True, timeout=900, check=False
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    for act in ("ingest", "month"):
        (calm,) = [line for line in lines if line.startswith(f"calm {act} ")]
        others = [line for line in lines if line.startswith(f"{act} ")]
        assert others
        assert {f"calm {line}" for line in others} == {calm}
    assert "household.parquet" in calm
