"""Every feature belongs to one fact, and facts are told with amount, line, source and age."""

from __future__ import annotations

import re
from datetime import date

import pytest

from core.home import Home
from data.contracts import all_feeds
from features.catalogue import BY_NAME, model_features
from features.combined.indicators_housing import RENT_BURDEN
from features.engine.schema import STANDARDS
from models.risk import fact_sources
from models.risk.fact_lines import fact_lines, member
from models.risk.fact_phrases import amount
from models.risk.fact_sources import SOURCES, aged, months_between, source_dates
from models.risk.facts import fact_of, facts
from models.scorecard.files import FOLDER, read_files
from tests.models.risk.fact_county import AS_OF, ROWS, fact_county

pytestmark = pytest.mark.slow

DECLARED = facts().by_code


@pytest.fixture
def county(tmp_path) -> Home:
    return fact_county(Home(tmp_path))


def line(home: Home, household: str, fact: str):
    return fact_lines(home, AS_OF, {household: [fact]})[household, fact]


def test_every_feature_of_the_model_belongs_to_exactly_one_fact() -> None:
    claims = {f.name: facts().claims(f.name) for f in model_features() if f.level == "household"}
    assert {name: found for name, found in claims.items() if len(found) != 1} == {}


def test_every_feature_of_an_indicator_belongs_to_exactly_one_fact() -> None:
    claims = {i.feature: facts().claims(i.feature) for i in read_files(FOLDER).indicators}
    assert {name: found for name, found in claims.items() if len(found) != 1} == {}


def test_features_that_tell_the_same_are_one_fact() -> None:
    income = ["income_to_standard", "income_per_head_month", "income_to_average"]
    income += ["visit_income_ratio", "visit_income_ratio_before", "monitoring_line_status"]
    assert {fact_of(name) for name in income} == {"income"}
    costs = [
        "medical_self_paid_3m",
        "medical_self_paid_24m",
        "medical_burden",
        "self_paid_to_average",
    ]
    assert {fact_of(name) for name in costs} == {"medical_costs"}
    assert fact_of("unheard_of") == "unheard_of"


def test_a_fact_reads_columns_sources_and_restated_features_that_exist() -> None:
    for code, fact in DECLARED.items():
        assert fact.columns <= {*BY_NAME, *STANDARDS}, code
        assert fact.sources <= set(SOURCES), code
        assert fact.source, code
        assert {fact_of(name) for name in fact.restates} <= {code}
    assert {source.feed for source in SOURCES.values()} <= set(all_feeds())


def test_every_line_of_every_fact_exists_in_both_languages() -> None:
    for code, fact in DECLARED.items():
        instead = [i for p in fact.says for i in (p.nothing, p.beyond, p.negative) if i]
        told = [*fact.says, *instead, *filter(None, (fact.none, fact.unknown)), fact]
        for label in told:
            assert not label.zh.isascii(), (code, label.zh)
            assert label.en.isascii() or "²" in label.en, (code, label.en)
            assert label.zh.count("{v}") == label.en.count("{v}"), (code, label.zh)
        for phrase in fact.says:
            assert len(phrase.steps_zh) == len(phrase.steps_en)
            assert ("{v}" in phrase.zh) == (phrase.form != "yes"), (code, phrase.zh)


def test_income_carries_its_amount_its_line_its_source_and_its_age(county: Home) -> None:
    told = line(county, "h1", "income")
    assert told.text.zh == "人均收入 222 元，低于标准 690 元；2024-10 走访，已 20 个月"
    assert told.text.en == (
        "income per head 222 yuan, below the standard of 690 yuan; visit of 2024-10, 20 months ago"
    )
    assert (told.value, told.line, told.source) == (222.0, 690.0, "visit_income")
    assert told.source_on == date(2024, 10, 8)


