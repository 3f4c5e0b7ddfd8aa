"""What medical insurance settlements (医保) say about a person: costs, stays, listed diseases.

Reversals arrive as negative rows, so sums are right without looking at them and counts subtract.
"""

from __future__ import annotations

from features.engine import at_most, days_before, of_highest, source

claims = source("medical_claims", entity="person")


def inpatient(c):
    """Hospital stays."""
    return c.visit_type == "inpatient"


def net_count(c, what):
    """Rows of a kind, a reversal taking one away."""
    return what.ifelse((c.total_cost < 0).ifelse(-1, 1), 0).sum()


def bed_days(c):
    """Days between admission and discharge; negative for a reversal."""
    days = c.discharged_on.epoch_days() - c.admitted_on.epoch_days()
    return (c.total_cost < 0).ifelse(-days, days)


@claims.feature(
    months=(3, 6, 12, 24),
    missing=0.0,
    unit="元",
    category="C",
    zh="近{months}个月个人自付医疗费",
    en="Own medical costs, {months} months",
)
def self_paid(c):
    """Medical costs the person paid after all reimbursement."""
    return c.self_paid.sum()


@claims.feature(
    months=12,
    ago=12,
    missing=0.0,
    unit="元",
    category="C",
    zh="此前12个月个人自付医疗费",
    en="Own medical costs, the 12 months before",
)
def self_paid_before_12m(c):
    """Costs the person paid in the 12 months before the last 12."""
    return c.self_paid.sum()


# Aid comes with the bill (one-stop settlement) or within 60 days after it.
AID_DAYS = 60


def _due(c):
    """Bills without aid that are older than 60 days, and no older than a year and 60 days."""
    age = c.as_of.epoch_days() - c.happened_on.epoch_days()
    return age.between(AID_DAYS + 1, AID_DAYS + 365) & (c.medical_aid_paid.fill_null(0.0) <= 0)


@claims.feature(
    months=15,
    missing=0.0,
    unit="元",
    category="C",
    zh="满60天未获救助的自付医疗费",
    en="Own costs without aid, settled over 60 days ago",
)
def self_paid_unaided(c):
    """Own costs of settlements that brought no medical aid, more than 60 days ago."""
    return c.self_paid.sum(where=_due(c))


@claims.feature(
    months=15,
    missing=None,
    unit="天",
    category="C",
    for_model=False,
    zh="距未获救助的最大账单天数",
    en="Days since the dearest bill without aid",
)
def days_since_unaided_bill(c):
    """Days since the dearest settlement without aid, more than 60 days ago; of equal ones the
    newest."""
    owed = (_due(c) & (c.self_paid > 0)).ifelse(c.self_paid, None)
    return days_before(c, of_highest(c, c.happened_on, owed))


@claims.feature(
    months=15,
    missing=None,
    unit="天",
    category="C",
    for_model=False,
    zh="距最近医疗救助天数",
    en="Days since medical aid",
)
def days_since_medical_aid(c):
    """Days since the newest settlement with medical aid."""
    return days_before(c, c.happened_on.max(where=c.medical_aid_paid > 0))


@claims.feature(
    months=(3, 12),
    missing=0.0,
    unit="元",
    category="C",
    zh="近{months}个月医疗总费用",
    en="Medical bills, {months} months",
)
def medical_bills(c):
    """All medical bills before reimbursement."""
    return c.total_cost.sum()


@claims.feature(
    months=12,
    missing=0.0,
    unit="元",
    category="C",
    zh="近12个月医疗救助",
    en="Medical aid, 12 months",
)
def medical_aid_12m(c):
    """Medical aid settled for the person."""
    return c.medical_aid_paid.sum()


@claims.feature(
    months=12,
    missing=0.0,
    unit="元",
    category="C",
    zh="近12个月大病保险支付",
    en="Serious-illness insurance paid, 12 months",
)
def serious_paid_12m(c):
    """Paid by serious-illness insurance for the person."""
    return c.serious_paid.sum()


