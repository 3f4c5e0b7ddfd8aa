"""The part of the page of feeds where a data steward says what a delivery is."""

from __future__ import annotations

import pytest

from core.access.roles import Role
from core.home import Home
from data.ingest import ingest_directory
from data.lake import Lake
from tests.dashboard.factory import Made
from tests.dashboard.test_pages import errors, page_text
from tests.data.offices import csv_bytes
from tests.data.sending import claims


@pytest.fixture
def waiting(own_county: Made) -> Home:
    """A county in which a claims file of June with three rows waits."""
    home = own_county.home
    folder = home.root / "came"
    folder.mkdir()
    few = csv_bytes("medical_claims", claims(90001, 90003))
    (folder / "医保结算_202606_20260629.csv").write_bytes(few)
    ingest_directory(home, folder)
    return home


def state(home: Home) -> tuple[str, str]:
    batch = Lake(home).batches()[-1]
    return batch.status, batch.kind


@pytest.mark.slow
def test_a_steward_sees_what_waits_and_decides_with_a_reason(waiting: Home, open_page) -> None:
    app = open_page(waiting.root, "data", role=Role.DATA_STEWARD)
    assert errors(app) == []
    assert "待认定的报送" in page_text(app)
    assert "将以 3 行替换现有" in page_text(app)

    app.selectbox(key="data_waiting_choice").select("supplement")
    app.text_input(key="data_waiting_reason").input("医保局确认为迟到结算")
    app.button(key="data_waiting_go").click().run()
    assert errors(app) == []
    assert "没有待认定的报送" in page_text(app)
    assert state(waiting) == ("accepted", "supplement")


@pytest.mark.slow
def test_whoever_is_no_steward_sees_it_and_decides_nothing(waiting: Home, open_page) -> None:
    app = open_page(waiting.root, "data", language="en", role=Role.ANALYST)
    assert "would replace" in page_text(app)
    assert "A data steward decides." in page_text(app)
    assert not [b for b in app.button if b.key == "data_waiting_go"]
    assert state(waiting)[0] == "waiting"
