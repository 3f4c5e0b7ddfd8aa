"""`doudi identity`: records that may be one person's, and what is decided about them."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from core.home import HomeError, month_end
from doudi.commands.options import AsJson, HomeDir, home_of, print_json
from doudi.progress import console
from doudi.tables import show

if TYPE_CHECKING:
    from services import Context
    from services.identity import Decided, Pair

app = typer.Typer(help="Who is one person: review, join, tell apart, undo.", no_args_is_help=True)
Key = Annotated[str, typer.Argument(help="The pair, as the list calls it.")]
Reason = Annotated[str, typer.Option(help="What it was decided by; no name, no number.")]
Since = Annotated[
    str, typer.Option(metavar="MONTH", help="Count from this month on; else from the next run.")
]


@app.command("list")
def list_pairs(
    home: HomeDir = Path(),
    every: Annotated[bool, typer.Option("--every", help="Decided ones too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Records that may be one person's, names and numbers masked."""
    from services import identity

    found = identity.pairs(_context(home))
    found = [p for p in found if every or p.state == identity.OPEN]
    if as_json:
        print_json([asdict(p) | {"key": p.key} for p in found])
        return
    columns = ["pair", "why", "name", "other", "number", "other", "differ", "from", "state"]
    show("to be reviewed" if not every else "pairs", columns, map(_row, found), text=9)


@app.command("merge")
def merge(
    pair: Key, reason: Reason = "", since: Since = "", home: HomeDir = Path(), keep: bool = True
) -> None:
    """Two records are one person's, who keeps the second of the pair (--no-keep: the first)."""
    from services import identity

    context = _context(home)
    found = _pair(context, pair)
    kept, other = (found.other, found.person) if keep else (found.person, found.other)
    _say(identity.merge(context, kept, other, reason, _day(since)))


@app.command("reject")
def reject(pair: Key, reason: Reason = "", since: Since = "", home: HomeDir = Path()) -> None:
    """Two records are two people's."""
    from services import identity

    context = _context(home)
    found = _pair(context, pair)
    _say(identity.apart(context, found.other, found.person, reason, _day(since)))


@app.command("undo")
def undo(pair: Key, reason: Reason = "", since: Since = "", home: HomeDir = Path()) -> None:
    """Take back what was decided about two records."""
    from services import identity

    context = _context(home)
    found = _pair(context, pair)
    _say(identity.undo(context, found.other, found.person, reason, _day(since)))


@app.command("log")
def log(home: HomeDir = Path(), as_json: AsJson = False) -> None:
    """Every decision, newest first."""
    from services import identity

    found = identity.log(_context(home))
    if as_json:
        print_json([asdict(d) for d in found])
        return
    rows = [
        [d.number, d.act, d.kept[:9], d.other[:9], d.known_on, d.actor, d.reason] for d in found
    ]
    show("decisions", ["no.", "act", "kept", "other", "from", "by", "reason"], rows, text=7)


def _context(home: Path) -> Context:
    from services import operator

    return operator.context(str(home_of(home).root), date.max)


def _pair(context: Context, key: str) -> Pair:
    from services import identity

    found = [p for p in identity.pairs(context) if p.key == key]
    if len(found) != 1:
        raise HomeError(f"there is no pair '{key}'; 'doudi identity list --every' names them")
    return found[0]


def _row(pair: Pair) -> list[object]:
    from services import identity

    why, state = identity.kind_word(pair.kind).en, identity.state_word(pair.state).en
    shown = (pair.masked, pair.masked_other, pair.number, pair.number_other)
    return [pair.key, why, *shown, pair.differ, pair.feed, state]


def _day(month: str) -> date | None:
    return month_end(month).replace(day=1) if month else None


def _say(done: Decided) -> None:
    console.print(f"Decision {done.number}, counts from {done.known_on} on.", highlight=False)
    if done.months:
        months = ", ".join(f"{m:%Y-%m}" for m in done.months)
        console.print(
            f"Built before with what was known then, and built anew when run again: {months}",
            highlight=False,
        )
