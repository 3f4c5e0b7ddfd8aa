"""Category A: who lives in the household (policy §3.3 A01-A10).

A02 is in indicators_children.py; A03 severely_disabled and A04 other_disabled in disability.py.
"""

from __future__ import annotations

import ibis

from data.feeds.custody import features as custody
from data.feeds.deaths import features as deaths
from data.feeds.disability_certificates import features as disability
from data.feeds.home_visit_members import features as visit_people
from data.feeds.home_visits import features as visits
from data.feeds.lost_contact import features as lost_contact
from data.feeds.medical_claims import features_diseases as diseases
from data.feeds.population_register import features as register
from data.feeds.public_payroll import features as public_payroll
from data.feeds.social_insurance import features as social_insurance
from data.feeds.supporters import features as supporters
from features.combined import income, roster
from features.combined.income import settled
from features.engine import derived, members

ORDER = 260

BUILT_ON = (
    *(custody, deaths, disability, diseases, income, lost_contact, register, roster),
    *(public_payroll, social_insurance, supporters, visit_people, visits),
)
SUPPORTER_AGE = (18, 69)
CHILDREN_ELSEWHERE_AGE = 50
# Transfers beyond pensions of more than this share of S a month are somebody's help.
SMALL_HELP = 0.1
# Relations to the head that owe one another support; a brother's or a stranger's family owes none.
LINE = ("head", "spouse", "child", "parent", "grandchild")


def _no(value):
    return value.fill_null(False)


def _severe(p):
    return _no(p.severely_disabled)


def _in_line(p):
    return p.relation.isin(LINE)


@derived(
    level="person",
    category="A",
    needs=("population_register",),
    zh="有能力的赡养人",
    en="Able supporter",
)
def able_supporter(p):
    """Adult out of school who can be asked to support others (特困人员认定办法).

    From 70, and with a severe disability, only with an own income of at least D.
    """
    weak = (p.age > SUPPORTER_AGE[1]) | _severe(p)
    well_off = _no(p.own_income_month * 12 >= p.D)
    return (p.age >= SUPPORTER_AGE[0]) & ~_no(p.enrolled) & (~weak | well_off)


def _supporters(name, chosen, zh, en, doc):
    def counted(p):
        return (p.able_supporter & chosen(p)).sum()

    counted.__name__, counted.__doc__ = name, doc
    members.feature(category="A", unit="人", needs=("population_register",), zh=zh, en=en)(counted)


_supporters(
    *("n_able_supporters", lambda p: p.able_supporter),
    *("有能力的赡养人数", "Able supporters in the household"),
    "Members who could be asked to support the others.",
)
_supporters(
    *("n_able_relatives", _in_line),
    *("有能力的直系亲属", "Able relatives in line"),
    "Able supporters among the head, the partner, children, parents and grandchildren.",
)
_supporters(
    *("n_able_relatives_under_60", lambda p: _in_line(p) & (p.age < 60)),
    *("60岁以下有能力的直系亲属", "Able relatives in line under 60"),
    "The same under 60: on Dibao, from 60 nobody is asked to support others.",
)


@members.feature(
    category="A",
    needs=("home_visit_members",),
    zh="走访：有亲友转移收入",
    en="Money from relatives at the visit",
)
def family_money_at_visit(p):
    """A member met within 24 months received money beyond pension and pay."""
    return (p.met_family_money > 0).any()


@derived(
    level="household",
    category="A",
    for_model=False,
    zh="走访所示户外赡养",
    en="Support from outside, by visits",
)
def supported_from_outside(h):
    """Whether relatives help, as the newest visits within 24 months told it.

    Help or money of relatives, or transfers well beyond the pensions on file.
    """
    beyond = h.visited_transfers_24m - h.household_pension_month.fill_null(0.0)
    sent = _no(beyond > SMALL_HELP * h.S)
    told = ibis.coalesce(h.visit_family_help, h.family_money_at_visit).notnull()
    return told.ifelse(_no(h.visit_family_help) | _no(h.family_money_at_visit) | sent, None)


