"""`doudi train`, `promote`, `rollback`: the risk model."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import models.risk
from data.home import add_months, month_end
from doudi.commands.options import AsJson, HomeDir, home_of, print_json
from doudi.progress import console, step

Reason = Annotated[str, typer.Option("--reason", help="Why; kept with the model for good.")]


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    app.command()(train)
    app.command()(promote)
    app.command()(rollback)


def train(
    home: HomeDir = Path(),
    known_by: Annotated[
        str, typer.Option("--known-by", help="Use only what was known by this month's end.")
    ] = "",
    profile: Annotated[
        Path | None, typer.Option("--profile", help="A labelled table of one's own.")
    ] = None,
    label: Annotated[str, typer.Option(help="Label column of --profile (0/1).")] = "label",
    time: Annotated[str, typer.Option(help="Month column of --profile.")] = "as_of",
    as_json: AsJson = False,
) -> None:
    """Train, calibrate, evaluate on later months and log to MLflow; promotion is a step apart."""
    from doudi.tables import print_scorers

    folder = home_of(home)
    with step("Train") as report:
        if profile is not None:
            result = models.risk.train_from_file(folder, profile, label=label, time=time)
        else:
            last = month_end(folder.county["last_as_of"])
            day = month_end(known_by) if known_by else add_months(last, -12)
            result = models.risk.train_month(folder, day, progress=report)
    if as_json:
        print_json(result.report)
        return
    print_scorers(result.report["rows"], synthetic=bool(result.report.get("synthetic")))
    console.print(f"Version {result.version} is logged; put it to use with: ", end="")
    console.print(f"doudi promote {result.version} --reason '…'", highlight=False)


def promote(
    version: Annotated[str, typer.Argument(help="Version number in the registry.")],
    reason: Reason,
    home: HomeDir = Path(),
    force: Annotated[
        bool, typer.Option("--force", help="Promote although a check speaks against it.")
    ] = False,
) -> None:
    """Make a version the champion; the one before is kept for a rollback."""
    models.risk.promote(home_of(home), version, reason=reason, actor="command line", force=force)
    console.print(f"Version {version} is champion.")


def rollback(reason: Reason, home: HomeDir = Path()) -> None:
    """Return to the champion before this one."""
    version = models.risk.rollback(home_of(home), reason=reason, actor="command line")
    console.print(f"Version {version} is champion again.")
