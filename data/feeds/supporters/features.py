"""Supporters outside the household: who is able, who is helped, what counts and what is paid
(赡养、抚养、扶养义务人).

Of each supporter and person supported the newest row counts while it runs. No row is no answer: a
household whose supporters nobody wrote down is unknown, not without any.
"""

from __future__ import annotations

import ibis

from data.feeds.assistance_rolls import features as rolls
from data.feeds.custody import features as custody
from data.feeds.disability_certificates import features as disability
from features.combined import income_found, income_told
from features.engine import at_least, derived, source
from features.supporting import BEYOND

BUILT_ON = (custody, disability, income_found, income_told, rolls)


def _running(k):
    return k.outside & (k.until_on.isnull() | (k.until_on >= k.as_of))


kin = source(
    "supporters",
    entity="household",
    role="supported",
    each=("record_no", "person_supported"),
    rows=_running,
    beyond=BEYOND,
)


@kin.feature(
    missing=None, unit="人", category="A", zh="户外义务人数", en="Supporters outside the household"
)
def n_supporters_outside(k):
    """People of other households who owe a member support, as the family's form names them."""
    return k.record_no.nunique()


@kin.feature(
    missing=None, unit="人", category="A", zh="户外有能力的义务人", en="Able supporters outside"
)
def n_able_supporters_outside(k):
    """Those of them who can be asked (特困人员认定办法): adults, neither destitute nor held.

    From 70, and with a severe disability, only with an income of at least D; on Dibao under 60.
    """
    return k.record_no.nunique(where=k.able.fill_null(False))


@kin.feature(
    missing=None,
    unit="人",
    category="A",
    for_model=False,
    zh="户外能力不明的义务人",
    en="Supporters outside of whom nobody knows whether they are able",
)
def n_supporters_open(k):
    """Those whose age, or the income on which it depends, is not known."""
    return k.record_no.nunique(where=k.able.isnull())


@kin.feature(
    missing=None,
    unit="人",
    category="A",
    zh="户外义务人自身在救助",
    en="Supporters outside who are on assistance themselves",
)
def n_supporters_assisted(k):
    """Those whose household is on Dibao, destitute support, the edge or the rigid roll.

    Only of those who consented is it looked up; null where nobody did.
    """
    known = k.assisted.cast("int64").max()
    helped = k.record_no.nunique(where=k.assisted.fill_null(False))
    return known.isnull().ifelse(None, helped)


@kin.feature(
    missing=None,
    unit="元/月",
    category="B",
    zh="户外赡养费至少",
    en="Support from outside a month, at least",
)
def support_least_month(k):
    """The lower bound of what all of them count for (data/support_duty)."""
    return k.least.sum()


@kin.feature(
    missing=None,
    unit="元/月",
    category="B",
    for_model=False,
    zh="户外赡养费至多",
    en="Support from outside a month, at most",
)
def support_most_month(k):
    """The upper bound of it: as if those of unknown income had twice the average income a head."""
    return k.most.sum()


@kin.feature(
    missing=None,
    unit="元/月",
    category="B",
    zh="户外实付赡养费",
    en="Support really paid from outside a month",
)
def support_paid_month(k):
    """What they really pay, of those of whom it is known."""
    return k.paid_month.sum()


@kin.feature(
    missing=None,
    unit="元/月",
    category="B",
    zh="应付未付赡养费",
    en="Support owed and not paid a month",
)
def support_unpaid_month(k):
    """By how much those fall short of what they at least owe of whom it is known what they pay."""
    return at_least(k.least - k.paid_month, 0.0).sum()


@derived(
    level="household",
    unit="元/月",
    category="B",
    zh="计入的户外赡养费",
    en="Support from outside counted a month",
)
def support_counted_month(h):
    """What all of them together count for; null while one of the amounts is not known."""
    return (h.support_most_month <= h.support_least_month).ifelse(h.support_least_month, None)


@derived(
    level="household",
    category="A",
    for_model=False,
    zh="户外有有能力的义务人",
    en="An able supporter outside",
)
def able_supporter_outside(h):
    """Whether one of the supporters on record can be asked; null where none is on record, or where
    of those left nobody knows."""
    some = h.n_able_supporters_outside > 0
    return ibis.cases((some, True), (h.n_supporters_open == 0, False))
