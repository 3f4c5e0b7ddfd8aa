"""What a phone may send: one operation, checked before anything is read or written."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from alerts.errors import AlertsError
from alerts.states import Action, Cause, Outcome, Truth
from core.workflow.calendar import county_time

RESULT, NOTE, STEP = "result", "note", "step"
LONGEST = 2000  # characters of a note
MOST_CODES = 100  # reasons or needs of one result: more than there are indicators
_ID = re.compile(r"[0-9A-Za-z-]{8,40}")
_MOST_EVENTS = 1_000_000
_CODE = re.compile(r"[0-9A-Za-z_.]{1,50}")


class OperationRefused(AlertsError):
    """What a phone sent has no form that is understood here."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"手机送来的内容不符合要求（{what}），请更新页面后再试",
            f"what the phone sent is not understood ({what}); reload its page and try again",
        )


@dataclass(frozen=True)
class Found:
    """The result of a visit as a phone records it: `needs` maps kinds to what was found, `facts`
    the codes of reasons to whether they were true."""

    outcome: Outcome
    cause: Cause | None = None
    note: str = ""
    needs: Mapping[str, Outcome] = field(default_factory=dict)
    facts: Mapping[str, Truth] = field(default_factory=dict)

    def text(self) -> str:
        """The result as it is stored, the same for the same result."""
        told: dict[str, Any] = {"outcome": self.outcome.value, "note": self.note}
        told["cause"] = self.cause.value if self.cause else ""
        told["needs"] = {code: one.value for code, one in self.needs.items()}
        told["facts"] = {code: one.value for code, one in self.facts.items()}
        return json.dumps(told, ensure_ascii=False, sort_keys=True)


@dataclass(frozen=True)
class Stepped:
    """A case taken on, or sent back with a reason."""

    action: Action
    note: str = ""

    def text(self) -> str:
        """The step as it is stored."""
        return json.dumps({"step": self.action.value, "note": self.note}, ensure_ascii=False)


STEPS = (Action.ACCEPT, Action.RETURN)


@dataclass(frozen=True)
class Operation:
    """One field written, a result recorded (`field` is RESULT and `value` a `Found` as text), or a
    step done (STEP, a `Stepped`).

    `version` is how many events of the alert the phone knew, `base` the operation whose value it
    had seen in the field ('' for none), `at` the moment on the phone in China time.
    """

    id: str
    device: str
    at: datetime
    version: int
    field: str
    value: str
    base: str = ""


def operation(sent: Mapping[str, Any]) -> Operation:
    """An operation as sent, checked. Raises OperationRefused."""
    marks = [sent.get("id"), sent.get("device"), sent.get("base") or "none-yet"]
    if not all(isinstance(one, str) and _ID.fullmatch(one) for one in marks):
        raise OperationRefused("id")
    version, name, value = sent.get("seen_event"), sent.get("field"), sent.get("value")
    if type(version) is not int or not 1 <= version <= _MOST_EVENTS:
        raise OperationRefused("seen_event")
    if not isinstance(name, str) or not isinstance(value, str):
        raise OperationRefused("field")
    if not _storable(value):
        raise OperationRefused("text")
    value = _checked(name, value)
    try:
        at = county_time(datetime.fromisoformat(str(sent.get("at"))))
    except ValueError:
        raise OperationRefused("at") from None
    return Operation(marks[0], marks[1], at, version, name, value, sent.get("base") or "")  # type: ignore[arg-type]


def _checked(name: str, value: str) -> str:
    if name == RESULT:
        return result(value).text()
    return stepped(value).text() if name == STEP else _value(name, value)


def _storable(value: str) -> bool:
    """Whether a database can hold the text: no half of a sign (JSON may carry one), no NUL."""
    return "\x00" not in value and not any("\ud800" <= one <= "\udfff" for one in value)


def _value(name: str, value: str) -> str:
    """The value of a field. Raises OperationRefused."""
    kind, _, code = name.partition(":")
    if name == NOTE:
        if len(value) > LONGEST:
            raise OperationRefused(f"note > {LONGEST}")
        return value
    allowed = {
        "tick": ("1",),
        "fact": tuple(Truth),
        "need": tuple(Outcome),
        "outcome": tuple(Outcome),
        "cause": tuple(Cause),
    }
    wants_code = kind in {"tick", "fact", "need"}
    if kind not in allowed or wants_code != bool(_CODE.fullmatch(code)) or name.count(":") > 1:
        raise OperationRefused("field")
    if value not in ("", *allowed[kind]):
        raise OperationRefused(name)
    return value


def result(text: str) -> Found:
    """The result of a visit from its text. Raises OperationRefused."""
    try:
        told = json.loads(text)
        found = Found(
            Outcome(told["outcome"]),
            Cause(told["cause"]) if told.get("cause") else None,
            str(told.get("note") or "").strip(),
            {str(code): Outcome(one) for code, one in (told.get("needs") or {}).items()},
            {str(code): Truth(one) for code, one in (told.get("facts") or {}).items()},
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        raise OperationRefused(RESULT) from None
    if len(found.note) > LONGEST:
        raise OperationRefused(f"note > {LONGEST}")
    for codes in (found.needs, found.facts):
        if len(codes) > MOST_CODES or not all(map(_CODE.fullmatch, codes)):
            raise OperationRefused(RESULT)
    return found


def stepped(text: str) -> Stepped:
    """A step from its text. Raises OperationRefused."""
    try:
        told = json.loads(text)
        step = Stepped(Action(told["step"]), str(told.get("note") or "").strip())
    except (ValueError, KeyError, TypeError, AttributeError):
        raise OperationRefused(STEP) from None
    if step.action not in STEPS:
        raise OperationRefused(STEP)
    if len(step.note) > LONGEST:
        raise OperationRefused(f"note > {LONGEST}")
    return step
