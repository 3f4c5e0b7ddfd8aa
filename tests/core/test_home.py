"""A home and what it knows about its county."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.home import Home, HomeError


def test_a_county_that_lives_on_is_read_as_it_stands(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.data.mkdir()
    for last in ("2025-06-30", "2026-06-30"):
        home.county_file.write_text(f"last_as_of: '{last}'\n", encoding="utf-8")
        assert home.county == {"last_as_of": last}


def test_without_a_county_it_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(HomeError, match="set one up with 'doudi init'"):
        _ = Home(tmp_path).county
