"""Invented departments answer the lists of rows that went back to them.

The steward hands out a ticket's workbook; the department corrects what it can look up in its own
files, declares void what it should not have sent, and sends the list back as a correction, which
ingest takes in like any other file. When it answers is drawn from luck of the ticket's own, so that
nothing else of a county depends on it; some answer late and some never.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.home import Home, add_months
from core.workflow.calendar import add_working_days
from data.contracts import load_contract
from data.deliveries.returned import COLUMNS
from data.deliveries.tickets import DEPARTMENT, tickets
from data.lake import Lake
from data.manifest import Batch
from data.quarantine import quarantined
from simulator.world.clock import Frame, month_number
from simulator.world.departments.faults import Sealed
from simulator.world.departments.files import write_csv
from simulator.world.luck import Luck

# Shares of the lists that are answered within the ten working days and never (assumed); the rest
# come within six weeks.
IN_TIME, NEVER = 0.72, 0.06
SOONEST, LIMIT, LATEST = 2, 10, 30  # working days
# Lists from so many months before the lived year are asked for with its first month. Older ones are
# as due (政务数据共享条例 art. 26 knows no end), and the steward hands them out after those: each
# month the deliveries of so many months, newest first, with the last turn what is left (assumed).
NEWEST_MONTHS, A_TURN, TURNS = 6, 3, 6
# Of the lists that come back, the share with rows left as they were, and of these rows (assumed).
INCOMPLETE, OVERLOOKED = 0.12, 0.2
YES = "是"


def send(home: Home, sealed: Sealed, seed: int, lived_from: date, until: date) -> list[Path]:
    """Put what departments answer in the month that ends with `until` in the incoming folder.

    Nobody was asked before `lived_from`. `sealed` knows what the numbers were before they were
    spoiled, as the departments' own files do.
    """
    runs = home.months("scores")
    if not runs:
        return []
    begun, start = runs[0], until.replace(day=1)
    asked = [
        (asked_on(ticket.batch.delivered_on, lived_from), ticket.batch)
        for ticket in tickets(Lake(home).batches(), until, begun)
        if ticket.turn == DEPARTMENT
    ]
    due = [(answered_on(batch, day, seed), batch) for day, batch in asked]
    now = [(day, batch) for day, batch in due if day is not None and start <= day <= until]
    spoiled = sealed.table() if now else {}
    return [_reply(home, batch, day, seed, spoiled) for day, batch in now]


def asked_on(delivered: date, lived_from: date) -> date:
    """The day on which the steward hands out the refused rows of a delivery."""
    if delivered >= lived_from:
        return delivered
    age = (lived_from.year - delivered.year) * 12 + lived_from.month - delivered.month
    older = max(0, age - NEWEST_MONTHS)
    return add_months(lived_from, min(TURNS, -(-older // A_TURN)))


def answered_on(batch: Batch, asked: date, seed: int) -> date | None:
    """The day on which a department sends back a list it was given on `asked`; None for never."""
    luck = _luck(batch, seed, "day")
    which, place = (float(luck.random(np.array([0]))[0]) for _ in range(2))
    if which < NEVER:
        return None
    first, last = (SOONEST, LIMIT) if which < NEVER + IN_TIME else (LIMIT + 1, LATEST)
    return add_working_days(asked, first + int(place * (last - first + 1))).on


def _luck(batch: Batch, seed: int, what: str) -> Luck:
    month = month_number(f"{batch.period[:4]}-{batch.period[4:6]}")
    return Luck(seed, month, f"reply {what} {batch.feed} {Path(batch.file).name}")


def _reply(home: Home, batch: Batch, day: date, seed: int, spoiled: Frame) -> Path:
    """Write what a department sends back of one delivery."""
    rows, contract = quarantined(home, batch.feed, batch.batch), load_contract(batch.feed)
    luck = _luck(batch, seed, "rows")
    overlooked = OVERLOOKED if float(luck.random(np.array([0]))[0]) < INCOMPLETE else 0.0
    rows = rows.filter(pa.array(luck.random(rows["row_no"].to_numpy()) >= overlooked))
    delivered = contract.match_headers(rows.column_names)
    cells = {header: rows[header] for header in delivered.values()}
    right = pa.repeat(pa.scalar(False), rows.num_rows)
    person = contract.identifying("person")
    if person is not None and person.name in delivered:
        header = delivered[person.name]
        own = _own(spoiled, batch, rows[header].to_pylist())
        cells[header] = pa.array([new or old for old, new in own], pa.string())
        right = pa.array([new is not None for _, new in own])
    void = pc.if_else(right, "", YES)
    numbers = pa.array([str(number) for number in rows["row_no"].to_pylist()])
    ours = {"batch": pa.repeat(pa.scalar(batch.batch), rows.num_rows), "row_no": numbers}
    ours |= {"sheet": rows["sheet"]} if "sheet" in rows.column_names else {}
    told = {COLUMNS[name].zh: values for name, values in (ours | {"void": void}).items()}
    name = f"{contract.file_names[0]}_{batch.period}_{day:%Y%m%d}-更正.csv"
    path = home.incoming / f"{day:%Y-%m}" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    write_csv(path, {**told, **cells})
    return path


def _own(spoiled: Frame, batch: Batch, written: list[str]) -> list[tuple[str, str | None]]:
    """Each number as it was sent, and what the department finds of it, None for nothing."""
    mine = (spoiled["feed"] == batch.feed) & (spoiled["file"] == Path(batch.file).name)
    mine &= spoiled["field"] == "id_number"
    known = dict(zip(spoiled["written"][mine], spoiled["was"][mine], strict=True))
    return [(number, known.get(number)) for number in written]
