"""Category C: medical costs and cover (policy §3.3 C01-C07)."""

from __future__ import annotations

from data.feeds.employment import features as employment
from data.feeds.listed_diseases import features as listed
from data.feeds.medical_claims import features_household as claims_household
from features.combined import income, roster
from features.combined.income import share_of_income
from features.engine import derived, members

ORDER = 290

BUILT_ON = (claims_household, employment, income, listed, roster)
NEW_DAYS = 90
HEAVY_SHARE = 0.30


@derived(
    level="person",
    unit="倍",
    category="C",
    zh="个人自付与当地平均收入比",
    en="Own medical costs against the local mean income",
)
def self_paid_to_average(p):
    """C01: own costs of 12 months over D."""
    return p.self_paid_12m / p.D


@derived(
    level="household",
    unit="倍",
    category="C",
    monotone=+1,
    zh="家庭自付占收入比",
    en="Medical costs over income",
)
def medical_burden(h):
    """C02: HOOP over income; where that is unknown, as far as it is certain to reach 30 %."""
    return share_of_income(h, h.medical_self_paid_12m, HEAVY_SHARE)


@derived(
    level="person",
    category="C",
    household=("roll_class",),
    zh="单次住院大额自付",
    en="Large single admission",
)
def large_single_admission(p):
    """C03: one stay cost the person 12S, or 8S when the household is on a roll."""
    bar = p.roll_class.notnull().ifelse(8.0, 12.0)
    return p.largest_admission_12m >= bar * p.S


@derived(level="person", category="C", zh="新增重特大疾病或慢特病", en="New listed disease")
def new_listed_disease_90d(p):
    """C04: a listed or registered chronic disease first settled, or a grave one recognised, within
    90 days.

    The day of the settlement counts, not that of the delivery that told of it.
    """
    settled = (p.days_since_new_disease <= NEW_DAYS).fill_null(False)
    recognised = (p.days_since_grave_recognised <= NEW_DAYS).fill_null(False)
    return p.admissions_12m.notnull().ifelse(settled | recognised, None)


@derived(level="person", category="C", zh="长期或频繁住院", en="Frequent or long admissions")
def frequent_or_long_admissions(p):
    """C05: three admissions or 60 days in hospital within 12 months."""
    return (p.admissions_12m >= 3) | (p.bed_days_in_12m >= 60)


@derived(level="person", category="C", zh="医保断保", en="Without medical insurance")
def uninsured(p):
    """C06: neither resident cover, nor contributions within 3 months, nor an employee's pension.

    A pension of at least S is an employee's and carries medical cover for life. Infants in their
    first year are covered from birth once registered.
    """
    covered = p.resident_medical | (p.wages_3m > 0) | (p.pension_month >= p.S)
    return ~covered & (p.age >= 1)


@derived(
    level="person",
    category="C",
    household=("roll_class",),
    needs=("assistance_rolls", "medical_claims"),
    zh="医疗救助应享未享",
    en="Medical aid due but not paid",
)
def medical_aid_due_unpaid(p):
    """C07: in an aid class, above the deductible, and no aid settled within 60 days of the bill.

    Counted are bills of a year, older than 60 days, that brought no aid; aid that came with or
    after the dearest of them settles it. Deductibles after 国办发〔2021〕42号: none to speak of for
    Dibao and destitute people (one S), a tenth of D for edge families, a quarter of D for others.
    """
    deductible = p.roll_class.cases(
        ("dibao", p.S), ("tekun", p.S), ("edge", 0.10 * p.D), else_=0.25 * p.D
    )
    owed = p.roll_class.notnull() & (p.self_paid_unaided > deductible)
    answered = (p.days_since_medical_aid <= p.days_since_unaided_bill).fill_null(False)
    return owed & ~answered


@members.feature(unit="人", category="C", zh="断保人数", en="Members without medical insurance")
def n_uninsured(p):
    """Members without medical insurance (C06)."""
    return p.uninsured.sum()


@members.feature(unit="人", category="C", zh="新增重病人数", en="Members with a new listed disease")
def n_new_listed_disease(p):
    """Members with a new listed disease (C04)."""
    return p.new_listed_disease_90d.sum()


@members.feature(
    unit="倍",
    category="C",
    monotone=+1,
    zh="最高个人自付与平均收入比",
    en="One member's costs against the local mean income",
)
def highest_self_paid_to_average(p):
    """The highest C01 among members."""
    return p.self_paid_to_average.max()
