"""Invented workers act on a county's alerts, each act on its day, only by `alerts.service`.

Alerts raised at a month's end are dispatched the next morning and visited in the days after: most
within the limit of their band, some late, some never. What a visit finds is told by the county in
the month the visit falls in, and recorded then; no run knows of a visit that is still to come.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from alerts.ledger import write_findings
from alerts.models import Alert, AlertReason
from alerts.policy import Policy, load_policy
from alerts.service import OutcomeRow, approve, dispatch_many, import_outcomes, suspend
from alerts.states import Role, Source, State, Truth
from core.db import open_session, upgrade
from core.home import Home, HomeError, month_end
from core.workflow.calendar import add_working_days
from data.households.handing import own_pseudonym
from data.vault import Vault
from simulator import offices, referred, steward
from simulator.offices import Answer
from simulator.world import books
from simulator.world import codes as c
from simulator.world.books import household_numbers
from simulator.world.clock import month_number, month_text
from simulator.world.county import Month, Visits
from simulator.world.geography import TOWNSHIPS, township_code
from simulator.world.luck import Luck
from simulator.world.needs import AT, NEEDS
from simulator.world.state import State as World

DISPATCHED, ACCEPTED, VISITED = time(9), time(10), time(15)
ACTOR = "demo worker"
LEADER = "demo leader"
# Causes of a false alarm that lie in the data.
IN_THE_DATA = ("data_wrong", "same_name", "stale")
WORKERS_EACH = 3  # people who visit in a township
# Of the cases that nobody goes to for now, the share whose family is known to be away: suspended.
AWAY, AWAY_DAYS = 0.35, 45
AWAY_NOTE = "全家外出务工，返乡后核查"
BLIND = ("audit", "explore")  # lanes whose visits are written down as spot checks
URGENT_LIMIT = 2  # working days for the check: these do not wait
QUALITY = {township_code(i): t.quality for i, t in enumerate(TOWNSHIPS)}
DELAY = {township_code(i): t.delay_days for i, t in enumerate(TOWNSHIPS)}
# Shares of visits made within the limit, and never made (assumed); the rest come late.
URGENT_IN_TIME, IN_TIME = 0.93, 0.70
URGENT_NEVER, NEVER = 0.01, 0.05
STILL_LYING = 0.6  # of visits not made when due, the share not made in the next month either


@dataclass(frozen=True)
class Trip:
    """One visit to come: which alert, which household row, on which day, sent for what."""

    alert: int
    row: int
    day: date
    accepted: date
    suspected: tuple[str, ...]
    blind: bool
    worker: str = ""


class Fieldwork:
    """The workers of one simulated county. A month goes: `trips` of the month are handed to the
    county, `record` what it found, and after the run `plan` the visits of the new alerts."""

    def __init__(self, home: Home, seed: int, households: int) -> None:
        if not home.county.get("synthetic"):
            raise HomeError("only a simulated county has invented workers")
        self._home, self._seed = home, seed
        self._policy: Policy = load_policy(home, date.max)
        vault, numbers = Vault(home), household_numbers(np.arange(households))
        self._row = {vault.household(str(n)): row for row, n in enumerate(numbers)}
        self._trips: list[Trip] = []
        self._answers: list[Answer] = []
        self._visited: dict[int, date] = {}
        upgrade(home)

    def learn(self, state: World) -> None:
        """Which family each number stands for by now, where the register office gave new ones."""
        told, vault = books.families(state), Vault(self._home)
        for number, nth, row in zip(*told.values(), strict=True):
            self._row[own_pseudonym(vault.household(str(number)), int(nth))] = int(row)

    def plan(self, as_of: date, again: Sequence[int] = (), *, leave: int = 0) -> int:
        """Dispatch what was raised as of this month on the next morning; decide who goes when.

        `again` names alerts that want another visit; those left lying in earlier months are taken
        up again by and by. So many of the new that are not urgent are left for somebody to
        dispatch (`leave`). Returns the number of visits planned.
        """
        start = as_of + timedelta(days=1)
        with open_session(self._home) as session:
            # What came back undone goes out again beside the new.
            waiting = Alert.state.in_((State.RAISED, State.RETURNED))
            new = list(session.scalars(select(Alert.id).where(waiting)))
            new = self._without(session, new, as_of, leave)
            now = datetime.combine(start, DISPATCHED)
            dispatch_many(session, new, actor=ACTOR, role=Role.DISPATCHER, now=now)
            # Who had it before lets it lie no longer, and accepts it anew.
            self._trips = [
                replace(trip, accepted=max(trip.accepted, start)) if trip.alert in new else trip
                for trip in self._trips
            ]
            lying = Alert.state.in_((State.DISPATCHED, State.ACCEPTED, State.RETRY))
            query = select(Alert).where(lying | Alert.id.in_(list(again)))
            due = session.scalars(query.options(selectinload(Alert.needs))).all()
            planned, fresh = {trip.alert for trip in self._trips}, {*new, *again}
            trips = [
                self._trip(alert, as_of, late=alert.id not in fresh)
                for alert in due
                if alert.id not in planned
            ]
            gone = {trip.alert for trip in trips if trip is not None}
            away = [a for a in due if a.id in new and a.id not in gone | planned]
            self._suspend(session, [a for a in away if not a.urgent], start)
        kept = [trip for trip in trips if trip is not None]
        self._trips += kept
        return len(kept)

    def _without(self, session: Session, new: list[int], as_of: date, leave: int) -> list[int]:
        """`new` without the few that nobody dispatched yet: not urgent ones, by their own luck."""
        if not leave:
            return new
        query = select(Alert.id, Alert.household).where(Alert.id.in_(new), ~Alert.urgent)
        query = query.where(Alert.source != Source.EVENT, Alert.state == State.RAISED)
        found = session.execute(query).all()
        keys = np.array([self._row[household] for _, household in found], dtype=np.int64)
        luck = Luck(self._seed, month_number(f"{as_of:%Y-%m}"), "not dispatched").random(keys)
        left = {found[at].id for at in np.argsort(luck)[:leave]}
        return [number for number in new if number not in left]

    def _suspend(self, session: Session, alerts: Sequence[Alert], start: date) -> None:
        """Some families that nobody goes to are known to be away: their cases wait for them."""
        luck = Luck(self._seed, month_number(f"{start:%Y-%m}"), "away")
        for alert in alerts:
            key = np.array([self._row[alert.household]])
            if float(luck.random(key)[0]) < AWAY and alert.state == State.DISPATCHED:
                suspend(
                    session,
                    alert.id,
                    start + timedelta(days=AWAY_DAYS),
                    actor=ACTOR,
                    role=Role.DISPATCHER,
                    now=datetime.combine(start + timedelta(days=1), ACCEPTED),
                    note=AWAY_NOTE,
                )

    def _trip(self, alert: Alert, as_of: date, *, late: bool) -> Trip | None:
        """When the worker goes, by the alert's limits, the township and the family's own luck;
        None when nobody goes for now. `late`: it was left lying before."""
        row = self._row[alert.household]
        luck, key = Luck(self._seed, month_number(f"{as_of:%Y-%m}"), "worker"), np.array([row])
        never, timely, place = (float(luck.random(key)[0]) for _ in range(3))
        limits = self._policy.limits(alert.band, alert.source, alert.urgent)
        urgent = limits.check <= URGENT_LIMIT
        if never < (STILL_LYING if late else URGENT_NEVER if urgent else NEVER):
            return None
        worker = _worker(alert, self._seed, row)
        limit = limits.check if urgent else limits.accept + limits.check
        quality = QUALITY.get(alert.township_code or "", 0.8)
        share = URGENT_IN_TIME if urgent else IN_TIME + 0.25 * quality
        if timely < share:
            days = 1 + int(place * limit)
        else:
            delay = DELAY.get(alert.township_code or "", 9)
            days = limit + 1 + int(luck.gamma(key, 2.0, delay / 4)[0])
        day = add_working_days(as_of, days).on
        accepted = min(day, add_working_days(as_of, max(1, limits.accept)).on)
        suspected = tuple(n.code for n in alert.needs if n.code in AT)
        return Trip(alert.id, row, day, accepted, suspected, alert.source in BLIND, worker)

    def trips(self, month: str) -> list[Trip]:
        """The visits that fall in a month like '2026-06', taken off the list."""
        due = [t for t in self._trips if f"{t.day:%Y-%m}" <= month]
        self._trips = [t for t in self._trips if f"{t.day:%Y-%m}" > month]
        return sorted(due, key=lambda t: (t.day, t.alert))

    def record(self, trips: Sequence[Trip], month: Month) -> None:
        """Write what the month's visits found into the alerts, and what became of earlier needs."""
        rows = []
        for trip, outcome, cause, needs in zip(
            trips, month.found.outcome, month.found.cause, month.found.needs, strict=True
        ):
            self._visited[trip.row] = trip.day
            told = outcome in ("confirmed", "referred")
            named = [NEEDS[i] for i in np.flatnonzero(needs)]
            rows.append(
                OutcomeRow(
                    trip.alert,
                    str(outcome),
                    datetime.combine(trip.day, VISITED),
                    cause=str(cause) or None,
                    needs=named if told else None,
                    accepted_at=datetime.combine(trip.accepted, ACCEPTED),
                    actor=trip.worker,
                )
            )
        self._answers += self._heard(month)
        until = month_end(month.text)
        with open_session(self._home) as session:
            self._say_of_reasons(session, rows)
            import_outcomes(session, rows, actor=ACTOR, approved=False)
        with open_session(self._home) as session:
            _approve(session, until)
            offices.work(session, self._answers, self._row, until, self._seed)
            self._answers = [answer for answer in self._answers if answer.at > until]
            steward.work(session, self._row, until, self._seed)
            referred.work(session, self._row, until, self._seed)
        with open_session(self._home) as session:
            write_findings(self._home, session)

    def _heard(self, month: Month) -> list[Answer]:
        """What departments did this month; of a visit of this month some working days after it."""
        if month.relief is None:
            return []
        told = month.relief
        days = told["on"].astype("datetime64[D]").astype(object)
        return [
            Answer(row, NEEDS[need], bool(met), self._answered(row, NEEDS[need], on))
            for row, need, met, on in zip(
                told["household"].tolist(), told["need"].tolist(), told["met"], days, strict=True
            )
            if row in self._visited
        ]

    def _answered(self, row: int, need: str, on: date) -> date:
        visited = self._visited[row]
        if (visited.year, visited.month) == (on.year, on.month):
            return offices.answered_on(visited, row, need, self._seed)
        return max(on, visited + timedelta(days=2))

    def _say_of_reasons(self, session: Session, rows: list[OutcomeRow]) -> None:
        """Fill in what the worker said of each reason: a false alarm in the data has one that was
        not true, everything else was as told."""
        numbers = [row.alert_id for row in rows]
        query = select(AlertReason.alert_id, AlertReason.id).where(
            AlertReason.alert_id.in_(numbers), AlertReason.source != Source.RISK
        )
        reasons: dict[int, list[int]] = {}
        for alert, reason in session.execute(query.order_by(AlertReason.position)):
            reasons.setdefault(alert, []).append(reason)
        for index, row in enumerate(rows):
            if row.outcome in ("unreachable", "refused"):
                continue
            told = dict.fromkeys(reasons.get(row.alert_id, []), Truth.TRUE)
            if told and row.cause in IN_THE_DATA:
                told[next(iter(told))] = Truth.FALSE
            rows[index] = replace(row, facts=told)


