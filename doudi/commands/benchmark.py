"""`doudi benchmark eph DIR`: the real panel, end to end."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path
from typing import Annotated, Any

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
COMPARED = ["population", "candidate", "n", "auc", "auc_low", "auc_high", "ap", "ap_low", "ap_high"]
COMPARED += ["brier", "slope"]


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
    folds: Annotated[
        int,
        typer.Option(min=0, help="Folds before the test to choose a candidate on; 0: no others."),
    ] = 3,
    budget: Annotated[
        float, typer.Option(min=0, help="Minutes for seeking parameters, over all folds.")
    ] = 0.0,
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
                panel, folder, test_from=test_from, keep=home is not None, folds=folds,
                seconds=60 * budget, progress=report,
            )  # fmt: skip
    if as_json:
        print_json(result.to_dict())
        return
    rows = [[row.get(name) for name in COLUMNS] for row in result.rows]
    titles = [name.removeprefix("precision_top5_") for name in COLUMNS]
    show(f"EPH, tested from {test_from}", titles, rows, text=2)
    _tell(result.candidates, test_from)
    for line in result.notes:
        console.print(line, highlight=False)
    if home:
        console.print(f"Open it with: doudi serve --home {home}")


def _tell(compared: dict[str, Any], test_from: str) -> None:
    """All candidates: on the folds that choose, then on the test."""
    for name, title in (("choosing", f"folds before {test_from}"), ("test", f"from {test_from}")):
        content = compared.get(name)
        if content:
            rows = [[row.get(column) for column in COMPARED] for row in content["rows"]]
            show(f"EPH, {title}: all candidates, 95 % intervals", COMPARED, rows, text=2)
    if compared.get("chosen"):
        console.print(f"Chosen on the folds: {compared['chosen']}", highlight=False)
