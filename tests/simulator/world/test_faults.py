"""How departments spell their files."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.world.departments.faults import date_text

STYLES = {"iso": "2026-06-03", "compact": "20260603", "slashes": "2026/6/3", "serial": "46176"}


@pytest.mark.parametrize("style", STYLES)
def test_dates_are_spelled_in_the_style_and_missing_ones_stay_empty(style: str) -> None:
    days = np.array(["2026-06-03", "NaT"], "datetime64[D]")
    assert date_text(days, style).tolist() == [STYLES[style], ""]


@pytest.mark.parametrize("style", STYLES)
def test_a_month_in_which_nothing_happened_has_no_dates(style: str) -> None:
    assert date_text(np.array([], "datetime64[D]"), style).tolist() == []
