"""Assistance given, ended, refused (民政 社会救助名册)."""

from __future__ import annotations

from features.engine import days_before, derived, latest, source

rolls = source("assistance_rolls", entity="household")

# The six classes of low-income people, in the order that names a household with several.
CLASSES = ("dibao", "tekun", "edge", "rigid", "monitored", "other")
CLASS_ZH = ("低保", "特困", "低保边缘", "刚性支出困难", "防返贫监测", "其他困难")


def _standing(r, name):
    """Whether the newest start of a class is no older than its newest end.

    A renewal ends and starts a class on one day: it goes on.
    """
    of_class = r.assistance_class == name
    started = r.happened_on.max(where=of_class & (r.event == "start"))
    ended = r.happened_on.max(where=of_class & (r.event == "end"))
    return started.notnull() & (ended.isnull() | (started >= ended))


def _declare_standing(name: str, zh: str) -> None:
    def on_class(r):
        return _standing(r, name)

    on_class.__name__ = f"on_{name}"
    on_class.__doc__ = f"Newest roll event of class {name} is a start (civil affairs rolls)."
    rolls.feature(missing=False, category="A", zh=f"在册：{zh}", en=f"On the roll: {name}")(
        on_class
    )


for _name, _zh in zip(CLASSES, CLASS_ZH, strict=True):
    _declare_standing(_name, _zh)


@rolls.feature(
    months=24, missing=None, category="G", zh="近24个月退出类别", en="Class left, 24 months"
)
def class_left_24m(r):
    """The class whose end is the newest within 24 months."""
    return latest(
        r, r.assistance_class, where=(r.event == "end") & r.assistance_class.isin(CLASSES)
    )


@rolls.feature(
    months=24,
    missing=False,
    category="G",
    zh="近24个月退出低保特困",
    en="Left Dibao or destitute support, 24 months",
)
def ended_dibao_tekun_24m(r):
    """Dibao or destitute support ended within 24 months."""
    return ((r.event == "end") & r.assistance_class.isin(["dibao", "tekun"])).any()


@rolls.feature(missing=False, category="G", zh="曾退出救助", en="Ever left a roll")
def ever_left_roll(r):
    """Any class of the six ended at any time known."""
    return ((r.event == "end") & r.assistance_class.isin(CLASSES)).any()


@rolls.feature(missing=False, category="G", zh="曾在册", en="Ever on a roll")
def ever_on_roll(r):
    """Any class of the six started (or ended) at any time known."""
    return (r.event.isin(["start", "end"]) & r.assistance_class.isin(CLASSES)).any()


@rolls.feature(
    months=24, missing=False, category="G", zh="近24个月申请未获确认", en="Refused, 24 months"
)
def refused_24m(r):
    """An application was not confirmed within 24 months."""
    return (r.event == "refused").any()


@rolls.feature(
    months=(12, 24),
    missing=0,
    unit="次",
    category="H",
    zh="近{months}个月临时救助次数",
    en="Emergency grants, {months} months",
)
def emergency_grants(r):
    """Emergency aid payments (临时救助)."""
    return ((r.assistance_class == "emergency") & (r.event == "grant")).sum()


@rolls.feature(
    months=(12,),
    missing=0.0,
    unit="元",
    category="H",
    zh="近12个月临时救助金额",
    en="Emergency aid paid, 12 months",
)
def emergency_amount_12m(r):
    """Yuan of emergency aid in 12 months."""
    return r.monthly_amount.sum(where=(r.assistance_class == "emergency") & (r.event == "grant"))


@rolls.feature(
    missing=None, unit="天", category="G", zh="距最近退出天数", en="Days since a class ended"
)
def days_since_roll_end(r):
    """Days since the newest end of a class; empty when none ended."""
    return days_before(r, r.happened_on.max(where=r.event == "end"))


@rolls.feature(
    missing=None, unit="天", category="G", zh="距最近确认天数", en="Days since a class started"
)
def days_since_roll_start(r):
    """Days since the newest start of a class; empty when none started."""
    return days_before(r, r.happened_on.max(where=r.event == "start"))


@rolls.feature(missing=0, unit="次", category="G", zh="历次确认次数", en="Roll entries so far")
def roll_starts(r):
    """How often a class started for this household."""
    return ((r.event == "start") & r.assistance_class.isin(CLASSES)).sum()


@rolls.feature(
    months=24, missing=0, unit="次", category="G", zh="近24个月未确认次数", en="Refusals, 24 months"
)
def refusals_24m(r):
    """Applications not confirmed in 24 months."""
    return (r.event == "refused").sum()


@rolls.feature(
    months=24,
    missing=False,
    category="G",
    zh="因收入提高退出",
    en="Left because income rose, 24 months",
)
def left_for_income_24m(r):
    """A class ended within 24 months because income rose."""
    return ((r.event == "end") & (r.end_reason == "income_up")).any()


@rolls.feature(
    months=36,
    missing=None,
    unit="元/月",
    category="G",
    zh="最近救助金额",
    en="Latest monthly amount",
)
def latest_roll_amount(r):
    """Yuan a month of the newest confirmed class."""
    return latest(r, r.monthly_amount, where=r.event == "start")


@rolls.feature(
    months=36, missing=None, category="A", for_model=False, zh="监测类别", en="Kind of monitoring"
)
def monitored_kind(r):
    """Newest kind of return-to-poverty monitoring."""
    return latest(r, r.monitored_kind, where=r.assistance_class == "monitored")


@derived(level="household", unit="类", category="A", zh="在册类别数", en="Rolls held")
def n_rolls_held(h):
    """How many of the six classes the household holds now."""
    return sum(h[f"on_{name}"].cast("int64") for name in CLASSES)
