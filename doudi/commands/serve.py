"""`doudi serve`: open the dashboard."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

import dashboard
from doudi.commands.options import HomeDir, home_of
from doudi.progress import console

PACKAGE_ROOT = Path(dashboard.__file__).resolve().parent.parent


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command()(serve)


def serve(
    home: HomeDir = Path(),
    port: Annotated[int, typer.Option(envvar="DOUDI_PORT", help="Port to listen on.")] = 8501,
    address: Annotated[
        str, typer.Option(help="Address to listen on; the default is this machine only.")
    ] = "localhost",
) -> None:
    """Open the dashboard on the county in --home (stop with Ctrl-C)."""
    folder = home_of(home)
    if not folder.county_file.exists():
        console.print(
            "[yellow]No county here yet:[/yellow] the pages will say what to do. "
            "'doudi demo' makes one."
        )
    console.print(f"Dashboard: http://{address}:{port}  (Ctrl-C stops it)")
    command = [sys.executable, "-m", "streamlit", "run", "dashboard/app.py"]
    command += ["--server.port", str(port), "--server.address", address]
    command += ["--server.headless", "true", "--browser.gatherUsageStats", "false"]
    environment = {**os.environ, "DOUDI_HOME": str(folder.root)}
    try:
        # The command is our own interpreter and script; nothing in it comes from a user's file.
        done = subprocess.run(command, cwd=PACKAGE_ROOT, env=environment, check=False)  # noqa: S603
    except KeyboardInterrupt:
        return
    raise typer.Exit(done.returncode)
