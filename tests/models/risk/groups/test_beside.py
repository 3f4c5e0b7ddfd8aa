"""Group by group beside the champion: who is found less, and what must not be called so."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from models.risk.groups.beside import beside_champion

MONTH = date(2026, 3, 31)
SLOTS = 300


def later(alone: int = 400, n: int = 1200) -> tuple[pd.DataFrame, pd.DataFrame]:
    """`alone` of `n` families live alone; every family was visited, three in ten were in need.

    The champion knows need from no need nearly everywhere, and less well among those alone.
    """
    rng = np.random.default_rng(5)
    need = rng.random(n) < 0.3
    single = np.arange(n) < alone
    score = need * np.where(single, 0.9, 1.4) + rng.normal(0, 0.5, n)
    rows = pd.DataFrame(
        {"household": [f"h{i}" for i in range(n)], "as_of": MONTH, "label": need.astype(float),
         "weight": 1.0, "model": score, "champion": score}
    )  # fmt: skip
    return rows, pd.DataFrame({"single": np.where(single, "single", "several")})


def worse(rows: pd.DataFrame, members: pd.DataFrame) -> list[str]:
    return [one.group for one in beside_champion(rows, members, SLOTS) if one.worse]


def test_a_group_that_both_find_less_than_others_speaks_against_nobody() -> None:
    rows, members = later()
    found = {one.group: one for one in beside_champion(rows, members, SLOTS)}
    assert found["single"].own < found["several"].own - 0.1  # a group served worse by both
    assert found["single"].difference == 0.0
    assert worse(rows, members) == []


def test_a_group_of_which_the_challenger_finds_less_than_the_champion_is_named() -> None:
    rows, members = later()
    alone = (members["single"] == "single").to_numpy()
    rows["model"] = rows["champion"] - 0.6 * alone
    (single, several) = beside_champion(rows, members, SLOTS)
    assert worse(rows, members) == ["single"]
    # As counted by hand: the group's finds that each picked.
    cut = {name: rows[name].nlargest(SLOTS).index for name in ("model", "champion")}
    finds = rows.index[alone & (rows["label"] == 1)]
    assert single.hits == len(finds)
    assert single.n == alone.sum()
    assert single.own == pytest.approx(len(cut["model"].intersection(finds)) / len(finds))
    assert single.champion == pytest.approx(len(cut["champion"].intersection(finds)) / len(finds))
    assert single.low < single.difference < single.high < 0
    # The places went to the others, who gained.
    assert several.difference > 0


def test_a_small_group_never_speaks_against_a_version() -> None:
    rows, members = later(alone=25)
    rows["model"] = rows["champion"] - 9 * (members["single"] == "single")
    assert [one.group for one in beside_champion(rows, members, SLOTS)] == ["several"]
    assert worse(rows, members) == []


def test_nor_does_a_difference_that_is_chance() -> None:
    rng = np.random.default_rng(11)
    rows, members = later()
    rows["model"] = rows["champion"] + rng.normal(0, 0.05, len(rows))
    assert worse(rows, members) == []


def test_where_nobody_looked_there_is_nothing_to_compare() -> None:
    rows, members = later()
    assert beside_champion(rows.assign(label=np.nan), members, SLOTS) == []
