"""`doudi mlflow`: MLflow's own pages on the home's store."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from doudi.commands.options import HomeDir, home_of
from doudi.progress import console
from models.risk.errors import RiskError
from models.risk.tracking import SERVER_VARIABLE, has_store, store_address

if TYPE_CHECKING:
    from core.home import Home

# MLflow's pages ask nobody who they are, so they are never offered to another machine.
HERE = "127.0.0.1"


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command(name="mlflow")(open_pages)


def open_pages(
    home: HomeDir = Path(),
    port: Annotated[
        int, typer.Option(envvar="DOUDI_MLFLOW_PORT", help="Port on this machine.")
    ] = 5000,
) -> None:
    """Open MLflow's own pages on the runs in --home, on this machine only (stop with Ctrl-C)."""
    folder = home_of(home)
    check(folder, port)
    console.print(f"MLflow: http://{HERE}:{port}  (Ctrl-C stops it)")
    environment = {**os.environ, "MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"}
    try:
        # Our own interpreter and arguments; nothing in it comes from a user's file.
        done = subprocess.run(command(folder, port), env=environment, check=False)  # noqa: S603
    except KeyboardInterrupt:
        return
    raise typer.Exit(done.returncode)


def check(folder: Home, port: int) -> None:
    """Raise RiskError, in one line, where there is nothing to open or nowhere to open it."""
    server = os.environ.get(SERVER_VARIABLE)
    if server and server.startswith(("http://", "https://")):
        raise RiskError(
            f"模型保存在服务器 {server}；请打开该地址",
            f"the models are kept on the server {server}; open that address",
        )
    if not has_store(folder):
        raise RiskError(
            f"{folder.root} 中还没有训练过，没有可打开的 MLflow 库；"
            "请运行 doudi train，或用 --home 指明目录",
            f"nothing was trained in {folder.root} yet, so there is no MLflow store to open; "
            "run 'doudi train' or name the home with --home",
        )
    with socket.socket() as asked:
        asked.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            asked.bind((HERE, port))
        except OSError as taken:
            raise RiskError(
                f"端口 {port} 被占用或不允许使用；请用 --port 另选",
                f"port {port} is in use or not allowed; choose another with --port",
            ) from taken


def command(folder: Home, port: int) -> list[str]:
    """What starts MLflow's server on the home's store."""
    artifacts = (folder.mlruns / "artifacts").resolve().as_uri()
    return [sys.executable, "-m", "mlflow", "server", "--backend-store-uri", store_address(folder),
            "--default-artifact-root", artifacts, "--host", HERE, "--port", str(port),
            "--workers", "1"]  # fmt: skip
