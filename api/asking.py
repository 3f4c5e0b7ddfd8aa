"""From a call to a context: who asks, for which area, as of which month."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import Depends, Header, Query, Request
from fastapi.security import HTTPBearer

import services
from api.gate import Call
from core.access.areas import COUNTY, Area
from core.access.principal import Principal
from core.access.roles import Action
from core.errors import Told
from core.home import month_end
from services import Context

bearer = HTTPBearer(
    auto_error=False,
    scheme_name="token",
    description="系统管理员发放的令牌 · a token made by the administrator",
)


class AreaUnclear(Told):
    """The token holds in several areas; the call must name one."""

    def __init__(self, own: list[Area]) -> None:
        codes = ", ".join(area.code or area.department for area in own)
        super().__init__(
            f"此令牌负责多个区域，请用 area 指明一个：{codes}",
            f"this token holds in several areas; name one with area: {codes}",
        )


class NoSuchParameter(Told):
    """A parameter that the operation does not have: a typo must not pass for no filter."""

    def __init__(self, name: str) -> None:
        told = name[:40]
        super().__init__(f"没有 {told} 这个参数", f"there is no parameter {told}")


def known_parameters(request: Request) -> None:
    """Raises NoSuchParameter for a parameter of the address that the operation does not have."""
    known = {one.alias for one in request.scope["route"].dependant.query_params}
    for name in request.query_params:
        if name not in known:
            raise NoSuchParameter(name)


def call_of(request: Request) -> Call:
    """The call as the gate left it."""
    found: Call = request.state.call
    return found


Asked = Annotated[Call, Depends(call_of)]
AreaCode = Annotated[
    str | None,
    Query(
        pattern=r"^\d{9}(\d{3})?$",
        description="乡镇（9 位）或村（12 位）代码；令牌只有一个区域时可省略 · code of a township "
        "(9 digits) or village (12); may be left out where the token has one area",
    ),
]
Month = Annotated[
    str | None,
    Query(
        pattern=r"^\d{4}-(0[1-9]|1[0-2])$",
        description="月份，如 2026-06；省略时为最新 · a month like 2026-06; the newest if left out",
    ),
]
Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="必填。每个新请求一个不重复的编号（如 UUID），重试沿用原编号，24 小时内有效 · "
        "needed: a number of its own for every new request (such as a UUID), the same one when it "
        "is tried again; kept for 24 hours",
    ),
]


def context(
    call: Call, action: Action, area: str | None = None, month: str | None = None
) -> Context:
    """The context of a call in the area named, or in the only one its token has.

    Raises AreaUnclear, NothingYet without a county or for a month that was not run. Whether the
    action is allowed, the use case asks.
    """
    asked = scope(call.who, action, area)
    call.area = asked.code or asked.department  # for the record
    return Context(call.who, call.home, _as_of(call, month), asked)


def contexts(call: Call, action: Action) -> list[Context]:
    """A context for each area of the token, to find in which of them a household lies."""
    here = Context(call.who, call.home, _as_of(call, None))
    return [here.within(own) for own in call.who.areas(action)] or [here.within(COUNTY)]


def scope(principal: Principal, action: Action, code: str | None) -> Area:
    """The area to look at: a part of what the principal has, or what it will be refused."""
    own = principal.areas(action)
    if code is None:
        if len(own) > 1:
            raise AreaUnclear(own)
        return own[0] if own else COUNTY
    held = next((mine for mine in own if mine.holds(Area(code, mine.department))), None)
    return Area(code, held.department if held else "")


def _as_of(call: Call, month: str | None) -> date:
    known: list[date] = services.county.months(Context(call.who, call.home, date.max))
    if not known:
        raise services.NothingYet("run")
    wanted = month_end(month) if month else known[0]
    if wanted not in known:
        raise services.NothingYet("run", wanted)
    return wanted
