"""`doudi regions`: the table of places with their dates (merged towns, changed codes)."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from core.atomic import write_text
from core.home import HomeError
from doudi.commands.options import AsJson, HomeDir, home_of, print_json
from doudi.progress import console
from doudi.tables import show

if TYPE_CHECKING:
    from services.regions import Checked, Entry

app = typer.Typer(help="Places and their dates: merged towns, changed codes.", no_args_is_help=True)
File = Annotated[Path, typer.Argument(help="The table, CSV or Excel.", dir_okay=False)]


@app.command("check")
def check(file: File, home: HomeDir = Path(), as_json: AsJson = False) -> None:
    """What importing a table would do; nothing is changed."""
    from services import operator

    found = operator.check_regions(str(home_of(home).root), _content(file))
    if as_json:
        print_json(_plain(found))
    else:
        _say(found)
    if found.problems:
        raise typer.Exit(1)


@app.command("import")
def import_table(file: File, home: HomeDir = Path(), as_json: AsJson = False) -> None:
    """Put a table in place of the one that stands; `doudi init --undo N` brings it back."""
    from services import operator

    done = operator.put_regions(str(home_of(home).root), _content(file))
    if as_json:
        print_json(
            _plain(done.checked) | {"alerts_moved": done.alerts, "accounts": list(done.accounts)}
        )
        return
    _say(done.checked)
    console.print(f"The table stands; {done.alerts} open alerts followed their place.")
    if done.accounts:
        console.print(
            f"Give these accounts another area, theirs has ended: {', '.join(done.accounts)}"
        )


@app.command("list")
def list_places(
    home: HomeDir = Path(),
    ended: Annotated[bool, typer.Option("--ended", help="Only places that are no more.")] = False,
    out: Annotated[
        Path | None,
        typer.Option(help="Write the whole table as CSV to go on from.", dir_okay=False),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Every place with its dates and what it became."""
    from services import operator

    root = str(home_of(home).root)
    if out is not None:
        # With a mark, so that a spreadsheet reads it as UTF-8.
        write_text(out, "\ufeff" + operator.regions_sheet(root))
        console.print(f"Table of places: {out}", highlight=False)
        return
    found = [e for e in operator.regions(root) if not ended or e.valid_to is not None]
    if as_json:
        print_json([_entry(e) for e in found])
        return
    rows = [
        [e.code, e.level, e.name_zh, e.name_en, e.valid_from, e.valid_to, " ".join(e.became)]
        for e in found
    ]
    show("places", ["code", "level", "name", "English", "from", "until", "became"], rows, text=7)


def _content(file: Path) -> bytes:
    if not file.is_file():
        raise HomeError(f"there is no file {file}")
    return file.read_bytes()


def _say(found: Checked) -> None:
    for problem in found.problems:
        console.print(f"[red]problem:[/red] {problem.en}", highlight=False)
    counts = ", ".join(f"{n} {level}" for level, n in found.counts.items() if n)
    changes = ", ".join(f"{n} {what.replace('_', ' ')}" for what, n in found.changes.items())
    console.print(f"In force today: {counts}; {found.ended} codes ended.", highlight=False)
    console.print(f"Against what stands: {changes}.", highlight=False)


def _plain(found: Checked) -> dict[str, object]:
    return {
        "problems": [{"zh": p.zh, "en": p.en} for p in found.problems],
        "in_force": dict(found.counts),
        "ended": found.ended,
        "changes": dict(found.changes),
    }


def _entry(entry: Entry) -> dict[str, object]:
    about = asdict(entry)
    del about["row"]
    return about | {"level": entry.level, "became": list(entry.became)}
