"""School rolls and student aid (教育 学籍与资助), delivered each March and September."""

from __future__ import annotations

import ibis

from features.engine import latest, latest_is, members, source

schools = source("school_rolls", entity="person")

# A term's roll stays good until the next one is certainly in.
TERM = 8
TWO_TERMS = TERM + 6
TERM_DAYS = 120
STAGES = ("preschool", "primary", "junior", "senior", "vocational", "college", "university")
SENIOR = ("senior", "vocational")
TERTIARY = ("college", "university")


def _enrolled(s):
    return s.status.isin(["enrolled", "suspended"])


@schools.feature(months=TERM, missing=False, category="D", zh="在读", en="Enrolled")
def enrolled(s):
    """The newest school record says enrolled, or suspended for a while."""
    return latest_is(s, _enrolled(s))


@schools.feature(
    months=TWO_TERMS,
    missing=False,
    category="D",
    for_model=False,
    zh="近两学期在读",
    en="Enrolled in one of two terms",
)
def enrolled_two_terms(s):
    """The newest school record of two terms says enrolled, or suspended for a while."""
    return latest_is(s, _enrolled(s))


@schools.feature(months=TERM, missing=None, category="D", zh="在读学段", en="School stage")
def school_stage(s):
    """Stage of the newest record while enrolled."""
    return latest(s, _enrolled(s).ifelse(s.stage, "none")).nullif("none")


@schools.feature(missing=None, category="D", zh="最近学籍状态", en="Latest school status")
def school_status(s):
    """Status of the newest school record ever delivered."""
    return latest(s, s.status)


@schools.feature(missing=None, category="D", zh="最近学段", en="Latest school stage")
def last_stage(s):
    """Stage of the newest school record ever delivered."""
    return latest(s, s.stage)


@schools.feature(
    months=TERM, missing=0.0, unit="元/年", category="D", zh="学年收费", en="School fees a year"
)
def school_fee(s):
    """Tuition and boarding a year, newest record while enrolled."""
    return latest(s, _enrolled(s).ifelse(s.annual_fee.fill_null(0.0), 0.0))


@schools.feature(months=TERM, missing=False, category="D", zh="寄宿", en="Boards at school")
def boarding(s):
    """Boards at school by the newest record."""
    return latest_is(s, s.boarding & _enrolled(s))


@schools.feature(
    months=TERM, missing=False, category="D", zh="本学期受资助", en="Student aid this term"
)
def student_aid(s):
    """An aid item of the newest term on file; last term's aid does not count for this one.

    Where records name no term, aid within 120 days before the newest record counts.
    """
    aided = s.aid_item.notnull() & (s.aid_item != "none")
    newest, newest_aid = s.happened_on.max(), s.happened_on.max(where=aided)
    same_term = s.term.max(where=aided) == s.term.max()
    return ibis.coalesce(same_term, newest.epoch_days() - newest_aid.epoch_days() <= TERM_DAYS)


@schools.feature(
    months=TERM,
    missing=0.0,
    unit="元",
    category="D",
    zh="本学期资助金额",
    en="Student aid, this term",
)
def student_aid_amount(s):
    """Aid of the newest record, a term."""
    return latest(s, s.aid_amount.fill_null(0.0))


@schools.feature(
    months=12,
    missing=False,
    category="D",
    zh="近12个月休学或退学",
    en="Suspended or dropped out, 12 months",
)
def left_school_12m(s):
    """Suspended or dropped out within 12 months."""
    return s.status.isin(["suspended", "dropped"]).any()


@members.feature(unit="人", category="D", zh="在读人数", en="Members in school")
def n_students(p):
    """Members enrolled, kindergarten to university."""
    return p.enrolled.sum()


@members.feature(
    unit="人", category="D", missing=0, zh="义务教育在读人数", en="Members in compulsory school"
)
def n_compulsory_students(p):
    """Members in primary or junior high school."""
    return p.school_stage.isin(["primary", "junior"]).sum()


@members.feature(
    unit="人",
    category="D",
    missing=0,
    zh="高中阶段在读人数",
    en="Members in senior high or vocational school",
)
def n_senior_students(p):
    """Members in senior high or vocational school."""
    return p.school_stage.isin(SENIOR).sum()


@members.feature(
    unit="人", category="D", missing=0, zh="大学在读人数", en="Members in college or university"
)
def n_tertiary_students(p):
    """Members in college or university."""
    return p.school_stage.isin(TERTIARY).sum()


@members.feature(unit="人", category="D", zh="寄宿学生数", en="Boarders")
def n_boarders(p):
    """Members who board at school."""
    return p.boarding.sum()


@members.feature(
    unit="元/年", category="D", zh="家庭学年收费", en="School fees of the household a year"
)
def education_cost_year(p):
    """E: tuition and boarding of all members, a year."""
    return p.school_fee.sum()


@members.feature(unit="元/年", category="D", zh="单个学生最高收费", en="Highest school fee a year")
def highest_school_fee(p):
    """The highest yearly fee of one member."""
    return p.school_fee.max()


@members.feature(
    unit="元", category="D", zh="家庭本学期资助", en="Student aid of the household, this term"
)
def student_aid_term(p):
    """Student aid of all members, this term."""
    return p.student_aid_amount.sum()


@members.feature(category="D", zh="有受资助学生", en="A member receives student aid")
def any_student_aid(p):
    """A member receives student aid this term."""
    return p.student_aid.any()


@members.feature(
    unit="人", category="D", zh="近12个月休退学人数", en="Members who left school, 12 months"
)
def n_left_school_12m(p):
    """Members suspended or dropped out within 12 months."""
    return p.left_school_12m.sum()


@members.feature(
    unit="人",
    category="D",
    missing=0,
    zh="近期升学年龄人数",
    en="Members about to enter senior high or college",
)
def n_entering_next_stage(p):
    """Students aged 14-15 or 17-18, whose costs are about to rise."""
    return (p.enrolled & (p.age.between(14, 15) | p.age.between(17, 18))).sum()
