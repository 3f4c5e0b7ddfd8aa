"""Executing the notebooks: from a percent script to an .ipynb and a page with its pictures.

The tools for it (Jupytext, nbclient) come with the development environment and are imported here
alone, so that the product needs none of them.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.atomic import write_text
from core.errors import Told
from doudi.notebooks.opening import ROOT, NoPanel
from doudi.notebooks.page import html_of

SOURCES = ROOT / "notebooks"
OUT = SOURCES / "executed"
TIMEOUT = 3600  # seconds a cell may take: the real panel takes minutes, on a busy machine many


class NotebookError(Told):
    """A notebook that failed; the message names its cell and the error."""


@dataclass(frozen=True)
class Ran:
    """What was written, the pictures by name, and the line of a notebook that ended early."""

    name: str
    ipynb: Path
    html: Path
    pictures: Mapping[str, bytes]
    ended: str | None = None


def scripts() -> list[Path]:
    """The notebooks in their order."""
    return sorted(SOURCES.glob("[0-9][0-9]_*.py"))


def run(script: Path, out: Path, environment: Mapping[str, str] | None = None) -> Ran:
    """Execute a notebook with `environment` on top of ours and write both files into `out`.

    What it gave until then is written even where a cell fails. Raises NotebookError.
    """
    import jupytext
    import nbformat

    book = jupytext.read(script)
    failure = _execute(book, {**os.environ, **(environment or {}), "PYTHONPATH": str(ROOT)})
    _without_noise(book)
    out.mkdir(parents=True, exist_ok=True)
    ipynb, html = out / f"{script.stem}.ipynb", out / f"{script.stem}.html"
    write_text(ipynb, nbformat.writes(book))
    write_text(html, html_of(book, script.stem))
    ended = failure is not None and failure[0] == NoPanel.__name__
    if failure is not None and not ended:
        raise NotebookError(
            f"笔记本 {script.name} 未能运行：{failure[0]}: {failure[1]}",
            f"notebook {script.name} failed: {failure[0]}: {failure[1]}",
        )
    return Ran(script.stem, ipynb, html, pictures(book), failure[1] if failure else None)


def _execute(book: Any, environment: Mapping[str, str]) -> tuple[str, str] | None:
    """Run all cells in the repository's folder; name and text of the error that stopped it."""
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    client = NotebookClient(
        book,
        timeout=TIMEOUT,
        kernel_name="python3",
        extra_arguments=["--log-level=ERROR"],
        resources={"metadata": {"path": str(ROOT)}},
    )
    try:
        client.execute(env=dict(environment))
    except CellExecutionError as error:
        return str(error.ename), str(error.evalue)
    except CellTimeoutError:
        return CellTimeoutError.__name__, f"a cell took more than {TIMEOUT} s"
    except DeadKernelError:
        return DeadKernelError.__name__, "its program ended; was there enough memory?"
    return None


def _without_noise(book: Any) -> None:
    """Take out what libraries say on the side: it is no result and differs from run to run."""
    for cell in book.cells:
        if cell.cell_type == "code":
            cell.outputs = [o for o in cell.outputs if o.get("name") != "stderr"]
            cell.metadata.pop("execution", None)


def pictures(book: Any) -> dict[str, bytes]:
    """PNG of every cell that names its picture: `# %% picture="name"`."""
    found = {}
    for cell in book.cells:
        name = cell.metadata.get("picture")
        for output in cell.get("outputs", []) if name else []:
            drawn = output.get("data", {}).get("image/png")
            if drawn:
                found[str(name)] = base64.b64decode(drawn)
    return found
