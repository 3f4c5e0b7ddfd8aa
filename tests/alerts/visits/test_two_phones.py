"""Two phones of a team, a desk, and a network that loses, delays and repeats.

A thousand seeded interleavings: no value is lost, no visit is recorded and no step done twice,
every conflict is listed, nobody's step is overruled by somebody who had not seen it, and in the end
everybody sees the same.
"""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from sqlalchemy import func, literal_column, select
from sqlalchemy.orm import Session

from alerts import service
from alerts.lifecycle import possible
from alerts.models import Alert, AlertEvent
from alerts.policy import default_policy
from alerts.queries import event_counts
from alerts.states import Action, Role, State
from alerts.visits import choosing, results
from alerts.visits.models import VisitConflict, VisitField, VisitOperation
from alerts.visits.receiving import Writer, receive, rounds
from alerts.visits.shapes import STEPS, operation, stepped
from core.db import store
from core.home import Home
from tests.alerts.factories import DAY, TEAM, candidate, raised
from tests.alerts.visits.phones import RESULT, STEP, Phone

SEEDS = 1000
PER_DATABASE = 100  # interleavings that share a database, each with an alert of its own
FIELDS = ("note", "tick:B01", "fact:C02", "outcome")
VALUES = {
    "note": ("", "门锁着", "邻居说住院", "已见面"),
    "tick:B01": ("", "1"),
    "fact:C02": ("", "fact_true", "fact_false", "fact_unclear"),
    "outcome": ("", "confirmed", "unreachable"),
}
RESULTS = (
    {"outcome": "confirmed", "needs": {"basic_living": "confirmed"}},
    {"outcome": "confirmed", "needs": {"basic_living": "confirmed"}, "note": "缺粮"},
    {"outcome": "false_alarm", "cause": "stale"},
    {"outcome": "already_covered"},
)
SAID = ({"step": "accept"}, {"step": "return", "note": "已搬到县城"})
# What the county team does with a case that lies with it, and what may happen to one without
# making a step of before another one.
HARMLESS = frozenset({Action.ESCALATE, Action.NOTE})
POLICY = default_policy()


class County:
    """The server: the product's own functions on one alert."""

    def __init__(self, home: Home, alert: int) -> None:
        self.home, self.alert = home, alert
        self.wrote: dict[str, list[int]] = {}
        """The rows of the log that each operation made, the first time and any other time."""

    def sync(self, account: str, sent: list[dict[str, Any]]) -> tuple[list[dict], dict[str, Any]]:
        answers = []
        writer = Writer(account, Role.WORKER, DAY.replace(tzinfo=None))
        with store.open_session(self.home) as session:
            for one in sent:
                before = self.newest(session)
                told = receive(session, self.alert, operation(one), writer, POLICY)
                made = range(before + 1, self.newest(session) + 1)
                self.wrote.setdefault(told.id, []).extend(made)
                assert not (told.again and made)
                answers.append({"id": told.id, "answer": told.kind})
            return answers, self.task(session)

    def newest(self, session: Session) -> int:
        return session.scalar(select(func.max(AlertEvent.id))) or 0

    def task(self, session: Session) -> dict[str, Any]:
        round_ = rounds(session, [self.alert]).get(self.alert, 0)
        query = select(VisitField).where(
            VisitField.alert_id == self.alert, VisitField.round == round_
        )
        return {
            "seen_event": event_counts(session, [self.alert])[self.alert],
            "conflicts": [one.id for one in choosing.unsettled(session, [self.alert])],
            "steps": [one.value for one in STEPS if one in self._can(session)],
            "sheet": {
                one.field: {"value": one.value, "op": one.operation}
                for one in session.scalars(query)
            },
        }

    def _can(self, session: Session) -> list[Action]:
        return possible(State(session.get_one(Alert, self.alert).state), Role.WORKER)

    def desk(self, rng: random.Random) -> None:
        """Somebody at a desk: settles a conflict of a field, escalates, sends a case out again, or
        records the result."""
        with store.open_session(self.home) as session:
            found = [c for c in choosing.unsettled(session, [self.alert]) if c.field != RESULT]
            act = rng.random()
            by = {"actor": "desk", "role": Role.DISPATCHER, "now": DAY.replace(tzinfo=None)}
            if found and act < 0.5:
                one = rng.choice(found)
                which = rng.choice(("kept", "other"))
                choosing.choose(session, one.id, which, one.kept, policy=POLICY, **by)
            elif act < 0.7 and session.get_one(Alert, self.alert).state == State.RETURNED:
                service.move(session, self.alert, Action.DISPATCH, **by)
            elif act < 0.7 and not rounds(session, [self.alert]):
                service.move(session, self.alert, "escalate", **by)
            elif act > 0.95 and not rounds(session, [self.alert]):
                service.record_outcome(session, self.alert, "already_covered", **by)


