"""Diseases recognised for outpatient cover (医保 门诊慢特病, quarterly).

Recognition is not illness: a renewed entry tells of an old disease, and many who are ill never
apply. Of each person's disease the newest entry counts.
"""

from __future__ import annotations

from features.engine import days_before, members, source

entries = source("listed_diseases", each=("disease",))
news = source("listed_diseases", rows=lambda d: d.event == "recognised")


def _holds(d):
    runs = d.valid_until.isnull() | (d.valid_until >= d.as_of)
    return (d.event != "ended") & runs


@entries.feature(missing=0, unit="种", category="C", zh="在册慢特病种数", en="Listed diseases")
def n_listed_diseases(d):
    """Diseases that the person is recognised for at present."""
    return d.disease.nunique(where=_holds(d))


@entries.feature(
    missing=False, category="C", zh="在册重特大病", en="Recognised for a grave disease"
)
def grave_disease_listed(d):
    """Recognised at present for a disease of the grave list (cancer, dialysis, mental, …)."""
    return (_holds(d) & (d.list_class == "grave")).any()


@news.feature(
    missing=None,
    unit="天",
    category="C",
    zh="新认定重特大病天数",
    en="Days since a grave disease was recognised",
)
def days_since_grave_recognised(d):
    """Days since a disease of the grave list was newly recognised; renewals do not count."""
    return days_before(d, d.happened_on.max(where=d.list_class == "grave"))


@members.feature(
    unit="人",
    category="C",
    monotone=+1,
    missing=0,
    zh="慢特病在册人数",
    en="Members on the disease list",
)
def n_members_listed_ill(p):
    """Members recognised for at least one listed disease."""
    return (p.n_listed_diseases > 0).sum()


@members.feature(
    unit="人",
    category="C",
    monotone=+1,
    missing=0,
    zh="重特大病在册人数",
    en="Members with a grave disease listed",
)
def n_members_gravely_ill(p):
    """Members recognised for a disease of the grave list."""
    return p.grave_disease_listed.sum()


@members.feature(
    unit="天",
    category="C",
    zh="家庭新认定重特大病天数",
    en="Days since a member's grave disease was recognised",
)
def days_since_household_grave(p):
    """Days since a member was newly recognised for a grave disease."""
    return p.days_since_grave_recognised.min()
