"""`doudi demo`, `simulate`, `ingest`, `run`: from files to alerts.

Heavy rooms are imported by the command that needs them, so that --help answers at once.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from core.home import Home, HomeError, month_end
from doudi.commands.options import AsJson, HomeDir, home_of, print_json, recorded
from doudi.commands.serve import serve
from doudi.progress import console, step

# Of `doudi ingest`: something waits for a decision or was refused.
SOMETHING_LEFT = 2
Households = Annotated[int, typer.Option(min=500, help="Households in the county.")]


class Kind(StrEnum):
    """Kinds of invented county, as `simulator.world.settings` names them."""

    NORMAL = "normal"
    CALM = "calm"
    RECESSION = "recession"
    POOR_DATA = "poor_data"


Setting = Annotated[Kind, typer.Option(help="Kind of county: its economy, how well it reports.")]
Seed = Annotated[int, typer.Option(help="Same seed, same county.")]
HouseholdsChange = Annotated[
    bool,
    typer.Option(
        "--households-change",
        help="Households split, merge and get other numbers, also numbers others had.",
    ),
]


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    app.command()(demo)
    app.command()(simulate)
    app.command()(ingest)
    app.command()(run)


def demo(
    home: HomeDir = Path(),
    households: Households = 50_000,
    seed: Seed = 7,
    setting: Setting = Kind.NORMAL,
    households_change: HouseholdsChange = False,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Stop before serving.")] = False,
    port: Annotated[int, typer.Option(envvar="DOUDI_PORT")] = 8501,
) -> None:
    """A synthetic county from nothing to a dashboard."""
    from simulator.demo import run_demo

    run_demo(
        home_of(home),
        households=households,
        seed=seed,
        setting=setting.value,
        households_change=households_change,
    )
    if no_serve:
        console.print("Open it with: [bold]doudi serve[/bold] (or 'make serve')")
        return
    serve(home, port)


def simulate(
    out: Annotated[Path, typer.Argument(help="Folder to become a home with department files.")],
    households: Households = 50_000,
    months: Annotated[int, typer.Option(min=12, help="Months of deliveries.")] = 36,
    end: Annotated[str, typer.Option(help="Last month, like 2026-06.")] = "2026-06",
    seed: Seed = 7,
    setting: Setting = Kind.NORMAL,
    households_change: HouseholdsChange = False,
) -> None:
    """Write a county's department files, as departments would send them."""
    from simulator.world import simulate as simulate_world

    target = home_of(out)
    if target.county_file.exists() or target.incoming.exists():
        raise HomeError(f"{out} already holds a county; choose an empty folder")
    month_end(end)
    with step(f"Simulate {households:,} households, {months} months") as report:
        simulate_world(
            target,
            households,
            months,
            seed,
            end,
            report,
            setting.value,
            households_change=households_change,
        )
    console.print(f"Files: {target.incoming}")


def ingest(
    directory: Annotated[Path, typer.Argument(help="Folder with department files.")],
    home: HomeDir = Path(),
    as_json: AsJson = False,
) -> None:
    """Check, quarantine and store department files; print the reconciliation.

    Exit code 0: all taken; 2: something waits for a decision or was refused; 1: could not start.
    """
    from data.ingest import ingest_directory
    from doudi.tables import print_ingest

    if not directory.is_dir():
        raise HomeError(f"{directory} is not a folder; give the folder with the department files")
    with step("Ingest") as report:
        result = ingest_directory(home_of(home), directory, report)
    recorded(home_of(home), "ingest", "batch", files=result.files, new=len(result.batches))
    if as_json:
        print_json(result.to_dict())
    else:
        print_ingest(result)
    if not result.all_taken:
        raise typer.Exit(SOMETHING_LEFT)


def run(
    as_of: Annotated[str, typer.Option("--as-of", help="Month, like 2026-06.")],
    home: HomeDir = Path(),
    again: Annotated[
        bool, typer.Option("--again", help="Rebuild the month's profile and scores.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """One month: profile, scores, risk, alerts."""
    from alerts import digests
    from core.db import open_session, upgrade
    from doudi import pipeline
    from doudi.tables import print_months

    folder, day = home_of(home), month_end(as_of)
    _require_lake(folder)
    upgrade(folder)
    with open_session(folder) as session:
        before = digests.newest(session)
    with step(f"Run as of {day}") as report:
        result = pipeline.run_month(folder, day, report, again=again)
    with open_session(folder) as session:
        added = digests.vouched(session, before)
    recorded(folder, "run", "month", f"{day:%Y-%m}", again=again, **added)
    if as_json:
        print_json(result.to_dict())
    else:
        print_months([result])


def _require_lake(home: Home) -> None:
    if not (home.lake / "manifest.json").exists():
        raise HomeError("no data in the lake yet: run 'doudi ingest DIR' first")
