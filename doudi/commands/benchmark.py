"""`doudi benchmark eph DIR`: the real panel, end to end."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from core.home import Home, HomeError
from core.keys import scratch_key
from doudi.commands.options import AsJson, home_of, print_json
from doudi.progress import console, step
from doudi.tables import show

app = typer.Typer(help="Measure Doudi on real households.", no_args_is_help=True)

COLUMNS = ["population", "scorer", "n_train", "n_test", "prevalence", "auc", "ap"]
COLUMNS += ["k_top5", "precision_top5", "precision_top5_low", "precision_top5_high"]
COLUMNS += ["recall_top5", "brier", "ece"]


@app.callback()
def group() -> None:
    """Measure Doudi on real households."""


@app.command()
def eph(
    panel: Annotated[Path, typer.Argument(help="Folder with hogar/ and indiv/.")],
    home: Annotated[
        Path | None,
        typer.Option("--home", help="Keep the result here, to open it with 'doudi serve'."),
    ] = None,
    test_from: Annotated[
        str, typer.Option("--test-from", help="First test feature quarter, like 2010Q1.")
    ] = "2010Q1",
    as_json: AsJson = False,
) -> None:
    """Who is poor three quarters later? Argentina's EPH through contracts, features, training."""
    # Heavy rooms are imported by the command that needs them, so that --help answers at once.
    from benchmarks.eph import benchmark

    if not panel.is_dir():
        raise HomeError(f"{panel} is not a folder; give the folder with hogar/ and indiv/")
    with (
        tempfile.TemporaryDirectory(prefix="doudi-eph-") as scratch,
        # The key of data that is thrown away goes with it.
        contextlib.nullcontext() if home else scratch_key(Path(scratch)),
    ):
        folder = home_of(home) if home else Home(Path(scratch))
        with step("Benchmark on the real panel") as report:
            result = benchmark.run(
                panel, folder, test_from=test_from, keep=home is not None, progress=report
            )
    if as_json:
        print_json(result.to_dict())
        return
    rows = [[row.get(name) for name in COLUMNS] for row in result.rows]
    titles = [name.removeprefix("precision_top5_") for name in COLUMNS]
    show(f"EPH, tested from {test_from}", titles, rows, text=2)
    for line in result.notes:
        console.print(line, highlight=False)
    if home:
        console.print(f"Open it with: doudi serve --home {home}")
