"""When the facts of the event lane happened, and which of them are still to be answered.

An event alerts once, while it is fresh: what tells one fact from the next is its day. That is the
day of the fact itself (a death, a settlement, a record of damage), not of its delivery, and it
stays the same from month to month while the fact is the same.
"""

from __future__ import annotations

import ibis

from data.feeds.custody import features as custody
from data.feeds.deaths import features as deaths
from data.feeds.disability_certificates import features as disability
from data.feeds.employment import features as employment
from data.feeds.housing import features as housing
from data.feeds.listed_diseases import features as listed
from data.feeds.lost_contact import features as lost_contact
from data.feeds.medical_claims import features as claims
from data.feeds.medical_claims import features_diseases as diseases
from data.feeds.school_rolls import features as schooling
from features.combined import indicators_medical, indicators_population, roster
from features.engine import day_before, derived, later, members, of_highest

ORDER = 340

BUILT_ON = (
    *(custody, deaths, diseases, employment, listed, lost_contact),
    *(indicators_medical, indicators_population),
)

DAMAGED = ("slight", "severe", "collapsed")
ELDER = 60
FIRST_SCHOOL_AGE = 6
SEPTEMBER = 9


def _no(value):
    return value.fill_null(False)


def _only(condition, day):
    """The day where a condition is known to hold."""
    return _no(condition).ifelse(day, None)


@housing.homes.feature(
    months=12, missing=None, category="F", zh="灾损登记日期", en="Day of the disaster damage"
)
def disaster_damaged_on(h):
    """F02: day of the newest record of damage within 12 months."""
    return h.happened_on.max(where=h.disaster_damage.isin(DAMAGED))


@disability.certificates.feature(
    missing=None, category="A", zh="残疾评定日期", en="Day of the disability certificate"
)
def certificate_on(d):
    """Day of the newest certificate, or of the newest change of one."""
    return d.happened_on.max(where=d.event != "cancelled")


@claims.claims.feature(
    months=12, missing=None, category="C", zh="最大一笔自付的结算日期", en="Day of the dearest bill"
)
def dearest_bill_on(c):
    """C01: day of the settlement within 12 months that cost the person most.

    The newest bill would be another fact with every visit of one long illness.
    """
    return of_highest(c, c.happened_on, c.self_paid)


@schooling.schools.feature(
    missing=None, category="D", zh="最近在读或离校日期", en="Day last in school or of leaving it"
)
def last_school_day(s):
    """Day of the newest record that says enrolled, suspended or dropped out."""
    return s.happened_on.max(where=s.status.isin(["enrolled", "suspended", "dropped"]))


@derived(level="person", category="C", zh="新增重病日期", en="Day of the new listed disease")
def new_disease_on(p):
    """C04: day of the first settlement for the newest listed or registered chronic disease, or of
    the newest recognition of a grave one."""
    settled = day_before(p.as_of, p.days_since_new_disease)
    return later(settled, day_before(p.as_of, p.days_since_grave_recognised))


@derived(level="person", category="A", zh="重度残疾评定日期", en="Day of the severe grade")
def severely_disabled_on(p):
    """A03: day of the certificate, or of its change, that makes the person severely disabled."""
    return _only(p.severely_disabled, p.certificate_on)


@derived(level="person", category="A", zh="护理补贴应享未享", en="Care subsidy due but not paid")
def care_subsidy_due(p):
    """Severely disabled, and the newest certificate record shows no care subsidy.

    The subsidy is not means-tested (国发〔2015〕52号). Where it is paid the certificate is a
    standing fact and no event.
    """
    return p.severely_disabled & ~p.care_subsidy


@derived(level="person", category="D", zh="离校日期", en="Out of school since")
def out_of_school_since(p):
    """D04: day last seen in school or of dropping out; never there, the day school was due.

    School is due on the first 1 September after the sixth birthday (义务教育法 §11).
    """
    year = p.born_month.year() + FIRST_SCHOOL_AGE
    year = year + (p.born_month.month() >= SEPTEMBER).cast("int64")
    due = ibis.date(year, SEPTEMBER, 1)
    return ibis.coalesce(p.last_school_day, due)


