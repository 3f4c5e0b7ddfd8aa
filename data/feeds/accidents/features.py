"""Fires, floods, accidents and crimes that struck a member (应急、公安 灾情事故, monthly)."""

from __future__ import annotations

from features.engine import at_least, derived, source

events = source("accidents", entity="household", each=("person", "happened_on", "kind"))


def _uncovered(a):
    """What the family bears itself: loss and liability beyond what was paid."""
    borne = a.loss.fill_null(0.0) + a.liability.fill_null(0.0) - a.compensated.fill_null(0.0)
    return at_least(borne, 0.0)


@events.feature(
    months=12, missing=0, unit="次", category="H", zh="近12个月灾情事故", en="Accidents, 12 months"
)
def accidents_12m(a):
    """Disasters, accidents and crimes that members had a part in within 12 months."""
    return a.count()


@events.feature(
    months=12,
    missing=0.0,
    unit="元",
    category="H",
    monotone=+1,
    zh="近12个月未获赔损失",
    en="Loss not compensated, 12 months",
)
def uncovered_loss_12m(a):
    """Loss and liability of 12 months beyond what insurers or others paid, event by event."""
    return _uncovered(a).sum()


@events.feature(
    months=12,
    missing=None,
    category="H",
    for_model=False,
    zh="最大损失日期",
    en="Day of the largest loss",
)
def accident_on(a):
    """H04: day of the newest event within 12 months that left a loss."""
    return a.happened_on.max(where=_uncovered(a) > 0)


@derived(
    level="household",
    unit="月",
    category="H",
    monotone=+1,
    zh="人均未获赔损失相当低保标准月数",
    en="Loss a head, in months of the standard",
)
def loss_months(h):
    """H04: loss and liability not compensated, a head over S (policy §3.3 H04)."""
    return h.uncovered_loss_12m / h.n_members / h.S
