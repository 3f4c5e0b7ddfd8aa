"""The rules' voice: each part of a score with what it found in this very family."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from core.access.areas import Area
from core.home import Home
from models.scorecard.rules import load_rules
from services.reads import voices
from tests.models.risk.fact_county import AS_OF, fact_county

OWNED = {"n_vehicles": 1, "dearest_vehicle": 95_000.0}


@pytest.fixture
def parts(tmp_path: Path) -> pd.DataFrame:
    """A family whose income gives it points, whose car takes some, and whose cap is reached."""
    home = fact_county(Home(tmp_path), **OWNED)
    rows = [("B01", "B", 30.0), ("G01", "G", 15.0), ("B07", "B", -30.0), ("C_cap", "C", -4.0)]
    frame = pd.DataFrame(rows, columns=["indicator", "category", "points"])
    frame = frame.assign(household="h1", person=None, value="", tier=0)
    frame["contribution"] = frame["points"]
    path = home.monthly("scores", AS_OF) / "parts.parquet"
    path.parent.mkdir(parents=True)
    frame.to_parquet(path)
    return voices.points(str(home.root), AS_OF, Area(), "h1").set_index("indicator")


def test_a_fact_against_need_is_told_with_its_amount_its_source_and_its_age(parts) -> None:
    assert parts.loc["B07", "line_zh"] == (
        "汽车和船舶 1 辆，最高登记价值 95,000 元；车船登记数据从未报送"
    )
    assert parts.loc["B07", "line_en"].startswith(
        "cars and boats: 1, the dearest registered at 95,000 yuan; "
    )
    assert parts.loc["B07", "zh"] == load_rules(AS_OF).words("B07", 0).zh


def test_rules_that_rest_on_one_fact_tell_the_same_line(parts) -> None:
    assert parts.loc["B01", "line_zh"] == parts.loc["G01", "line_zh"]
    assert parts.loc["B01", "line_zh"].startswith("人均收入 222 元，低于标准 690 元；")


def test_a_cap_rests_on_no_fact(parts) -> None:
    assert parts.loc["C_cap", "line_zh"] == ""
