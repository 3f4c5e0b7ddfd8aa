"""Whose income the registers tell, and between what bounds it lies where they do not.

Decision 0018. A person's income is told by the registers when every source that a person of that
kind usually lives on would be on file:

* younger than 18, in school, or of working age and severely disabled: no labour income is asked;
* of working age and able: an employer's contributions in at least nine of twelve months and still
  now, or an employee's pension, or unemployment with a benefit running or registered within six
  months (an older registration does not show that nothing is earned);
* 60 or older: an employee's pension. Land and relatives stand behind a small resident pension.

A household of which nobody has any income on file is never told by the registers: nobody lives on
nothing. Everybody else may earn what no department sees: day labour, a stall, the land, money from
relatives. For them a range stands: at least what is on file, at most what an average earner brings
home (two average incomes, since an earner feeds about one other; never less than the minimum wage
W, which policy imputes where earnings cannot be proved), and for an elder one average income D.
A flexible worker's contribution base is chosen by the payer and proves no income.
"""

from __future__ import annotations

from data.feeds.disability_certificates import features as disability
from data.feeds.employment import features as employment
from data.feeds.population_register import features as register
from data.feeds.school_rolls import features as schooling
from features.engine import at_least, derived, members

ORDER = 230

BUILT_ON = (disability, employment, register, schooling)
STEADY_MONTHS = 9
JOBLESS_DAYS = 183
# An average earner's income in average incomes per head: about half of all people earn.
EARNER_INCOMES = 2


def _no(value):
    return value.fill_null(False)


@derived(
    level="person", category="E", needs=("population_register",), zh="有劳动能力", en="Able to work"
)
def able_worker(p):
    """18 to 59, not in school, not severely disabled; unknown schooling or disability as none."""
    return p.working_age & ~_no(p.enrolled) & ~_no(p.severely_disabled)


@derived(
    level="person",
    unit="元/月",
    category="B",
    monotone=-1,
    zh="个人有记录月收入",
    en="Recorded own income a month",
)
def own_income_month(p):
    """Insured wages and benefit of 12 months, and the pension, a month."""
    return p.wages_12m / 12 + p.benefit_12m / 12 + p.pension_month


@derived(
    level="person",
    unit="元/月",
    category="B",
    zh="此前12个月有记录月收入",
    en="Recorded own income a month, the year before",
)
def own_income_month_before(p):
    """The same sum for the 12 months before the last 12."""
    return p.wages_before_12m / 12 + p.benefit_before_12m / 12 + p.pension_month_before


def _no_income_asked(p):
    """Kinds of people of whom no labour income is asked."""
    return (p.age < 18) | _no(p.enrolled) | (p.working_age & _no(p.severely_disabled))


@derived(
    level="person", category="B", needs=("population_register",), zh="收入有据", en="Income on file"
)
def income_on_file(p):
    """Every source this person usually lives on would be on file; see the head of this file."""
    steady = (p.wages_3m > 0) & ~p.flexible_worker & (p.contribution_months_12m >= STEADY_MONTHS)
    employee_pension = (p.pension_month >= p.S) & (p.pension_month > 0)
    told = _no(steady) | _no(employee_pension)
    lately = (p.days_since_unemployed <= JOBLESS_DAYS) | p.benefit_days_left.notnull()
    jobless = p.working_age & _no(p.registered_unemployed) & _no(lately)
    return _no_income_asked(p) | told | jobless


@derived(
    level="person",
    category="B",
    needs=("population_register",),
    zh="上年收入有据",
    en="Income on file the year before",
)
def income_on_file_before(p):
    """The same for the 12 months before the last 12."""
    months = p.contribution_months_24m - p.contribution_months_12m
    employee_pension = (p.pension_month_before >= p.S) & (p.pension_month_before > 0)
    told = _no(months >= STEADY_MONTHS) | _no(employee_pension)
    return _no_income_asked(p) | told


@derived(
    level="person",
    unit="元/月",
    category="B",
    zh="个人月收入下限",
    en="Own income a month, at least",
)
def own_income_low(p):
    """What is on file; a flexible worker's base is not counted."""
    wages = p.flexible_worker.ifelse(0.0, p.wages_12m / 12)
    return wages + p.benefit_12m / 12 + p.pension_month


