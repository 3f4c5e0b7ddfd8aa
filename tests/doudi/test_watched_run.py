"""The monthly run watches the model when the month is made; what goes wrong there loses nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from sqlalchemy import func, select

import models.risk
from alerts.models import Alert
from alerts.runs import read_run
from core.db import open_session
from core.home import Home
from doudi import pipeline
from doudi.watched import watch_run
from services import watching
from services.reads import watching as reads
from tests.dashboard.factory import Made, build

pytestmark = pytest.mark.slow

STOP = {"level": "stop", "code": "feed", "zh": "医保结算缺报", "en": "medical claims are short"}
LOOK = {"level": "look", "code": "weight", "zh": "权重移动", "en": "the weight has moved"}


@pytest.fixture
def made(tmp_path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Made]:
    """A month ready to be run, whose profile, scores and risks are there already."""
    found = build(tmp_path / "county", with_alerts=False)
    monkeypatch.setattr(pipeline, "build_month", lambda *_, **__: [])
    monkeypatch.setattr(pipeline, "explain", lambda *_: None)
    monkeypatch.setattr(models.risk, "score_month", lambda *_: None)
    monkeypatch.setattr(models.risk, "champion_version", lambda _: "existing 1, coming 1")
    return found


def alerts_of(home: Home) -> int:
    with open_session(home) as session:
        return int(session.scalar(select(func.count()).select_from(Alert)) or 0)


def test_a_month_is_watched_after_its_alerts_were_raised(made: Made, monkeypatch) -> None:
    there: list[int] = []

    def watched(here) -> dict:
        there.append(alerts_of(made.home))
        return {"notices": [STOP, LOOK, LOOK]}

    monkeypatch.setattr(watching, "watch", watched)
    steps: list[tuple[str, int, int]] = []
    month = pipeline.run_month(made.home, made.last, lambda *told: steps.append(told))
    assert there == [month.raised]
    assert month.raised > 0
    assert month.watched == {"stop": 1, "look": 2}
    assert "model watch, stop: medical claims are short" in month.warnings
    assert read_run(made.home, made.last)["watched"] == {"stop": 1, "look": 2}
    assert [done for _, done, _ in steps] == [0, 1, 2, 3, 4, 5]
    assert steps[-1][1] == steps[-1][2]


def test_a_watch_that_breaks_is_told_and_the_month_stands(made: Made, monkeypatch) -> None:
    def broken(here) -> dict:
        raise OSError("the disk\n is full")

    monkeypatch.setattr(watching, "watch", broken)
    month = pipeline.run_month(made.home, made.last)
    assert month.warnings[-1] == "the model was not watched this month: the disk is full"
    assert month.watched == {}
    assert alerts_of(made.home) == month.raised > 0
    assert read_run(made.home, made.last)["raised"] == month.raised


def test_without_a_model_in_use_there_is_nothing_to_watch(made: Made, monkeypatch) -> None:
    monkeypatch.setattr(models.risk, "champion_version", lambda _: None)
    monkeypatch.setattr(watching, "watch", lambda _: pytest.fail("watched without a model"))
    assert pipeline.run_month(made.home, made.last).watched == {}


def test_the_newest_watch_counts_for_the_digest(made: Made) -> None:
    assert reads.raised(made.home) == (0, 0)
    old, new = made.home.months("risk")[-2:]
    for month, notices in ((old, [STOP, STOP]), (new, [LOOK])):
        file = made.home.reports / f"watch_{month:%Y-%m}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps({"notices": notices}), encoding="utf-8")
    assert reads.raised(made.home) == (0, 1)


def test_a_month_that_cannot_be_watched_says_why(made: Made) -> None:
    (told,) = watch_run(made.home, made.last).warnings
    assert told.startswith("the model was not watched this month: ")
    assert "promote one" in told
