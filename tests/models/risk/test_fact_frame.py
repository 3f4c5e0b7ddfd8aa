"""The model's explanation by fact: exact sums, shares of the push, a closing line."""

from __future__ import annotations

import pandas as pd
import pyarrow.parquet as pq
import pytest

from core.home import Home
from models.risk.explain import explain_households
from models.risk.fact_frame import SHOWN, by_fact, closing, closing_words, fact_frame
from models.risk.facts import fact_of
from tests.models.risk.fact_county import AS_OF, fact_county

# household, feature, contribution
CONTRIBUTIONS = [
    ("h1", "income_to_standard", 0.5),
    ("h1", "income_per_head_month", 0.3),
    ("h1", "visit_income_ratio", -0.1),
    ("h1", "medical_self_paid_12m", 0.2),
    ("h1", "medical_self_paid_3m", -0.3),
    ("h1", "n_able_workers", 0.1),
    ("h1", "heating", 0.05),
    ("h2", "income_to_standard", -0.4),
    ("h2", "heating", 0.0),
]


def explained(rows=CONTRIBUTIONS, base: float = -1.0) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["household", "feature", "contribution"])
    total = frame.groupby("household")["contribution"].transform("sum")
    return frame.assign(
        question="existing",
        fact=frame["feature"].map(fact_of),
        category="X",
        value="coal",
        label_zh="取暖",
        label_en="Heating",
        unit="",
        base_value=base,
        margin=base + total,
        risk=0.2,
        model_version="3",
    )


@pytest.fixture
def county(tmp_path) -> Home:
    return fact_county(Home(tmp_path))


def of(frame: pd.DataFrame, household: str) -> pd.DataFrame:
    return frame[frame["household"] == household].set_index("fact")


def test_contributions_of_a_fact_add_up_and_the_strongest_comes_first() -> None:
    one = of(by_fact(explained()), "h1")
    assert one["contribution"].to_dict() == pytest.approx(
        {"income": 0.5 + 0.3 - 0.1, "medical_costs": 0.2 - 0.3, "labour": 0.1, "heating": 0.05}
    )
    assert one.index.tolist() == ["income", "labour", "medical_costs", "heating"]
    assert one["position"].tolist() == [1, 2, 3, 4]


def test_facts_sum_to_the_margin_exactly(county: Home) -> None:
    frame = fact_frame(county, AS_OF, explained())
    for _, one in frame.groupby("household"):
        total = one["base_value"].iloc[0] + one["contribution"].sum()
        assert total == pytest.approx(one["margin"].iloc[0], abs=1e-12)
    assert not frame.duplicated(["household", "question", "fact"]).any()


def test_only_what_raises_the_risk_is_shown_and_never_more_than_six() -> None:
    one = of(by_fact(explained()), "h1")
    assert one.index[one["shown"]].tolist() == ["income", "labour", "heating"]
    assert not of(by_fact(explained()), "h2")["shown"].any()
    many = explained([("h1", f"made_{i}", 1.0 + i) for i in range(9)])
    assert of(by_fact(many), "h1")["shown"].sum() == SHOWN == 6


def test_the_share_that_the_shown_carry_is_stored() -> None:
    # Six of 1 + … + 8, the strongest: 3 + 4 + 5 + 6 + 7 + 8 of 36.
    many = by_fact(explained([("h1", f"made_{i}", float(i)) for i in range(1, 9)]))
    assert many["share_push"].unique() == pytest.approx(33 / 36)
    both = by_fact(explained([("h1", f"made_{i}", float(i) * (-1) ** i) for i in range(1, 9)]))
    # All four that raise it are shown; by size the strongest six carry 33 of 36.
    assert both["share_push"].unique() == pytest.approx(1.0)
    assert both["share_all"].unique() == pytest.approx(33 / 36)
    assert of(by_fact(explained()), "h2")["share_push"].isna().all()


def test_a_fact_is_told_with_its_line_and_an_undeclared_feature_by_its_label(county: Home) -> None:
    one = of(fact_frame(county, AS_OF, explained()), "h1")
    assert one.loc["income", "text_zh"] == (
        "人均收入 222 元，低于标准 690 元；2024-10 走访，已 20 个月"
    )
    assert (one.loc["income", "value"], one.loc["income", "line"]) == (222.0, 690.0)
    assert one.loc["income", "category"] == "B"
    assert one.loc["heating", ["text_zh", "category"]].tolist() == ["取暖：coal", "X"]


def test_the_closing_line_says_where_everything_else_pushes_and_how_much_was_told(
    county: Home,
) -> None:
    one = fact_frame(county, AS_OF, explained()).query("household == 'h1'")
    seen = one["fact"] == "income"
    told = closing(one, seen)
    # labour 0.1, costs -0.1, heating 0.05; 0.7 of 0.85 raise it above the line.
    assert told.zh == "其余 3 项事实合计推高风险；以上占全部推高作用的 82%"
    assert told.en == (
        "3 other facts together raise the risk; the lines above carry 82% of all that raises it"
    )
    assert closing(one, one["fact"].notna()) is None
    assert closing_words(1, -0.4, None).zh == "其余 1 项事实合计拉低风险"


@pytest.mark.slow
def test_a_month_keeps_both_questions_and_a_new_version_replaces_its_own(tmp_path, fitted) -> None:
    values = dict.fromkeys(fitted.features, 1.0) | {"heating": "coal"}
    home = fact_county(Home(tmp_path), **values)

    def explain(household: str, question: str, version: str) -> pd.DataFrame:
        explain_households(
            home, AS_OF, [household], fitted=fitted, version=version, question=question
        )
        path = home.monthly("risk", AS_OF) / "facts.parquet"
        return pq.read_table(path, partitioning=None).to_pandas()

    explain("h1", "existing", "1")
    explain("h1", "coming", "1")
    explain("h2", "existing", "1")
    again = explain("h1", "existing", "1")
    rows = again[["household", "question"]].drop_duplicates().to_numpy().tolist()
    assert sorted(rows) == [["h1", "coming"], ["h1", "existing"], ["h2", "existing"]]
    assert not again.duplicated(["household", "question", "fact"]).any()
    # Each question has a champion of its own: a new one leaves the other question's rows.
    newer = explain("h2", "coming", "2")[["household", "question", "model_version"]]
    assert sorted(newer.drop_duplicates().to_numpy().tolist()) == [
        ["h1", "existing", "1"],
        ["h2", "coming", "2"],
        ["h2", "existing", "1"],
    ]
    features = pq.read_table(home.monthly("risk", AS_OF) / "explain.parquet", partitioning=None)
    assert {"fact", "question"} <= set(features.column_names)


def test_nobody_explained_gives_an_empty_table(county: Home) -> None:
    assert len(fact_frame(county, AS_OF, explained().head(0))) == 0
