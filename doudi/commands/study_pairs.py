"""`doudi study pairs`: the same counties with every feed and without some, side by side."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import Annotated

import typer

from core.home import HomeError
from doudi.commands.options import AsJson, print_json, whole_numbers
from doudi.progress import console
from doudi.tables import show

COLUMNS = ("measure", "with", "without", "difference", "low", "high", "seeds", "better")
SMALLEST = 500


def pairs(
    out: Annotated[Path, typer.Option("--out", help="Folder of results, one file a run.")],
    without: Annotated[
        str, typer.Option(help="Feeds left out in one half, by commas; or contrary, or later.")
    ] = "contrary",
    seeds: Annotated[str, typer.Option(help="Seeds, separated by commas.")] = "51,52,53,54,55",
    settings: Annotated[str, typer.Option(help="Settings, separated by commas.")] = "calm",
    households: Annotated[
        str, typer.Option(help="Households in a county; several sizes separated by commas.")
    ] = "20000",
    jobs: Annotated[int, typer.Option(min=1, help="Counties at the same time.")] = 1,
    futures: Annotated[int, typer.Option(min=2, help="Simulated futures of the oracle.")] = 100,
    page: Annotated[Path | None, typer.Option("--page", help="Markdown file to write.")] = None,
    finished: Annotated[
        bool, typer.Option("--finished", help="Live nothing: tell of what --out holds.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Each county with every feed and without some; what is in --out already is left alone."""
    from simulator.study.feeds import feeds_of, named
    from simulator.study.pairs import halves, pairs_of, summary
    from simulator.study.pairs_page import write_page
    from simulator.study.runs import read_runs, run_all

    kinds, sizes = _settings(settings), whole_numbers(households, "numbers of households")
    if min(sizes) < SMALLEST:
        raise HomeError(f"a county of {min(sizes)} households is too small; {SMALLEST} at least")
    lacks = named(feeds_of(without))
    wanted = halves(whole_numbers(seeds, "seeds"), kinds, sizes, lacks)
    if not finished:
        with contextlib.redirect_stdout(sys.stderr):
            run_all(wanted, out, jobs=jobs, n_futures=futures, tell=console.print)
    found = pairs_of(read_runs(out))
    unfinished = [half for half in wanted if not half.file(out).exists()]
    if page is not None and found:
        write_page(page, found, unfinished)
    if as_json:
        print_json(summary(found))
    else:
        _show(summary(found))
    if not found or (unfinished and not finished):
        raise HomeError(
            f"{len(unfinished)} of {len(wanted)} counties have no result, the first is "
            f"{unfinished[0]}; what stopped one is in {out}, in its .failed.txt"
        )


def _settings(text: str) -> list[str]:
    from simulator.world.settings import SETTINGS

    kinds = [name.strip() for name in text.split(",")]
    unknown = next((name for name in kinds if name not in SETTINGS), None)
    if unknown is not None:
        raise HomeError(f"no setting '{unknown}'; choose one of {', '.join(SETTINGS)}")
    return kinds


def _show(found: list[dict]) -> None:
    from simulator.study.feeds import named

    names = ("measure", "with", "without", "difference", "low", "high", "n", "better")
    for group in found:
        seeds = ", ".join(map(str, group["seeds"]))
        told = f"{group['setting']}, {group['households']:,} households, seeds {seeds}"
        show(
            f"without {named(tuple(group['withheld']))} · {told} · synthetic 合成数据",
            COLUMNS,
            [[row[name] for name in names] for row in group["measures"]],
        )
