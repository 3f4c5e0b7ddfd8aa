"""The generated page tells what the rules say, for all 55."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.scorecard import docs, files, read_awaited, read_files

from . import trial


def test_the_page_has_all_fifty_five_indicators_in_both_languages() -> None:
    page = docs.text()
    for indicator in read_files().indicators:
        lane = " ⚡" if indicator.event_lane else ""
        heading = f"### {indicator.id}{lane} {indicator.label.zh} {indicator.label.en}"
        assert heading in page
        for tiers in indicator.tiers.values():
            for tier in tiers or ():
                assert f"{tier.label.zh} {tier.label.en}" in page
    for awaited in read_awaited():
        assert f"| {awaited.id}" in page
        assert awaited.waiting_for.zh in page
        assert awaited.waiting_for.en in page
    assert "55 indicators: 55 in use, 0 waiting for data" in page


def test_a_withdrawn_indicator_is_told_with_its_date(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = trial.copy(tmp_path)
    trial.replace(folder, "indicators/A06.yaml", "reference:", "  2027-01-01: null\nreference:")
    monkeypatch.setattr(docs, "read_files", lambda: files.read_files(folder))
    assert "| 2027-01-01 | — | — | 停用 withdrawn |" in docs.text()


def test_chinese_words_are_chinese_and_english_words_are_not() -> None:
    for indicator in read_files().indicators:
        labels = [indicator.label, indicator.onsite_check]
        labels += [t.label for tiers in indicator.tiers.values() for t in tiers or ()]
        for label in labels:
            assert any("\u4e00" <= sign <= "\u9fff" for sign in label.zh)
            assert not any("\u4e00" <= sign <= "\u9fff" for sign in label.en)
