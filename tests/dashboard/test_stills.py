"""Pictures that stand still, by what is drawn on them."""

from __future__ import annotations

import io
from datetime import date

import numpy as np
import pandas as pd
import pytest
from matplotlib import font_manager, image

from dashboard.charts import stills

SHARES = pd.DataFrame(
    {
        "label": ["Red", "Blue", "Nobody"],
        "share": [0.8, 0.25, None],
        "low": [0.7, 0.05, None],
        "high": [0.9, 0.6, None],
        "n": [120, 4, 0],
    }
)
LINES = pd.DataFrame({"model": [0.4, 0.5], "income": [0.2, 0.21]}, index=["2026-05", "2026-06"])
SPANS = pd.DataFrame(
    {
        "row": ["train", "test"],
        "role": ["train", "test"],
        "begins": [date(2025, 1, 31), date(2026, 1, 31)],
        "ends": [date(2025, 2, 28), date(2026, 2, 28)],
    }
)
CURVE = pd.DataFrame(
    {"promised": [0.1, 0.6], "found": [0.1, 0.5], "low": [0, 0.4], "high": [0.2, 0.6]}
)
MADE = {
    "bars": lambda: stills.bars(pd.Series({"one": 1.0, "a long name of a bar": 2.0}), "T", "N"),
    "shares": lambda: stills.shares(SHARES, "T", "N", overall=0.5),
    "lines": lambda: stills.lines(LINES, "T", "N", band=([0.3, 0.4], [0.5, 0.6])),
    "spread": lambda: stills.spread(pd.Series([1.0, 2.0, None]), "T", "N", marks={"S": 1.5}),
    "calibration": lambda: stills.calibration(CURVE, "T", "N"),
    "months": lambda: stills.months(SPANS, "T", "N"),
}
every = pytest.mark.parametrize("name", MADE)


def texts(picture: stills.Picture) -> list[str]:
    (axes,) = picture.figure.axes
    return [t.get_text() for t in (*picture.figure.texts, *axes.texts)]


@every
def test_a_picture_shows_itself_with_title_and_note(name: str) -> None:
    picture = MADE[name]()
    assert picture._repr_png_().startswith(b"\x89PNG")
    assert repr(picture) == "T"
    assert {"T", "N"} <= set(texts(picture))


@pytest.mark.slow
def test_all_pictures_are_equally_wide() -> None:
    wide = {name: image.imread(io.BytesIO(made().png())).shape[1] for name, made in MADE.items()}
    assert max(wide.values()) - min(wide.values()) <= 0.25 * stills.DPI, wide


def test_bars_begin_at_zero_and_carry_their_values() -> None:
    picture = stills.bars(pd.Series({"one": 0.5, "two": 1.5}), "T", "N", form="{:.1f} yuan")
    (axes,) = picture.figure.axes
    assert [bar.get_x() for bar in axes.patches] == [0, 0]
    assert axes.get_xlim()[0] == 0
    assert {"0.5 yuan", "1.5 yuan"} <= set(texts(picture))


def test_a_share_stands_with_its_n_and_a_few_cases_are_hollow() -> None:
    picture = stills.shares(SHARES, "T", "N")
    assert {"80%  n=120", "25%  n=4"} <= set(texts(picture))
    (axes,) = picture.figure.axes
    dots = axes.collections[1].get_facecolors()
    assert not np.allclose(dots[0], 1.0)
    assert np.allclose(dots[1], 1.0)


def test_a_share_that_nobody_knows_is_not_drawn() -> None:
    (axes,) = stills.shares(SHARES, "T", "N").figure.axes
    assert [t.get_text() for t in axes.get_yticklabels()] == ["Red", "Blue"]


def test_lines_are_named_at_their_ends_apart_from_one_another() -> None:
    close = LINES.assign(income=[0.49, 0.5])
    (axes,) = stills.lines(close, "T", "N").figure.axes
    heights = {t.get_text(): t.xy[1] for t in axes.texts}
    assert set(heights) == {"model", "income"}
    assert abs(heights["model"] - heights["income"]) > 0.03


def test_chinese_has_letters_wherever_a_chinese_font_is_there() -> None:
    known = set(font_manager.get_font_names())
    if not known & set(stills.FONTS[:-1]):
        pytest.skip("no Chinese font on this machine")
    # A letter that no font has is a warning, and warnings are errors here.
    stills.bars(pd.Series({"低保边缘": 1.0}), "合成数据", "返贫与致贫").png()


def test_a_bar_that_nobody_knows_is_not_drawn() -> None:
    (axes,) = stills.bars(pd.Series({"one": 1.0, "lost": None}), "T", "N").figure.axes
    assert [t.get_text() for t in axes.get_yticklabels()] == ["one"]
