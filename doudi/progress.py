"""Progress of long work on the terminal: one line per step, with its time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich import progress as bars
from rich.console import Console

from core.progress import Progress

# Progress goes to stderr so that `--json` on stdout stays machine-readable.
console = Console(stderr=True)


@contextmanager
def step(title: str) -> Iterator[Progress]:
    """Show `title` with a bar while the block runs, then its duration.

    Yields a function (label, done, total) that rooms call without knowing about terminals.
    """
    started = time.perf_counter()
    with bars.Progress(
        bars.TextColumn("[bold]{task.description}"),
        bars.BarColumn(bar_width=28),
        bars.TextColumn("{task.fields[label]}"),
        bars.TimeElapsedColumn(),
        console=console,
        transient=True,
    ) as bar:
        task = bar.add_task(title, total=None, label="")

        def report(label: str, done: int, total: int) -> None:
            bar.update(task, completed=done, total=total or None, label=label[:40])

        yield report
    console.print(f"[green]✓[/green] {title} [dim]{time.perf_counter() - started:.1f} s[/dim]")
