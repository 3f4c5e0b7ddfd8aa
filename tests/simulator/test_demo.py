"""Which model the demo puts to use, and what it says when the gate refuses one."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import models.risk
from core.home import Home
from models.risk.objections import Objection
from simulator import demo

TODAY = date(2025, 6, 30)


@pytest.fixture
def promoted(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Promotions of a gate that speaks against every version: forced they pass, and doubted by a
    second person in writing."""
    made: list[dict[str, Any]] = []

    def promote(home: Home, version: str, **words: Any) -> str:
        if not words.get("force") and not (words.get("second") and words.get("override")):
            text = f"version {version} stays challenger: no later visit"
            raise models.risk.RiskError(text, text)
        made.append({"version": version, **words})
        return version

    trained = SimpleNamespace(version="3", report={"rows": []})
    monkeypatch.setattr(models.risk, "promote", promote)
    monkeypatch.setattr(models.risk, "train_questions", lambda *_, **__: {"existing": trained})
    monkeypatch.setattr(demo, "print_scorers", lambda *_, **__: None)
    return made


def test_a_refused_version_leaves_the_champion_in_its_place(
    tmp_path: Path, promoted: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models.risk, "champion_version", lambda *_: "2")
    for codes in (["slope"], ["unshown", "slope"], []):
        against = [Objection("不", "no", code=code) for code in codes]
        monkeypatch.setattr(demo, "gate_verdict", lambda *_, found=against: found)
        demo._teach(Home(tmp_path), TODAY, lambda *_: None)
        assert promoted == []


def test_a_version_that_was_only_not_shown_better_is_approved_in_writing(
    tmp_path: Path, promoted: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models.risk, "champion_version", lambda *_: "2")
    against = [Objection("未证明更优", "not shown better", code="unshown")]
    monkeypatch.setattr(demo, "gate_verdict", lambda *_: against)
    demo._teach(Home(tmp_path), TODAY, lambda *_: None)
    (one,) = promoted
    assert one["version"] == "3"
    assert one["second"] != one["actor"]
    assert one["override"] == demo.NEWER
    assert "force" not in one


def test_a_county_without_a_model_takes_its_first_and_the_record_says_so(
    tmp_path: Path, promoted: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models.risk, "champion_version", lambda *_: None)
    demo._teach(Home(tmp_path), TODAY, lambda *_: None)
    (first,) = promoted
    assert (first["version"], first["reason"]) == ("3", demo.FIRST)
    assert first["force"] is True
