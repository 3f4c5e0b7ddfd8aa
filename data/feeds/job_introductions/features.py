"""Jobs that were offered, and what came of it (人社 职业介绍, quarterly)."""

from __future__ import annotations

from features.engine import members, source

offers = source("job_introductions")
# Reasons for which nobody is said to refuse work.
EXCUSED = ("care", "health")


@offers.feature(
    months=12,
    missing=0,
    unit="次",
    category="E",
    zh="近12个月推荐岗位",
    en="Jobs offered, 12 months",
)
def jobs_offered_12m(o):
    """Offers of a job within 12 months."""
    return o.count()


@offers.feature(
    months=12,
    missing=0,
    unit="次",
    category="E",
    zh="近12个月拒绝适合岗位",
    en="Suitable jobs refused, 12 months",
)
def jobs_refused_12m(o):
    """Suitable jobs the person refused within 12 months, but for health or the care of others."""
    excused = o.reason.isin(EXCUSED).fill_null(False)
    return ((o.answer == "refused") & o.suitable & ~excused).sum()


@offers.feature(
    months=12,
    missing=False,
    category="E",
    zh="近12个月经推荐录用",
    en="Taken on by an offer, 12 months",
)
def taken_on_12m(o):
    """An offer within 12 months led to work."""
    return (o.answer == "accepted").any()


@members.feature(
    unit="次", category="E", zh="家庭近12个月推荐岗位", en="Jobs offered to members, 12 months"
)
def household_jobs_offered_12m(p):
    """Offers of a job to members within 12 months."""
    return p.jobs_offered_12m.sum()
