"""From raised to helped: how many alerts reach each step, and where the others were lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd
from sqlalchemy.orm import Session

from alerts.facts import alert_facts
from alerts.states import Outcome, State
from core.words import Bilingual


@dataclass(frozen=True)
class Loss(Bilingual):
    """Alerts that did not reach the next step, and why."""

    code: str
    zh: str
    en: str
    n: int


@dataclass(frozen=True)
class Step(Bilingual):
    """One step: alerts that reached it, their share of all raised, and losses before the next."""

    code: str
    zh: str
    en: str
    n: int
    share: float | None
    losses: tuple[Loss, ...]


_STEPS = (
    ("raised", "生成", "Raised"),
    ("dispatched", "派单", "Dispatched"),
    ("checked", "核实", "Checked"),
    ("confirmed", "确认应救未救", "Need confirmed"),
    ("helped", "已帮扶", "Helped"),
)


def funnel(
    session: Session,
    since: date | None = None,
    until: date | None = None,
    as_at: date | None = None,
) -> list[Step]:
    """The five steps for alerts raised from `since` to `until`, as known on `as_at`.

    At every step n = losses + n of the next step. Checked means that a visit settled what is
    true; helped, that at least one need was met.
    """
    facts = alert_facts(session, since, until, as_at)
    dispatched = facts[facts["dispatched"]]
    checked = dispatched[dispatched["verified"]]
    confirmed = checked[checked["confirmed"]]
    helped = confirmed[confirmed["helped"]]
    reached = [facts, dispatched, checked, confirmed, helped]
    losses = [
        _waiting_for_dispatch(facts[~facts["dispatched"]]),
        _not_checked(dispatched[~dispatched["verified"]]),
        _not_confirmed(checked[~checked["confirmed"]]),
        _not_helped(confirmed[~confirmed["helped"]]),
        (),
    ]
    total = len(facts)
    return [
        Step(code, zh, en, len(part), len(part) / total if total else None, lost)
        for (code, zh, en), part, lost in zip(_STEPS, reached, losses, strict=True)
    ]


def _present(*losses: Loss) -> tuple[Loss, ...]:
    return tuple(sorted((loss for loss in losses if loss.n), key=lambda loss: -loss.n))


def _waiting_for_dispatch(lost: pd.DataFrame) -> tuple[Loss, ...]:
    closed = int((lost["state"] == State.CLOSED.value).sum())
    waiting = Loss("not_dispatched", "尚未派单", "Not yet dispatched", len(lost) - closed)
    return _present(waiting, _never_visited(closed))


def _never_visited(closed: int) -> Loss:
    return Loss("never_visited", "始终未走访而办结", "Closed without a visit", closed)


def _not_checked(lost: pd.DataFrame) -> tuple[Loss, ...]:
    unsettled = [Outcome.UNREACHABLE, Outcome.REFUSED]
    by_outcome = [
        Loss(o.value, o.zh, o.en, int((lost["outcome"] == o.value).sum())) for o in unsettled
    ]
    rest = lost[~lost["outcome"].isin([o.value for o in unsettled])]
    returned = rest["state"] == State.RETURNED.value
    asked = rest["state"] == State.DISPATCHED.value
    closed = rest["state"] == State.CLOSED.value
    return _present(
        *by_outcome,
        Loss("returned", "已退单", "Returned", int(returned.sum())),
        Loss("not_accepted", "尚未接单", "Not yet accepted", int(asked.sum())),
        _never_visited(int(closed.sum())),
        Loss("under_check", "核查中", "Being checked", int((~returned & ~asked & ~closed).sum())),
    )


def _not_confirmed(lost: pd.DataFrame) -> tuple[Loss, ...]:
    counted = lost["outcome"].value_counts()
    return _present(
        *(Loss(o.value, o.zh, o.en, int(counted.get(o.value, 0))) for o in Outcome if o.verified)
    )


def _not_helped(lost: pd.DataFrame) -> tuple[Loss, ...]:
    closed = int((lost["state"] == State.CLOSED.value).sum())
    return _present(
        Loss("help_under_way", "救助办理中", "Help under way", len(lost) - closed),
        Loss("no_help", "办结但未获帮扶", "Closed without help", closed),
    )
