"""Households by the members met at home visits: workers and mouths, stable pay, schooling.

Sums run over the present members; a member never met adds nothing, and a household of which
nobody was met stays unknown.
"""

from __future__ import annotations

from data.feeds.home_visit_members import features as visit_people
from data.feeds.home_visits import features as visits
from features.engine import at_least, derived, members

BUILT_ON = (visit_people, visits)
EARLIER_ZH, EARLIER_EN = "（三个月前所知）", ", three months before"


def _roll(name, reduce, zh, en, category, unit="", monotone=0):
    """Declare a reduction over the household's present members."""

    def rolled(p):
        return reduce(p)

    rolled.__name__ = name
    rolled.__doc__ = f"{en}, over the members met at home visits."
    members.feature(category=category, unit=unit, monotone=monotone, zh=f"走访：{zh}", en=en)(
        rolled
    )


# what, Chinese, English, category, asked for three months before too
COUNTS = (
    ("working", "就业人数", "Members working", "E", True),
    ("jobless", "失业人数", "Members looking for work", "E", True),
    ("insured_job", "有保障工作人数", "Members in insured jobs", "E", True),
    ("uninsured_job", "无保障工作人数", "Members in uninsured jobs", "E", False),
    ("own_business", "自营人数", "Members on own account", "E", False),
    ("public_job", "公共部门人数", "Members in public jobs", "E", False),
    ("domestic_job", "家政工人数", "Members in domestic work", "E", False),
    ("under_employed", "不充分就业人数", "Members under-employed", "E", False),
    ("new_job", "在岗不满一年人数", "Members new in their job", "E", False),
    ("unpaid_job", "在岗无收入人数", "Members working without pay", "E", False),
    ("keeps_house", "料理家务人数", "Members who keep house", "E", False),
    ("ill", "病残人数", "Members too ill or disabled to work", "A", False),
    ("retired", "退休人数", "Retired members", "E", False),
    ("earning", "有收入人数", "Members with an income", "B", True),
    ("uncovered", "无医疗保障人数", "Members without medical cover", "C", True),
    ("private_school", "就读民办学校人数", "Members at private schools", "D", False),
)
# Beside the total, more of what is stable never raises risk; more of the rest may, because it means
# less of what is.
STABLE = ("insured_pay", "public_pay", "pension")
SUMS = (
    ("job_pay", "工作收入与标准之比", "Pay of all over the standard", True),
    ("insured_pay", "有保障工资与标准之比", "Insured pay of all over the standard", True),
    ("uninsured_pay", "无保障工资与标准之比", "Uninsured pay of all over the standard", False),
    ("own_pay", "自营收入与标准之比", "Own-account income of all over the standard", False),
    ("public_pay", "公共部门工资与标准之比", "Public pay of all over the standard", False),
    ("pension", "养老金与标准之比", "Pensions of all over the standard", True),
)


def _count(what, zh, en, category, suffix=""):
    column = f"met_{what}{suffix}"
    _roll(f"n_{column}", lambda p: p[column].cast("int64").sum(), zh, en, category, "人")


def _sum(what, zh, en, suffix=""):
    """Declare the money of all members of one kind, now or (suffix) three months before."""
    column, direction = f"met_{what}{suffix}", -1 if what in STABLE and not suffix else 0
    _roll(f"all_{column}", lambda p: p[column].sum(), f"家庭{zh}", en, "B", monotone=direction)


for _what, _zh, _en, _category, _before in COUNTS:
    _count(_what, _zh, _en, _category)
    if _before:
        _count(_what, _zh + EARLIER_ZH, _en + EARLIER_EN, _category, "_before")
for _what, _zh, _en, _before in SUMS:
    _sum(_what, _zh, _en)
    if _before:
        _sum(_what, _zh + EARLIER_ZH, _en + EARLIER_EN, "_before")


def _grown(p):
    return p.age >= 18


