"""The Model page: one proposes, another sees it and approves; every version has its card."""

from __future__ import annotations

import numpy as np
import pytest

from core.access.roles import Role
from models.risk import gate, registry
from models.risk.tracking import log_and_register
from models.risk.train import fit
from tests.dashboard.factory import Made
from tests.models.risk.conftest import FEATURES, households, month
from tests.models.risk.test_gate import GOOD


def two_versions(home) -> None:
    """A champion, and a challenger with nothing against it."""
    frame = households(n=200, months=4)
    late = np.asarray(frame["as_of"] >= month(3))
    fitted = fit(frame, FEATURES, train=~late, calibrate_on=late, seeds=(1,), rounds=10)
    for _ in range(2):
        log_and_register(home, fitted, metrics=gate.figures(GOOD), question="existing")
    registry.promote(home, "1", reason="first", question="existing")
    registry.challenge(home, "2", "existing")


def told(app) -> str:
    parts = [*(one.proto.body for one in app.get("html")), *(one.value for one in app.caption)]
    return "\n".join(map(str, parts))


@pytest.mark.slow
def test_one_proposes_and_another_approves(own_county: Made, open_page, monkeypatch) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    home = own_county.home
    two_versions(home)
    from tests.dashboard.test_pages import two_questions

    two_questions(home)
    app = open_page(home.root, "model", "en", role=Role.DATA_SCIENTIST)
    assert not app.exception
    assert "/files/model_card?" in told(app)
    app.text_input(key="model_reason").set_value("better on new visits")
    app.button(key="model_propose").click().run()
    assert not app.exception
    assert "proposed version 2" in told(app)
    assert registry.champion_version(home, "existing") == "1"

    leader = open_page(home.root, "model", "en", role=Role.LEADER)
    assert "better on new visits" in told(leader)
    leader.text_input(key="model_note").set_value("agreed")
    leader.button(key="model_approve").click().run()
    assert not leader.exception
    assert registry.champion_version(home, "existing") == "2"


@pytest.mark.slow
def test_a_refused_step_says_why_in_the_readers_language(own_county: Made, open_page) -> None:
    home = own_county.home
    two_versions(home)
    registry.promote(home, "2", reason="newer", question="existing")
    from tests.dashboard.test_pages import two_questions

    two_questions(home)
    app = open_page(home.root, "model", "zh", role=Role.DATA_SCIENTIST)
    app.button(key="model_rollback").click().run()
    assert not app.exception
    assert any("退回须写明理由" in note.value for note in app.warning)
