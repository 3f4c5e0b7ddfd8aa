"""Who is missing or out of contact (公安 失联人员, quarterly).

Of each report the newest state counts.
"""

from __future__ import annotations

from features.engine import day_before, days_before, derived, later, source

reports = source("lost_contact", each=("since",), rows=lambda r: r.state == "sought")
HALF_YEAR, YEAR = 183, 365


def _lasting(r):
    """Half a year without contact, or declared missing by a court (民发〔2019〕62号)."""
    return (r.kind == "declared") | (days_before(r, r.since) >= HALF_YEAR)


@reports.feature(missing=False, category="A", zh="失联", en="Out of contact")
def out_of_contact(r):
    """Sought by the newest record of a report."""
    return r.count() > 0


@reports.feature(
    missing=False, category="A", for_model=False, zh="失联六个月以上", en="Out of contact, 6 months"
)
def lost_contact_6m(r):
    """Out of contact for six months, or declared missing (民发〔2019〕62号)."""
    return _lasting(r).any()


@reports.feature(
    missing=None, unit="天", category="A", for_model=False, zh="失联天数", en="Days out of contact"
)
def days_out_of_contact(r):
    """Days since the contact was lost, by the newest report that is still open."""
    return days_before(r, r.since.max())


@reports.feature(
    missing=None, category="A", for_model=False, zh="宣告失踪日期", en="Declared missing on"
)
def declared_missing_on(r):
    """Newest day on which a court declared the person missing."""
    return r.happened_on.max(where=r.kind == "declared")


@derived(level="person", category="A", zh="认定失联日期", en="Counts as lost to contact since")
def contact_lost_on(p):
    """The day on which six months had gone without contact, or a court declared the person missing.

    It is this day, and not that of the last contact, on which a family is newly without a parent
    or an earner.
    """
    long = (p.days_out_of_contact >= HALF_YEAR).fill_null(False)
    silent = long.ifelse(day_before(p.as_of, p.days_out_of_contact - HALF_YEAR), None)
    return later(silent, p.declared_missing_on)


@reports.feature(
    missing=False, category="A", zh="近12个月失联满六个月", en="Lost to contact within 12 months"
)
def contact_lost_12m(r):
    """Within 12 months, six months had gone without contact, or a court declared it."""
    declared = (r.kind == "declared") & (days_before(r, r.happened_on) <= YEAR)
    silent = days_before(r, r.since).between(HALF_YEAR, HALF_YEAR + YEAR)
    return (declared | silent).any()
