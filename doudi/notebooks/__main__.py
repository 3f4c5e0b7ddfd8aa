"""`python -m doudi.notebooks`: execute the notebooks over a home."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Annotated

import typer

from core.home import HomeError
from doudi.notebooks.opening import HOME, open_home
from doudi.notebooks.running import OUT, NotebookError, Ran, run, scripts
from doudi.progress import console


def main(
    names: Annotated[
        list[str] | None, typer.Argument(help="Beginnings of names, like 03; default: all.")
    ] = None,
    home: Annotated[Path, typer.Option("--home", envvar=HOME, help="The county to show.")] = Path(),
    out: Annotated[Path, typer.Option("--out", help="Where .ipynb and .html are written.")] = OUT,
    pictures: Annotated[
        Path | None, typer.Option("--pictures", help="Keep the named pictures here as PNG, too.")
    ] = None,
) -> None:
    """Execute the notebooks over a home: an .ipynb and a page of each."""
    os.environ[HOME] = str(home.resolve())
    try:
        open_home()
        for script in scripts():
            if not names or script.name.startswith(tuple(names)):
                _tell(run(script, out.resolve()), pictures)
    except (HomeError, NotebookError) as error:
        console.print(str(error), style="red", highlight=False, soft_wrap=True)
        raise typer.Exit(1) from error


def _tell(ran: Ran, kept: Path | None) -> None:
    console.print(
        f"{ran.html}" + (f" ({ran.ended})" if ran.ended else ""), highlight=False, soft_wrap=True
    )
    if kept is not None:
        kept.mkdir(parents=True, exist_ok=True)
        for name, png in ran.pictures.items():
            (kept / f"{name}.png").write_bytes(_small(png))


def _small(png: bytes) -> bytes:
    """The picture with 64 colours, a third of the size: what a repository should carry."""
    from PIL import Image

    held = io.BytesIO()
    drawn = Image.open(io.BytesIO(png)).convert("RGB")
    drawn.quantize(64, dither=Image.Dither.NONE).save(held, format="PNG", optimize=True)
    return held.getvalue()


if __name__ == "__main__":
    typer.run(main)
