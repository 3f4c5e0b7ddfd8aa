"""Medical costs and stays (医保) of all present members of a household."""

from __future__ import annotations

from data.feeds.medical_claims import features as claims
from data.feeds.medical_claims import features_diseases as diseases
from data.feeds.population_register import features as register
from features.engine import derived, members, total

BUILT_ON = (claims, diseases, register)

# Costs of two years ago may long be met by aid: no direction there.
for _months, _direction in ((3, 1), (6, 1), (12, 1), (24, 0)):
    total(
        f"self_paid_{_months}m",
        f"medical_self_paid_{_months}m",
        zh=f"近{_months}个月家庭自付医疗费",
        en=f"Household own medical costs, {_months} months",
        monotone=_direction,
    )
    total(
        f"admissions_{_months}m",
        f"household_admissions_{_months}m",
        zh=f"近{_months}个月家庭住院次数",
        en=f"Household admissions, {_months} months",
    )
total(
    "self_paid_before_12m",
    "medical_self_paid_before_12m",
    zh="此前12个月家庭自付医疗费",
    en="Household own medical costs, the 12 months before",
)
total(
    "medical_bills_3m",
    "medical_total_3m",
    zh="近3个月家庭医疗总费用",
    en="Household medical bills, 3 months",
)
total(
    "medical_bills_12m",
    "medical_total_12m",
    zh="近12个月家庭医疗总费用",
    en="Household medical bills, 12 months",
)
total(
    "bed_days_in_6m",
    "household_bed_days_6m",
    zh="近6个月家庭住院天数",
    en="Household days in hospital, 6 months",
)
total(
    "bed_days_in_12m",
    "household_bed_days_12m",
    zh="近12个月家庭住院天数",
    en="Household days in hospital, 12 months",
)
total(
    "chronic_visits_3m",
    "household_chronic_visits_3m",
    zh="近3个月家庭门诊慢特病就诊",
    en="Household chronic-disease visits, 3 months",
)
total(
    "chronic_visits_12m",
    "household_chronic_visits_12m",
    zh="近12个月家庭门诊慢特病就诊",
    en="Household chronic-disease visits, 12 months",
)
total(
    "outpatient_visits_12m",
    "household_outpatient_12m",
    zh="近12个月家庭普通门诊次数",
    en="Household outpatient visits, 12 months",
)
total(
    "medical_aid_12m",
    "household_medical_aid_12m",
    zh="近12个月家庭医疗救助",
    en="Household medical aid, 12 months",
)
total(
    "serious_paid_12m",
    "household_serious_paid_12m",
    zh="近12个月家庭大病保险支付",
    en="Household serious-illness insurance, 12 months",
)
total(
    "remote_visits_12m",
    "household_remote_visits_12m",
    zh="近12个月家庭异地就医次数",
    en="Household stays and visits elsewhere, 12 months",
)
total(
    "cancer_costs_12m",
    "household_cancer_costs_12m",
    zh="近12个月家庭癌症自付",
    en="Household own costs for cancer, 12 months",
)
total(
    "cardiovascular_costs_12m",
    "household_cardiovascular_costs_12m",
    zh="近12个月家庭心脑血管病自付",
    en="Household own costs for heart and brain vessels, 12 months",
)
total(
    "injury_costs_12m",
    "household_injury_costs_12m",
    zh="近12个月家庭外伤自付",
    en="Household own costs for injuries, 12 months",
)
total(
    "mental_costs_12m",
    "household_mental_costs_12m",
    zh="近12个月家庭精神障碍自付",
    en="Household own costs for mental illness, 12 months",
)
total(
    "childbirths_12m",
    "births_12m",
    zh="近12个月家庭分娩次数",
    en="Births in the household, 12 months",
)


@members.feature(
    unit="元",
    category="C",
    zh="近12个月单笔最大自付",
    en="Dearest settlement of a member, 12 months",
)
def dearest_household_settlement_12m(p):
    """Own costs of the dearest settlement of any member."""
    return p.dearest_settlement_12m.max()


@members.feature(
    unit="人",
    category="C",
    zh="近12个月患重特大疾病人数",
    en="Members with a listed disease, 12 months",
)
def n_listed_disease_12m(p):
    """Members with a settlement for a listed serious disease."""
    return p.listed_disease_12m.sum()


@members.feature(
    unit="元",
    category="C",
    monotone=+1,
    zh="近12个月单个成员最高自付",
    en="One member's highest own costs, 12 months",
)
def highest_self_paid_12m(p):
    """The highest yearly own costs of one member."""
    return p.self_paid_12m.max()


@members.feature(
    unit="天",
    category="C",
    zh="距家庭新发重病天数",
    en="Days since a member's newest listed disease",
)
def days_since_household_disease(p):
    """Days since the newest listed disease of any member; empty when there is none."""
    return p.days_since_new_disease.min()


@members.feature(
    unit="人", category="C", zh="近12个月住院人数", en="Members in hospital, 12 months"
)
def n_admitted_12m(p):
    """Members with a hospital stay."""
    return (p.admissions_12m > 0).sum()


@members.feature(
    unit="元", category="C", zh="儿童自付医疗费", en="Own medical costs of minors, 12 months"
)
def minor_self_paid_12m(p):
    """Own medical costs of members younger than 18."""
    return p.minor.ifelse(p.self_paid_12m, 0.0).sum()


@members.feature(
    unit="元",
    category="C",
    zh="劳动年龄成员自付医疗费",
    en="Own medical costs of members of working age, 12 months",
)
def working_age_self_paid_12m(p):
    """Own medical costs of members aged 18 to 59, whose work the household lives on."""
    return p.working_age.ifelse(p.self_paid_12m, 0.0).sum()


@derived(
    level="household",
    unit="元",
    category="C",
    zh="自付医疗费增减",
    en="Change in own medical costs",
)
def medical_self_paid_change(h):
    """HOOP of the last 12 months less that of the 12 before."""
    return h.medical_self_paid_12m - h.medical_self_paid_before_12m


@derived(
    level="household",
    unit="%",
    category="C",
    zh="近3个月占全年自付比",
    en="Share of the year's own costs in the last 3 months",
)
def medical_recent_share(h):
    """Own costs of 3 months as a share of 12; empty without costs."""
    return h.medical_self_paid_3m / (h.medical_self_paid_12m > 0).ifelse(
        h.medical_self_paid_12m, None
    )


@derived(
    level="household",
    unit="%",
    category="C",
    zh="自付比例",
    en="Share of bills paid by the household",
)
def medical_self_paid_share(h):
    """Own costs as a share of all bills of 12 months; empty without bills."""
    return h.medical_self_paid_12m / (h.medical_total_12m > 0).ifelse(h.medical_total_12m, None)


@derived(
    level="household",
    unit="倍",
    category="C",
    monotone=+1,
    zh="人均自付与低保标准比",
    en="Own medical costs per head against the standard",
)
def medical_per_head_to_standard(h):
    """HOOP a head and month over S."""
    return h.medical_self_paid_12m / h.n_members / 12 / h.S