def as_visits(trips: Sequence[Trip]) -> Visits:
    """The trips in the county's own terms."""
    if not trips:
        return Visits.none()
    suspected = np.zeros((len(trips), len(NEEDS)), bool)
    for position, trip in enumerate(trips):
        suspected[position, [AT[name] for name in trip.suspected]] = True
    return Visits(
        np.array([t.row for t in trips]),
        np.array([t.day for t in trips], "datetime64[D]"),
        suspected,
        np.array([c.AUDIT if t.blind else c.ALERT for t in trips]),
    )


def _worker(alert: Alert, seed: int, row: int) -> str:
    """Which of the township's people goes: always the same one for a family."""
    which = int(float(Luck(seed, 0, "who goes").random(np.array([row]))[0]) * WORKERS_EACH) + 1
    return f"demo.{(alert.township_code or 'x')[-3:]}.{which}"


def _approve(session: Session, until: date) -> None:
    """A leader approves, on the next working day, the results that wait for a second person."""
    waiting = select(Alert.id, Alert.clock_from).where(Alert.state == State.APPROVAL)
    for alert, since in session.execute(waiting.order_by(Alert.clock_from, Alert.id)).all():
        day = add_working_days(since, 1).on
        if day <= until:
            now = datetime.combine(day, ACCEPTED)
            approve(session, alert, actor=LEADER, role=Role.SUPERVISOR, now=now)


def next_month(as_of: date) -> str:
    """'2026-07' for any day of June 2026."""
    return month_text(month_number(f"{as_of:%Y-%m}") + 1)
