"""Deaths of members (民政 死亡殡葬), seen from those who remain."""

from __future__ import annotations

from features.engine import derived, members

LOSS_DAYS = 366


@derived(level="person", category="A", zh="近12个月去世", en="Died within 12 months")
def died_12m(p):
    """No longer present because of a death within 12 months."""
    days = p.as_of.epoch_days() - p.died_on.epoch_days()
    return (~p.present & (days < LOSS_DAYS)).fill_null(False)


@members.feature(
    include_departed=True,
    missing=0,
    unit="人",
    category="A",
    zh="近12个月去世成员数",
    en="Members who died, 12 months",
)
def deaths_12m(p):
    """Members who died within 12 months."""
    return p.died_12m.sum()


@members.feature(
    include_departed=True,
    missing=0,
    unit="人",
    category="A",
    zh="近24个月去世的劳动年龄成员",
    en="Members of working age who died, 24 months",
)
def working_age_deaths_24m(p):
    """Members who died within 24 months and would now be 18 to 61."""
    return (~p.present & p.age.between(18, 61)).sum()


@members.feature(
    include_departed=True,
    unit="天",
    category="A",
    zh="距成员去世天数",
    en="Days since a member died",
)
def days_since_death(p):
    """Days since the newest death of a member within 24 months."""
    return (p.as_of.epoch_days() - p.died_on.epoch_days()).min(where=~p.present)


@members.feature(
    include_departed=True,
    missing=False,
    category="A",
    zh="近24个月配偶去世",
    en="The head's partner died, 24 months",
)
def spouse_died_24m(p):
    """A spouse of the head died within 24 months."""
    return (~p.present & (p.relation == "spouse")).any()
