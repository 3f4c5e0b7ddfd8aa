"""Who is in prison, in detention or in compulsory treatment, and who came back (司法, quarterly).

Community correction leaves a person at home and counts for nothing here. Of each term the newest
state counts.
"""

from __future__ import annotations

from features.engine import days_before, source

terms = source(
    "custody", each=("kind", "since"), rows=lambda c: c.kind.isin(["prison", "detention", "detox"])
)
HALF_YEAR, YEAR = 183, 365


def _held(c):
    return c.state == "held"


@terms.feature(missing=False, category="A", zh="服刑或强戒", en="In custody")
def in_custody(c):
    """In prison, in detention or in compulsory drug treatment by the newest record."""
    return _held(c).any()


@terms.feature(
    missing=False, category="A", for_model=False, zh="服刑强戒六个月以上", en="In custody, 6 months"
)
def long_custody(c):
    """Held for six months, or for a term of six months (民发〔2019〕62号)."""
    served = days_before(c, c.since) >= HALF_YEAR
    term = c.until.epoch_days() - c.since.epoch_days() >= HALF_YEAR
    return (_held(c) & (served | term.fill_null(False))).any()


@terms.feature(
    missing=None, category="A", for_model=False, zh="服刑强戒起始日期", en="Taken into custody on"
)
def custody_since(c):
    """First day of the newest term that still runs."""
    return c.since.max(where=_held(c))


@terms.feature(missing=False, category="A", zh="近12个月被羁押", en="Taken into custody, 12 months")
def taken_12m(c):
    """A term that still runs began within 12 months."""
    return (_held(c) & (days_before(c, c.since) <= YEAR)).any()


@terms.feature(missing=False, category="E", zh="近12个月获释", en="Released, 12 months")
def released_12m(c):
    """Released from prison or compulsory treatment within 12 months, and not held since."""
    back = (c.state == "released") & (days_before(c, c.happened_on) <= YEAR)
    return back.any() & ~_held(c).any()
