"""Handing alerts out and on: dispatch of many at once, and giving a case to somebody else.

Callers own the transaction, as with `alerts.service`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from alerts import departed, holding
from alerts.changes import refuse_outdated
from alerts.errors import AlertChanged, AlertNotFound, AlertsError, MoveRefused
from alerts.models import Alert
from alerts.policy import Policy, default_policy
from alerts.states import Action, Role, State
from alerts.writing import Act, apply, checked_flush, decided, load, load_many
from core.access.areas import Area
from core.workflow import assignment


@dataclass(frozen=True)
class BulkResult:
    """What a bulk act did: ids done, and for each refused id the reason to show."""

    done: tuple[int, ...]
    refused: tuple[tuple[int, AlertsError], ...]


def dispatch_many(
    session: Session,
    alert_ids: Iterable[int],
    *,
    actor: str,
    role: Role | str,
    now: datetime,
    to: holding.Held | None = None,
    note: str | None = None,
    seen_events: Mapping[int, int] | None = None,
    policy: Policy | None = None,
) -> BulkResult:
    """Dispatch several alerts at once; those that cannot be dispatched are listed, not raised.

    `to` is a township, a village or a person; without it each alert goes to the workers of its own
    township. A case is not given to a place it does not lie in. `seen_events` gives each alert's
    last event as the page showed it; an alert that has moved on since is refused.
    """
    act = Act.by(actor, role, now, note)
    policy, seen = policy or default_policy(), seen_events or {}
    ids = list(dict.fromkeys(alert_ids))
    alerts = load_many(session, ids)
    done: list[int] = []
    refused: list[tuple[int, AlertsError]] = []
    with checked_flush(session, ids[0] if ids else 0):
        for alert_id in ids:
            if alert_id not in alerts:
                refused.append((alert_id, AlertNotFound("预警", "alert", alert_id)))
                continue
            try:
                if alert_id in seen:
                    refuse_outdated(session, alert_id, seen[alert_id], act.at)
                _dispatch(session, alerts[alert_id], act, to, policy)
            except (MoveRefused, AlertChanged) as error:
                refused.append((alert_id, error))
            else:
                done.append(alert_id)
    return BulkResult(tuple(done), tuple(refused))


def _dispatch(
    session: Session, alert: Alert, act: Act, to: holding.Held | None, policy: Policy
) -> None:
    decision = decided(alert, Action.DISPATCH, act)
    if to is not None:
        _require_here(session, alert, to)
    apply(session, alert, decision, act, policy, to=to)


def assign(
    session: Session,
    alert_id: int,
    to: holding.Held,
    *,
    actor: str,
    role: Role | str,
    now: datetime,
    own_area: str,
    note: str,
    seen_event: int | None = None,
    policy: Policy | None = None,
) -> Alert:
    """Give a dispatched case to another township, village or person; a note says why.

    `own_area` is the area code of whoever hands it on ('' for the county). They may give away what
    lies in their area or is their own task, to somebody within, or back to their township. Raises
    MoveRefused, AlertChanged, AlertNotFound.
    """
    act = Act.by(actor, role, now, note)
    alert = load(session, alert_id, act, seen_event)
    _require_here(session, alert, to)
    decision = decided(alert, Action.ASSIGN, act)
    held = holding.of(alert) or holding.usual(alert)
    _require_own(alert, held, to, own_area, act.actor)
    try:
        assignment.reassign(holding.DESK, held, to, act, "")
    except assignment.MoveRefused as error:
        raise MoveRefused(error.zh, error.en) from error
    with checked_flush(session, alert_id):
        apply(session, alert, decision, act, policy or default_policy(), to=to)
    return alert


def give_back(session: Session, alert: Alert, act: Act, policy: Policy) -> None:
    """Send a case back (退单): a village's goes to its township, which may hand it on within or
    send it back further; a township's goes to the county team. Decide first, then change."""
    decision = decided(alert, Action.RETURN, act)
    if _of_village(session, alert, act):
        to = holding.usual(alert)
        decision = replace(decision, after=State.DISPATCHED)
        apply(session, alert, decision, act, policy, to=to)
    else:
        apply(session, alert, decision, act, policy)


def _of_village(session: Session, alert: Alert, act: Act) -> bool:
    """Whether a village gives the case back: by the account's areas where it has one, else by the
    place that has the case. A case without a township has nobody between."""
    if act.role is not Role.WORKER or not alert.township_code:
        return False
    areas = departed.reach(session, [act.actor]).get(act.actor)
    if areas is None:
        return Area(alert.holder_area or "").is_village
    own = [area for area in areas if area.holds(Area(_place(alert)))]
    return bool(own) and all(area.is_village for area in own)


def _require_own(
    alert: Alert, held: holding.Held, to: holding.Held, own_area: str, account: str
) -> None:
    """Raises MoveRefused for a case that is not theirs to give, or that would leave their area."""
    if not holding.may_hand_on(held, own_area, account, _place(alert)):
        raise MoveRefused(
            "该户由他人办理，不在您的辖区内；如需改派，请联系其所在乡镇或县级监测专班",
            "somebody else has this case and it does not lie with your area; its township or the "
            "county team can hand it on",
        )
    if not holding.may_get(to, own_area, alert.township_code or ""):
        raise MoveRefused(
            "所选对象不在您的辖区内；请选择辖区内的村或人员，或交回所在乡镇",
            "whom you chose is not within your area; choose a village or somebody within, or give "
            "the case back to its township",
        )


def _require_here(session: Session, alert: Alert, to: holding.Held) -> None:
    """Raises MoveRefused for a place in which the household does not live, or somebody who does
    not visit there. A name without an account (of a paper form) is not checked."""
    place = _place(alert)
    if not place:
        return
    if to.account is None and not assignment.covers(to.area, place):
        raise MoveRefused(
            "该户不住在所选的乡镇或村，请选择其所在的乡镇或村",
            "this household does not live in the place that was chosen; choose its own township "
            "or village",
        )
    areas = departed.reach(session, [to.account]) if to.account is not None else {}
    if any(not any(a.holds(Area(place)) for a in own) for own in areas.values()):
        raise MoveRefused(
            "所选人员不负责该户所在的村，请选择负责该村的人员",
            "whom you chose does not visit the village of this household; choose somebody who does",
        )


def _place(alert: Alert) -> str:
    return alert.village_code or alert.township_code or ""
