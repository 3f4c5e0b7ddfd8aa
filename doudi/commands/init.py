"""`doudi init`: a county from a bureau's answers, asked step by step or taken from a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from core.atomic import atomic, write_text
from doudi.commands import asking
from doudi.commands.options import AsJson, HomeDir, home_of, print_json
from doudi.progress import console

if TYPE_CHECKING:
    from services.setup import Answers, Preview

Given = Annotated[str, typer.Option(help="Asked for where it is left out.")]
Optional = Annotated[str, typer.Option(help="May be left out.")]


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command()(init)


def init(
    home: HomeDir = Path(),
    answers: Annotated[
        Path | None, typer.Option("--from", help="A YAML file with every answer.", dir_okay=False)
    ] = None,
    code: Given = "",
    name: Given = "",
    name_en: Optional = "",
    province: Optional = "",
    city: Optional = "",
    regions: Annotated[
        Path | None,
        typer.Option(help="Table of townships and villages, CSV or Excel.", dir_okay=False),
    ] = None,
    standard: Annotated[
        list[str] | None,
        typer.Option(help="Like 'S urban 2026-01-01 750 No. 1 of 2026'; repeatable."),
    ] = None,
    feeds: Annotated[str, typer.Option(help="Feeds that exist, like 'deaths,housing'.")] = "",
    force: Annotated[
        bool, typer.Option("--force", help="Replace a county that stands; it is kept.")
    ] = False,
    undo: Annotated[
        int, typer.Option("--undo", help="Bring back a previous version by its number.")
    ] = 0,
    regions_template: Annotated[
        Path | None,
        typer.Option(help="Write the empty table of regions (.xlsx) and stop.", dir_okay=False),
    ] = None,
    answers_template: Annotated[
        Path | None, typer.Option(help="Write the file for --from and stop.", dir_okay=False)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Set up a county: name, townships, standards, feeds. Asks for what is not given."""
    if regions_template or answers_template:
        _templates(regions_template, answers_template, code)
        return
    from services import operator
    from services.setup import read_answers

    root = str(home_of(home).root)
    if undo:
        kept = operator.bring_back(root, undo)
        console.print(f"Version {undo} stands again; what stood is kept as version {kept}.")
        return
    if answers is not None:
        told = read_answers(answers)
    else:
        given = asking.Given(code, name, name_en, province, city, regions, standard, feeds)
        told = asking.answers(given, operator.standing(root).answers)
    seen = operator.preview_county(root, told)
    _show(seen, told, as_json=as_json)
    if seen.problems:
        raise typer.Exit(1)
    _confirm(root, force)
    kept = operator.set_up(root, told)
    _done(told, seen, kept, as_json=as_json)


def _templates(regions: Path | None, answers: Path | None, code: str) -> None:
    from data.setup.answers import TEMPLATE
    from data.setup.regions_table import template

    if regions is not None:
        with atomic(regions) as aside:
            aside.write_bytes(template(code or "421234"))
        console.print(f"Table of townships and villages to fill in: {regions}")
    if answers is not None:
        write_text(answers, TEMPLATE.replace("421234", code) if code else TEMPLATE)
        console.print(f"Answers to fill in: {answers}; then: doudi init --from {answers}")


def _show(seen: Preview, told: Answers, *, as_json: bool) -> None:
    """Problems, hints and what would change, a line each."""
    if as_json and seen.problems:
        print_json({"problems": [one.en for one in seen.problems]})
        return
    for one in seen.problems:
        console.print(f"[red]wrong:[/red] {one.en}", highlight=False, soft_wrap=True)
    for one in seen.hints:
        console.print(f"[yellow]note:[/yellow] {one.en}", highlight=False, soft_wrap=True)
    for one in seen.changes if not seen.problems else ():
        console.print(f"[dim]·[/dim] {one.en}", highlight=False, soft_wrap=True)


def _confirm(root: str, force: bool) -> None:
    """Ask before a county that stands is replaced."""
    from services.setup import has_county

    if has_county(root) and not force:
        typer.confirm("A county stands here. Replace it (it is kept)?", abort=True, err=True)


def _done(told: Answers, seen: Preview, kept: int | None, *, as_json: bool) -> None:
    if as_json:
        about = {"county": told.code, "townships": told.townships, "villages": told.villages}
        more = {"standards": len(told.figures), "feeds": list(told.feeds), "kept": kept}
        print_json({**about, **more, "hints": [one.en for one in seen.hints]})
        return
    console.print(f"[green]✓[/green] {told.name} ({told.code}) is set up.", highlight=False)
    if kept is not None:
        console.print(f"The version before is number {kept}: doudi init --undo {kept}")
    console.print("Next:", highlight=False)
    for line in (
        'doudi accounts first NAME --name "…"   the first administrator',
        "doudi feeds template DIR               Excel files for the departments",
        "doudi ingest DIR                       take their files in",
        "doudi check                            what is still missing, and what it costs",
    ):
        console.print(f"  {line}", highlight=False, soft_wrap=True)
