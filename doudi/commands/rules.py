"""`doudi rules`: the versions of a home's rules, out as YAML and in again as a draft."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from doudi.commands.options import AsJson, HomeDir, home_of, print_json
from doudi.tables import show

if TYPE_CHECKING:
    from services import Context

app = typer.Typer(help="Versions of the scorecard and the alert policy.", no_args_is_help=True)
BEFORE_ANY = date(2000, 1, 31)
Number = Annotated[int | None, typer.Option("--version", help="Number; else the newest in force.")]


def _here(home: Path) -> Context:
    from services import operator

    county = home_of(home)
    months = county.months("scores")
    return operator.context(str(county.root), months[-1] if months else BEFORE_ANY)


@app.command(name="list")
def list_versions(home: HomeDir = Path(), as_json: AsJson = False) -> None:
    """Every version with its state, who wrote it and since when it holds."""
    from services import rules

    found = rules.shelf(_here(home))
    since = {one.version: one.since for one in found.activations}
    rows = [
        {
            "version": one.number,
            "name": one.title,
            "kind": one.kind,
            "state": one.state.value,
            "author": one.author,
            "approved_by": one.approved_by,
            "since": since.get(one.number),
            "in_force": one.number == found.next,
        }
        for one in found.versions
    ]
    if as_json:
        print_json(rows)
        return
    columns = ["version", "name", "kind", "state", "author", "approved_by", "since", "in_force"]
    show("versions of the rules", columns, [[row[c] for c in columns] for row in rows])


@app.command()
def export(out: Path, home: HomeDir = Path(), version: Number = None) -> None:
    """Write a version as a zip of YAML files."""
    from core.atomic import atomic
    from services import rules

    with atomic(out) as aside:
        aside.write_bytes(rules.export(_here(home), version))
    typer.echo(f"written: {out}")


@app.command(name="import")
def import_file(
    file: Path,
    title: Annotated[str, typer.Option(help="Name of the draft.")],
    home: HomeDir = Path(),
) -> None:
    """Begin a draft from a zip of YAML files; what is not in it stays as it is."""
    from core.home import HomeError
    from services import rules

    if not file.is_file():
        raise HomeError(f"no file {file}; give the zip that 'doudi rules export' wrote")
    number = rules.imported(_here(home), title, file.read_bytes())
    typer.echo(f"draft {number} was started; try and approve it on the page Rules")
