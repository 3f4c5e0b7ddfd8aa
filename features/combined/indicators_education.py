"""Category D: schooling and its costs (policy §3.3 D01-D06)."""

from __future__ import annotations

from data.feeds.school_rolls import features as schools
from features.combined import income, roster
from features.combined.income import share_of_income
from features.engine import derived, members

ORDER = 300

BUILT_ON = (income, roster, schools)
AIDED_ROLLS = ("dibao", "tekun", "edge", "monitored", "rigid")
HIGH_FEE = 36
HEAVY_SHARE = 0.10


@derived(level="person", category="D", zh="非义务教育在读", en="Post-compulsory education")
def post_compulsory_stage(p):
    """D01: 'college', 'senior_high' (senior high or vocational), or 'none'."""
    stage = p.school_stage.cases(
        *((s, "college") for s in schools.TERTIARY),
        *((s, "senior_high") for s in schools.SENIOR),
        else_="none",
    )
    return p.enrolled.isnull().ifelse(None, stage)


@derived(level="household", category="D", zh="多子女同时在读", en="Several children studying")
def several_students(h):
    """D02: two in post-compulsory education, or three in school."""
    return ((h.n_senior_students + h.n_tertiary_students) >= 2) | (h.n_students >= 3)


@derived(
    level="household", unit="倍", category="D", zh="教育支出占收入比", en="Education over income"
)
def education_burden(h):
    """D03: school fees a year over income; see medical_burden for income that is unknown."""
    return share_of_income(h, h.education_cost_year, HEAVY_SHARE)


def _months_old_in_september(p):
    """Age in months on 1 September of the school year that the date lies in."""
    year = p.as_of.year() - (p.as_of.month() < 9).cast("int64")
    return year * 12 + 9 - (p.born_month.year() * 12 + p.born_month.month())


@derived(level="person", category="D", zh="疑似失学辍学", en="Suspected drop-out")
def suspected_dropout(p):
    """D04: of compulsory school age, and reported as dropped out or missing from two rolls running.

    Six before September, not yet fifteen. One roll that lacks a child tells nothing: pupils stand
    under a guardian's number, or a row was lost (decision 0003); two in a row, half a year apart,
    tell that nobody teaches the child. A transfer or a finished junior high is no drop-out.
    """
    months = _months_old_in_september(p)
    due = (months > 72) & (months <= 180)
    elsewhere = p.school_status == "transferred"
    finished = (p.school_status == "graduated") & (p.last_stage != "primary")
    left = (p.school_status == "dropped").fill_null(False) & ~p.enrolled
    # A child who was never there has been missed by two rolls a year after school was due.
    started = p.school_status.notnull() | (months > 84)
    missing = ~p.enrolled_two_terms & started
    return due & (left | missing) & ~elsewhere.fill_null(False) & ~finished.fill_null(False)


@derived(
    level="person",
    category="D",
    household=("roll_class",),
    needs=("assistance_rolls", "school_rolls"),
    zh="学生资助应享未享",
    en="Student aid due but not paid",
)
def student_aid_due_unpaid(p):
    """D05: on a roll, at school from primary up, and no aid record this term.

    Day pupils of compulsory schools are due half of what boarders get; kindergartens have no aid
    of the State (policy §1.5).
    """
    at_school = p.enrolled & (p.school_stage != "preschool")
    on_roll = p.roll_class.isin(AIDED_ROLLS).fill_null(False)
    return at_school.fill_null(False) & on_roll & ~p.student_aid


@derived(level="household", category="D", zh="高收费就读", en="High-fee school")
def high_fee_school(h):
    """D06: a member's yearly fee of at least 36S (民发〔2021〕57号 §17)."""
    return h.highest_school_fee >= HIGH_FEE * h.S


@members.feature(unit="人", category="D", monotone=+1, zh="疑似失学人数", en="Suspected drop-outs")
def n_suspected_dropouts(p):
    """Members suspected to have dropped out (D04)."""
    return p.suspected_dropout.sum()
