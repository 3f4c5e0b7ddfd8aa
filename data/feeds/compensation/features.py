"""What insurers, charities, liable parties and land-taking offices paid (quarterly)."""

from __future__ import annotations

from features.engine import derived, source

payments = source("compensation")
receipts = source("compensation", entity="household")
# Paid once, and not to make good a bill or a loss: money that is still there.
LUMP = ("injury_death", "land_home", "maturity")


@payments.feature(
    months=12,
    missing=0.0,
    unit="元",
    category="C",
    zh="近12个月医疗费用获赔",
    en="Medical costs compensated, 12 months",
)
def medical_compensated_12m(c):
    """Paid to the person for medical costs within 12 months."""
    return c.amount.sum(where=c.purpose == "medical")


@receipts.feature(
    months=12,
    missing=0.0,
    unit="元",
    category="C",
    zh="近12个月全家医疗获赔",
    en="Medical costs of members compensated, 12 months",
)
def household_medical_compensated_12m(c):
    """Paid to members for medical costs within 12 months."""
    return c.amount.sum(where=c.purpose == "medical")


@receipts.feature(
    months=12,
    missing=0.0,
    unit="元",
    category="H",
    zh="近12个月慈善和司法救助",
    en="Charity and judicial aid, 12 months",
)
def charity_12m(c):
    """Paid to members by charities and courts within 12 months, for whatever purpose."""
    return c.amount.sum(where=c.payer.isin(["charity", "court"]))


@receipts.feature(
    months=12,
    missing=0.0,
    unit="元",
    category="H",
    zh="近12个月一次性大额收入",
    en="Lump sums, 12 months",
)
def lump_sums_12m(c):
    """Paid to members within 12 months for land or a home taken, for injury or death, or by a
    policy that matured. Medical costs and losses made good are none."""
    return c.amount.sum(where=c.purpose.isin(LUMP))


@derived(
    level="household",
    unit="月",
    category="H",
    zh="人均一次性收入相当低保标准月数",
    en="Lump sums a head, in months of the standard",
)
def lump_sum_months(h):
    """H05: lump sums of 12 months a head over S (policy §3.3 H05)."""
    return h.lump_sums_12m / h.n_members / h.S