# Amounts that no rule and no standard measures.
WITHOUT_LINE = {
    "financial_assets",
    "support_counted_month",
    "support_unpaid_month",
    "dearest_vehicle",
    "fund_base_to_standard",
    "household_fund_balance",
    "household_declared_pay_12m",
    "household_declared_property_12m",
    "household_turnover_12m",
    "household_pension_drawn",
    "wages_owed",
    "uncovered_loss_12m",
    "medical_self_paid_12m",
    "education_cost_year",
    "monthly_rent",
    "rigid_expenditure_year",
    "rehab_cost_year",
    "wage_change",
    "all_met_job_pay",
    "household_pension_month",
    "household_cancer_costs_12m",
    "household_cardiovascular_costs_12m",
    "household_injury_costs_12m",
    "household_mental_costs_12m",
    "household_serious_paid_12m",
    "household_medical_aid_12m",
    "student_aid_term",
    "household_benefit_12m",
    "emergency_amount_12m",
    "utility_spend_12m",
    "household_medical_compensated_12m",
    "charity_12m",
    "lump_sums_12m",
}
AGED = r"(已 \d+ 个月|本月)"
DATED = rf"(\d{{4}}-\d\d \S+，{AGED}|\S+数据截至 \d{{4}}-\d\d，{AGED}|没有走访记录|\S+从未报送)$"


def test_every_amount_is_compared_with_a_line_where_there_is_one() -> None:
    amounts = {
        phrase.column
        for fact in DECLARED.values()
        for phrase in fact.says
        if phrase.form in {"yuan", "share", "times"} and phrase.line is None
    }
    assert amounts == WITHOUT_LINE


def test_every_line_says_its_source_and_its_age(county: Home) -> None:
    found = fact_lines(county, AS_OF, {"h1": DECLARED, "h2": DECLARED})
    assert len(found) == 2 * len(DECLARED)
    undated = {key: told.text.zh for key, told in found.items() if not dated(told.text.zh)}
    assert undated == {}


def dated(text: str) -> bool:
    return re.search(DATED, text) is not None


def test_a_share_of_the_income_names_the_line_of_the_tier_that_it_reaches(tmp_path) -> None:
    for share, told in ((0.55, "达到评分线 50%"), (0.3, "达到评分线 30%"), (0.1, "低于评分线 30%")):
        home = fact_county(Home(tmp_path / str(share)), medical_burden=share, income_known=True)
        assert line(home, "h1", "medical_costs").zh.endswith(f"占家庭收入 {share:.0%}，{told}")


def test_a_share_of_an_unknown_income_is_a_bound_or_not_known(tmp_path) -> None:
    for share, told in ((0.45, "占家庭收入至少 45%"), (0.1, "占家庭收入至多 10%")):
        home = fact_county(Home(tmp_path / str(share)), medical_burden=share, income_known=False)
        assert told in line(home, "h1", "medical_costs").zh
    home = fact_county(Home(tmp_path / "open"), medical_burden=None, income_known=False)
    assert line(home, "h1", "medical_costs").text.en == (
        "own medical costs of 12,300 yuan in 12 months, its share of the income is unknown; "
        "medical settlement of 2026-04, 2 months ago"
    )


def test_what_one_member_paid_is_told_where_it_reaches_the_rules_line(tmp_path) -> None:
    changed = {"D": 18000.0, "highest_self_paid_to_average": 0.6}
    told = line(fact_county(Home(tmp_path / "a"), **changed), "h1", "medical_costs").zh
    assert told.endswith("一人自付 10,800 元，达到评分线 9,000 元")
    changed["highest_self_paid_to_average"] = 0.1
    assert (
        "一人自付"
        not in line(fact_county(Home(tmp_path / "b"), **changed), "h1", "medical_costs").zh
    )


@pytest.mark.parametrize(
    ("told_by", "zh", "source"),
    [
        ({"n_on_public_payroll": 2}, "财政供养 2 人", "payroll"),
        ({"any_public_body": True}, "有成员参加机关事业单位养老保险", "account"),
        ({}, "有机关事业单位缴费，或养老金达到低保标准两倍", "contribution"),
    ],
)
def test_public_pay_is_told_as_the_feed_that_knows_it_tells_it(
    tmp_path, told_by: dict[str, object], zh: str, source: str
) -> None:
    known = {"n_on_public_payroll": 0, "any_public_body": False, "public_payroll_or_pension": True}
    told = line(fact_county(Home(tmp_path), **(known | told_by)), "h1", "public_payroll")
    assert (told.zh, told.source) == (zh, source)


def test_where_no_feed_tells_of_public_pay_the_line_says_so(tmp_path) -> None:
    known = {"n_on_public_payroll": 0, "any_public_body": False, "public_payroll_or_pension": False}
    told = line(fact_county(Home(tmp_path), **known), "h1", "public_payroll")
    assert told.text.zh == "无财政供养人员或较高养老金；社保就业数据截至 2026-06，本月"


