"""The groups as declared, and the report as page, card and gate read it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest
import yaml

from core.home import Home
from core.words import Text
from features.catalogue import BY_NAME
from models.risk.groups.definitions import UNKNOWN, definitions
from models.risk.groups.measured import as_known
from models.risk.groups.members import cells, members_of
from models.risk.groups.report import label, of_training, read_groups, sentence, worst, write_groups
from tests.models.risk.groups.county import MONTH, scored

# Columns that every profile has before any feature is built.
SPINE = {"head_age", "n_members", "urban_rural", "township_code"}
AS_OF = date(2026, 6, 30)


def test_every_group_is_cut_from_a_feature_that_exists() -> None:
    for one in definitions().dimensions:
        assert one.optional or one.feature in {*BY_NAME, *SPINE}, one.code
    codes = {one.code for one in definitions().dimensions}
    assert all(set(pair) <= codes for pair in definitions().crossings)


def test_ages_fall_into_one_group_each_and_the_unknown_into_their_own() -> None:
    ages = pd.DataFrame({"head_age": pd.array([34, 35, 59, 60, 79, 80, None], "Int64")})
    (age,) = [d for d in definitions().dimensions if d.code == "head_age"]
    assert members_of(ages, [age])["head_age"].tolist() == [
        "under_35", "age_35_59", "age_35_59", "age_60_79", "age_60_79", "age_80_up", UNKNOWN,
    ]  # fmt: skip


def test_crossings_count_each_household_once() -> None:
    frame = pd.DataFrame({"head_sex": ["woman", "woman", "man"], "single": ["single"] * 3})
    crossed = {c.group: int(c.mask.sum()) for c in cells(frame) if c.crossed}
    assert crossed == {"woman × single": 2, "man × single": 1}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path)
    made.data.mkdir()
    made.county_file.write_text(yaml.safe_dump({"synthetic": True}), encoding="utf-8")
    rows = scored()
    profile = pd.DataFrame(
        {"household": rows["household"], "head_is_woman": rows["household"].str[0] == "w"}
    )
    for month in (MONTH, AS_OF):
        folder = made.monthly("profile", month)
        folder.mkdir(parents=True)
        profile.to_parquet(folder / "household.parquet")
    return made


def test_the_report_of_a_training_counts_what_was_counted_by_hand(home: Home) -> None:
    report = of_training(home, "existing", AS_OF, scored(), slots=3)
    women = {f["measure"]: f for f in report["figures"] if f["group"] == "woman"}
    assert women["recall"]["value"] == pytest.approx(1 / 4)
    assert women["recall"]["rest"] == pytest.approx(1 / 2)
    assert women["precision"]["value"] == 1.0
    assert report["households"]["cutoff"] == {"head_sex=woman": 6, "head_sex=man": 6}
    assert "minority" in [one["code"] for one in report["absent"]]
    assert report["synthetic"]
    assert list(report["rulers"]) == ["cutoff"]  # no truth without a truth


def test_a_named_group_is_told_with_interval_n_and_all_others(home: Home) -> None:
    report = of_training(home, "existing", AS_OF, scored(), slots=3)
    one = next(f for f in report["figures"] if (f["group"], f["measure"]) == ("woman", "recall"))
    one.update(worse=True, adjusted=0.001)
    assert worst(report, "cutoff") == [one]
    told = sentence(one, label(report, "head_sex", "woman"))
    assert told.en.startswith("Headed by a woman: recall 25% (95% interval ")
    assert told.en.endswith("n=4); among all others 50%.")
    assert told.zh.startswith("女性户主：发现率 25%（95% 区间 ")
    town = label(report, "township", "990321101", {"990321101": Text("青禾街道", "Qinghe")})
    assert town.zh == "青禾街道"


def test_a_kept_report_is_read_for_its_own_month_only(home: Home) -> None:
    report = of_training(home, "existing", AS_OF, scored(), slots=3)
    assert write_groups(home, report).name == "groups_existing.json"
    assert read_groups(home, "existing", AS_OF) == report
    assert read_groups(home, "existing", date(2026, 7, 31)) is None
    assert read_groups(home, "coming", AS_OF) is None


def test_a_month_not_over_by_then_is_not_known(home: Home) -> None:
    assert len(as_known(home, "existing", scored(), date(2026, 2, 27))) == 0
