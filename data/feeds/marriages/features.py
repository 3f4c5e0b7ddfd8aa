"""Marriages and divorces registered, for either spouse (民政 婚姻登记, quarterly)."""

from __future__ import annotations

from features.engine import days_before, members, source

weddings = source("marriages", role=("husband", "wife"))


@weddings.feature(missing=None, unit="天", category="A", zh="离婚天数", en="Days since the divorce")
def days_since_divorce(m):
    """Days since the newest divorce registered."""
    return days_before(m, m.happened_on.max(where=m.event == "divorced"))


@weddings.feature(
    missing=None, unit="天", category="A", zh="结婚天数", en="Days since the marriage"
)
def days_since_marriage(m):
    """Days since the newest marriage registered."""
    return days_before(m, m.happened_on.max(where=m.event == "married"))


@members.feature(unit="天", category="A", zh="家庭最近离婚天数", en="Days since a member's divorce")
def days_since_household_divorce(p):
    """Days since the newest divorce of a member."""
    return p.days_since_divorce.min()
