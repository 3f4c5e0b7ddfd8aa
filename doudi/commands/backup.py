"""`doudi backup` and `doudi restore`: everything a home holds in one file, and back."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from doudi.commands.options import AsJson, HomeDir, home_of, print_json, recorded
from doudi.progress import console, step


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    app.command()(backup)
    app.command()(restore)


def backup(
    target: Annotated[Path, typer.Argument(help="File to write, like doudi-2026-06-30.tar.")],
    home: HomeDir = Path(),
    as_json: AsJson = False,
) -> None:
    """Write database, vault, lake, models and reports into one file; the keys stay apart."""
    from doudi.backup import back_up

    with step(f"Back up to {target}") as report:
        made = back_up(home_of(home), target, report)
    recorded(home_of(home), "backup", "backup", target.name, files=made.files, bytes=made.bytes)
    if as_json:
        print_json({"files": made.files, "bytes": made.bytes, "rows": made.rows})
        return
    console.print(
        f"{made.files:,} files, {made.bytes / 1e6:,.0f} MB, "
        f"{sum(made.rows.values()):,} rows of the database."
    )
    console.print(
        "The keys are not in it ('doudi vault status' says where they lie): "
        "keep a copy of them elsewhere."
    )


def restore(
    source: Annotated[Path, typer.Argument(help="A file that 'doudi backup' wrote.")],
    home: HomeDir = Path(),
    as_json: AsJson = False,
) -> None:
    """Bring a backup back into an empty folder, and into an empty database.

    Photos of visits whose months are over are not brought back to stay: they are removed.
    """
    from core.workflow.calendar import CHINA_TIME
    from doudi.backup import restore as bring_back
    from services import photos

    folder = home_of(home)
    with step(f"Restore {source}") as report:
        made = bring_back(folder, source, report)
    removed = photos.sweep(str(folder.root), datetime.now(CHINA_TIME).replace(tzinfo=None))
    if as_json:
        told = {"made": made.made, "files": made.files, "rows": made.rows}
        print_json(told | {"photos_removed": removed})
        return
    if removed:
        console.print(f"{removed} photos of visits whose months are over were removed.")
    console.print(
        f"Backup of {made.made}: {made.files:,} files, "
        f"{sum(made.rows.values()):,} rows. Check: doudi audit verify, doudi status"
    )
