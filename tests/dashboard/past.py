"""The figures of a month from the raw rows of the workflow database, in plain Python.

Written apart from `alerts`: no query of it, no frame, one alert after the other.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from datetime import date, datetime
from typing import Any

from alerts.policy import load_policy
from core.home import Home, add_months
from core.workflow.calendar import add_working_days

SETTLED = {"confirmed", "already_covered", "not_eligible", "false_alarm", "referred"}
RESTARTS = {"dispatch", "return", "recheck", "reopen", "ineligible", "unreachable"}
STEP = {"raised": "dispatch", "returned": "dispatch", "dispatched": "accept", "accepted": "check",
        "checking": "check", "assisting": "measure"}  # fmt: skip
Row = dict[str, Any]


def rows(home: Home, table: str) -> list[Row]:
    """Every row of a table, by id."""
    with sqlite3.connect(home.workflow_db) as connection:
        connection.row_factory = sqlite3.Row
        found = [dict(r) for r in connection.execute(f"SELECT * FROM {table} ORDER BY id")]
    connection.close()
    return found


def month_figures(home: Home, month: date, town: str = "", *, newest: bool = False) -> Row:
    """The six figures of `doudi status` and the funnel's five, of the county or a township."""
    alerts = {a["id"]: a for a in rows(home, "alert") if town in ("", a["township_code"])}
    acts: dict[int, list[Row]] = defaultdict(list)
    later: dict[int, list[Row]] = defaultdict(list)
    for event in rows(home, "alert_event"):
        event["day"] = datetime.fromisoformat(event["at"]).date()
        known = newest or event["day"] <= month
        if event["alert_id"] in alerts:
            (acts if known else later)[event["alert_id"]].append(event)
    kinds = {need["id"]: need["code"] for need in rows(home, "need")}
    lives = [Life(home, alerts[i], own, later[i], kinds) for i, own in acts.items()]
    lives = [life for life in lives if life.raised <= month]
    inside = [life.within(month, newest) for life in lives]
    year = [life for life in lives if life.raised > add_months(month, -12)]
    return {
        "open": sum(life.state != "closed" for life in lives),
        "overdue": sum(life.due is not None and life.due < month for life in lives),
        "new_alerts": sum(f"{life.raised:%Y-%m}" == f"{month:%Y-%m}" for life in lives),
        "checked": sum(result in SETTLED for result, _ in inside),
        "confirmed": sum(result == "confirmed" for result, _ in inside),
        "helped": sum(helped for _, helped in inside),
        "steps": [sum(life.came_to >= step for life in year) for step in range(5)],
    }


class Life:
    """One alert walked through its events up to a day."""

    def __init__(
        self, home: Home, alert: Row, acts: list[Row], after: list[Row], kinds: dict[int, str]
    ) -> None:
        self.acts, self.kinds = acts, kinds
        # What is owed: whether it was taken up, and from when it had a clock of its own.
        self.owed: dict[int, tuple[bool, date | None]] = {}
        self.state, self.result, self.clock = "", None, date.min
        self.dispatched = self.met = False
        for act in acts:
            self._do(act)
        band = alert["band"]
        for act in reversed(after):
            for word in (act["note"] or "").split() if act["action"] == "join" else []:
                band = word.split("->")[0] if "->" in word else band
        self.due = self._due(home, band, alert)

    def _do(self, act: Row) -> None:
        if act["action"] == "join":
            if "urgent" in (act["note"] or "").split():
                self.clock = act["day"]
            return
        self.state = act["to_state"]
        self.dispatched |= self.state == "dispatched"
        self.met |= act["action"] == "need_met"
        if act["need_id"] is not None:
            self._do_need(act)
            return
        if act["action"] == "raise":
            self.raised = self.clock = act["day"]
        if act["action"] in RESTARTS:
            self.clock = act["day"]
        if act["action"] == "reopen":
            self.result = None
        elif act["outcome"]:
            self.result = act["outcome"]

    def _do_need(self, act: Row) -> None:
        if act["outcome"] == "confirmed":
            self.owed[act["need_id"]] = (False, None)
        elif act["action"] in {"need_taken", "need_returned", "need_sent"}:
            self.owed[act["need_id"]] = (act["action"] == "need_taken", act["day"])
        elif act["action"] in {"need_met", "need_dropped"}:
            del self.owed[act["need_id"]]

    def _due(self, home: Home, band: str, alert: Row) -> date | None:
        policy = load_policy(home, date.max)
        if self.state == "closed":
            return None
        if self.state == "watching":
            return add_months(self.clock, policy.watch_review_months)
        if self.state == "retry":
            return add_working_days(self.clock, policy.retry_working_days).on
        limits = policy.limits(band, alert["source"], bool(alert["urgent"]))
        if self.state == "assisting":
            place = alert["village_code"] or alert["township_code"]
            days = []
            for need, (taken, since) in self.owed.items():
                own = since or self.clock
                given = policy.application_limit(
                    self.kinds[need], place, own, hard=alert["handling"] == 3
                )
                days.append(add_working_days(own, given if taken else limits.measure).on)
            return min(days)
        return add_working_days(self.clock, getattr(limits, STEP[self.state])).on

    @property
    def came_to(self) -> int:
        """How many steps of the funnel it has passed, each only after the one before."""
        passed = [self.dispatched, self.result in SETTLED, self.result == "confirmed", self.met]
        return passed.index(False) if False in passed else len(passed)

    def within(self, month: date, newest: bool) -> tuple[str | None, bool]:
        """The result that the month gave, and whether it met a need."""
        result, helped = None, False
        for act in self.acts:
            same = act["day"].timetuple()[:2] == month.timetuple()[:2]
            if not (same or (newest and act["day"] > month)):
                continue
            helped |= act["action"] == "need_met"
            if act["need_id"] is None and act["action"] == "reopen":
                result = None
            elif act["need_id"] is None and act["outcome"]:
                result = act["outcome"]
        return result, helped
