"""`doudi audit`: check the record, anchor it outside the database, keep a copy of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from core.home import Home
from doudi.commands.options import AsJson, HomeDir, home_of, print_json
from doudi.progress import console

app = typer.Typer(help="The record of who did and saw what: check it, anchor it, keep a copy.")
_Anchors = Annotated[
    Path | None,
    typer.Option(
        "--anchors", help="Anchors file; the installation's own if left out.", exists=True
    ),
]


@app.command()
def verify(home: HomeDir = Path(), anchors: _Anchors = None, as_json: AsJson = False) -> None:
    """Check every event of the record, and what it vouches for; exit code 1 for any finding."""
    from core.audit.anchors import anchors_path, read_anchors
    from core.db import open_session
    from services.whole import checked

    folder = _opened(home)
    with open_session(folder) as session:
        verdict = checked(session, read_anchors(anchors or anchors_path(folder)))
    if as_json:
        print_json(verdict.as_dict())
    else:
        _print(verdict)
    if not verdict.ok:
        raise typer.Exit(1)


@app.command()
def anchor(home: HomeDir = Path(), as_json: AsJson = False) -> None:
    """Write the head of the record outside the database now."""
    from core.audit.anchors import anchor as write
    from core.audit.anchors import anchors_path

    folder = _opened(home)
    made = write(folder)
    path = anchors_path(folder)
    if as_json:
        print_json({"anchored": made is not None, "seq": made.seq if made else None, "file": path})
    elif made:
        _say(f"anchored event {made.seq} in {path}")
    else:
        _say(f"nothing new since the last anchor in {path}")


@app.command()
def export(
    file: Annotated[Path, typer.Argument(help="JSON lines are written here.", dir_okay=False)],
    home: HomeDir = Path(),
    as_json: AsJson = False,
) -> None:
    """Copy the record to a file, to be kept elsewhere; docs/check_record.py checks the copy."""
    from core.audit import SYSTEM, Entry, record
    from core.audit.exporting import export as write
    from core.db import open_session

    folder = _opened(home)
    with open_session(folder) as session:
        made = write(session, file.expanduser().resolve())
        record(
            session,
            Entry(
                SYSTEM,
                "export",
                object_kind="record",
                rows=made.events,
                place="command line",
                detail={"sha256": made.sha256},
            ),
        )
    if as_json:
        print_json({"file": made.path, "events": made.events, "sha256": made.sha256})
    else:
        _say(f"{made.events:,} events in {made.path}, SHA-256 {made.sha256}")


def _opened(folder: Path) -> Home:
    """The home with its tables up to date; refused where it has no database to check."""
    from core.audit.errors import AuditError
    from core.db import exists, upgrade

    home = home_of(folder)
    if not exists(home):
        raise AuditError(
            f"{home.root} 中没有数据库，请用 --home 指明数据目录",
            f"no database in {home.root}: give --home DIR",
        )
    upgrade(home)
    return home


def _say(text: str) -> None:
    console.print(text, highlight=False, soft_wrap=True)


def _print(verdict: Any) -> None:
    for finding in verdict.findings:
        _say(f"[red]{finding.kind}[/red] {finding.zh}\n  {finding.en}")
    for zh, en in verdict.notes:
        _say(f"[yellow]note[/yellow] {zh}\n  {en}")
    reach = f"anchored up to event {verdict.anchored:,}" if verdict.anchored else "not anchored"
    if verdict.ok:
        _say(f"{verdict.events:,} events, nothing found, {reach} {verdict.anchored_at}".strip())
    else:
        _say(f"{verdict.events:,} events, {len(verdict.findings)} findings, {reach}")
