"""`doudi check`: what a county still lacks, what that costs, and whose turn it is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from doudi.commands.options import AsJson, HomeDir, home_of, print_json
from doudi.progress import console

if TYPE_CHECKING:
    from services.setup import Line

_SIGNS = {"missing": "[red]✕[/red]", "odd": "[yellow]○[/yellow]", "good": "[green]✓[/green]"}


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command()(check)


def check(home: HomeDir = Path(), as_json: AsJson = False) -> None:
    """What is still missing here: what it costs, whose turn it is, the command that mends it."""
    from services import operator

    lines = operator.checklist(str(home_of(home).root))
    if as_json:
        print_json({"lines": [_plain(line) for line in lines]})
        return
    for line in lines:
        console.print(
            f"{_SIGNS[line.grade.value]} {line.what.en}: {line.cost.en}",
            highlight=False,
            soft_wrap=True,
        )
        if line.names:
            told = ", ".join(name.en for name in line.names)
            console.print(f"    [dim]{told}[/dim]", highlight=False, soft_wrap=True)
        if line.mend is not None:
            turn = f"{line.turn.en}: " if line.turn else ""
            page = f"  (page {line.page})" if line.page and line.page != "setup" else ""
            way = f"  [bold]{line.command}[/bold]" if line.command else page
            console.print(f"    → {turn}{line.mend.en}{way}", highlight=False, soft_wrap=True)


def _plain(line: Line) -> dict[str, Any]:
    return {
        "code": line.code,
        "grade": line.grade.value,
        "what": line.what.en,
        "cost": line.cost.en,
        "names": [name.en for name in line.names],
        "turn": line.turn.value if line.turn else None,
        "mend": line.mend.en if line.mend else None,
        "command": line.command or None,
        "page": line.page or None,
    }
