"""The roster (花名册): which households are watched, which are at risk, and which kind they are.

Groups: the six classes of low-income people, those who left or were refused within 24 months, and
the groups that 国办发〔2023〕39号 asks to compare: severe patients, the severely disabled, hard-up
students, registered unemployed. In a household survey (features/survey.py) every household visited
within 24 months is watched.
"""

from __future__ import annotations

import ibis

from data.feeds.assistance_rolls import features as rolls
from data.feeds.disability_certificates import features as disability
from data.feeds.employment import features_household as employment_household
from data.feeds.medical_claims import features_household as claims_household
from data.feeds.school_rolls import features as schooling
from features.combined import income
from features.engine import derived
from features.survey import surveyed

ORDER = 250

BUILT_ON = (claims_household, disability, employment_household, income, rolls, schooling)
SEVERE_COST_SHARE = 0.25


def _no(value):
    """Unknown counts as not belonging."""
    return value.fill_null(False)


@derived(level="household", category="A", for_model=False, zh="救助类别", en="Assistance class")
def roll_class(h):
    """The weightiest class held: dibao, tekun, edge, rigid, monitored, other; empty when none."""
    held = [(_no(h[f"on_{name}"]), name) for name in rolls.CLASSES]
    return ibis.cases(*held)


@derived(level="household", category="A", zh="在低保或特困", en="On Dibao or destitute support")
def on_dibao_tekun(h):
    """Holds Dibao or destitute support."""
    return h.on_dibao | h.on_tekun


@derived(level="household", category="G", zh="近24个月退出救助", en="Left a roll within 24 months")
def left_roll_24m(h):
    """A class ended within 24 months and is not held again."""
    back = [(h.class_left_24m == name) & h[f"on_{name}"] for name in rolls.CLASSES]
    again = back[0]
    for one in back[1:]:
        again = again | one
    known = h.ever_left_roll.notnull()
    return known.ifelse(h.class_left_24m.notnull() & ~_no(again), None)


@derived(
    level="household", category="C", zh="有大额医疗支出成员", en="A member with heavy medical costs"
)
def severe_patient(h):
    """A member paid at least a quarter of D for treatment in 12 months."""
    return h.highest_self_paid_12m >= SEVERE_COST_SHARE * h.D


@derived(level="household", category="D", zh="困难学生家庭", en="Hard-up student")
def hard_up_student(h):
    """A member in post-compulsory school, and student aid received in the household."""
    return ((h.n_senior_students + h.n_tertiary_students) > 0) & h.any_student_aid


def _on_any_roll(h):
    held = _no(h.on_dibao)
    for name in rolls.CLASSES[1:]:
        held = held | _no(h[f"on_{name}"])
    return held


@derived(level="household", category="A", for_model=False, zh="纳入监测", en="Watched")
def watched(h):
    """On the roster of the month; see the head of this file."""
    compared = _no(h.severe_patient) | _no(h.n_severely_disabled > 0)
    compared = compared | _no(h.hard_up_student) | _no(h.n_unemployed > 0)
    listed = _on_any_roll(h) | _no(h.left_roll_24m) | _no(h.refused_24m) | compared
    return surveyed(h).ifelse(_no(h.visited_24m), listed)


@derived(level="household", category="A", for_model=False, zh="风险监测对象", en="At risk")
def at_risk(h):
    """Watched and not already on Dibao or destitute support.

    In a survey: visited, and not below the local standard at the newest visit.
    """
    helped = surveyed(h).ifelse(_no(h.visited_below_standard), _no(h.on_dibao_tekun))
    return h.watched & ~helped


@derived(
    level="household", category="A", for_model=False, zh="返贫或致贫", en="Return or new entry"
)
def population(h):
    """'return': left a roll and holds none; 'new_entry': never on one; otherwise 'on_roll'.

    In a survey visits stand in: a household once below the standard and no longer so may return.
    """
    survey = surveyed(h)
    current = survey.ifelse(_no(h.visited_below_standard), _on_any_roll(h))
    before = survey.ifelse(_no(h.ever_visited_below_standard), _no(h.ever_left_roll))
    return ibis.cases(
        (current, "on_roll"),
        (before, "return"),
        (survey | ~_no(h.ever_on_roll), "new_entry"),
        else_="on_roll",
    )
