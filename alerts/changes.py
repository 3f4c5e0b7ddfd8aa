"""What happened to an alert since somebody looked: who did what, when, in both languages.

A page shows an alert as of its last event. An act made on that page carries the number of that
event; when more has happened since, the act is refused and this module tells what.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from alerts.errors import AlertChanged
from alerts.models import AlertEvent
from alerts.states import Action, Role
from core.words import Text
from core.workflow import events

# What somebody did, said of a case: "王A 刚刚接单", "Wang A accepted it just now".
DONE: dict[Action, tuple[str, str]] = {
    Action.RAISE: ("生成预警", "raised it"),
    Action.JOIN: ("并入新线索", "added new reasons"),
    Action.DISPATCH: ("派单", "dispatched it"),
    Action.ASSIGN: ("改派", "handed it to someone else"),
    Action.RETURN: ("退单", "returned it"),
    Action.ACCEPT: ("接单", "accepted it"),
    Action.CHECK: ("开始核查", "started the check"),
    Action.CONFIRM: ("登记核查结果“属实-符合”", "recorded a confirmed need"),
    Action.COVER: ("登记核查结果“属实-已享受”", "recorded it as already covered"),
    Action.INELIGIBLE: ("登记核查结果“属实-不符合”", "recorded it as true but not eligible"),
    Action.FALSE_ALARM: ("登记核查结果“误报”", "recorded a false alarm"),
    Action.REFER: ("登记核查结果“转介”", "referred it elsewhere"),
    Action.UNREACHABLE: ("登记核查结果“联系不上”", "recorded that nobody was met"),
    Action.REFUSE: ("登记核查结果“本人拒绝”", "recorded a refusal by the family"),
    Action.FACT: ("核实一条事由", "checked a reason"),
    Action.APPROVE: ("审核通过核查结果", "approved the result"),
    Action.REJECT: ("退回核查结果", "sent the result back"),
    Action.SUSPEND: ("挂起", "suspended it"),
    Action.RESUME: ("解除挂起", "resumed it"),
    Action.NEED_TAKEN: ("受理一项需求", "took up a need"),
    Action.NEED_RETURNED: ("退回一项需求", "sent a need back"),
    Action.NEED_SENT: ("将一项需求改送其他部门", "sent a need to another department"),
    Action.NEED_MET: ("登记一项需求已解决", "recorded a need as met"),
    Action.NEED_DROPPED: ("终止一项需求", "dropped a need"),
    Action.FINISH: ("办结", "finished it"),
    Action.RECHECK: ("要求再次核查", "sent it out again"),
    Action.CLOSE: ("结束观察", "ended the watch"),
    Action.LAPSE: ("未见面办结", "closed it without a meeting"),
    Action.REOPEN: ("复核重开", "reopened it"),
    Action.ESCALATE: ("督办", "escalated it"),
    Action.NOTE: ("添加备注", "added a note"),
}

_DONE = {action.value: Text(*words) for action, words in DONE.items()}


def ago(at: datetime, now: datetime) -> tuple[str, str]:
    """How long ago, for minutes and hours of a day; otherwise the date."""
    told = events.ago(at, now)
    return told.zh, told.en


def story(acts: Iterable[Mapping[str, Any]], now: datetime) -> tuple[str, str]:
    """Events (action, actor, role, at, need_id), oldest first, as one sentence without its stop.

    What one person did at one moment is told by its last step for the whole case: whoever records
    a result has accepted and started the check on the way.
    """
    told = events.story(acts, now, _DONE, system=Role.SYSTEM, part="need_id")
    return told.zh, told.en


def refuse_outdated(session: Session, alert_id: int, seen_event: int, now: datetime) -> None:
    """Refuse an act on a page that showed the alert as of an earlier event.

    Raises AlertChanged, which tells who did what since.
    """
    found = events.events_since(session, AlertEvent.alert_id, alert_id, seen_event, "need_id")
    if found:
        raise AlertChanged(alert_id, story(found, now))
