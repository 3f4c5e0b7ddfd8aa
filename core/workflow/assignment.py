"""Whose turn it is: a case is held by a role in an area, or by one named account.

Pure: functions say what an assignment would be, or refuse in words that tell what is possible.
Areas are codes in which a part begins with the whole (county 421900, township 421900101): '' is
everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic

from core.words import Text, Worded
from core.workflow.errors import MoveRefused
from core.workflow.moves import Role
from core.workflow.writing import Act


class Handing(Worded):
    """What is done to the holding of a case."""

    ASSIGN = ("assign", "分派", "assign")
    REASSIGN = ("reassign", "改派", "reassign")
    UNASSIGN = ("unassign", "收回", "take back")
    CLAIM = ("claim", "领取", "take on")


@dataclass(frozen=True)
class Holder(Generic[Role]):
    """Who holds a case: everyone in `role` whose area covers `area`, or `account` alone."""

    role: Role
    area: str = ""
    account: str | None = None

    @property
    def told(self) -> Text:
        """The holder in words."""
        if self.account is not None:
            return Text(self.account, self.account)
        where = Text(f"（{self.area}）", f" of {self.area}") if self.area else Text("", "")
        return Text(f"{self.role.zh}{where.zh}", f"{self.role.en}{where.en}")


@dataclass(frozen=True)
class Handed(Generic[Role]):
    """A change of holder that was decided; nothing is stored yet."""

    what: Handing
    before: Holder[Role] | None
    after: Holder[Role] | None
    by: str
    at: datetime
    note: str | None


@dataclass(frozen=True)
class Desk(Generic[Role]):
    """Who hands cases out, and who can hold them: roles that may assign → roles they assign to."""

    hands: Mapping[Role, frozenset[Role]]

    def may_hold(self) -> frozenset[Role]:
        """Every role that somebody may assign to."""
        return frozenset().union(*self.hands.values())


def covers(area: str, part: str) -> bool:
    """Whether an area is or contains another."""
    return part.startswith(area)


def holds(holder: Holder[Role] | None, role: Role, area: str, account: str) -> bool:
    """Whether a person (role, own area, account) holds the case: by name, or by role and area."""
    if holder is None:
        return False
    if holder.account is not None:
        return holder.account == account
    return holder.role == role and covers(area, holder.area)


def assign(
    desk: Desk[Role], held: Holder[Role] | None, to: Holder[Role], act: Act[Role], own_area: str
) -> Handed[Role]:
    """Hand out a case that nobody holds. Raises MoveRefused."""
    _check_hand(desk, Handing.ASSIGN, to, act, own_area)
    if held is not None:
        raise MoveRefused(
            f"该事项已由{held.told.zh}办理；如需更换请“{Handing.REASSIGN.zh}”",
            f"the case is held by {held.told.en}; to change that, reassign it",
        )
    return Handed(Handing.ASSIGN, None, to, act.actor, act.at, act.note)


def reassign(
    desk: Desk[Role], held: Holder[Role] | None, to: Holder[Role], act: Act[Role], own_area: str
) -> Handed[Role]:
    """Hand a case from one holder to another; a note says why. Raises MoveRefused."""
    _check_hand(desk, Handing.REASSIGN, to, act, own_area)
    held = _held(held, Handing.REASSIGN, own_area)
    if held == to:
        raise MoveRefused(
            f"该事项已由{to.told.zh}办理，请选择其他人",
            f"the case is held by {to.told.en} already; choose someone else",
        )
    _check_note(Handing.REASSIGN, act)
    return Handed(Handing.REASSIGN, held, to, act.actor, act.at, act.note)


def unassign(
    desk: Desk[Role], held: Holder[Role] | None, act: Act[Role], own_area: str
) -> Handed[Role]:
    """Take a case back, so that nobody holds it; a note says why. Raises MoveRefused."""
    _check_hand(desk, Handing.UNASSIGN, None, act, own_area)
    held = _held(held, Handing.UNASSIGN, own_area)
    _check_note(Handing.UNASSIGN, act)
    return Handed(Handing.UNASSIGN, held, None, act.actor, act.at, act.note)


def claim(held: Holder[Role] | None, act: Act[Role], own_area: str) -> Handed[Role]:
    """One of those who hold a case takes it on by name. Raises MoveRefused."""
    if held is None:
        raise MoveRefused(
            f"该事项尚未分派，不能“{Handing.CLAIM.zh}”；请先由分派人员分派",
            f"nobody was given it yet, so you cannot {Handing.CLAIM.en} the case; it has to be "
            "assigned first",
        )
    if held.account is not None or not holds(held, act.role, own_area, act.actor):
        raise MoveRefused(
            f"该事项由{held.told.zh}办理，您不能“{Handing.CLAIM.zh}”",
            f"the case is held by {held.told.en}; you cannot {Handing.CLAIM.en} the case",
        )
    after = Holder(held.role, held.area, act.actor)
    return Handed(Handing.CLAIM, held, after, act.actor, act.at, act.note)


def _check_hand(
    desk: Desk[Role], what: Handing, to: Holder[Role] | None, act: Act[Role], own_area: str
) -> None:
    allowed = desk.hands.get(act.role)
    if allowed is None:
        who = sorted(desk.hands)
        raise MoveRefused(
            f"{act.role.zh}不能“{what.zh}”，这一步由{'、'.join(r.zh for r in who)}办理",
            f"as {act.role.en} you cannot {what.en}; that is for: {', '.join(r.en for r in who)}",
        )
    if to is None:
        return
    if to.role not in allowed:
        who = sorted(allowed)
        raise MoveRefused(
            f"不能分派给{to.role.zh}；可以分派给：{'、'.join(r.zh for r in who)}",
            f"you cannot assign to: {to.role.en}; you can assign to: "
            f"{', '.join(r.en for r in who)}",
        )
    _check_area(to, own_area)


def _check_area(holder: Holder[Any], own_area: str) -> None:
    if not covers(own_area, holder.area):
        raise MoveRefused(
            f"地区“{holder.area or '全部'}”不在您的辖区“{own_area}”内，请选择辖区内的地区",
            f"the area '{holder.area or 'everywhere'}' is not within yours, '{own_area}'; choose "
            "one within",
        )


def _held(held: Holder[Role] | None, what: Handing, own_area: str) -> Holder[Role]:
    if held is None:
        raise MoveRefused(
            f"该事项尚未分派，不能“{what.zh}”；请先“{Handing.ASSIGN.zh}”",
            f"nobody holds it yet, so you cannot {what.en} the case; assign it first",
        )
    _check_area(held, own_area)
    return held


def _check_note(what: Handing, act: Act[Any]) -> None:
    if not (act.note or "").strip():
        raise MoveRefused(
            f"“{what.zh}”需要填写说明，请写一句原因",
            f"to {what.en} needs a note; write one sentence saying why",
        )
