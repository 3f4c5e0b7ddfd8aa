"""Precision of alerts: never without its denominator, its unverified share, its interval and n.

precision = alerts with at least one confirmed unmet need ÷ alerts of the denominator:

- concluded: alerts whose visit settled what is true, whether or not help is done ('verified' is
  its older name); no contact, refusals and cases not visited stand beside it;
- closed: cases that are closed, or put under watch after a finding. A confirmed case closes
  only when its help is done, which takes longer than a false alarm, so for recent months this
  figure starts low and rises;
- visited: alerts with any result, also that nobody was met or the family refused;
- dispatched: alerts that went to a worker;
- raised: every alert.

The audit sample is a measurement, not an alert: it is left out unless asked for. By question, an
alert about the coming is right by the rule of `alerts.coming`; everywhere else precision asks what
the visit itself found.

'Already covered' is a true fact but not an unmet need: it stands apart and does not count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Literal

import pandas as pd
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from alerts.coming import judged, recorded_needs, ripe
from alerts.errors import AlertsError
from alerts.facts import alert_facts
from alerts.handling import Handling
from alerts.models import Alert, AlertEvent, AlertReason
from alerts.needs_standing import needs_standing
from alerts.states import Band, Outcome, Question, Source
from alerts.wilson import XIAOCHANG, Reference, wilson
from alerts.words import words_on
from core.home import add_months
from core.words import Worded

__all__ = ["SMALL", "XIAOCHANG", "Reference", "causes", "precision", "reliability", "wilson"]

WARM_UP_MONTHS = 6
SMALL = 10  # below this many cases a cell is greyed
Denominator = Literal["concluded", "closed", "verified", "visited", "dispatched", "raised"]
Sample = Literal["alerts", "audit", "all"]
Asked = Literal["existing", "coming"]
By = Literal[
    "question",
    "phase",
    "handling",
    "source",
    "any_source",
    "band",
    "indicator",
    "need",
    "department",
    "township",
    "month",
    "population",
]
_MASK = {
    "concluded": "concluded",
    "closed": "closed",
    "verified": "verified",
    "visited": "visited",
    "dispatched": "dispatched",
    "raised": None,
}
_COLUMN = {
    "question": "question",
    "phase": "phase",
    "handling": "handling",
    "source": "source",
    "band": "band",
    "township": "township_code",
    "month": "month",
    "population": "population",
}
COUNTS = [
    "n_alerts",
    "n_closed",
    "n_verified",
    "n_confirmed",
    "n_covered",
    "n_helped",
    "n",
    "confirmed_of_n",
]
COLUMNS = [
    "group",
    "label_zh",
    "label_en",
    *COUNTS,
    "precision",
    "low",
    "high",
    "unverified_share",
    "small",
]


def precision(
    session: Session,
    by: By | None = None,
    denominator: Denominator = "concluded",
    since: date | None = None,
    until: date | None = None,
    as_at: date | None = None,
    *,
    sample: Sample = "alerts",
    recorded: pd.DataFrame | None = None,
    warm_up_months: int = WARM_UP_MONTHS,
    question: Asked | None = None,
    facts: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """One row per group (one row 'all' without `by`), for alerts raised from `since` to `until`.

    `n` is the denominator and `confirmed_of_n` the numerator of `precision`; `low` and `high` its
    Wilson 95 % interval; `unverified_share` = alerts without a settled visit ÷ `n_alerts`; `small`
    marks n < 10. An alert counts in every indicator, need and department that it names; for
    'need' and 'department' it counts as confirmed where that very need was. 'source' is the lane
    that took the slot (groups sum to all), 'any_source' every lane that named the household.
    'question' parts existing, coming, and the facts and reports that ask both; for the coming
    `recorded` gives the needs on record (`alerts.coming.recorded_needs`, made from the alerts when
    left out). 'phase' parts the first `warm_up_months` in which alerts were raised, which harvest
    a backlog, from the steady state after them. `sample` leaves the audit out, or asks for it alone
    or for all. `question` keeps the alerts that ask whether need is there now (existing, facts and
    reports), or those about the coming whose months have passed (`alerts.coming.ripe`). `facts` are
    `alert_facts` of the same days where the caller has them already. Precision is null where n is
    0. Raises AlertsError for an unknown `by` or `denominator`.
    """
    if denominator not in _MASK:
        raise _unknown("denominator", str(denominator), list(_MASK))
    facts = alert_facts(session, since, until, as_at) if facts is None else facts
    facts = _sampled(facts, sample)
    if question == "existing":
        facts = _of_now(facts)
    elif by == "question" or question == "coming":
        known = as_at or newest_day(session)
        recorded = recorded_needs(session, as_at=known) if recorded is None else recorded
        facts = (judged if question is None else ripe)(facts, recorded, known)
    if by == "phase":
        facts["phase"] = phases(session, facts["raised_on"], warm_up_months)
    grouped = _grouped(session, facts, by, as_at)
    mask = _MASK[denominator]
    rows = [
        _row(str(group), part, part if mask is None else part[part[mask]])
        for group, part in grouped.groupby("group", sort=True)
    ]
    labels = _labeller(session, by)
    for row in rows:
        row["label_zh"], row["label_en"] = labels(str(row["group"]))
    return pd.DataFrame(rows, columns=COLUMNS)


def _sampled(facts: pd.DataFrame, sample: Sample) -> pd.DataFrame:
    drawn = facts["source"] == Source.AUDIT.value
    if sample == "all":
        return facts.copy()
    return facts[drawn if sample == "audit" else ~drawn].copy()


def _of_now(facts: pd.DataFrame) -> pd.DataFrame:
    """The alerts that ask whether need is there now: all but those about the coming."""
    return facts[facts["question"] != Question.COMING.value].copy()


def newest_day(session: Session) -> date:
    """The day of the newest act on record: until then everything is known."""
    newest = session.scalar(select(func.max(AlertEvent.at)))
    return date.max if newest is None else newest.date()


def phases(session: Session, raised_on: Iterable[date], warm_up_months: int) -> list[str]:
    """'warm_up' or 'steady' for each day of raising, counted from the first alert on record."""
    first = session.scalar(select(func.min(Alert.raised_on)))
    if first is None:
        return []
    steady = add_months(first, warm_up_months - 1)  # the last day of the warm-up
    return ["warm_up" if day <= steady else "steady" for day in raised_on]


def causes(
    session: Session,
    since: date | None = None,
    until: date | None = None,
    as_at: date | None = None,
) -> pd.DataFrame:
    """Why alerts that ask about need now were false: columns group (cause), n, share of all such
    false alarms. The audit sample is left out, and the coming: what the visit finds does not judge
    them."""
    facts = _of_now(_sampled(alert_facts(session, since, until, as_at), "alerts"))
    false = facts[facts["outcome"] == Outcome.FALSE_ALARM.value]
    counted = false["cause"].value_counts().rename_axis("group").reset_index(name="n")
    counted["share"] = counted["n"] / max(1, len(false))
    return counted


def reliability(
    session: Session,
    bins: int = 5,
    since: date | None = None,
    until: date | None = None,
    as_at: date | None = None,
) -> pd.DataFrame:
    """Predicted risk against confirmed share among verified alerts, in bins of equal size.

    Columns: bin, mean_risk, confirmed_share, low, high, n, small. Alerts without a risk are left
    out. Visited alerts are not a random sample: this shows how the model ranks what was visited.
    """
    facts = alert_facts(session, since, until, as_at)
    facts = facts[facts["verified"] & facts["risk"].notna()].sort_values(["risk", "alert_id"])
    rows = []
    size = -(-len(facts) // bins) if len(facts) else 1
    for number, start in enumerate(range(0, len(facts), size)):
        part = facts.iloc[start : start + size]
        hits, n = int(part["confirmed"].sum()), len(part)
        low, high = wilson(hits, n)
        rows.append((number, float(part["risk"].mean()), hits / n, low, high, n, n < SMALL))
    names = ["bin", "mean_risk", "confirmed_share", "low", "high", "n", "small"]
    return pd.DataFrame(rows, columns=names)


def _row(group: str, alerts: pd.DataFrame, counted: pd.DataFrame) -> dict[str, object]:
    n, hits = len(counted), int(counted["confirmed"].sum())
    total, verified = len(alerts), int(alerts["verified"].sum())
    return {
        "group": group,
        "n_alerts": total,
        "n_closed": int(alerts["closed"].sum()),
        "n_verified": verified,
        "n_confirmed": int(alerts["confirmed"].sum()),
        "n_covered": int((alerts["outcome"] == Outcome.ALREADY_COVERED.value).sum()),
        "n_helped": int(alerts["helped"].sum()),
        "n": n,
        "confirmed_of_n": hits,
        **_shares(hits, n, verified, total),
    }


def summed(rows: pd.DataFrame) -> dict[str, object]:
    """Groups of a precision as one: their counts added, the shares computed anew. No label."""
    counts = {str(name): int(rows[name].sum()) for name in COUNTS}
    shares = ("confirmed_of_n", "n", "n_verified", "n_alerts")
    return counts | _shares(*(counts[name] for name in shares))


def _shares(hits: int, n: int, verified: int, total: int) -> dict[str, object]:
    low, high = wilson(hits, n)
    return {
        "precision": hits / n if n else None,
        "low": low,
        "high": high,
        "unverified_share": 1 - verified / total if total else None,
        "small": n < SMALL,
    }


def _grouped(
    session: Session, facts: pd.DataFrame, by: By | None, as_at: date | None
) -> pd.DataFrame:
    """The facts with a `group` column; several rows per alert where it belongs to several."""
    if by is None:
        return facts.assign(group="all")
    if by in _COLUMN:
        column = facts[_COLUMN[by]]
        return facts.assign(group=[_name(value) for value in column])
    if by in {"indicator", "any_source"}:
        return by_reason(session, facts, by, as_at)
    if by in {"need", "department"}:
        return _by_need(session, facts, by, as_at)
    raise _unknown("by", str(by), [*_COLUMN, "any_source", "indicator", "need", "department"])


def _name(value: object) -> str:
    """A group's code; numbers without the decimals that gaps in a column give them."""
    if value is None or value != value:
        return "unknown"
    return str(int(value)) if isinstance(value, float) else str(value)


