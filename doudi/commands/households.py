"""`doudi households`: who belonged to which household, and what became of households."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from core.home import HomeError, month_end
from doudi.commands.options import AsJson, HomeDir, home_of, print_json
from doudi.progress import console
from doudi.tables import show

if TYPE_CHECKING:
    import pandas as pd

    from services import Context

app = typer.Typer(
    help="Households that change: who belonged to which, and when; splits, merges, numbers.",
    no_args_is_help=True,
)
One = Annotated[
    str,
    typer.Option(
        metavar="HOUSEHOLD", help="One household: its number, its pseudonym or the beginning of it."
    ),
]
Month = Annotated[
    str, typer.Option("--as-of", metavar="MONTH", help="As known at the end of a month; else now.")
]
SHOWN = 200


@app.command("members")
def list_members(
    household: One = "", as_of: Month = "", home: HomeDir = Path(), as_json: AsJson = False
) -> None:
    """Who belonged to which household, of which kind, from when to when."""
    from services import membership

    context = _context(home, as_of)
    frame = _of(context, membership.all_members(context), household, ("household",))
    if as_json:
        print_json(_plain(frame))
        return
    columns = ["kind", "household", "person", "relation"]
    columns += ["valid_from", "valid_to", "known_from", "known_to"]
    _show("memberships", frame, columns)


@app.command("events")
def list_events(
    household: One = "", as_of: Month = "", home: HomeDir = Path(), as_json: AsJson = False
) -> None:
    """What happened to households: splits, merges, used numbers, missing heads, oldest first."""
    from services import membership

    context = _context(home, as_of)
    frame = _of(context, membership.all_events(context), household, ("household", "other"))
    if as_json:
        print_json(_plain(frame))
        return
    told = frame.assign(event=[membership.event_word(code).en for code in frame["event"]])
    columns = ["event", "kind", "day", "household", "other", "persons", "person", "known_on"]
    _show("events", told, columns)


def _context(home: Path, as_of: str) -> Context:
    from services import operator

    found = home_of(home)
    if not (found.lake / "manifest.json").exists():
        raise HomeError(f"nothing was taken in at {found.root}; run 'doudi ingest' first")
    return operator.context(str(found.root), month_end(as_of) if as_of else date.max)


def _of(
    context: Context, frame: pd.DataFrame, typed: str, columns: tuple[str, ...]
) -> pd.DataFrame:
    """The rows about one household, or all of them."""
    if not typed:
        return frame
    key = _household(context, frame, typed, columns)
    return frame[(frame[list(columns)] == key).any(axis=1)]


def _household(context: Context, frame: pd.DataFrame, typed: str, columns: tuple[str, ...]) -> str:
    """The pseudonym that was typed in whole or in part, or that stands for a number."""
    known = {key for column in columns for key in frame[column].dropna()}
    beginning = sorted(key for key in known if key.startswith(typed))
    if len(beginning) == 1 or typed in known:
        return typed if typed in known else beginning[0]
    if beginning:
        raise HomeError(f"{len(beginning)} households begin with '{typed}'; give more of it")
    from services import people

    found = people.find_household(context, typed)
    if found is None or found not in known:
        raise HomeError(
            f"nothing is told of household '{typed}'; give its number or pseudonym, or no "
            "--household for all of them"
        )
    return found


def _plain(frame: pd.DataFrame) -> list[dict[str, object]]:
    rows = frame.astype(object).where(frame.notna(), None)
    return [{str(k): v for k, v in row.items()} for row in rows.to_dict("records")]


def _show(title: str, frame: pd.DataFrame, columns: list[str]) -> None:
    """The first rows as a table, pseudonyms shortened, and how many there are."""
    rows = []
    for row in _plain(frame[columns].head(SHOWN)):
        short = {c: str(row[c])[:9] for c in ("household", "other", "person") if row.get(c)}
        rows.append([(row | short)[c] for c in columns])
    show(title, columns, rows, text=len(columns))
    more = len(frame) - len(rows)
    console.print(
        f"{len(frame)} in all" + (f"; {more} more with --json" if more > 0 else ""),
        highlight=False,
    )
