"""Options shared by the commands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from core.home import Home, HomeError

HomeDir = Annotated[
    Path,
    typer.Option(
        "--home", envvar="DOUDI_HOME", help="Folder of lake, database and mlruns.", file_okay=False
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")]


def home_of(folder: Path) -> Home:
    """The home folder, absolute, so that later changes of directory do not matter."""
    return Home(folder.expanduser().resolve())


def whole_numbers(text: str, what: str) -> list[int]:
    """Numbers separated by commas; `what` they are is said where they are not."""
    try:
        return [int(part) for part in text.split(",")]
    except ValueError:
        raise HomeError(f"'{text}' are not {what}; write them like 1,2,3") from None


def print_json(value: Any) -> None:
    """Print `value` as JSON on stdout."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def recorded(home: Home, action: str, kind: str, about: str = "", **detail: Any) -> None:
    """Record what a command did, under the operating-system user's name."""
    from services import operator

    operator.tell(str(home.root), action, kind, about, detail=detail)
