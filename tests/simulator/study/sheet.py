"""A county small enough to count on one's fingers: alerts, acts and truth by hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from core.home import Home
from simulator.study.ledger import Ledger, ledger_of
from simulator.study.reading import Record
from simulator.study.truth import Truth, truth_of
from simulator.world.clock import month_number, month_text

JULY = month_number("2025-07")
YEAR = list(range(JULY, JULY + 12))
VISITS = {"confirmed": "confirm", "false_alarm": "false_alarm", "unreachable": "unreachable"}


@dataclass
class Sheet:
    """Collects alerts and their acts, as workers would have done them."""

    alerts: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    reasons: list[dict[str, Any]] = field(default_factory=list)
    needs: list[dict[str, Any]] = field(default_factory=list)

    def alert(self, household: str, on: str, outcome: str | None = None, **given: Any) -> int:
        """An alert raised on a day; with an outcome it is dispatched and visited, too."""
        number = len(self.alerts) + 1
        visited = given.pop("visited", None)
        dispatched = given.pop("dispatched", on)
        row = {"band": "red", "source": "rule", "population": None, "risk": None, **given}
        self.alerts.append({"alert": number, "household": household, "raised_on": on, **row})
        self.act(number, on, "raise", to="raised")
        if dispatched:
            self.act(number, dispatched, "dispatch", to="dispatched")
        if outcome:
            self.act(number, visited or on, "check", to="checking")
            self.act(number, visited or on, outcome, to="closed", outcome=outcome)
        return number

    def act(self, alert: int, on: str, action: str, *, to: str, **more: Any) -> None:
        """One row of the event table."""
        row = {"need_id": None, "outcome": None, "cause": None, **more}
        row |= {"id": len(self.events) + 1, "alert_id": alert, "at": f"{on} 15:00:00"}
        self.events.append({**row, "action": action, "to_state": to})

    def reason(self, alert: int, code: str, as_of: str) -> None:
        """Why it was raised, or joined."""
        row = {"alert": alert, "source": "event", "code": code, "as_of": as_of}
        self.reasons.append(row)

    def need(self, alert: int, code: str) -> int:
        """A sub-order of an alert."""
        number = len(self.needs) + 1
        self.needs.append({"need": number, "alert": alert, "code": code})
        return number

    def ledger(self) -> Ledger:
        """As the study reads it."""
        columns = ["alert", "household", "raised_on", "band", "source", "population", "risk"]
        acts = ["id", "alert_id", "need_id", "at", "action", "to_state", "outcome", "cause"]
        return ledger_of(
            pd.DataFrame(self.alerts, columns=[*columns, *_extra(self.alerts, columns)]),
            pd.DataFrame(self.events, columns=acts),
            pd.DataFrame(self.reasons, columns=["alert", "source", "code", "as_of"]),
            pd.DataFrame(self.needs, columns=["need", "alert", "code"]),
        )


def _extra(rows: list[dict[str, Any]], known: list[str]) -> list[str]:
    return list(dict.fromkeys(k for row in rows for k in row if k not in known))


def truth(
    unmet: dict[str, str], watch: dict[str, str] | None = None, first: str = "2025-01"
) -> Truth:
    """Truth from one line a household: '1' is a month of unmet need, '.' one without.

    The line starts in `first` and is padded to June 2026. `watch` says 'at_risk' (the default),
    'secured' or 'unwatched' of a household.
    """
    start, rows = month_number(first), []
    for household, line in unmet.items():
        kind = (watch or {}).get(household, "at_risk")
        for place in range(YEAR[-1] - start + 1):
            rows.append(
                {
                    "household_no": household,
                    "month": month_text(start + place),
                    "unmet": line[place : place + 1] == "1",
                    "watched": kind != "unwatched",
                    "at_risk": kind == "at_risk",
                }
            )
    return truth_of(pd.DataFrame(rows), str)


class Told(Record):
    """A record whose monthly tables are told by the test instead of read from a home."""

    tables: dict[str, Any]

    def profile(self, month: int) -> pd.DataFrame:
        return self.tables["profile"][month]

    def scores(self, month: int) -> pd.DataFrame:
        return self.tables["scores"][month]

    def risk(self, month: int) -> pd.DataFrame | None:
        return self.tables.get("risk", {}).get(month)

    def firing(self) -> pd.DataFrame:
        return self.tables["firing"]

    def firing_parts(self) -> pd.DataFrame:
        return self.tables["firing"]


def record(sheet: Sheet, true: Truth, home: Home | None = None, **tables: Any) -> Told:
    """Put alerts and truth together; no visit is in the lake unless told."""
    told = Told(home, YEAR, sheet.ledger(), true)  # type: ignore[arg-type]
    none = pd.DataFrame(columns=["household", "visited_on", "known_on", "reason", "found"])
    none = none.astype({"visited_on": "datetime64[ns]", "known_on": "datetime64[ns]"})
    object.__setattr__(told, "tables", tables)
    told.__dict__["visits"] = tables.get("visits", none.astype({"found": "boolean"}))
    return told