class Line:
    """The network between one phone and the server."""

    def __init__(self, phone: Phone, county: County, rng: random.Random) -> None:
        self.phone, self.county, self.rng = phone, county, rng
        self.requests: list[tuple[int, list[dict]]] = []
        self.replies: list[tuple[int, list[dict], dict]] = []

    def step(self) -> None:
        """One thing happens: sent, arrived (or lost, or arrived and still under way), answered."""
        what = self.rng.random()
        if what < 0.35:
            self.requests.append(self.phone.request())
        elif what < 0.75 and self.requests:
            at = self.rng.randrange(len(self.requests))
            keep = self.rng.random() < 0.3  # it will arrive once more
            number, sent = self.requests[at] if keep else self.requests.pop(at)
            if self.rng.random() < 0.75:  # else it was lost on its way
                self.replies.append((number, *self.county.sync(self.phone.account, sent)))
        elif self.replies:
            at = self.rng.randrange(len(self.replies))
            again = self.rng.random() < 0.2
            reply = self.replies[at] if again else self.replies.pop(at)
            if self.rng.random() < 0.7:  # else the answer was lost
                self.phone.reply(*reply)

    def drain(self) -> None:
        """What is still under way arrives, in any order; then the network holds."""
        self.rng.shuffle(self.requests)
        for number, sent in self.requests:
            self.replies.append((number, *self.county.sync(self.phone.account, sent)))
        self.rng.shuffle(self.replies)
        for reply in self.replies:
            self.phone.reply(*reply)
        self.ask()

    def ask(self) -> None:
        number, sent = self.phone.request()
        self.phone.reply(number, *self.county.sync(self.phone.account, sent))


def write(phone: Phone, rng: random.Random) -> None:
    """Something is written: into the box that has the focus, or elsewhere, which leaves it."""
    name = "note" if phone.focus and rng.random() < 0.7 else rng.choice(FIELDS)
    if name != "note":
        phone.leave()
    phone.focus = name == "note"
    phone.write(name, rng.choice(VALUES[name]))


def live(county: County, seed: int) -> list[Phone]:
    """One interleaving: two phones that start from the same list and end with nothing to send."""
    rng = random.Random(seed)  # noqa: S311 (a seeded interleaving)
    # In every fifth both phones are one person's.
    names = ("worker-1", "worker-1" if seed % 5 == 0 else "worker-2")
    phones = [
        Phone(name, random.Random(seed * 2 + n), f"device-{n}")  # noqa: S311
        for n, name in enumerate(names, 1)
    ]
    lines = [Line(phone, county, rng) for phone in phones]
    for line in lines:
        line.ask()
    for _ in range(rng.randint(12, 28)):
        line = rng.choice(lines)
        act = rng.random()
        if act < 0.4:
            write(line.phone, rng)
        elif act < 0.46:
            line.phone.finish(json.dumps(rng.choice(RESULTS)))
        elif act < 0.52:
            county.desk(rng)
        elif act < 0.58 and line.phone.can:
            chosen = rng.choice([one for one in SAID if one["step"] in line.phone.can])
            line.phone.step(json.dumps(chosen))
        elif act < 0.62:
            line.ask()  # for a moment the network is good
        else:
            line.step()
    for phone in phones:
        phone.leave()
    for line in (*lines, *lines):  # the first hears last what the second sent
        line.drain()
    lines[0].ask()
    return phones


def check(session: Session, county: County, phones: list[Phone]) -> dict[str, int]:
    """The promises, from the tables and from what each phone had shown."""
    mine = VisitOperation.alert_id == county.alert
    rows = list(session.scalars(select(VisitOperation).where(mine)))
    by_id = {row.id: row for row in rows}
    conflicts = list(
        session.scalars(select(VisitConflict).where(VisitConflict.alert_id == county.alert))
    )
    for phone in phones:
        assert phone.outbox == []
        assert set(phone.answers) == {row.id for row in rows if row.device == phone.device}
        open_ones = {c.id: c for c in conflicts if c.chosen is None}
        assert phone.conflicts <= set(open_ones)
        for one in set(open_ones) - phone.conflicts:  # both results came to say the same
            stands = choosing.as_it_stands(session, open_ones[one])
            assert stands.field == RESULT
            assert results.agree(stands.kept, stands.other)
    nothing_overwritten_unseen(session, county, by_id, conflicts, phones)
    every_conflict_is_listed(rows, by_id, conflicts)
    visits = no_visit_twice(session, county, rows)
    steps = no_step_twice(session, county, rows)
    refusals_have_their_reason(rows)
    for phone in phones:
        what_was_said_of_steps_stays(phone, rows)
    assert phones[0].version == phones[1].version
    shown = county.task(session)["sheet"]
    for phone in phones:
        assert {k: v["value"] for k, v in shown.items()} == {
            name: phone.drafts[name].value for name in shown
        }
    return {"conflicts": len(conflicts), "visits": visits, "operations": len(rows), "steps": steps}


