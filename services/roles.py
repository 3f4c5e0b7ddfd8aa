"""In which role of the alerts' life-cycle a principal acts."""

from __future__ import annotations

from sqlalchemy.orm import Session

from alerts.states import Role as CaseRole
from core.access.accounts import grants_of
from core.access.areas import Area
from core.access.models import Account
from core.access.principal import Refused
from core.access.roles import Action, Role, may
from services.context import Context

# What an account's role is called in the life of a case; the others take no part in it.
IN_CASES = {
    Role.LEADER: CaseRole.SUPERVISOR,
    Role.DISPATCHER: CaseRole.DISPATCHER,
    Role.TOWNSHIP_WORKER: CaseRole.WORKER,
    Role.VILLAGE_WORKER: CaseRole.WORKER,
    Role.DEPARTMENT_WORKER: CaseRole.DEPARTMENT,
}


def case_roles(context: Context, action: Action) -> list[CaseRole]:
    """The roles in which the principal may do an action on cases of the area, each once."""
    held = context.principal.roles_in(action, context.scope)
    return list(dict.fromkeys(IN_CASES[role] for role in held if role in IN_CASES))


def acting_role(context: Context, action: Action, wanted: str | None = None) -> CaseRole:
    """The role in which an act is done: the one wanted, if it is held, else the first.

    Raises Refused for a role that the principal does not hold.
    """
    held = case_roles(context, action)
    if wanted is None and held:
        return held[0]
    if wanted is not None and CaseRole(wanted) in held:
        return CaseRole(wanted)
    raise Refused(
        f"您在此区域没有“{action.zh}”所需的角色",
        f"you hold no role in this area in which to {action.en}",
    )


def role_of(session: Session, account: str, action: Action, place: Area) -> CaseRole:
    """The role in which somebody else's act on a case of a place is told: a worker's, unless the
    account has another one alone that allows it."""
    found = session.get(Account, account)
    grants = () if found is None else grants_of(found)
    here = [g for g in grants if g.area.holds(place) or place.holds(g.area)]
    held = {IN_CASES[g.role] for g in here if g.role in IN_CASES and may(g.role, action)}
    return next(iter(held)) if len(held) == 1 else CaseRole.WORKER
