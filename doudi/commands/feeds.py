"""`doudi feeds`: how the feeds stand; what waits for a decision, and deciding, undoing it.

The services are imported by the commands that need them, so that --help answers at once.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from core.home import HomeError
from doudi.commands.options import AsJson, HomeDir, home_of, print_json
from doudi.progress import console
from doudi.tables import print_odd, show

if TYPE_CHECKING:
    from data.manifest import Batch
    from services.context import Context
    from services.deliveries import Decided

app = typer.Typer(
    help="How the feeds stand, what waits for a decision, and deciding it.",
    invoke_without_command=True,
)
Name = Annotated[str, typer.Argument(help="The delivery's name, as 'doudi feeds waiting' has it.")]
Reason = Annotated[str, typer.Option(help="Why; it is recorded. No names or numbers of people.")]


class Choice(StrEnum):
    """What a delivery can be decided as, as `data.deliveries.decisions` names them."""

    FULL = "full"
    PART = "part"
    SUPPLEMENT = "supplement"
    CORRECTION = "correction"
    REJECT = "reject"


@app.callback()
def feeds(ctx: typer.Context, home: HomeDir = Path(), as_json: AsJson = False) -> None:
    """Every feed: owner, last delivery, rows received, accepted, quarantined, duplicates."""
    if ctx.invoked_subcommand is not None:
        return
    from doudi import figures

    result = figures.feeds(home_of(home))
    if as_json:
        print_json(result)
        return
    columns = ["feed", "owner", "last_delivery", "state", "batches"]
    columns += ["received", "accepted", "quarantined", "duplicates", "repaired"]
    show(
        f"feeds as of {result['as_of']}",
        columns,
        [[r[c] for c in columns] for r in result["feeds"]],
        text=4,
    )


@app.command()
def waiting(home: HomeDir = Path(), as_json: AsJson = False) -> None:
    """Deliveries that a person must say something about, and what each would change."""
    from services import deliveries

    here = _here(home)
    found = deliveries.waiting(here)
    if as_json:
        print_json([_plain(b) for b in found])
    elif found:
        print_odd(found)
    else:
        console.print("no delivery waits for a decision")


@app.command()
def tickets(
    home: HomeDir = Path(),
    every: Annotated[bool, typer.Option("--all", help="Closed ones too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Correction tickets: refused rows that their departments have to put right, and until when."""
    from services import deliveries

    here = _here(home)
    found = deliveries.tickets(here)
    rows = [_ticket(r) for r in found.to_dict("records") if every or r["open"]]
    if as_json:
        print_json(rows)
        return
    if not rows:
        console.print("no correction ticket is open")
        return
    columns = ["delivery", "rows", "open", "right", "void", "due", "turn", "reasons"]
    told = [r | {"reasons": ", ".join(r["reasons"])} for r in rows]
    told = [r | {"due": f"{r['due']} late" if r["late"] else r["due"]} for r in told]
    show("correction tickets", columns, [[r[c] for c in columns] for r in told])


def _ticket(row: dict[Any, Any]) -> dict[str, Any]:
    from services import deliveries

    words = {code: deliveries.reason_words(code) for code in row["reasons"]}
    counts = ("rows", "open", "right", "void", "replaced")
    return {
        "delivery": f"{row['feed']}/{row['batch']}",
        "file": row["file"],
        **{name: int(row[name]) for name in counts},
        "due": row["due_on"].isoformat(),
        "late": bool(row["late"]),
        "turn": row["turn"],
        "closed_on": row["closed_on"].isoformat() if row["closed_on"] else None,
        "reasons": [words[code].en for code in row["reasons"]],
        "reasons_zh": [words[code].zh for code in row["reasons"]],
    }


@app.command()
def decide(
    batch: Name,
    as_: Annotated[Choice, typer.Option("--as", help="What it is; reject turns it away.")],
    reason: Reason,
    period: Annotated[
        str, typer.Option(help="The month it is of, like 2026-06, where its name is wrong.")
    ] = "",
    home: HomeDir = Path(),
    as_json: AsJson = False,
) -> None:
    """Say what a delivery that waits is; its rows count from the day it came."""
    from services import deliveries

    def act(here: Context, found: Batch) -> Decided:
        choice = as_.value
        done: Decided = deliveries.decide(
            here, found.feed, found.batch, choice=choice, reason=reason, period=period
        )
        return done

    told = f"decided as {as_.value}" + (f" of {period}" if period else "")
    _act(home, batch, act, told, RUN_WITHOUT, as_json)


@app.command()
def undo(batch: Name, reason: Reason, home: HomeDir = Path(), as_json: AsJson = False) -> None:
    """Take a delivery out of force from today on; the past still has it until then."""
    from services import deliveries

    def act(here: Context, found: Batch) -> Decided:
        done: Decided = deliveries.undo(here, found.feed, found.batch, reason=reason)
        return done

    _act(home, batch, act, "undone", "months run with it keep it as it was known then", as_json)


@app.command()
def redo(batch: Name, reason: Reason, home: HomeDir = Path(), as_json: AsJson = False) -> None:
    """Put back a delivery that was undone, from today on."""
    from services import deliveries

    def act(here: Context, found: Batch) -> Decided:
        done: Decided = deliveries.redo(here, found.feed, found.batch, reason=reason)
        return done

    _act(home, batch, act, "put back", "", as_json)


RUN_WITHOUT = "run without it: {months}; run again with 'doudi run --as-of MONTH --again'"


def _act(
    home: Path,
    name: str,
    act: Callable[[Context, Batch], Decided],
    told: str,
    more: str,
    as_json: bool,
) -> None:
    from services import deliveries

    here = _here(home)
    found = deliveries.find(here, name)
    if found is None:
        raise HomeError(
            f"no delivery '{name}', or more than one; give its name as feed/batch, as "
            "'doudi feeds waiting' and the Data page have it"
        )
    done = act(here, found)
    if as_json:
        print_json(_plain(done.batch) | {"months": done.months})
        return
    console.print(f"{done.batch.feed}/{done.batch.batch}: {told}", highlight=False)
    if more and done.months:
        console.print(more.format(months=", ".join(done.months)), highlight=False)


def _here(home: Path) -> Context:
    """The county as of its newest month; as of today where none was run."""
    from core.db import upgrade
    from services import county, operator

    folder = home_of(home)
    if not (folder.lake / "manifest.json").exists():
        raise HomeError("no data in the lake yet: run 'doudi ingest DIR' first")
    upgrade(folder)
    here = operator.context(str(folder.root), date.today())  # noqa: DTZ011 - this machine's day
    months = county.months(here) if folder.county_file.exists() else []
    return here.at(max(months)) if months else here


def _plain(batch: Batch) -> dict[str, Any]:
    from data.deliveries.words import what_would_change

    told = what_would_change(batch)
    return batch.to_dict() | {"would_zh": told.zh, "would_en": told.en}
