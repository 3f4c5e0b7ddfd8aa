"""What a notebook opens, and how it says that something is missing."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from core.home import Home
from doudi.notebooks import NoCounty, NoPanel, note, open_home, open_panel, scratch_home

COUNTY = {"name_en": "Wanghe", "synthetic": True, "last_as_of": "2026-06-30"}


@pytest.fixture
def county(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home with one scored month, a vault and a sealed truth."""
    home = Home(tmp_path / "home")
    for kind in ("profile", "scores", "risk"):
        (home.data / kind / "as_of=2026-06-30").mkdir(parents=True)
    for folder in (home.vault, home.truth, home.reports, home.lake, home.mlruns):
        folder.mkdir()
    (home.reports / "model_report.json").write_text("{}", encoding="utf-8")
    home.county_file.write_text(yaml.safe_dump(COUNTY), encoding="utf-8")
    monkeypatch.setenv("DOUDI_HOME", str(home.root))
    return home


def test_the_home_named_by_the_environment_is_opened(county: Home) -> None:
    assert open_home().root == county.root


def test_a_missing_county_says_in_one_line_how_to_make_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOUDI_HOME", str(tmp_path))
    with pytest.raises(NoCounty) as told:
        open_home()
    shown = told.value._render_traceback_()
    assert shown == [str(told.value)]
    assert "make demo SERVE=0" in shown[0]
    assert "\n" not in shown[0]


def test_a_county_that_was_never_scored_is_no_county_to_look_at(county: Home) -> None:
    (county.data / "risk" / "as_of=2026-06-30").rmdir()
    with pytest.raises(NoCounty):
        open_home()


@pytest.mark.parametrize("named", [None, "nowhere"])
def test_without_a_panel_one_line_says_where_it_comes_from(
    named: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DOUDI_EPH", raising=False)
    if named:
        monkeypatch.setenv("DOUDI_EPH", str(tmp_path / named))
    with pytest.raises(NoPanel, match="INDEC") as told:
        open_panel()
    assert "\n" not in str(told.value)


def test_what_is_written_in_a_scratch_home_never_reaches_the_county(county: Home) -> None:
    scratch = scratch_home(county)
    assert scratch.county["name_en"] == "Wanghe"
    assert scratch.months("profile") == county.months("profile")
    scratch.reports.mkdir()
    (scratch.reports / "model_report.json").write_text("tried", encoding="utf-8")
    scratch.monthly("profile", county.months("profile")[0].replace(month=3)).mkdir()
    assert (county.reports / "model_report.json").read_text(encoding="utf-8") == "{}"
    assert len(county.months("profile")) == 1
    assert not scratch.mlruns.exists()


def test_a_scratch_home_has_neither_the_vault_nor_the_truth(county: Home) -> None:
    scratch = scratch_home(county)
    assert not scratch.vault.exists()
    assert not scratch.truth.exists()


def test_a_trial_forgets_the_tracking_server(county: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    monkeypatch.setenv("MLFLOW_TRACKING_URI", "https://mlflow.example")
    scratch_home(county)
    assert "MLFLOW_TRACKING_URI" not in os.environ


def test_only_a_synthetic_county_is_labelled_synthetic(county: Home) -> None:
    assert note(county, "12 households.").startswith("Synthetic 合成数据. 12")
    county.county_file.write_text(yaml.safe_dump(COUNTY | {"synthetic": False}), encoding="utf-8")
    assert note(county, "12 households.") == "12 households."