LIMITS = {"vehicle": "车船超限", "homes": "不动产超限", "savings": "金融资产超限",
          "firms": "出资超限"}  # fmt: skip


@pytest.mark.parametrize("over", LIMITS)
def test_which_asset_is_above_the_limit_is_said(tmp_path, over: str) -> None:
    known = {f"{kind}_over_limit": kind == over for kind in LIMITS} | {"assets_over_limit": True}
    told = line(fact_county(Home(tmp_path), **known), "h1", "edge_limits")
    assert told.zh == f"有财产超过低边家庭限额，{LIMITS[over]}"


def test_a_limit_that_is_kept_says_nothing_of_the_unknown_others(tmp_path) -> None:
    known = {"vehicle_over_limit": False, "assets_over_limit": None}
    assert line(fact_county(Home(tmp_path), **known), "h1", "edge_limits").zh == "财产未全部核对"


def test_a_second_home_is_told_with_the_homes_of_both_registers(tmp_path) -> None:
    told = {"n_shops": 0, "homes_held": 2, "n_titled_homes": 2, "titled_area": 196.0}
    assert fact_of("several_homes") == "titles"
    assert line(fact_county(Home(tmp_path), **told), "h1", "titles").zh == (
        "自有住房 2 处，登记住房 2 处，共 196 平方米"
    )


def test_a_business_is_told_by_the_register_or_by_the_visit_that_met_it(tmp_path) -> None:
    assert fact_of("own_business") == "firms"
    home = fact_county(Home(tmp_path / "a"), n_sole_trades=1, n_met_employers=0)
    assert line(home, "h1", "firms").zh == "个体工商户 1 家"
    home = fact_county(Home(tmp_path / "b"), n_sole_trades=0, n_met_employers=1)
    assert line(home, "h1", "firms").zh == "走访所见雇主 1 人"


def test_what_is_left_after_rigid_spending_is_a_bound_while_income_is_unknown(tmp_path) -> None:
    changed = {"rigid_expenditure_year": 5000.0, "income_after_rigid_to_standard": -0.5}
    home = fact_county(Home(tmp_path / "short"), income_known=False, **changed)
    told = line(home, "h1", "rigid")
    assert told.zh.endswith("刚性支出超出收入，人均每月缺至少 345 元")
    assert told.en.endswith("exceeds the income by at least 345 yuan a head and month")
    changed["income_after_rigid_to_standard"] = 0.5
    home = fact_county(Home(tmp_path / "left"), income_known=False, **changed)
    assert "扣除刚性支出后人均收入至多 345 元，低于标准 690 元" in line(home, "h1", "rigid").zh


@pytest.mark.parametrize(
    ("share", "told"),
    [
        (0.002, "占家庭收入不到 1%，低于评分线 30%"),
        (3.0, "占家庭收入 300%，达到评分线 50%"),
        (9.31, "超过家庭收入的 3 倍，达到评分线 50%"),
        (150.0, "超过家庭收入的 3 倍，达到评分线 50%"),
    ],
)
def test_a_share_out_of_proportion_is_told_as_times(tmp_path, share, told) -> None:
    home = fact_county(Home(tmp_path), medical_burden=share, income_known=True)
    assert line(home, "h1", "medical_costs").zh.endswith(told)


def test_a_small_share_of_an_unknown_income_is_at_most_one_percent(tmp_path) -> None:
    home = fact_county(Home(tmp_path), medical_burden=0.002, income_known=False)
    assert "占家庭收入至多 1%，低于" in line(home, "h1", "medical_costs").zh


def test_more_than_the_income_stays_so_while_the_income_is_unknown(tmp_path) -> None:
    home = fact_county(Home(tmp_path), medical_burden=9.31, income_known=False)
    assert "，超过家庭收入的 3 倍，达到评分线 50%" in line(home, "h1", "medical_costs").zh


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (0.0, "上年有缴费工资，现在没有"),
        (0.4, "缴费工资为上年的 40%"),
        (12.0, "缴费工资超过上年的 3 倍"),
    ],
)
def test_wages_are_compared_with_last_year_in_words_where_a_share_is_none(
    tmp_path, change, told
) -> None:
    assert line(fact_county(Home(tmp_path), wage_change=change), "h1", "income_change").zh == told


