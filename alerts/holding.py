"""Whose turn it is with an alert: a township or village, a department, or one person by name.

A dispatch hands the case to the workers of the household's township unless somebody else is named;
who accepts it takes it on by name. The kernel (`core.workflow.assignment`) decides; here it meets
the alert's rows. In the log a holder is written as role|area|account.
"""

from __future__ import annotations

from alerts.models import Alert
from alerts.states import Action, Role
from core.workflow.assignment import Desk, Holder, covers

Held = Holder[Role]
# Who hands cases out, and to whom: the county and its leaders, and a township among its own.
DESK = Desk[Role](
    {
        Role.DISPATCHER: frozenset({Role.WORKER}),
        Role.SUPERVISOR: frozenset({Role.WORKER}),
        Role.WORKER: frozenset({Role.WORKER}),
        Role.SYSTEM: frozenset({Role.WORKER}),
    }
)
NOBODY = ""
# Acts after which the log says who has the case.
HANDS = frozenset({Action.DISPATCH, Action.ASSIGN, Action.ACCEPT, Action.RETURN, Action.RECHECK})


def of(alert: Alert) -> Held | None:
    """Who has the case; None when it lies with the county team."""
    if alert.holder_role is None:
        return None
    return Held(Role(alert.holder_role), alert.holder_area or "", alert.holder_account)


def usual(alert: Alert) -> Held:
    """Who gets a dispatched case when nobody is named: the workers of the township."""
    return Held(Role.WORKER, alert.township_code or "")


def hand(alert: Alert, to: Held | None) -> None:
    """Note on the row who has the case now."""
    alert.holder_role = None if to is None else to.role
    alert.holder_area = None if to is None else to.area
    alert.holder_account = None if to is None else to.account


def after(alert: Alert, action: Action, actor: str, role: Role, to: Held | None) -> Held | None:
    """Who has the case after an act of `HANDS`; `to` is whoever was named."""
    if action is Action.RETURN:
        return to  # a village's township, else the county team
    if action is Action.ACCEPT:
        before = of(alert) or usual(alert)
        # The county team may accept on behalf of a township; the case stays with the township.
        return Held(before.role, before.area, actor) if role is Role.WORKER else before
    return to or usual(alert)


def text(holder: Held | None) -> str:
    """A holder as the log keeps it; '' for nobody."""
    if holder is None:
        return NOBODY
    return "|".join((holder.role, holder.area, holder.account or ""))


def read(told: str | None) -> Held | None:
    """The holder that a row of the log names; None for nobody."""
    if not told:
        return None
    role, area, account = told.split("|", 2)
    return Held(Role(role), area, account or None)


def concerns(holder: Held | None, area: str, account: str, place: str) -> bool:
    """Whether a case is a task of a worker of `area` called `account`.

    What was given to somebody by name is theirs alone. What a township has is everybody's there
    whose own area holds the household's village, `place`.
    """
    if holder is None:
        return False
    if holder.account is not None:
        return holder.account == account
    return covers(area, holder.area) or covers(area, place)


def may_hand_on(held: Held, own_area: str, account: str, place: str) -> bool:
    """Whether somebody of `own_area` may give a case away: their own task, or any in their area."""
    return covers(own_area, held.area) or concerns(held, own_area, account, place)


def may_get(to: Held, own_area: str, township: str) -> bool:
    """Whether somebody of `own_area` may give a case to `to`: within their area, or back to their
    township as a whole."""
    back = to.account is None and bool(township) and to.area == township
    return covers(own_area, to.area) or (back and covers(township, own_area))
