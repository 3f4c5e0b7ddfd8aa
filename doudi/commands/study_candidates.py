"""`doudi study candidates`: the model's candidates against the oracle of invented counties."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from doudi.commands.options import AsJson, print_json
from doudi.progress import console, step
from doudi.tables import show

COLUMNS = ("question", "judge", "visits", "candidate", "precision", "of oracle", "low", "high")


def candidates(
    out: Annotated[Path, typer.Option("--out", help="Keep each county's rows here, to go on.")],
    counties: Annotated[int, typer.Option(min=1, help="How many counties.")] = 3,
    setting: Annotated[
        str | None, typer.Option(help="Kind of county; default: the kinds in turn.")
    ] = None,
    households: Annotated[int, typer.Option(min=500, help="Households in each county.")] = 16_000,
    first_seed: Annotated[int, typer.Option(help="Seed of the first; each has its own.")] = 51,
    futures: Annotated[int, typer.Option(min=2, help="Simulated futures of the oracle.")] = 100,
    homes: Annotated[
        Path | None, typer.Option("--homes", help="Keep the counties themselves here.")
    ] = None,
    page: Annotated[Path | None, typer.Option("--page", help="Markdown file to write.")] = None,
    as_json: AsJson = False,
) -> None:
    """The alert model's candidates on invented counties, judged by the truth and the oracle."""
    from simulator.study import candidate_runs, candidates_page

    runs = candidate_runs.counties(counties, households, first_seed, setting)
    with contextlib.redirect_stdout(sys.stderr), step("Candidates and oracle") as told:
        rows = candidate_runs.all_rows(
            runs, out, homes=homes, n_futures=futures, progress=told, tell=_tell
        )
        if page is not None:
            candidates_page.write_page(page, rows, runs)
    found = _figures(rows)
    if as_json:
        print_json({"synthetic": True, "rows": found})
        return
    shown = [row for row in found if row["capacity"] in ("visits", "0.05")]
    show(
        "candidates and the oracle · synthetic 合成数据",
        COLUMNS,
        [_line(row) for row in shown],
        text=4,
    )


def _figures(rows: dict[str, Any]) -> list[dict[str, Any]]:
    from simulator.study.contest import contest, judges_of

    return [
        {"question": question, **row}
        for question, part in rows.items()
        for judge in judges_of(part)
        for row in contest(part, judge)
    ]


def _line(row: dict[str, Any]) -> list[Any]:
    place = "visits" if row["capacity"] == "visits" else f"{100 * float(row['capacity']):g} %"
    names = (row["question"], row["judge"], place, row["candidate"])
    return [*names, row["precision"], row["share"], row["share_low"], row["share_high"]]


def _tell(line: str) -> None:
    console.print(line, highlight=False)