def test_what_is_short_is_told_as_a_gap_without_a_minus(tmp_path) -> None:
    changed = {"rigid_expenditure_year": 5000.0, "income_known": True}
    home = fact_county(Home(tmp_path / "a"), income_after_rigid_to_standard=-0.5, **changed)
    assert line(home, "h1", "rigid").zh.endswith("刚性支出超出收入，人均每月缺 345 元")
    home = fact_county(Home(tmp_path / "b"), income_after_rigid_to_standard=-0.0003, **changed)
    assert "扣除刚性支出后人均收入 0 元，低于标准 690 元" in line(home, "h1", "rigid").zh


def test_a_share_that_is_told_is_not_called_unknown(tmp_path) -> None:
    changed = {"rigid_expenditure_year": 5000.0, "rigid_ratio": 0.2, "theta": 0.6}
    home = fact_county(
        Home(tmp_path), income_known=False, income_after_rigid_to_standard=None, **changed
    )
    told = line(home, "h1", "rigid").zh
    assert "占家庭收入至多 20%" in told
    assert "占收入比例不详" not in told


def test_one_members_costs_are_never_rounded_above_the_familys(tmp_path) -> None:
    # 128,386.50 as 7.13258... times D: half a yuan must fall to the same side.
    changed = {"D": 18000.0, "highest_self_paid_to_average": 128386.50 / 18000 + 1e-9}
    home = fact_county(Home(tmp_path), medical_self_paid_12m=128386.50, **changed)
    told = line(home, "h1", "medical_costs").zh
    assert "全家自付医疗费 128,386 元" in told
    assert "一人自付 128,386 元" in told


def test_nobody_was_met_where_there_was_no_visit(tmp_path) -> None:
    home = fact_county(Home(tmp_path), n_public_posts=0, zero_employment=False)
    assert line(home, "h2", "working").text.zh == "就业成员不详；没有走访记录"


def test_unknown_income_is_never_told_as_below_the_standard(county: Home) -> None:
    told = line(county, "h2", "income")
    assert told.text.zh == ("收入不明：成员（男，45岁）没有收入记录，走访未问到收入；没有走访记录")
    assert "a member (man, 45) without a record of income" in told.text.en
    assert (told.value, told.line) == (None, None)
    assert "低于" not in told.zh
    assert "below" not in told.en


@pytest.mark.parametrize(
    ("low", "high", "zh"),
    [
        (0.1, 0.5, "人均收入至多 345 元，低于标准 690 元"),
        (1.0, 3.0, "人均收入至少 690 元，不低于标准 690 元"),
        (0.1, 3.0, "收入不明：成员（男，45岁）没有收入记录，走访未问到收入"),
    ],
)
def test_a_range_is_told_only_where_it_lies_on_one_side(tmp_path, low, high, zh) -> None:
    home = fact_county(Home(tmp_path), income_low_to_standard=low, income_high_to_standard=high)
    assert line(home, "h2", "income").zh == zh


def test_costs_are_dated_by_the_newest_settlement_of_a_member_known_then(county: Home) -> None:
    assert line(county, "h1", "medical_costs").text.zh == (
        "近12个月全家自付医疗费 12,300 元，占家庭收入 45%，达到评分线 30%；"
        "2026-04 医保结算，已 2 个月"
    )


def test_nothing_is_as_old_as_the_delivery_not_as_the_last_row(county: Home) -> None:
    told = line(county, "h2", "medical_costs")
    assert told.text.zh == "近12个月没有自付医疗费；医保结算数据截至 2026-06，本月"
    assert told.text.en == (
        "no own medical costs in 12 months; medical settlements: data up to 2026-06, this month"
    )
    assert told.source_on is None


def test_an_old_or_missing_delivery_is_said(county: Home) -> None:
    assert line(county, "h1", "labour").text.zh == (
        "有劳动能力 0 人（共 2 人）；户籍数据截至 2026-04，已 2 个月"
    )
    assert line(county, "h1", "unsafe_home").text.zh == "住房鉴定为C级危房；住房数据从未报送"