def by_reason(session: Session, facts: pd.DataFrame, by: str, as_at: date | None) -> pd.DataFrame:
    """Each alert once per indicator (or source) among the reasons told by then."""
    column = AlertReason.code if by == "indicator" else AlertReason.source
    query = select(AlertReason.alert_id, column).distinct()
    if by == "indicator":
        query = query.where(AlertReason.source.in_([Source.RULE, Source.EVENT]))
    if as_at is not None:
        query = query.where(AlertReason.as_of <= as_at)
    named = pd.DataFrame(
        [tuple(row) for row in session.execute(query)], columns=["alert_id", "group"]
    )
    return facts.merge(named, on="alert_id")


def _by_need(session: Session, facts: pd.DataFrame, by: str, as_at: date | None) -> pd.DataFrame:
    """Each alert once per need (or department), confirmed where that need was."""
    column = "code" if by == "need" else "department"
    found = needs_standing(session, as_at).rename(columns={column: "group"})
    found["own"] = found["outcome"] == Outcome.CONFIRMED.value
    own = found.groupby(["alert_id", "group"], as_index=False)["own"].any()
    merged = facts.merge(own, on="alert_id")
    merged["confirmed"] = merged["confirmed"] & merged["own"]
    return merged


_POPULATIONS = {
    "return": ("返贫", "Return"),
    "new_entry": ("致贫", "New entry"),
    "on_roll": ("在册", "On a roll"),
    "unknown": ("不详", "Unknown"),
}
_PHASES = {"warm_up": ("起步期", "Warm-up"), "steady": ("稳定期", "Steady state")}
_QUESTIONS = {word.value: (word.zh, word.en) for word in (*Question, *Source)}