@derived(
    level="person",
    category="A",
    household=(
        *("n_able_relatives", "n_able_relatives_under_60", "supported_from_outside"),
        "able_supporter_outside",
        *("on_tekun", "on_dibao", "income_low_to_standard", "income_high_to_standard"),
    ),
    zh="疑似特困人员",
    en="Suspected destitute person",
)
def suspected_destitute(p):
    """A01: no labour capacity, own income below S, and no able statutory supporter.

    No labour: 60 or older, younger than 16, or disabled as 民发〔2021〕43号 lists. Supporters in
    the household are the able relatives in line (on Dibao only those under 60); a brother's family
    owes none. Those once married and 50 or older may have children elsewhere, and grandchildren
    parents: whether they are supported is what a visit was told, and unknown without one. Where
    the supporters outside are on record, an able one is enough against it, and if none is able,
    only help that a visit was told of speaks against it. "Below S" is unknown while the
    household's income is. Not for those already on destitute support.
    """
    no_labour = (p.age >= 60) | (p.age < 16) | _no(p.no_labour_by_disability)
    i = settled(p.income_low_to_standard, p.income_high_to_standard, 1.0)
    poor = (p.own_income_month < p.S) & (i < 1)
    others = p.n_able_relatives - p.able_supporter.cast("int64")
    young = (p.able_supporter & (p.age < 60)).cast("int64")
    asked = _no(p.on_dibao).ifelse(p.n_able_relatives_under_60 - young, others)
    alone = ~_in_line(p) | (asked <= 0)
    candidate = no_labour & alone & poor & ~_no(p.on_tekun)
    elsewhere = _no(p.marital != "single") & (p.age >= CHILDREN_ELSEWHERE_AGE)
    elsewhere = elsewhere | (p.minor & (p.relation == "grandchild"))
    unsupported = ibis.cases(
        (p.able_supporter_outside, False),
        (~p.able_supporter_outside, ~_no(p.supported_from_outside)),
        (elsewhere, ~p.supported_from_outside),
        else_=True,
    )
    return candidate & unsupported


@derived(level="person", category="A", zh="高龄老人", en="Very old")
def very_old(p):
    """A06: 80 or older; care dependency is not in any feed (policy §3.3 A06)."""
    return p.age >= 80


@members.feature(
    category="A", unit="人", missing=0, zh="无收入的残疾成年人", en="Disabled adults without income"
)
def n_disabled_adults_without_income(p):
    """Disabled members aged 18 to 59 without any recorded income."""
    return (p.disabled & p.working_age & (p.own_income_month <= 0)).sum()


@derived(
    level="household", category="A", zh="一户多残或老养残", en="Several disabled, or an aged carer"
)
def several_disabled_or_aged_carer(h):
    """A05: two or more disabled members, or a disabled adult without income beside an elder."""
    aged_carer = (h.n_disabled_adults_without_income >= 1) & (h.n_elders >= 1)
    return (h.n_disabled >= 2) | aged_carer


def _carer(p):
    return (p.age >= 18) & ~_no(p.enrolled) & ~_severe(p)


@members.feature(
    category="A",
    unit="人",
    needs=("population_register",),
    zh="可照料的成年人",
    en="Adults who can care",
)
def n_carers(p):
    """Members of 18 or more who are not in school and not severely disabled."""
    return _carer(p).sum()


@members.feature(
    category="A", needs=("population_register",), zh="父母本人抚养", en="A parent is there to care"
)
def parent_cares(p):
    """A carer is of the generation of a minor's parents: not a grandparent, brother or sister."""
    of_child = (_carer(p) & p.relation.isin(["head", "spouse"])).any()
    of_grandchild = (_carer(p) & (p.relation == "child")).any()
    child = (p.minor & (p.relation == "child")).any()
    grandchild = (p.minor & (p.relation == "grandchild")).any()
    return _no(child & of_child) | _no(grandchild & of_grandchild)


@derived(level="household", category="A", zh="抚养负担类型", en="Child-rearing burden")
def child_rearing_burden(h):
    """A07: 'single_parent' (a parent is the one adult carer of a minor), 'many_minors', 'none'.

    Grandparents who raise a grandchild are not single parents; A02 asks after the child's parents.
    """
    return ibis.cases(
        ((h.n_carers == 1) & (h.n_minors >= 1) & h.parent_cares, "single_parent"),
        (h.n_minors >= 3, "many_minors"),
        else_="none",
    )


@derived(
    level="person",
    category="B",
    unit="元/月",
    needs=("employment",),
    zh="参保期间月工资",
    en="Pay a month while insured, 24 months",
)
def pay_month(p):
    """Insured wages of 24 months over the months insured; told at a visit where none is on file.

    A month's pay, so that who died is not measured by fewer months than who lives. Null where no
    pay was ever told.
    """
    insured = p.wages_24m / (p.contribution_months_24m > 0).ifelse(p.contribution_months_24m, None)
    told = (p.met_job_pay * p.S).nullif(0.0)
    return ibis.coalesce(insured, told)


def _died(p):
    return p.died_12m & p.age.between(18, 60)


def _lost(p):
    """Died, was taken into custody, or was lost to contact within 12 months."""
    gone = _no(p.taken_12m) | _no(p.contact_lost_12m)
    return _no(_died(p)) | (gone & p.age.between(18, 60))


