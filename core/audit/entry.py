"""What a use case hands to the record: one act or refusal, checked before it is written."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from ipaddress import ip_address
from typing import Any, Literal

from core.audit.errors import EntryRefused, PrivateDataInRecord
from core.audit.models import EVENTS
from core.privacy import mask_numbers, private_number, without_digests

SYSTEM = "system"
Result = Literal["done", "refused"]
_MOST_DETAIL = 20_000  # characters; a list of thousands belongs in a file whose hash is recorded
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_LONGEST = {c.name: getattr(c.type, "length", None) or 0 for c in EVENTS.columns}
_WORDS = ("account", "unit", "role", "action", "object_kind", "object", "area", "place", "session")


@dataclass(frozen=True)
class Entry:
    """One act or refusal; the columns of `AuditEvent` that its author knows.

    `account` and `place` may come from a stranger at the sign-in page: they are cut to size,
    control characters become spaces, and a number that names a person becomes ***. So does the
    `object` where it is an account. A `purpose` or `detail` with such a number is refused.

    Raises PrivateDataInRecord for that, EntryRefused for an empty account or action, a result
    other than 'done' or 'refused', a purpose or detail that is too long, a detail that is not
    JSON.
    """

    account: str
    action: str
    role: str = ""
    unit: str = ""
    object_kind: str = ""
    object: str = ""
    area: str = ""
    purpose: str = ""
    result: Result = "done"
    rows: int | None = None
    place: str = ""
    session: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse at once what could not be written, so that the act is not begun."""
        self.columns()

    def columns(self) -> dict[str, Any]:
        """The values as they are stored."""
        found = {name: _word(getattr(self, name), _LONGEST[name]) for name in _WORDS}
        for name in ("account", "place", *(["object"] if self.object_kind == "account" else [])):
            found[name] = mask_numbers(found[name])
        for name in ("account", "action"):
            if not found[name]:
                raise EntryRefused(
                    f"操作记录缺少 {name}，请写明", f"an event of the record needs its {name}"
                )
        if self.result not in ("done", "refused"):
            raise EntryRefused(
                f"结果不能是“{self.result}”，请写 done 或 refused",
                f"a result cannot be '{self.result}'; write done or refused",
            )
        return {
            **found,
            "purpose": _purpose(self.purpose),
            "result": self.result,
            "rows": self.rows,
            "detail": _detail(self.detail),
        }


def place_of(address: str, user_agent: str = "") -> str:
    """An IP address and the start of a user agent, as `place` keeps them."""
    return f"{address_of(address)} {user_agent[:70]}".strip()


def address_of(text: str) -> str:
    """An IP address in the one form that is counted: IPv4 within IPv6 as IPv4, and this machine as
    127.0.0.1; what is no address stays."""
    try:
        found = ip_address(text)
    except ValueError:
        return text
    found = getattr(found, "ipv4_mapped", None) or found
    return "127.0.0.1" if found.is_loopback else str(found)


def _word(text: str, longest: int) -> str:
    return _CONTROL.sub(" ", str(text)).strip()[:longest]


def _purpose(text: str) -> str:
    found = _CONTROL.sub(" ", text).strip()
    if len(found) > _LONGEST["purpose"]:
        raise EntryRefused(
            f"用途过长（{len(found)} 字），请写在 {_LONGEST['purpose']} 字以内",
            f"the purpose has {len(found)} characters; keep it to {_LONGEST['purpose']}",
        )
    _refuse_numbers(found, "用途", "purpose")
    return found


def _detail(detail: Mapping[str, Any]) -> str:
    try:
        text = json.dumps(
            detail,
            ensure_ascii=False,
            sort_keys=True,
            separators=(",", ":"),
            allow_nan=False,
            default=_iso,
        )
        text.encode("utf-8")
    except (TypeError, ValueError) as error:
        raise EntryRefused(
            f"操作记录的明细不是 JSON：{error}", f"the detail of an event is not JSON: {error}"
        ) from error
    if len(text) > _MOST_DETAIL or "\\u0000" in text:
        raise EntryRefused(
            f"明细过长（{len(text)} 字）或含空字符；请另存文件，只记其散列值",
            f"the detail has {len(text)} characters or a NUL; keep a file and record its hash",
        )
    _refuse_numbers(without_digests(text), "明细", "detail")
    return text


def _iso(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is not a JSON value")


def _refuse_numbers(text: str, zh: str, en: str) -> None:
    found = private_number(text)
    if found:
        number_zh, number_en = {"id": ("身份证号码", "an ID"), "phone": ("手机号码", "a phone")}[
            found
        ]
        raise PrivateDataInRecord(
            f"{zh}中含有{number_zh}，请删去后再提交；系统已知道是哪一户",
            f"the {en} holds {number_en} number; leave it out and try again, the household is "
            "known",
        )
