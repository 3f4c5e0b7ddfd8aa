"""The members met at home visits (乡镇 入户调查成员): work, schooling, cover, who earns what.

A person's columns are what the newest visit within 24 months told; `_before` asks the same three
months earlier. Money is over the standard S of the day of the visit. visit_members.py adds the
members of a household up.
"""

from __future__ import annotations

from data.feeds.home_visits.features import BEFORE, MEMORY
from features.engine import latest, source

met = source("home_visit_members", entity="person", standards=True)

# Years at school that an attainment stands for.
YEARS = {
    "none": 0.0,
    "primary_part": 3.0,
    "primary": 6.0,
    "junior_part": 8.0,
    "junior": 9.0,
    "senior_part": 10.5,
    "senior": 12.0,
    "tertiary_part": 14.0,
    "tertiary": 16.5,
}
SHORT_TENURE_MONTHS = 12


def _declare(name, column, kind, zh, en, category, before):
    """Declare what the newest visit told of a person; with `before`, also as of earlier."""

    def newest(m):
        return latest(m, column(m).cast(kind))

    for ago in (0, BEFORE) if before else (0,):
        newest.__name__ = f"{name}_before" if ago else name
        newest.__doc__ = f"{en}, newest home visit{' known three months before' if ago else ''}."
        met.feature(
            months=MEMORY,
            ago=ago,
            missing=None,
            category=category,
            zh=f"走访：{zh}（三个月前所知）" if ago else f"走访：{zh}",
            en=f"{en}, three months before" if ago else en,
        )(newest)


def _if_told(m, condition):
    """No, not unknown, where the person told what they do and the condition is not met."""
    return m.activity.notnull().ifelse(condition.fill_null(False), None)


def _over_standard(m, money):
    return money / (m.S > 0).ifelse(m.S, None)


def _pay(m, condition):
    """Pay of the main job over the standard where the condition holds, nothing elsewhere."""
    pay = condition.fill_null(False).ifelse(_over_standard(m, m.main_income), 0.0)
    return m.activity.notnull().ifelse(pay, None)


def _employee(m, insured):
    return (m.job_kind == "employee") & (m.job_insured == insured)


def _own_business(m):
    return m.job_kind.isin(["employer", "own_account"])


# name, condition, Chinese, English, category, asked for three months before too
FACTS = (
    ("met_working", lambda m: m.activity == "employed", "就业", "Working", "E", True),
    ("met_jobless", lambda m: m.activity == "unemployed", "失业", "Looking for work", "E", True),
    ("met_insured_job", lambda m: _employee(m, True), "有保障工作", "Insured job", "E", True),
    ("met_uninsured_job", lambda m: _employee(m, False), "无保障工作", "Uninsured job", "E", False),
    ("met_own_business", _own_business, "自营或雇主", "Works on own account", "E", False),
    (
        *("met_employer", lambda m: m.job_kind == "employer"),
        *("雇主", "Employs others", "B", False),
    ),
    ("met_public_job", lambda m: m.job_public, "公共部门", "Public job", "E", False),
    ("met_domestic_job", lambda m: m.job_domestic, "家政工", "Domestic work", "E", False),
    ("met_under_employed", lambda m: m.under_employed, "不充分就业", "Under-employed", "E", False),
    (
        *("met_new_job", lambda m: m.job_tenure_months < SHORT_TENURE_MONTHS),
        *("在岗不满一年", "In the job for less than a year", "E", False),
    ),
    (
        *("met_unpaid_job", lambda m: (m.activity == "employed") & (m.main_income == 0)),
        *("在岗无收入", "Working without pay", "E", False),
    ),
    ("met_keeps_house", lambda m: m.inactive_kind == "home", "料理家务", "Keeps house", "E", False),
    ("met_ill", lambda m: m.inactive_kind == "disabled", "病残", "Too ill to work", "A", False),
    ("met_retired", lambda m: m.inactive_kind == "retired", "退休", "Retired", "E", False),
)
# name, value, type, Chinese, English, category, asked for three months before too
VALUES = (
    ("met_earning", lambda m: m.total_income > 0, "boolean", "有收入", "Has an income", "B", True),
    (
        *("met_uncovered", lambda m: m.health_cover == "no", "boolean"),
        *("无医疗保障", "Without medical cover", "C", True),
    ),
    ("met_at_school", lambda m: m.attends_school, "boolean", "在学", "At school", "D", False),
    (
        *("met_private_school", lambda m: m.attends_school & m.private_school),
        *("boolean", "就读民办学校", "At a private school", "D", False),
    ),
    (
        *("met_schooling", lambda m: m.schooling.cases(*YEARS.items(), else_=None), "float64"),
        *("受教育年数", "Years of schooling", "D", False),
    ),
    (
        *("met_tenure", lambda m: m.job_tenure_months, "float64"),
        *("在岗月数", "Months in the job", "E", False),
    ),
    (
        *("met_job_pay", lambda m: _pay(m, m.activity == "employed"), "float64"),
        *("主要工作收入与标准之比", "Pay of the main job over the standard", "B", True),
    ),
    (
        *("met_insured_pay", lambda m: _pay(m, _employee(m, True)), "float64"),
        *("有保障工资与标准之比", "Insured pay over the standard", "B", True),
    ),
    (
        *("met_uninsured_pay", lambda m: _pay(m, _employee(m, False)), "float64"),
        *("无保障工资与标准之比", "Uninsured pay over the standard", "B", False),
    ),
    (
        *("met_own_pay", lambda m: _pay(m, _own_business(m)), "float64"),
        *("自营收入与标准之比", "Own-account income over the standard", "B", False),
    ),
    (
        *("met_public_pay", lambda m: _pay(m, m.job_public), "float64"),
        *("公共部门工资与标准之比", "Public pay over the standard", "B", False),
    ),
    (
        *("met_pension", lambda m: _over_standard(m, m.pension_income), "float64"),
        *("养老金与标准之比", "Pension over the standard", "B", True),
    ),
    (
        *("met_family_money", lambda m: _over_standard(m, m.family_income), "float64"),
        *("亲友接济与标准之比", "Money from relatives over the standard", "B", False),
    ),
    (
        *("met_income", lambda m: _over_standard(m, m.total_income), "float64"),
        *("个人总收入与标准之比", "Whole income over the standard", "B", True),
    ),
)

for _name, _condition, _zh, _en, _category, _before in FACTS:
    _declare(
        *(_name, lambda m, c=_condition: _if_told(m, c(m)), "boolean"),
        *(_zh, _en, _category, _before),
    )
for _name, _value, _kind, _zh, _en, _category, _before in VALUES:
    _declare(_name, _value, _kind, _zh, _en, _category, _before)
