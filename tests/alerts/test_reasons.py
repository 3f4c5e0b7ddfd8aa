"""Reasons that a worker can use: one line a fact, whichever voice tells it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

import pandas as pd
import pytest

from alerts.reasons import MOST, RANKED, REST, told_reasons
from alerts.selection import Candidate, Reason
from alerts.states import Source
from alerts.words import Words
from core.home import Home
from models.risk.score import write_parquet
from models.scorecard import load_rules
from tests.models.risk.fact_county import AS_OF, fact_county
from tests.models.risk.test_facts import dated

WORDS = Words(load_rules(AS_OF))
# household, person, indicator, category, feature, tier, points, contribution
PARTS = [
    ("h1", None, "B01", "B", "income_to_standard", 0, 30.0, 30.0),
    ("h1", None, "G01", "G", "edge_band", 0, 15.0, 15.0),
    ("h1", None, "C02", "C", "medical_burden", 1, 8.0, 8.0),
    ("h1", "p1", "C01", "C", "self_paid_to_average", 1, 15.0, 7.5),
    ("h1", None, "A09", "A", "labour_supply", 0, 12.0, 12.0),
    ("h1", None, "B02", "B", "income_to_average", 0, -30.0, -30.0),
    ("h2", None, "A09", "A", "labour_supply", 1, 6.0, 6.0),
    ("h2", None, "B04", "B", "monitoring_line_status", 0, 12.0, 12.0),
    ("h2", "p3", "A03", "A", "severely_disabled", 0, 15.0, 5.0),
]
COLUMNS = ["household", "person", "indicator", "category", "feature", "tier", "points"]
# household, question, fact, category, contribution, shown, Chinese, English
MODEL = [
    ("h1", "existing", "income", "B", 0.7, True, "人均收入 222 元", "income 222 yuan"),
    ("h1", "existing", "rigid", "H", 0.4, True, "年刚性支出 100 元", "rigid 100 yuan"),
    ("h1", "existing", "medical_costs", "C", -0.1, False, "自付 5 元", "own costs 5 yuan"),
    ("h1", "existing", "tenure", "F", 0.1, False, "租房", "rents"),
    ("h1", "existing", "ages", "A", -0.5, False, "最年长 74 岁", "the oldest is 74"),
    ("h1", "coming", "wages", "B", 0.9, True, "没有缴费工资", "no insured wages"),
]
RULES_AND_MODEL = Candidate("h1", by_rule=True, risk=0.62, risk_rank=12)


def write(home: Home, kind: str, name: str, frame: pd.DataFrame) -> None:
    write_parquet(frame, home.monthly(kind, AS_OF) / name)


@pytest.fixture
def county(tmp_path) -> Home:
    home = fact_county(Home(tmp_path))
    write(home, "scores", "parts.parquet", pd.DataFrame(PARTS, columns=[*COLUMNS, "contribution"]))
    names = ["household", "question", "fact", "category", "contribution", "shown"]
    frame = pd.DataFrame(MODEL, columns=[*names, "text_zh", "text_en"])
    write(home, "risk", "facts.parquet", frame)
    return home


def told(home: Home, candidate: Candidate, **more) -> tuple[Reason, ...]:
    return told_reasons(home, AS_OF, [candidate], WORDS, **more)[candidate.household]


def by_code(reasons: tuple[Reason, ...]) -> dict[str, Reason]:
    return {reason.code: reason for reason in reasons}


def test_a_fact_of_both_voices_is_told_once_with_points_and_contribution(county: Home) -> None:
    reasons = told(county, RULES_AND_MODEL)
    facts = [reason.fact for reason in reasons if reason.fact]
    assert len(facts) == len(set(facts))
    income = by_code(reasons)["B01"]
    assert income == Reason(
        *(Source.RULE, "B01", "B"),
        "人均收入 222 元，低于标准 690 元；2024-10 走访，已 20 个月",
        "income per head 222 yuan, below the standard of 690 yuan; visit of 2024-10, 20 months ago",
        points=30.0 + 15.0,  # B01 and G01 see the same income
        fact="income",
        contribution=0.7,
    )


def test_every_scored_reason_says_value_line_source_and_age(county: Home) -> None:
    lacking = []
    for household in ("h1", "h2"):
        for reason in told(county, Candidate(household, by_rule=True, events=("C01",))):
            zh = reason.zh
            amount = re.search(r"\d (元|倍)|\d%", zh)
            compared = re.search(r"(低于|不低于|达到)\S*(标准|线|收入的一半)", zh)
            if not dated(zh) or (amount and not compared):
                lacking.append((reason.code, zh))
    # An event without a row in the profile has only its name.
    assert lacking == [("C01", WORDS.indicator("C01").zh)]


def test_contributions_of_the_lines_sum_to_all_that_the_model_says(county: Home) -> None:
    reasons = told(county, RULES_AND_MODEL)
    total = sum(reason.contribution or 0.0 for reason in reasons)
    assert total == pytest.approx(0.7 + 0.4 - 0.1 + 0.1 - 0.5)
    rest = by_code(reasons)[REST]
    assert reasons[-1] is rest
    # Told: income, rigid, costs (with the rules). Left: tenure and ages.
    assert rest.zh == "其余 2 项事实合计拉低风险；以上占全部推高作用的 92%"
    assert (rest.points, rest.category) == (pytest.approx(-0.4), "")


def test_a_part_about_a_member_names_age_and_sex_only(county: Home) -> None:
    event = told(county, Candidate("h1", events=("C01",)))
    assert [(r.source, r.code) for r in event] == [(Source.EVENT, "C01")]
    tier = WORDS.reason("C01", 1)
    assert event[0].zh == (
        f"{tier.zh}：成员（女，72岁）；近12个月全家自付医疗费 12,300 元，"
        "占家庭收入 45%，达到评分线 30%；"
        "2026-04 医保结算，已 2 个月"
    )
    assert ": a member (woman, 72); own medical costs of 12,300 yuan" in event[0].en


def test_an_event_is_dated_by_its_own_day(county: Home) -> None:
    rows = [("h1", "p1", "C01", date(2026, 5, 3)), ("h1", "p1", "C01", date(2026, 1, 3))]
    names = ["household", "person", "indicator", "happened_on"]
    write(county, "scores", "events.parquet", pd.DataFrame(rows, columns=names))
    event = told(county, Candidate("h1", events=("C01",)))[0]
    assert event.zh.endswith("2026-05 医保结算，已 1 个月")
    assert event.en.endswith("medical settlement of 2026-05, 1 month ago")


def test_an_event_and_a_rule_on_the_same_fact_are_one_line_of_the_event(county: Home) -> None:
    reasons = told(county, Candidate("h1", by_rule=True, events=("C01",)))
    assert reasons[0].code == "C01"
    assert reasons[0].points == 7.5 + 8.0
    assert "C02" not in by_code(reasons)


def test_an_event_without_points_is_told_by_its_name(county: Home) -> None:
    reasons = told(county, Candidate("h2", events=("A08",)))
    assert [r.zh for r in reasons] == [WORDS.indicator("A08").zh]


def test_the_models_place_says_what_a_visit_is_expected_to_find(county: Home) -> None:
    place = by_code(told(county, RULES_AND_MODEL))[RANKED]
    assert place.zh == "模型判断走访发现困难的可能性 62%；全县第 12 位"
    assert place.en == "The model gives 62% that a visit finds need; number 12 in the county"


@dataclass(frozen=True)
class Answered(Candidate):
    """A candidate with the model's answers to both questions."""

    existing: float | None = None
    coming: float | None = None