ROLLS = (
    (
        *("top_met_pay", lambda p: p.met_job_pay.max()),
        *("最高工作收入与标准之比", "Best pay of a member over the standard", "B", ""),
    ),
    (
        *("top_met_income", lambda p: p.met_income.max()),
        *("最高个人收入与标准之比", "Highest income of a member over the standard", "B", ""),
    ),
    (
        *("top_met_income_before", lambda p: p.met_income_before.max()),
        f"最高个人收入与标准之比{EARLIER_ZH}",
        f"Highest income of a member over the standard{EARLIER_EN}",
        *("B", ""),
    ),
    (
        *("schooling_best", lambda p: p.met_schooling.max(where=_grown(p))),
        *("最高受教育年数", "Most years of schooling", "D", "年"),
    ),
    (
        *("schooling_mean", lambda p: p.met_schooling.mean(where=_grown(p))),
        *("成年人平均受教育年数", "Mean years of schooling of adults", "D", "年"),
    ),
    (
        *("schooling_of_workers", lambda p: p.met_schooling.mean(where=p.met_working)),
        *("就业者平均受教育年数", "Mean years of schooling of those who work", "D", "年"),
    ),
    (
        *("n_met_out_of_school", lambda p: (p.age.between(5, 17) & ~p.met_at_school).sum()),
        *("学龄未在学人数", "Children not at school", "D", "人"),
    ),
    (
        *("n_aged_6_13", lambda p: p.age.between(6, 13).sum()),
        *("6至13岁人数", "Members aged 6 to 13", "A", "人"),
    ),
    (
        *("n_aged_14_17", lambda p: p.age.between(14, 17).sum()),
        *("14至17岁人数", "Members aged 14 to 17", "A", "人"),
    ),
    (
        *("spouse_age", lambda p: p.age.max(where=p.relation == "spouse")),
        *("配偶年龄", "Age of the head's partner", "A", "岁"),
    ),
    (
        *("head_uncovered", lambda p: p.met_uncovered.any(where=p.relation == "head")),
        *("户主无医疗保障", "Head: without medical cover", "C", ""),
    ),
)
OF_ONE = (
    ("schooling", "受教育年数", "years of schooling", "D"),
    ("job_pay", "工作收入与标准之比", "pay over the standard", "B"),
    ("tenure", "在岗月数", "months in the job", "E"),
    ("working", "就业", "working", "E"),
    ("insured_job", "有保障工作", "in an insured job", "E"),
    ("uninsured_job", "无保障工作", "in an uninsured job", "E"),
)


def _of_one(who, zh_who, en_who):
    """What is known of the head or of the head's partner."""
    for what, zh, en, category in OF_ONE:

        def told(p, column=f"met_{what}"):
            return p[column].max(where=p.relation == who)

        _roll(f"{who}_{what}", told, f"{zh_who}{zh}", f"{en_who}: {en}", category)


for _name, *_rest in ROLLS:
    _roll(_name, *_rest)
_of_one("head", "户主", "Head")
_of_one("spouse", "配偶", "Partner")


def _shared(name, column, zh, en, monotone=0):
    """Declare a sum of the members' money over the adult equivalents of the same visit."""

    def shared(h):
        return h[column] / h.visit_units

    shared.__name__, shared.__doc__ = name, f"{en}."
    derived(level="household", category="B", monotone=monotone, zh=f"走访：{zh}", en=en)(shared)


_shared("insured_pay_shared", "all_met_insured_pay", "人均有保障工资比", "Insured pay, shared", -1)
_shared(
    "uninsured_pay_shared", "all_met_uninsured_pay", "人均无保障工资比", "Uninsured pay, shared"
)
_shared("own_pay_shared", "all_met_own_pay", "人均自营收入比", "Own-account income, shared")
_shared("pension_shared", "all_met_pension", "人均养老金比", "Pensions, shared", -1)


@derived(level="household", category="B", monotone=-1, zh="稳定收入比", en="Stable income, over S")
def stable_income_ratio(h):
    """Insured pay and pensions an adult equivalent, over the standard."""
    return (h.all_met_insured_pay + h.all_met_pension) / h.visit_units


@derived(
    level="household", category="B", zh=f"稳定收入比{EARLIER_ZH}", en=f"Stable income{EARLIER_EN}"
)
def stable_income_ratio_before(h):
    """The same as known three months before."""
    return (h.all_met_insured_pay_before + h.all_met_pension_before) / h.visit_units_before


@derived(
    level="household",
    category="B",
    monotone=-1,
    zh="两次稳定收入比均值",
    en="Mean stable income, over S",
)
def stable_income_ratio_mean(h):
    """Mean of the newest and the one known three months before."""
    return (h.stable_income_ratio + h.stable_income_ratio_before) / 2


@derived(level="household", unit="人", category="E", zh="每个劳动者负担", en="Mouths per worker")
def mouths_per_worker(h):
    """Members over those who work; half a worker where nobody does."""
    return h.n_members / at_least(h.n_met_working.cast("float64"), 0.5)


@derived(level="household", category="C", zh="无医疗保障比例", en="Share without medical cover")
def uncovered_share(h):
    """Members without medical cover over all."""
    return h.n_met_uncovered / h.n_members
