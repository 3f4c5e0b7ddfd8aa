"""Disability certificates (残联 残疾人证)."""

from __future__ import annotations

from data.feeds.population_register import features as register
from features.engine import days_before, derived, latest, latest_is, members, source

BUILT_ON = (register,)
certificates = source("disability_certificates", entity="person")


def _valid(d):
    """Issued or changed, and not run out by the month end."""
    return (d.event != "cancelled") & (d.expires_on.isnull() | (d.expires_on >= d.as_of))


def _severe(d):
    """Grade 1-2 of any kind, or grade 3 of mind or mental health (国办发〔2023〕39号)."""
    return (d.grade <= 2) | ((d.grade == 3) & d.category.isin(["intellectual", "mental"]))


@certificates.feature(
    missing=False, category="A", zh="持有效残疾人证", en="Valid disability certificate"
)
def disabled(d):
    """The newest certificate record is valid on the date."""
    return latest_is(d, _valid(d))


@certificates.feature(missing=False, category="A", zh="重度残疾成员", en="Severely disabled member")
def severely_disabled(d):
    """A03: valid certificate, grade 1-2, or grade 3 intellectual or mental (policy §3.3 A03)."""
    return latest_is(d, _valid(d) & _severe(d))


@certificates.feature(missing=False, category="A", zh="其他残疾成员", en="Other disabled member")
def other_disabled(d):
    """A04: a valid certificate of a lighter grade than A03 (policy §3.3 A04)."""
    return latest_is(d, _valid(d) & ~_severe(d))


@certificates.feature(
    missing=False, category="A", zh="残疾致无劳动能力", en="No labour capacity by disability"
)
def no_labour_by_disability(d):
    """Intellectual or mental 1-3, physical 1-2 or vision 1 (特困人员认定办法 民发〔2021〕43号)."""
    mind = d.category.isin(["intellectual", "mental"]) & (d.grade <= 3)
    body = (d.category == "physical") & (d.grade <= 2)
    sight = (d.category == "vision") & (d.grade == 1)
    return latest_is(d, _valid(d) & (mind | body | sight))


@certificates.feature(
    missing=False,
    category="A",
    zh="重残或精神智力残疾",
    en="Disability that bars bringing up a child",
)
def cannot_bring_up_child(d):
    """Grade 1-2, or grade 3-4 intellectual or mental (民发〔2019〕62号)."""
    mind = d.category.isin(["intellectual", "mental"])
    return latest_is(d, _valid(d) & ((d.grade <= 2) | mind))


@certificates.feature(missing=None, category="A", zh="残疾类别", en="Kind of disability")
def disability_kind(d):
    """Kind on the newest valid certificate."""
    return latest(d, _valid(d).ifelse(d.category, "none")).nullif("none")


@certificates.feature(missing=None, unit="级", category="A", zh="残疾等级", en="Disability grade")
def disability_grade(d):
    """Grade on the newest valid certificate, 1 is the heaviest."""
    return latest(d, _valid(d).ifelse(d.grade, 9)).nullif(9)


@certificates.feature(
    missing=0.0,
    unit="元/年",
    category="H",
    zh="年康复自付费用",
    en="Own rehabilitation costs a year",
)
def rehab_cost(d):
    """Yearly rehabilitation costs borne by the person, newest statement of a valid certificate."""
    return latest(d, _valid(d).ifelse(d.rehab_cost_year.fill_null(0.0), 0.0))


@certificates.feature(missing=False, category="A", zh="享受护理补贴", en="Receives care subsidy")
def care_subsidy(d):
    """Care subsidy by the newest certificate record."""
    return latest_is(d, d.care_subsidy & _valid(d))


@certificates.feature(
    missing=None, category="A", for_model=False, zh="护理补贴登记", en="Care subsidy on file"
)
def care_subsidy_on_file(d):
    """What the newest certificate record that speaks of the care subsidy says."""
    return latest(d, d.care_subsidy)


@derived(level="person", category="A", zh="护理补贴应享未享", en="Care subsidy due, not paid")
def care_subsidy_missing(p):
    """Severely disabled, and the newest record says that the care subsidy is not paid.

    The subsidy is not means-tested (国发〔2015〕52号). Null where no record speaks of it.
    """
    return p.severely_disabled & ~p.care_subsidy_on_file


@certificates.feature(
    months=(6, 12),
    missing=False,
    category="A",
    zh="近{months}个月新发残疾证",
    en="Certificate issued, {months} months",
)
def new_certificate(d):
    """A first certificate was issued."""
    return (d.event == "issued").any()


@certificates.feature(
    missing=None, unit="天", category="A", zh="持证天数", en="Days since first certificate"
)
def days_since_certificate(d):
    """Days since the first certificate on record."""
    return days_before(d, d.happened_on.min())


@members.feature(unit="人", category="A", monotone=0, zh="残疾成员数", en="Disabled members")
def n_disabled(p):
    """Members with a valid certificate."""
    return p.disabled.sum()


@members.feature(unit="人", category="A", zh="重度残疾成员数", en="Severely disabled members")
def n_severely_disabled(p):
    """Members severely disabled (A03)."""
    return p.severely_disabled.sum()


@members.feature(
    unit="元/年",
    category="H",
    monotone=+1,
    zh="家庭年康复自付费用",
    en="Household rehabilitation costs a year",
)
def rehab_cost_year(p):
    """Rc: rehabilitation costs of all members, a year."""
    return p.rehab_cost.sum()


@members.feature(
    unit="人", category="A", zh="近12个月新发残疾证人数", en="New certificates, 12 months"
)
def n_new_certificates_12m(p):
    """Members with a first certificate within 12 months."""
    return p.new_certificate_12m.sum()


@members.feature(category="A", zh="最重残疾等级", en="Heaviest disability grade", unit="级")
def heaviest_grade(p):
    """The lowest grade number among members; empty when nobody is certified."""
    return p.disability_grade.min()


@members.feature(
    category="A",
    unit="人",
    monotone=+1,
    zh="重残未领护理补贴人数",
    en="Severely disabled without care subsidy",
)
def n_care_subsidy_due(p):
    """Severely disabled members without the care subsidy, which is not means-tested."""
    return (p.severely_disabled & ~p.care_subsidy).sum()


@members.feature(
    category="A", missing=0, unit="人", zh="劳动年龄残疾人数", en="Disabled members of working age"
)
def n_disabled_working_age(p):
    """Disabled members aged 18 to 59."""
    return (p.disabled & p.working_age).sum()