@pytest.mark.parametrize(
    ("existing", "coming", "zh"),
    [
        (0.62, 0.10, "模型判断走访发现困难的可能性 62%；全县第 3 位"),
        (
            *(0.08, 0.35),
            "模型判断走访发现困难的可能性 8%；全县第 3 位；"
            "如目前无困难，6个月内陷入困难的可能性 35%",
        ),
    ],
)
def test_coming_need_is_told_where_it_is_likelier_than_need_now(county, existing, coming, zh):
    named = Answered("h1", risk=0.9, risk_rank=3, existing=existing, coming=coming)
    assert by_code(told(county, named))[RANKED].zh == zh


def test_unknown_income_is_told_as_unknown_also_beside_points(county: Home) -> None:
    reasons = told(county, Candidate("h2", by_rule=True))
    income = by_code(reasons)["B04"]
    assert "收入不明：成员（男，45岁）没有收入记录" in income.zh
    assert not any("低于" in reason.zh and "收入" in reason.zh for reason in reasons)


def test_the_question_asked_chooses_the_answer_told(county: Home) -> None:
    named = Candidate("h1", risk=0.4, risk_rank=1)
    assert "wages" in by_code(told(county, named, questions={"h1": "coming"}))
    assert "wages" not in by_code(told(county, named))


def test_without_an_explanation_only_place_and_probability_are_told(county: Home) -> None:
    (county.monthly("risk", AS_OF) / "facts.parquet").unlink()
    named = told(county, Candidate("h1", risk=0.4, risk_rank=1))
    assert [reason.code for reason in named] == [RANKED]


def test_lines_are_few_and_the_rest_still_adds_up(county: Home) -> None:
    many = [
        ("h2", "existing", f"made_{i}", "B", 1.0, True, f"事{i}", f"fact {i}") for i in range(20)
    ]
    names = ["household", "question", "fact", "category", "contribution", "shown"]
    write(
        county, "risk", "facts.parquet", pd.DataFrame(many, columns=[*names, "text_zh", "text_en"])
    )
    reasons = told(county, Candidate("h2", by_rule=True, risk=0.4, risk_rank=1))
    assert len([r for r in reasons if r.code not in {RANKED, REST}]) == MOST
    assert sum(r.contribution or 0.0 for r in reasons) == pytest.approx(20.0)


def test_every_reason_exists_in_both_languages_and_names_nobody(county: Home) -> None:
    for candidate in (RULES_AND_MODEL, Candidate("h2", by_rule=True, events=("A03",))):
        for reason in told(county, candidate):
            assert re.search(r"[一-鿿]", reason.zh), reason
            assert not re.search(r"[一-鿿；，：]", reason.en), reason
            assert not re.search(r"\bp\d\b|\bh\d\b", reason.zh + reason.en), reason
