"""The tables of the Model page as a workbook: every row of the page, and none of a household."""

from __future__ import annotations

import json
from datetime import datetime

import pandas as pd
import pytest

import services
from core.access.links import LinkRefused
from core.access.roles import Role
from dashboard.app_pages.model import figures, tested_book
from dashboard.i18n import translator
from services.risk_model import Registry
from tests.accounts import context
from tests.dashboard.factory import Made
from tests.dashboard.test_books import read, table
from tests.dashboard.test_pages import errors, page_text, two_questions

EN = translator("en")
STEP = {
    "at": "2026-06-01T01:00:00+00:00",
    "action": "promote",
    "version": "2",
    "previous": "1",
    "reason": "=better",
    "actor": "lin",
    "forced": False,
    "second": "wu",
    "override": None,
}
SHADOW = {
    "month": "2026-05-31",
    "champion_version": "1",
    "challenger_version": "2",
    "slots": 10,
    "shared": 7,
    "champion_mean": 0.1,
    "challenger_mean": 0.2,
    "rank_correlation": 0.9,
    "distance": 0.1,
}


@pytest.fixture
def tested(own_county: Made, monkeypatch: pytest.MonkeyPatch) -> Made:
    """Both questions reported, a promotion, a month in shadow."""
    two_questions(own_county.home)
    registry = Registry(None, None, None, pd.DataFrame([STEP]))
    monkeypatch.setattr(services.risk_model, "registry", lambda *_: registry)
    parts = {
        f"{part}_{what}": None for part in figures_parts() for what in ("found", "low", "high")
    }
    seen = {f"{part}_{what}": 0 for part in figures_parts() for what in ("seen", "need")}
    monkeypatch.setattr(services.risk_model, "shadow", lambda *_: [{**SHADOW, **parts, **seen}])
    return own_county


def figures_parts() -> tuple[str, ...]:
    from dashboard.app_pages.model.shadow import PARTS

    return tuple(PARTS)


def test_the_page_offers_its_tables(tested: Made, open_page) -> None:
    app = open_page(tested.home.root, "model", "zh", role=Role.LEADER)
    assert errors(app) == []
    assert "/files/model?" in page_text(app)


def test_every_table_of_the_page_is_a_sheet(tested: Made) -> None:
    here = context(tested.home.root, tested.last, role=Role.ANALYST)
    front, *sheets = read(tested_book.asked_for(here, {"question": "existing"}, EN))
    assert [sheet.title for sheet in sheets] == [
        "Candidates",
        "Against the simulated truth of",
        "May it be promoted",
        "Calibration  predicted and",
        "Influence by factor",
        "Challenger in shadow",
        "Promotions",
    ]
    said = " ".join(str(cell.value) for row in front.iter_rows() for cell in row)
    assert "Figures only, no households" in said
    report = json.loads((tested.home.reports / "model_report.json").read_text(encoding="utf-8"))
    rows, wanted = table(sheets[0]), report["questions"]["existing"]["rows"]
    assert len(rows) == len(wanted)  # every population, also those not chosen on the page
    assert rows[0]["Precision at k"] == pytest.approx(wanted[0]["precision_at_k"])
    checks = {row["Check"]: row["Value"] for row in table(sheets[2])}
    assert checks["Calibration slope"] == "0.900"
    (month,) = table(sheets[5])
    assert (month["Shared"], month["picked by both, visited"], month["picked by both, found"]) == (
        7,
        0,
        None,
    )
    (step,) = table(sheets[6])
    assert (step["When"], step["Why"]) == (datetime.fromisoformat("2026-06-01"), "=better")


def test_a_question_that_is_not_asked_is_refused(tested: Made) -> None:
    here = context(tested.home.root, tested.last, role=Role.ANALYST)
    with pytest.raises(LinkRefused):
        tested_book.asked_for(here, {"question": "weather"}, EN)


def test_the_history_on_the_page_stays_in_words() -> None:
    shown = figures.history(Registry(None, None, None, pd.DataFrame([STEP])), EN)
    assert "2026-06-01" in shown
    assert "promoted" in shown