def no_step_twice(session: Session, county: County, rows: list[VisitOperation]) -> int:
    """A step that is told done made its one row of the log, any other none; whoever did it had seen
    what others had done to the case before."""
    log = {one.id: one for one in session.scalars(select(AlertEvent)
           .where(AlertEvent.alert_id == county.alert))}  # fmt: skip
    steps = [row for row in rows if row.field == STEP]
    for row in steps:
        made = [log[number] for number in county.wrote[row.id]]
        step = stepped(row.content).action
        if row.answer != "done":
            assert row.answer == "refused" or (row.answer, step) == ("same", Action.ACCEPT)
            assert made == []
            continue
        (event,) = made
        assert (event.action, event.actor) == (step, row.account)
        assert event.outcome is None  # never against a result: those cases cannot be sent back
        unseen = [e for e in log.values() if row.seen_event < e.id < event.id]
        assert all(e.actor == row.account or e.action in HARMLESS for e in unseen)
    return sum(row.answer == "done" for row in steps)


def what_was_said_of_steps_stays(phone: Phone, rows: list[VisitOperation]) -> None:
    """A step that was not accepted stays in sight with its reason until another one is done."""
    own = {row.id: row for row in rows if row.device == phone.device and row.field == STEP}
    last = next((own[one] for one in reversed(phone.answers) if one in own), None)
    if last is not None and last.answer == "refused":
        assert phone.stepped is not None
        assert stepped(phone.stepped["said"]).text() == last.content
        assert phone.stepped["answer"] == "refused"
    else:
        assert phone.stepped is None


def refusals_have_their_reason(rows: list[VisitOperation]) -> None:
    """Only results and steps that came too late are refused, and the phone is told why."""
    for row in rows:
        if row.answer == "refused":
            assert row.field in (RESULT, STEP)
            assert row.told_zh
            assert row.told_en


def nothing_overwritten_unseen(session, county, by_id, conflicts, phones) -> None:
    """Whoever replaced a value had it on the screen, or chose between the two."""
    shown = {k: v for phone in phones for k, v in phone.shown_before.items()}
    query = select(VisitOperation.id).where(VisitOperation.alert_id == county.alert)
    taken_in = literal_column("visit_operation.rowid")  # SQLite's own count of the rows
    ids = list(session.scalars(query.order_by(taken_in)))
    stood: dict[tuple[int, str], str] = {}
    for one in ids:
        row = by_id[one]
        place = (row.round, row.field)
        if row.answer != "done" or row.field in (RESULT, STEP):
            continue
        if place in stood:
            assert shown[row.id] in {stood[place], *_by_choice(place, conflicts)}
        stood[place] = row.content
    for row in session.scalars(select(VisitField).where(VisitField.alert_id == county.alert)):
        assert row.value == by_id[row.operation].content


def _by_choice(place: tuple[int, str], conflicts: list[VisitConflict]) -> set[str]:
    """The values that somebody let stand in a field by choosing them."""
    return {c.other for c in conflicts if (c.round, c.field) == place and c.chosen == "other"}


def every_conflict_is_listed(rows, by_id, conflicts) -> None:
    """A value that did not come in stands in a conflict, or its writer wrote on from it there, or
    it is what stood already."""
    listed = {c.other_operation for c in conflicts}
    written_on = {row.base for row in rows if row.base}
    for row in rows:
        if row.answer == "conflict":
            assert row.id in listed or row.id in written_on, row.field
        if row.answer == "same" and row.field not in (RESULT, STEP):
            assert row.content == by_id[row.stands].content
    for conflict in conflicts:
        other = by_id[conflict.other_operation]
        assert (conflict.other, conflict.other_by) == (other.content, other.account)


def no_visit_twice(session: Session, county: County, rows: list[VisitOperation]) -> int:
    """One result in the log for each result that a phone was told is done, and one of the desk."""
    query = select(AlertEvent.actor, func.count()).where(
        AlertEvent.alert_id == county.alert,
        AlertEvent.outcome.is_not(None),
        AlertEvent.need_id.is_(None),
    )
    logged = {row[0]: row[1] for row in session.execute(query.group_by(AlertEvent.actor))}
    done = [row for row in rows if row.field == RESULT and row.answer == "done"]
    assert sum(logged.values()) - logged.get("desk", 0) == len(done)
    # One visit, one result; only the phone that sent it corrects it.
    assert len({(row.round, row.device) for row in done}) == len({row.round for row in done})
    return sum(logged.values())


FIRSTS = range(0, SEEDS, PER_DATABASE)


@pytest.mark.parametrize(
    "first", [FIRSTS[0], *(pytest.param(n, marks=pytest.mark.slow) for n in FIRSTS[1:])]
)
def test_nothing_is_lost_and_nothing_is_done_twice(home: Home, first: int) -> None:
    seen = {"conflicts": 0, "visits": 0, "operations": 0, "steps": 0}
    with store.open_session(home) as session:
        families = [candidate(n) for n in range(PER_DATABASE)]
        alerts = [a.id for a in raised(session, *families, households=5_000_000)]
        service.dispatch_many(session, alerts, now=DAY, **TEAM)
    assert len(alerts) == PER_DATABASE
    for number, alert in enumerate(alerts):
        county = County(home, alert)
        phones = live(county, first + number)
        with store.open_session(home) as session:
            told = check(session, county, phones)
        seen = {name: n + told[name] for name, n in seen.items()}
    # Enough happened: otherwise nothing was tested.
    assert min(seen.values()) > PER_DATABASE / 3, seen
