"""`doudi watch`: has the data moved, does the model keep what it promises."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from core.home import HomeError, month_end
from doudi.commands.options import AsJson, HomeDir, home_of, print_json
from doudi.progress import console, step
from doudi.tables import show


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command()(watch)


def watch(
    home: HomeDir = Path(),
    as_of: Annotated[str, typer.Option("--as-of", help="A month that was run, like 2026-06.")] = "",
    as_json: AsJson = False,
) -> None:
    """Watch the model in a month: moved features, deliveries, promises beside what came.

    Exit code 3 when a feed is broken (do not retrain), 0 otherwise.
    """
    from services import operator, watching

    county = home_of(home)
    run = county.months("risk")
    if not run:
        raise HomeError("no month has risks yet: promote a model, then 'doudi run --as-of MONTH'")
    month = month_end(as_of) if as_of else run[-1]
    if month not in run:
        raise HomeError(
            f"{month:%Y-%m} has no risks; the newest month with risks is {run[-1]:%Y-%m}"
        )
    with step("Watch the model") as told:
        found = watching.watch(operator.context(str(county.root), month), told)
    if as_json:
        print_json(found)
    else:
        _tell(found)
    if any(notice["level"] == "stop" for notice in found["notices"]):
        raise typer.Exit(3)


def _tell(found: dict) -> None:
    label = " · synthetic 合成数据" if found["synthetic"] else ""
    console.print(f"{found['as_of'][:7]}: {found['verdict']['en']}", highlight=False)
    for notice in found["notices"]:
        console.print(f"[yellow]{notice['level']}:[/yellow] {notice['en']}", highlight=False)
    names = ["as_of", "said_n", "said_share", "said_low", "said_high"]
    names += ["came_n", "came_share", "came_low", "came_high"]
    rows = [[row[name] for name in names] for row in found["expected"]]
    show(f"said beforehand and found by visits, 95 %{label}", names, rows)
