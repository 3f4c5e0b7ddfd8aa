"""What a table of one's own may look like, and what is refused by name, in one line."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from core.home import add_months
from models.risk.errors import RiskError
from models.risk.external import read_directions
from models.risk.external.reading import read_external
from models.risk.rolling.table import month_in
from tests.models.risk.conftest import month
from tests.models.risk.external.conftest import written


@pytest.mark.parametrize(
    ("value", "end"),
    [
        ("2024-03", (2024, 3, 31)),
        ("2024-03-31", (2024, 3, 31)),
        ("2024/3/5", (2024, 3, 31)),
        ("2024年3月", (2024, 3, 31)),
        ("202403", (2024, 3, 31)),
        (202403, (2024, 3, 31)),
        (202403.0, (2024, 3, 31)),
        ("20240305", (2024, 3, 31)),
        ("2024Q1", (2024, 3, 31)),
        ("2024-q4", (2024, 12, 31)),
        ("2024年第2季度", (2024, 6, 30)),
        (pd.Timestamp("2024-02-10"), (2024, 2, 29)),
        (np.datetime64("2024-02-10"), (2024, 2, 29)),
    ],
)
def test_a_time_is_read_as_people_write_it(value, end) -> None:
    assert month_in(value) == date(*end)


@pytest.mark.parametrize("value", ["a", "2024", 12, 1.5, True, "2024-13", "202400", "2024Q5"])
def test_what_is_no_time_is_none(value) -> None:
    assert month_in(value) is None


@pytest.mark.parametrize("as_written", ["%Y-%m", "%Y-%m-%d", "%Y%m"])
@pytest.mark.parametrize("name", ["own.csv", "own.parquet"])
def test_chinese_columns_and_any_way_of_writing_months(mine, tmp_path, as_written, name) -> None:
    mine = mine.rename(columns={"label": "返贫", "as_of": "月份", "household": "户"})
    mine["月份"] = [f"{day:{as_written}}" for day in mine["月份"]]
    more = {"encoding": "gb18030"} if name.endswith("csv") else {}
    asked = written(mine, tmp_path, name, label="返贫", time="月份", group="户", **more)
    table = read_external(asked)
    assert sorted(table.frame["as_of"].unique())[0] == month(0)
    assert table.frame["household"].nunique() == 150
    assert {"heating", "income_to_standard"} <= set(table.features)
    assert not {"返贫", "月份", "户"} & set(table.features)


def test_a_column_called_household_is_the_group_where_none_is_named(mine, tmp_path) -> None:
    table = read_external(written(mine, tmp_path))
    assert table.frame["household"].nunique() == 150
    assert "household" not in table.features


def refused(asked) -> str:
    with pytest.raises(RiskError) as found:
        read_external(asked)
    told = found.value
    assert told.zh != told.en
    assert "\n" not in str(told)
    return str(told)


@pytest.mark.parametrize(
    ("wrong", "what"),
    [
        ({"time": "self_paid"}, "column self_paid is no time: it holds .*2024-03, 2024-03-31"),
        ({"time": "heating"}, "column heating is no time"),
        ({"label": "n_members"}, "column n_members must hold 0 and 1"),
        ({"label": "heating"}, "column heating must hold 0 and 1 .* it holds"),
        ({"group": "family"}, "no column family; name it with --group"),
        ({"population": "district"}, "no column district; name it with --population"),
        ({"population": "self_paid"}, "different populations; at most 20"),
        ({"monotone": {"rent": 1}}, "--monotone names rent, which is no feature"),
        ({"monotone": {"heating": 1}}, "heating holds texts, which have no direction"),
        ({"drop": ["rent"]}, "no column rent; name it with --drop"),
        ({"horizon": 5}, "10 months, 10 of them with rows.*at least 11 are needed"),
        ({"horizon": 4, "gap": 1}, "at least 11 are needed with a horizon of 4 and a gap of 1"),
    ],
)
def test_a_wrong_column_is_named_and_what_would_be_right(mine, tmp_path, wrong, what) -> None:
    import re

    assert re.search(what, refused(replace(written(mine, tmp_path), **wrong)))


def test_the_months_needed_are_enough(mine, tmp_path) -> None:
    later = mine.assign(as_of=[add_months(day, 10) for day in mine["as_of"]])
    longer = pd.concat([mine, later[later["as_of"] == month(10)]])
    table = read_external(written(longer, tmp_path, horizon=5))
    assert len(table.frame["as_of"].unique()) == 11


def test_only_labelled_months_count(mine, tmp_path) -> None:
    mine.loc[mine["as_of"] > month(3), "label"] = np.nan
    assert "4 months" in refused(written(mine, tmp_path))


@pytest.mark.parametrize(
    ("column", "what"),
    [
        (["1" + f"38{n:08d}" for n in range(1500)], "phone numbers"),
        ([13800000000 + n for n in range(1500)], "phone numbers"),
        ([f"99032119700101{n:04d}" for n in range(1500)], "ID numbers"),
        (["王" + chr(0x4E00 + n % 700) for n in range(1500)], "names of people"),
        ([f"Maria {'ABCDEFGHIJ'[n % 10]}{'a' * (n // 10 % 90 + 1)}" for n in range(1500)], "names"),
        ([None] * 1499 + ["请致电13812345678"], "phone numbers"),
    ],
)
@pytest.mark.parametrize("place", ["extra", "household"])
def test_a_column_that_names_people_is_refused(mine, tmp_path, column, what, place) -> None:
    mine[place] = column
    told = refused(written(mine, tmp_path))
    assert what in told
    assert place in told
    # What the column holds is not repeated.
    assert not any(str(value) in told for value in column[:50] if value)


@pytest.mark.parametrize(
    "column",
    [
        [f"王{'一二三四五六七八九十'[n % 10]}{'甲乙丙丁'[n % 4]}村" for n in range(1500)],
        ["高中", "黄牛养殖", "金属加工"] * 500,
        [f"{n * 7919:032x}" for n in range(1500)],
        [n * 1e7 + 0.5 for n in range(1500)],
    ],
)
def test_places_trades_pseudonyms_and_sums_do_not_name_people(column) -> None:
    from models.risk.external.private import names_people

    assert names_people(pd.Series(column), 150) is None


def test_texts_that_are_all_different_are_no_feature(mine, tmp_path) -> None:
    mine["note"] = [f"remark {n}" for n in range(len(mine))]
    assert "column note holds 1500 different texts" in refused(written(mine, tmp_path))
    table = read_external(written(mine, tmp_path, drop=("note",)))
    assert "note" not in table.features


def test_dates_are_no_feature(mine, tmp_path) -> None:
    mine["since"] = pd.Timestamp("2020-01-01")
    assert "column since holds dates" in refused(written(mine, tmp_path, "own.parquet"))


def test_a_label_of_one_kind_teaches_nothing(mine, tmp_path) -> None:
    assert "holds 0 only" in refused(written(mine.assign(label=0), tmp_path))


def test_a_row_without_a_household_is_refused(mine, tmp_path) -> None:
    mine.loc[3, "household"] = None
    assert "column household is empty in 1 rows" in refused(written(mine, tmp_path))


@pytest.mark.parametrize("text", ["a: 2", "- a", "a: up", "a: true", "a: [", ""])
def test_a_monotone_file_says_directions(tmp_path, text) -> None:
    path = tmp_path / "way.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RiskError, match="must hold lines 'feature: 1'"):
        read_directions(path)


def test_a_monotone_file_is_read(tmp_path) -> None:
    path = tmp_path / "way.yaml"
    path.write_text("收入: -1\nrent: 1\nage: 0\n", encoding="utf-8")
    assert read_directions(path) == {"收入": -1, "rent": 1, "age": 0}
