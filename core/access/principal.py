"""Who is asking: an account with its grants, as everything behind the door sees it."""

from __future__ import annotations

from dataclasses import dataclass

from core.access.areas import COUNTY, Area
from core.access.roles import Action, Role, may, roles_for
from core.errors import Told


class Refused(Told):
    """This principal may not do this here; the message says who may."""


@dataclass(frozen=True)
class Grant:
    """A role and the area it holds in."""

    role: Role
    area: Area = COUNTY


@dataclass(frozen=True)
class Principal:
    """An account that has signed in, or a program that acts for one.

    `session` names the sign-in in the record (not its secret), `place` the address it came from.
    `households` may be opened outside the areas for a while, after breaking the glass. `scopes` are
    the actions that a system's token is narrowed to; None where nothing narrows the roles.
    """

    account: str
    name: str
    grants: tuple[Grant, ...]
    session: str = ""
    place: str = ""
    unit: str = ""
    households: frozenset[str] = frozenset()
    must_change: bool = False
    scopes: frozenset[Action] | None = None

    @property
    def roles(self) -> list[Role]:
        """Every role it holds, in the table's order, each once."""
        held = {grant.role for grant in self.grants}
        return [role for role in Role if role in held]

    def areas(self, action: Action) -> list[Area]:
        """Where it may do an action, the widest first; an area within another is left out."""
        own = dict.fromkeys(g.area for g in self.grants if self._may(g.role, action))
        kept = [a for a in own if not any(b.holds(a) and b != a for b in own)]
        return sorted(kept, key=lambda area: (len(area.code), area.code, area.department))

    def may(self, action: Action, area: Area | None = None) -> bool:
        """Whether it may do the action in all of an area; without one, anywhere at all."""
        own = self.areas(action)
        return bool(own) if area is None else any(mine.holds(area) for mine in own)

    def roles_in(self, action: Action, area: Area) -> list[Role]:
        """The roles in which it may do the action in an area."""
        held = {g.role for g in self.grants if self._may(g.role, action) and g.area.holds(area)}
        return [role for role in Role if role in held]

    def _may(self, role: Role, action: Action) -> bool:
        return may(role, action) and (self.scopes is None or action in self.scopes)

    def require(self, action: Action, area: Area | None = None) -> None:
        """Raises Refused, saying who may, unless `may`."""
        if self.may(action, area):
            return
        if self.may(action):
            raise Refused(
                f"您可以“{action.zh}”，但不在此区域；请选择您负责的区域",
                f"you may {action.en}, but not in this area; choose an area of yours",
            )
        if self.scopes is not None and action not in self.scopes:
            raise Refused(
                f"此令牌的权限不含“{action.zh}”（{action.value}），请系统管理员另发令牌",
                f"this token's scopes do not hold '{action.value}' ({action.en}); ask the "
                "administrator for another token",
            )
        who = roles_for(action)
        raise Refused(
            f"您的角色不能“{action.zh}”；可以办理的角色：{'、'.join(r.zh for r in who)}",
            f"your role may not {action.en}; this is for: {', '.join(r.en for r in who)}",
        )
