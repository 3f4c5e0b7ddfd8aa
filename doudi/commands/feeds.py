"""`doudi feeds`: how the feeds stand.

The services are imported by the commands that need them, so that --help answers at once.
"""

from __future__ import annotations

from pathlib import Path

import typer

from doudi.commands.options import AsJson, HomeDir, home_of, print_json
from doudi.tables import show

app = typer.Typer(help="How the feeds stand.", invoke_without_command=True)


@app.callback()
def feeds(ctx: typer.Context, home: HomeDir = Path(), as_json: AsJson = False) -> None:
    """Every feed: owner, last delivery, rows received, accepted, quarantined, duplicates."""
    if ctx.invoked_subcommand is not None:
        return
    from doudi import figures

    result = figures.feeds(home_of(home))
    if as_json:
        print_json(result)
        return
    columns = ["feed", "owner", "last_delivery", "state", "batches"]
    columns += ["received", "accepted", "quarantined", "duplicates", "repaired"]
    show("feeds", columns, [[r[c] for c in columns] for r in result["feeds"]], text=4)
