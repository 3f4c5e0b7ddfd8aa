"""A feed that fell silent is named where its figures are shown, with the last day it tells of."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from core.access.roles import Action
from core.home import Home
from dashboard.i18n import translator
from dashboard.show import silent
from data.ingest import ingest_directory
from services import county, operator
from tests.data.offices import claim, csv_bytes, post

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def home(tmp_path: Path) -> str:
    """Claims of January and February, and nothing after."""
    for month in ("202601", "202602"):
        day = f"{month[:4]}-{month[4:]}-03"
        rows = [claim(n, settlement_no=f"{month}{n}", settled_on=day) for n in range(20)]
        content = csv_bytes("medical_claims", rows)
        post(tmp_path / "files", "medical_claims", content, month, f"{month}28")
    ingest_directory(Home(tmp_path / "home"), tmp_path / "files")
    return str(tmp_path / "home")


def test_it_is_silent_after_its_limit_and_not_before(home: str) -> None:
    """Claims may be two months late (the contract's freshness)."""
    april, may = (operator.context(home, date(2026, m, d)) for m, d in ((4, 30), (5, 31)))
    assert county.silent(april) == []
    assert county.silent(may) == [("medical_claims", date(2026, 2, 28))]


def test_the_line_says_since_when_and_that_it_is_unknown() -> None:
    found = [("medical_claims", date(2026, 2, 28))]
    assert silent.sentence(found, translator("zh")) == (
        "以下数据源已停报：医保结算（2026-02-28 之后无数据）。"
        "其本应反映的情况在本页按未知处理，不当作零。"
    )
    assert "unknown here, not zero" in silent.sentence(found, translator("en"))


def test_every_page_that_shows_figures_of_families_has_the_line() -> None:
    main = (ROOT / "dashboard" / "main.py").read_text(encoding="utf-8")
    entries = re.findall(r'Entry\("(\w+)", [^)]*\), "\w+", Action\.(\w+)\)', main)
    without = {name for name, action in entries if Action[action] not in silent.RESTS}
    assert len(entries) > 15
    other = {"reporting", "training", "data", "reviews", "record", "accounts", "setup"}
    assert without == other
