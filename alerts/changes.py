"""What happened to an alert since somebody looked: who did what, when, in both languages.

A page shows an alert as of its last event. An act made on that page carries the number of that
event; when more has happened since, the act is refused and this module tells what.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts.errors import AlertChanged
from alerts.models import AlertEvent
from alerts.states import Action, Role, county_time

_TOLD = 3  # acts told when more happened; the case history holds them all

# What somebody did, said of a case: "王A 刚刚接单", "Wang A accepted it just now".
DONE: dict[Action, tuple[str, str]] = {
    Action.RAISE: ("生成预警", "raised it"),
    Action.JOIN: ("并入新线索", "added new reasons"),
    Action.DISPATCH: ("派单", "dispatched it"),
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


def ago(at: datetime, now: datetime) -> tuple[str, str]:
    """How long ago, for minutes and hours of a day; otherwise the date."""
    passed = now - at
    if timedelta(0) <= passed < timedelta(minutes=1):
        return "刚刚", "just now"
    if timedelta(0) <= passed < timedelta(hours=1):
        n = int(passed / timedelta(minutes=1))
        return f"{n} 分钟前", f"{n} minute{'s' * (n > 1)} ago"
    if timedelta(0) <= passed < timedelta(days=1):
        n = int(passed / timedelta(hours=1))
        return f"{n} 小时前", f"{n} hour{'s' * (n > 1)} ago"
    return f"{at:%Y-%m-%d} ", f"on {at:%Y-%m-%d}"


def story(events: Iterable[Mapping[str, Any]], now: datetime) -> tuple[str, str]:
    """Events (action, actor, role, at, need_id), oldest first, as one sentence without its stop.

    What one person did at one moment is told by its last step for the whole case: whoever records
    a result has accepted and started the check on the way.
    """
    acts = []
    for (actor, role, at), group in groupby(events, lambda e: (e["actor"], e["role"], e["at"])):
        steps = list(group)
        own = [e for e in steps if e["need_id"] is None or e["need_id"] != e["need_id"]]
        acts.append((actor, role, at, Action((own or steps)[-1]["action"])))
    told = [_sentence(*act, county_time(now)) for act in acts[-_TOLD:]]
    return "；".join(zh for zh, _ in told), "; ".join(en for _, en in told)


def _sentence(
    actor: str, role: str, at: datetime, action: Action, now: datetime
) -> tuple[str, str]:
    when_zh, when_en = ago(at, now)
    done_zh, done_en = DONE[action]
    system = role == Role.SYSTEM
    who_zh, who_en = ("系统", "The system") if system else (actor, actor)
    return f"{who_zh} {when_zh}{done_zh}", f"{who_en} {done_en} {when_en}"


def refuse_outdated(session: Session, alert_id: int, seen_event: int, now: datetime) -> None:
    """Refuse an act on a page that showed the alert as of an earlier event.

    Raises AlertChanged, which tells who did what since.
    """
    columns = ("need_id", "at", "actor", "role", "action")
    query = (
        select(*(getattr(AlertEvent, name) for name in columns))
        .where(AlertEvent.alert_id == alert_id, AlertEvent.id > seen_event)
        .order_by(AlertEvent.id)
    )
    events = [dict(zip(columns, row, strict=True)) for row in session.execute(query)]
    if events:
        raise AlertChanged(alert_id, story(events, now))