@members.feature(
    category="B",
    unit="元/月",
    include_departed=True,
    for_model=False,
    needs=("population_register", "employment"),
    zh="去世或被羁押成员此前月工资",
    en="Pay a month of members who died or were taken",
)
def pay_of_the_dead(p):
    """Highest pay a month of members lost within 12 months (died, in custody, out of contact).

    Null where none was told.

    Of working age only: an elder who still earned is no 主要劳动力 of the household.
    """
    return p.pay_month.max(where=_lost(p))


@members.feature(
    category="B",
    unit="元/月",
    for_model=False,
    needs=("population_register", "employment"),
    zh="在世成员最高月工资",
    en="Highest pay a month of living members",
)
def pay_of_the_living(p):
    """Highest pay a month of present members who are neither held nor lost to contact; null where
    none was told."""
    return p.pay_month.max(where=~_no(p.in_custody) & ~_no(p.lost_contact_6m))


@members.feature(
    category="A",
    unit="人",
    include_departed=True,
    missing=0,
    needs=("population_register",),
    zh="近12个月去世的劳动年龄成员",
    en="Members of working age who died, 12 months",
)
def working_age_deaths_12m(p):
    """Members who died within 12 months and would now be 18 to 60."""
    return _died(p).sum()


@members.feature(
    category="A",
    include_departed=True,
    missing=False,
    needs=("population_register",),
    zh="近12个月户主或配偶在劳动年龄去世或被羁押",
    en="Head or partner of working age lost, 12 months",
)
def head_or_partner_died_12m(p):
    """The head or partner died, was taken into custody or lost to contact, within 12 months; now 18
    to 60."""
    return (_lost(p) & p.relation.isin(["head", "spouse"])).any()


@derived(level="household", category="A", zh="主要劳动力缺失", en="Lost its main earner")
def lost_main_earner_12m(h):
    """A08: the member with the highest monthly pay before died, or was taken or lost to contact,
    within 12 months. Contact is lost after six months without it.

    Where nobody's pay is on file or told, the head or partner of working age, or the only member
    of working age, is taken for the main earner. Where only the dead one's pay is told, nobody
    knows who earned more: unknown pay of the living is not zero (decision 0003).
    """
    earned = h.pay_of_the_dead >= h.pay_of_the_living
    only_one = (h.working_age_deaths_12m > 0) & (h.n_able_workers == 0)
    presumed = (h.pay_of_the_dead.isnull() & h.pay_of_the_living.isnull()) & (
        h.head_or_partner_died_12m
    )
    return _no(earned) | only_one | presumed


@derived(
    level="household",
    category="A",
    for_model=False,
    missing=True,
    zh="劳动力计分",
    en="Labour supply counts",
)
def labour_counts(h):
    """A09 counts unless A01 and B01 already count the same want of workers (decision 0018).

    That is where income is certain to be below S and nobody in the household could support another.
    """
    nobody = (h.n_able_relatives == 0) | ((h.n_members == 1) & (h.n_able_workers == 0))
    return ~((h.income_low_to_standard < 1) & (h.income_high_to_standard < 1) & nobody)


@derived(level="household", category="A", zh="劳动力与抚养负担", en="Labour supply and dependency")
def labour_supply(h):
    """A09: 'no_worker', 'high_dependency' (two thirds depend), 'all_able', or 'normal'."""
    return ibis.cases(
        (h.n_able_workers == 0, "no_worker"),
        ((h.n_members - h.n_able_workers) * 3 >= h.n_members * 2, "high_dependency"),
        (h.n_able_workers == h.n_members, "all_able"),
        else_="normal",
    )


@derived(
    level="household", category="A", unit="%", zh="劳动力比例", en="Share of members able to work"
)
def able_share(h):
    """Members able to work over all members."""
    return h.n_able_workers / h.n_members


@members.feature(category="A", zh="有财政供养成员", en="A member on a public payroll")
def any_public_payroll(p):
    """A member's newest contribution is from a public body."""
    return p.public_payroll.any()


@members.feature(
    category="B", unit="元/月", for_model=False, zh="最高养老金", en="Highest pension of a member"
)
def highest_pension(p):
    """The highest pension of one member, a month."""
    return p.pension_month.max()


@derived(
    level="household",
    category="A",
    zh="财政供养或较高养老金",
    en="Public payroll or sizeable pension",
)
def public_payroll_or_pension(h):
    """A10: a member on a public payroll, or a pension of at least 2S.

    By contributions, and by the payroll and insurance accounts where those feeds come.
    """
    accounts = h.any_public_body | (h.highest_pension_drawn >= 2 * h.S)
    paid = h.any_public_payroll | (h.highest_pension >= 2 * h.S)
    said = (h.n_on_public_payroll > 0).fill_null(False) | accounts.fill_null(False)
    known = ibis.coalesce(paid, accounts, h.n_on_public_payroll > 0)
    return known.notnull().ifelse(paid.fill_null(False) | said, None)
