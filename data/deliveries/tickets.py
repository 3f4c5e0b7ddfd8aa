"""Correction tickets of refused rows: one a delivery, closed row by row by what comes after it.

Nothing is stored for them: a ticket is worked out from the deliveries themselves, as of any day.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from core.workflow.calendar import Due, add_working_days
from data.deliveries.returned import RIGHT, VOID, each, own_rows
from data.manifest import ACCEPTED, REJECTED, REPEAT, WAITING, Batch, current, is_base

WORKING_DAYS = 10
# Whose turn it is.
DEPARTMENT, STEWARD, NOBODY = "department", "steward", ""


@dataclass(frozen=True)
class Ticket:
    """The refused rows of one delivery: `rows` = `open` + `right` + `void` + `replaced`.

    `right` came again and were good, `void` ones their department took back, `replaced` ones lie
    in a file in whose place another has come; each a set of row numbers but for `replaced`, which
    counts. `elsewhere` are refused rows that an older ticket has. `steward`'s turn: an answer came
    and waits for a decision.
    """

    batch: Batch
    rows: int
    right: frozenset[str]
    void: frozenset[str]
    elsewhere: frozenset[str]
    replaced: int
    due: Due
    turn: str
    closed_on: date | None

    @property
    def settled(self) -> frozenset[str]:
        """Refused rows that need nothing more under this ticket, while it is open."""
        return self.right | self.void | self.elsewhere

    @property
    def open(self) -> int:
        """Rows that are still wrong."""
        return self.rows - len(self.right) - len(self.void) - self.replaced

    def late(self, today: date) -> bool:
        """Whether rows are still wrong after the due day."""
        return self.open > 0 and self.due.on < today


def tickets(batches: Sequence[Batch], as_of: date, begun: date | None = None) -> list[Ticket]:
    """Every ticket as of a day, in the order the deliveries came.

    `begun` is the day the county's first month was run: what came before is due from then on, or
    from `as_of` where none was run yet, for nobody could have asked for it.
    """
    known = [b for b in batches if b.delivered_on <= as_of and not b.undone(as_of)]
    by_month: dict[tuple[str, str], list[Batch]] = {}
    for batch in known:
        by_month.setdefault((batch.feed, batch.period), []).append(batch)
    found = []
    for (feed, _), own in by_month.items():
        if any(b.returned for b in own):
            standing = {b.batch for b in current(own, feed, as_of)}
            found += [_ticket(b, own, standing, begun or as_of) for b in own if _asks(b)]
    return [t for t in found if t.rows]


def _asks(batch: Batch) -> bool:
    """Whether a delivery's refused rows go back: it was taken in, or nothing in it was good.

    One that repeats another has the same rows refused, one that was turned away none to mend.
    """
    refused_whole = batch.status == REJECTED and batch.decided_on is None
    return batch.returned > 0 and (batch.status == ACCEPTED or refused_whole)


def _ticket(batch: Batch, month: Sequence[Batch], standing: Container[str], begun: date) -> Ticket:
    after = month[month.index(batch) + 1 :]
    told = [b for b in after if _counts(b) and batch.batch in b.answers]
    right = _rows(told, batch.batch, RIGHT)
    void = _rows(told, batch.batch, VOID) - right
    elsewhere = _carried(batch, month, standing)
    rows = batch.returned - len(elsewhere)
    successor = _successor(batch, after, standing)
    left = rows - len(right) - len(void)
    days = [b.delivered_on for b in (*told, *filter(None, [successor]))]
    start = max(batch.delivered_on, batch.decided_on or batch.delivered_on, begun)
    asked = any(b.status == WAITING and batch.batch in b.answers for b in after)
    is_open = left > 0 and successor is None
    return Ticket(
        batch,
        rows,
        right,
        void,
        elsewhere,
        0 if successor is None else left,
        add_working_days(start, WORKING_DAYS),
        (STEWARD if asked else DEPARTMENT) if is_open else NOBODY,
        None if is_open else max(days, default=batch.delivered_on),
    )


def _counts(batch: Batch) -> bool:
    """Whether what a delivery says of older rows holds."""
    return batch.status in (ACCEPTED, REPEAT) or _asks(batch)


def _rows(told: Iterable[Batch], name: str, outcome: str) -> frozenset[str]:
    return frozenset(w for b in told for w in each(b.answers[name].get(outcome, ())))


def _carried(batch: Batch, month: Sequence[Batch], standing: Container[str]) -> frozenset[str]:
    """Refused rows that an older ticket has already, as long as that one stands."""
    mine = month.index(batch)
    stand = {
        b.batch
        for n, b in enumerate(month[:mine])
        if _successor(b, month[n + 1 :], standing) is None
    }
    return own_rows(batch.answers, stand)


def _successor(batch: Batch, after: Sequence[Batch], standing: Container[str]) -> Batch | None:
    """The delivery that came in its place; None while it is in force or nothing has come."""
    if batch.batch in standing:
        return None
    later = [b for b in after if b.batch in standing and is_base(b) and b != batch]
    return later[-1] if later else None
