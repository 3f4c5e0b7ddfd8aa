"""C08, E06 and H05: what was paid or offered, beside what was spent, earned and granted."""

from __future__ import annotations

import ibis

from data.feeds.compensation import features as compensation
from data.feeds.job_introductions import features as introductions
from data.feeds.medical_claims import features as claims
from features.combined import indicators_employment, indicators_income
from features.engine import derived

ORDER = 350

BUILT_ON = (claims, compensation, indicators_employment, indicators_income, introductions)
REFUSALS = 3
LUMP_MONTHS = 24.0


@derived(
    level="person",
    unit="倍",
    category="C",
    zh="医疗费用获赔比例",
    en="Share of own medical costs compensated",
)
def compensated_share(p):
    """C08: paid by insurers, charities or liable parties over own costs of 12 months.

    Nought where there were no own costs: nothing was to be made good.
    """
    share = p.medical_compensated_12m / p.self_paid_12m.nullif(0.0)
    nothing = (p.self_paid_12m <= 0) & p.medical_compensated_12m.notnull()
    return nothing.fill_null(False).ifelse(0.0, share)


@derived(level="person", category="E", zh="稳定就业或拒绝就业", en="Stable job, or refuses work")
def work_record(p):
    """E06: 'stable', 'refuses' (three suitable jobs refused within 12 months and none taken), or
    'none'. Who offers of jobs are not told of has refused none as far as is known.
    """
    refuses = (p.jobs_refused_12m >= REFUSALS) & ~p.taken_on_12m
    stable = (p.stable_job == "stable").fill_null(False)
    return ibis.cases((stable, "stable"), (refuses.fill_null(False), "refuses"), else_=p.stable_job)


@derived(
    level="household",
    category="H",
    zh="重复临时救助或一次性大额收入",
    en="Repeated emergency aid, or lump sums",
)
def emergency_or_lump_sum(h):
    """H05: 'repeated' emergency aid while still in need, or a 'lump_sum' of 24S a head, or 'none'.

    Who is still in need after two grants counts as that, lump sum or not. A county that is told of
    no lump sums knows of none.
    """
    return ibis.cases(
        (h.repeat_emergency_aid.fill_null(False), "repeated"),
        ((h.lump_sum_months >= LUMP_MONTHS).fill_null(False), "lump_sum"),
        (h.repeat_emergency_aid.isnull(), None),
        else_="none",
    )