def test_a_fact_with_a_day_of_its_own_is_dated_by_it(county: Home) -> None:
    assert line(county, "h1", "deaths").text.zh == "近24个月去世 1 人；2026-05 死亡登记，已 1 个月"


def test_an_old_illness_still_treated_is_dated_by_its_newest_settlement(tmp_path) -> None:
    """What is told of 12 months is never dated by the day the illness began, years before."""
    claims = [{"person": "p1", "happened_on": date(2026, 2, 2), "listed_disease": True}]
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(ROWS, "medical_claims", claims)
        home = fact_county(
            Home(tmp_path),
            n_listed_disease_12m=1,
            n_new_listed_disease=0,
            days_since_household_disease=820,
        )
    told = line(home, "h1", "disease").text.zh
    assert told == "近12个月患重特大疾病 1 人；2026-02 重特大疾病结算，已 4 个月"


def test_what_a_visit_saw_is_dated_by_the_visit_and_unknown_without_one(county: Home) -> None:
    assert line(county, "h1", "hardship").text.zh == "变卖财物；2026-05 走访，已 1 个月"
    assert line(county, "h2", "hardship").text.en == (
        "Hardship told at the visit: unknown; no visit on record"
    )


def test_a_continuation_never_stands_alone(county: Home) -> None:
    assert line(county, "h1", "rent").zh == "房租不详"  # a share, but no rent


def test_a_later_choice_speaks_only_where_the_first_does_not(county: Home) -> None:
    assert line(county, "h2", "emergency_aid").zh == "近24个月临时救助 1 次"
    assert line(county, "h1", "emergency_aid").zh == "近24个月没有临时救助"


def test_undeclared_facts_and_households_without_a_profile_have_no_line(county: Home) -> None:
    assert fact_lines(county, AS_OF, {"h1": ["unheard_of"], "h9": ["income"]}) == {}


@pytest.mark.parametrize(
    ("value", "form", "zh", "en"),
    [
        (12300.4, "yuan", "12,300 元", "12,300 yuan"),
        (0.454, "share", "45%", "45%"),
        (0.002, "share", "不到 1%", "less than 1%"),
        (0.0, "share", "0%", "0%"),
        (11.2, "share", "3 倍以上", "over 3 times"),
        (-0.3, "yuan", "0 元", "0 yuan"),
        (-1234.0, "yuan", "−1,234 元", "−1,234 yuan"),
        (0.042, "times", "0.04", "0.04"),
        (2.0, "number", "2", "2"),
        (14.56, "number", "14.6", "14.6"),
    ],
)
def test_amounts_are_written_for_people(value, form, zh, en) -> None:
    assert amount(value, form) == (zh, en)


def test_ages_count_calendar_months() -> None:
    assert months_between(date(2024, 10, 31), AS_OF) == 20
    assert aged(date(2026, 6, 1), AS_OF) == ("本月", "this month")
    assert aged(date(2026, 5, 31), AS_OF) == ("已 1 个月", "1 month ago")
    assert aged(date(2026, 4, 1), AS_OF) == ("已 2 个月", "2 months ago")


def test_a_member_is_an_age_and_a_sex_at_most() -> None:
    assert member(72, "female").zh == "成员（女，72岁）"
    assert member(None, "male").en == "a member (man)"
    assert member(11, "female").en == "a member (girl, 11)"
    assert member(18, "male").en == "a member (man, 18)"
    assert member(None, None).zh == "成员"


def test_the_burden_line_of_a_rent_is_the_one_that_its_indicator_scores_by() -> None:
    (rent,) = (p for f in facts().by_code.values() for p in f.says if p.column == "rent_share")
    assert rent.line is not None
    assert rent.line.number == RENT_BURDEN


def test_of_few_households_the_same_days_are_told_as_of_many(county: Home, monkeypatch) -> None:
    few = {h: source_dates(county, AS_OF, [h]) for h in ("h1", "h2", "h9")}
    both = source_dates(county, AS_OF, ["h1", "h2", "h9"])
    monkeypatch.setattr(fact_sources, "_FEW", 0)
    assert source_dates(county, AS_OF, ["h1", "h2", "h9"]) == both
    assert {**few["h1"].rows, **few["h2"].rows, **few["h9"].rows} == both.rows
    assert {home for home, _ in both.rows} == {"h1", "h2"}