@derived(
    level="person",
    unit="元/月",
    category="B",
    zh="个人月收入上限",
    en="Own income a month, at most",
)
def own_income_high(p):
    """What is on file where it tells all; otherwise an average earner's (or elder's) income."""
    average = p.D / 12
    earner = at_least(average * EARNER_INCOMES, p.W)
    usual = p.working_age.ifelse(earner, average)
    return p.income_on_file.ifelse(p.own_income_month, at_least(usual, p.own_income_month))


@derived(
    level="person",
    unit="天",
    category="E",
    zh="距失去工作天数",
    en="Days since the job was lost",
)
def days_since_job_lost(p):
    """Days since insurance stopped, or since registered unemployed, if nothing came after."""
    stopped = p.insurance_ended.ifelse(p.days_since_stop, None)
    jobless = p.registered_unemployed.ifelse(p.days_since_unemployed, None)
    later = (stopped.isnull() | (jobless < stopped)).fill_null(False)
    return later.ifelse(jobless, stopped)


@members.feature(
    unit="人",
    category="A",
    needs=("population_register",),
    zh="有劳动能力人数",
    en="Members able to work",
)
def n_able_workers(p):
    """Members able to work."""
    return p.able_worker.sum()


@members.feature(
    unit="人",
    category="B",
    needs=("population_register",),
    zh="无收入记录的劳动力",
    en="Able members without any income record",
)
def n_able_without_record(p):
    """Able members with no wage, pension or benefit on record in 12 months."""
    return (p.able_worker & ~(p.own_income_month > 0).fill_null(False)).sum()


@members.feature(
    unit="人",
    category="B",
    needs=("population_register", "employment"),
    zh="收入无据人数",
    en="Members whose income is not on file",
)
def n_income_not_on_file(p):
    """Members who may earn what no department sees."""
    return (~p.income_on_file).sum()


@members.feature(
    unit="人",
    category="B",
    for_model=False,
    needs=("population_register", "employment"),
    zh="上年收入无据人数",
    en="Members whose income was not on file the year before",
)
def n_income_not_on_file_before(p):
    """The same for the 12 months before the last 12."""
    return (~p.income_on_file_before).sum()


@members.feature(
    category="A", needs=("population_register",), zh="有亲属在外", en="A relative is away"
)
def relative_away(p):
    """The head's partner lives elsewhere, or grandchildren live here without their parents.

    Those who are away send money that no department sees.
    """
    partner = (p.relation == "spouse").any().fill_null(False)
    married_head = ((p.relation == "head") & (p.marital == "married")).any().fill_null(False)
    grandchild = ((p.relation == "grandchild") & p.minor).any().fill_null(False)
    parents = ((p.relation == "child") & ~p.minor).any().fill_null(False)
    return (married_head & ~partner) | (grandchild & ~parents)


def _sum_of(name, column, zh, en, for_model=False):
    def added(p):
        return p[column].sum()

    added.__name__, added.__doc__ = name, f"{en}: all members."
    members.feature(unit="元/月", category="B", for_model=for_model, zh=zh, en=en)(added)


_sum_of(
    *("recorded_income_month", "own_income_month"),
    *("家庭有记录月收入", "Recorded household income a month"),
)
_sum_of(
    *("recorded_income_month_before", "own_income_month_before"),
    *("家庭此前有记录月收入", "Recorded household income a month, the year before"),
)
_sum_of(
    *("recorded_income_low", "own_income_low"),
    *("家庭有记录月收入下限", "Recorded household income a month, at least"),
)
_sum_of(
    *("recorded_income_high", "own_income_high"),
    *("家庭月收入上限", "Household income a month by its members, at most"),
)


@members.feature(
    unit="天",
    category="E",
    needs=("employment",),
    zh="距家中失去工作天数",
    en="Days since a member lost a job",
)
def days_since_household_job_lost(p):
    """Days since the newest loss of a job that nothing followed."""
    return p.days_since_job_lost.min()