@claims.feature(
    months=(3, 6, 12, 24),
    missing=0,
    unit="次",
    category="C",
    zh="近{months}个月住院次数",
    en="Admissions, {months} months",
)
def admissions(c):
    """Hospital stays settled, less reversals."""
    return net_count(c, inpatient(c))


@claims.feature(
    months=(6, 12),
    missing=0,
    unit="天",
    category="C",
    zh="近{months}个月住院天数",
    en="Days in hospital, {months} months",
)
def bed_days_in(c):
    """Days in hospital, less reversals."""
    return bed_days(c).sum(where=inpatient(c))


@claims.feature(
    months=12,
    missing=0.0,
    unit="元",
    category="C",
    zh="近12个月单次住院最大自付",
    en="Largest single stay, 12 months",
)
def largest_admission_12m(c):
    """Own costs of the dearest stay; no more than all stays together, so a reversed bill is out."""
    dearest = c.self_paid.max(where=inpatient(c))
    return at_most(dearest, c.self_paid.sum(where=inpatient(c)))


@claims.feature(
    months=12,
    missing=0.0,
    unit="元",
    category="C",
    zh="近12个月单笔最大自付",
    en="Dearest settlement, 12 months",
)
def dearest_settlement_12m(c):
    """Own costs of the dearest settlement, no more than all together."""
    return at_most(c.self_paid.max(), c.self_paid.sum())


@claims.feature(
    months=(3, 12),
    missing=0,
    unit="次",
    category="C",
    zh="近{months}个月门诊慢特病就诊",
    en="Chronic-disease visits, {months} months",
)
def chronic_visits(c):
    """Settled visits for registered chronic diseases."""
    return net_count(c, c.visit_type == "chronic")


@claims.feature(
    months=12,
    missing=0,
    unit="次",
    category="C",
    zh="近12个月普通门诊次数",
    en="Outpatient visits, 12 months",
)
def outpatient_visits_12m(c):
    """Settled ordinary outpatient visits."""
    return net_count(c, c.visit_type == "outpatient")


@claims.feature(
    months=12,
    missing=0,
    unit="次",
    category="C",
    zh="近12个月异地就医次数",
    en="Stays and visits elsewhere, 12 months",
)
def remote_visits_12m(c):
    """Settlements from outside the county's insurance area."""
    return net_count(c, c.remote)


@claims.feature(
    months=12,
    missing=0.0,
    unit="元",
    category="C",
    zh="近12个月癌症自付",
    en="Own costs for cancer, 12 months",
)
def cancer_costs_12m(c):
    """Own costs of cancer."""
    return c.self_paid.sum(where=c.disease_group == "cancer")


@claims.feature(
    months=12,
    missing=0.0,
    unit="元",
    category="C",
    zh="近12个月心脑血管病自付",
    en="Own costs for heart and brain vessels, 12 months",
)
def cardiovascular_costs_12m(c):
    """Own costs of heart and brain vessels."""
    return c.self_paid.sum(where=c.disease_group == "cardiovascular")


@claims.feature(
    months=12,
    missing=0.0,
    unit="元",
    category="C",
    zh="近12个月外伤自付",
    en="Own costs for injuries, 12 months",
)
def injury_costs_12m(c):
    """Own costs of injuries."""
    return c.self_paid.sum(where=c.disease_group == "injury")


@claims.feature(
    months=12,
    missing=0.0,
    unit="元",
    category="C",
    zh="近12个月精神障碍自付",
    en="Own costs for mental illness, 12 months",
)
def mental_costs_12m(c):
    """Own costs of mental illness."""
    return c.self_paid.sum(where=c.disease_group == "mental")


@claims.feature(
    months=12,
    missing=0,
    unit="次",
    category="A",
    zh="近12个月分娩次数",
    en="Births settled, 12 months",
)
def childbirths_12m(c):
    """Childbirth stays settled."""
    return net_count(c, c.disease_group == "childbirth")