def _labeller(session: Session, by: By | None) -> Callable[[str], tuple[str, str]]:
    """Words of a group; codes that have none here (townships, months) label themselves."""
    enums: dict[str, type[Worded]] = {"source": Source, "any_source": Source, "band": Band}
    fixed = {"population": _POPULATIONS, "phase": _PHASES, "question": _QUESTIONS}

    def label(group: str) -> tuple[str, str]:
        """Chinese and English words of one group."""
        if by is None:
            return "全部", "All"
        if by in enums:
            word = enums[by](group)
            return word.zh, word.en
        if by == "handling" and group != "unknown":
            return Handling(int(group)).zh, Handling(int(group)).en
        if by in fixed:
            return fixed[by].get(group, (group, group))
        return tables.get(group, (group, group))

    tables = _scorecard_labels(session, by)
    return label


def _scorecard_labels(session: Session, by: By | None) -> dict[str, tuple[str, str]]:
    if by not in {"indicator", "need", "department"}:
        return {}
    words = words_on(session, date.max)  # the newest names, also of rules that start later
    if by == "indicator":
        return {code: (t.zh, t.en) for code, t in words.indicators().items()}
    texts = words.needs() if by == "need" else words.departments()
    return {code: (t.zh, t.en) for code, t in texts.items()}


def _unknown(name: str, value: str, known: list[str]) -> AlertsError:
    listed = ", ".join(known)
    return AlertsError(
        f"{name} 不能是“{value}”；可选：{listed}", f"{name} cannot be '{value}'; choose {listed}"
    )