@derived(level="person", category="A", zh="不能抚养子女之日", en="Unable to bring up a child since")
def lost_as_parent_on(p):
    """Day of death, of custody, of losing contact, of the grade that bars bringing up a child, or
    of the disease."""
    disabled = _only(p.cannot_bring_up_child, p.certificate_on)
    ill = _only(p.listed_disease_12m, p.new_disease_on)
    held = _only(p.long_custody, p.custody_since)
    missing = _only(p.lost_contact_6m, p.contact_lost_on)
    return later(later(later(p.died_on, held), missing), later(disabled, ill))


@members.feature(
    category="A",
    needs=("population_register",),
    include_departed=True,
    zh="父母失去抚养能力日期",
    en="Day the last of head and spouse was lost",
)
def parents_lost_on(p):
    """The newest day on which an adult head or spouse died or could care no more."""
    parent = p.relation.isin(["head", "spouse"]) & (p.age >= 18)
    return p.lost_as_parent_on.max(where=parent)


@members.feature(
    category="A",
    needs=("population_register",),
    include_departed=True,
    zh="第二代父母失去抚养能力日期",
    en="Day the last adult child was lost",
)
def second_parents_lost_on(p):
    """The newest day on which an adult child of the head died or could care no more."""
    return p.lost_as_parent_on.max(where=(p.relation == "child") & (p.age >= 18))


@derived(
    level="person",
    category="A",
    household=("parents_lost_on", "second_parents_lost_on"),
    zh="失去父母抚养日期",
    en="Without a parent's care since",
)
def unsupported_since(p):
    """A02: the later of the days on which the parents were lost; empty when none is known."""
    grandchild = _no(p.relation == "grandchild")
    return grandchild.ifelse(p.second_parents_lost_on, p.parents_lost_on)


@members.feature(
    category="A",
    needs=("population_register",),
    include_departed=True,
    zh="主要劳动力去世或被羁押日期",
    en="Day the main earner was lost",
)
def main_earner_died_on(p):
    """A08: newest death, custody or loss of contact, within 12 months, of who earned or was of
    working age."""
    earner = _no(p.wages_24m > 0) | p.age.between(18, 60)
    died = _only(p.died_12m, p.died_on)
    taken = _only(p.taken_12m, p.custody_since)
    gone = later(taken, _only(p.contact_lost_12m, p.contact_lost_on))
    return later(died, gone).max(where=earner)


@members.feature(
    category="A",
    needs=("population_register",),
    include_departed=True,
    zh="最近成员去世日期",
    en="Day of the newest death",
)
def member_died_on(p):
    """Day of the newest death of a member within 24 months."""
    return p.died_on.max(where=~p.present)


@derived(
    level="person",
    category="A",
    household=("member_died_on",),
    zh="符合疑似特困情形日期",
    en="Destitute as far as known since",
)
def destitute_since(p):
    """A01: the newest of the days that can make a person destitute.

    The sixtieth birthday, the certificate that takes the ability to work, the last insured wage,
    the death of somebody in the household. Empty when none of them is known.
    """
    birthday = ibis.date(p.born_month.year() + ELDER, p.born_month.month(), 1)
    old = _only(p.age >= ELDER, birthday)
    disabled = _only(p.no_labour_by_disability, p.certificate_on)
    unpaid = day_before(p.as_of, p.days_since_contribution)
    return later(later(old, disabled), later(unpaid, p.member_died_on))


@derived(
    level="person",
    category="A",
    household=("roll_class",),
    zh="家庭在救助名册",
    en="The household is on an assistance roll",
)
def on_a_roll(p):
    """The household holds an assistance class; false while the rolls are unknown."""
    return p.roll_class.notnull()


@derived(
    level="person",
    category="C",
    household=("roll_class",),
    zh="患病且家庭困难或自付较高",
    en="Ill in a family on a roll, or at high own costs",
)
def illness_weighs(p):
    """The household holds an assistance class, or own costs of 12 months reach a quarter of D.

    A registered chronic disease alone is no hardship; 国办发〔2023〕39号 has severe patients
    compared with the low-income base. An unknown cost is no high one.
    """
    return p.roll_class.notnull() | _no(p.self_paid_to_average >= roster.SEVERE_COST_SHARE)
