"""Rows that go back to their department: their tickets, and the list that is handed out."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from core.words import Text
from data.contracts import load_contract
from data.deliveries import tickets as worked_out
from data.deliveries.returned import COLUMNS, ours, places
from data.deliveries.tickets import DEPARTMENT, STEWARD, Ticket
from data.quarantine import QuarantineError
from data.quarantine import quarantined as quarantined_rows
from data.remarks import NOBODYS
from services.reads import base, vault

TURNS = {
    DEPARTMENT: Text("报送部门", "the department"),
    STEWARD: Text("数据管理员（更正文件待认定）", "the data steward (an answer waits)"),
}
_FACTS = ("feed", "batch", "period", "delivered_on", "file", "reasons")
FRAME = [*_FACTS, *("rows", "open", "right", "void", "replaced"), *("due_on", "certain", "late")]
FRAME += ["turn", "closed_on"]


@base.cached
def tickets(home: str, as_of: date) -> pd.DataFrame:
    """One row a delivery with refused rows: FRAME.

    Open ones first, of these the ones that can still be on time, each time the newest first.
    """
    today = _today(home, as_of)
    rows = [
        {name: getattr(t.batch, name) for name in _FACTS}
        | {"rows": t.rows, "open": t.open, "right": len(t.right), "void": len(t.void)}
        | {"replaced": t.replaced, "due_on": t.due.on, "certain": t.due.certain}
        | {"late": t.late(today), "turn": t.turn, "closed_on": t.closed_on}
        for t in _all(home, as_of)
    ]
    rows.sort(key=lambda r: (r["due_on"], r["delivered_on"]), reverse=True)
    rows.sort(key=lambda r: (r["open"] == 0, r["late"]))
    return pd.DataFrame(rows, columns=FRAME)


def open_rows(home: str, as_of: date, feed: str, batch: str) -> pd.DataFrame:
    """Rows still wrong under a ticket: place (as Excel shows it), reason_code, field; no contents.

    Raises NothingYet when the list is gone.
    """
    rows = to_give_back(home, as_of, feed, batch)
    fields = rows["reason_field"] if "reason_field" in rows else [""] * len(rows)
    codes = rows["reason_code"] if "reason_code" in rows else [""] * len(rows)
    found = {"place": rows["place"], "reason_code": codes, "field": fields}
    return pd.DataFrame(found).fillna("")


def to_give_back(home: str, as_of: date, feed: str, batch: str) -> pd.DataFrame:
    """The quarantined rows of a batch with names and ID numbers, for its department: those open
    under its ticket, or all where it has none that is open.

    Beside what `data.quarantine` keeps: `place`, and `at_fault`, the column at fault as it was
    delivered. Raises NothingYet when the rows are gone.
    """
    try:
        with vault.told():
            table = quarantined_rows(base.home_at(home), feed, batch)
    except QuarantineError as error:
        raise base.NothingYet("quarantine") from error
    table = _without_remarks(_without_ours(table))
    table = table.append_column("place", pa.array(places(table), pa.string()))
    # Whole numbers stay whole beside empty cells.
    rows = pd.DataFrame(table.to_pydict(), dtype=object)
    found = next((t for t in _all(home, as_of) if _is(t, feed, batch)), None)
    if found is not None and found.open:
        rows = rows[~rows["place"].isin(found.settled)].reset_index(drop=True)
    headers = _headers(feed, list(rows.columns))
    fields = rows["reason_field"] if "reason_field" in rows else [None] * len(rows)
    return rows.assign(at_fault=[headers.get(f or "") for f in fields])


def returned_name(home: str, as_of: date, feed: str, period: str) -> str:
    """The name of the workbook handed out, which ingest reads as a correction of that month."""
    contract = load_contract(feed)
    known = contract.file_names[0] if contract.file_names else contract.zh
    return f"{known}_{period}_{base.moment_of(home, as_of):%Y%m%d}-更正.xlsx"


def turn_words(turn: str) -> Text:
    """Whose turn it is; a dash where it is nobody's."""
    return TURNS.get(turn, Text("–", "–"))


def column_words(name: str) -> Text:
    """What our own columns in a returned workbook are called."""
    return COLUMNS[name]


def _is(ticket: Ticket, feed: str, batch: str) -> bool:
    return (ticket.batch.feed, ticket.batch.batch) == (feed, batch)


def _all(home: str, as_of: date) -> list[Ticket]:
    run = base.home_at(home).months("scores")
    begun = run[0] if run else _today(home, as_of)
    day = base.known_at(home, as_of) or date.max  # of the newest month all that came counts
    return worked_out.tickets(base.lake_at(home).batches(), day, begun)


def _today(home: str, as_of: date) -> date:
    if not base.home_at(home).county_file.exists():
        return as_of
    return base.today_at(home, as_of)


def _without_remarks(table: pa.Table) -> pa.Table:
    """The list without rows that speak of nobody: nothing in them can be put right."""
    if "reason_code" not in table.column_names:  # a list from before
        return table
    remark = pc.is_in(table["reason_code"], value_set=pa.array(NOBODYS))
    return table.filter(pc.invert(remark))


def _without_ours(table: pa.Table) -> pa.Table:
    """The list without the columns of a returned workbook that it was delivered with."""
    return table.drop_columns(list(ours(table.column_names).values()))


def _headers(feed: str, columns: list[str]) -> dict[str, str]:
    """What a field is called in Chinese -> its header as delivered."""
    contract = load_contract(feed)
    labels, found = contract.labels("zh"), contract.match_headers(columns)
    return {labels[name]: header for name, header in found.items()}
