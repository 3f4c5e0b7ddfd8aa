"""`doudi study`: invented counties from nothing, audited against their sealed truth."""

from __future__ import annotations

import contextlib
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from core.atomic import write_text
from core.home import Home, HomeError
from core.keys import scratch_key
from doudi.commands.options import AsJson, home_of, print_json, whole_numbers
from doudi.commands.study_candidates import candidates
from doudi.commands.study_pairs import pairs
from doudi.progress import console, step
from doudi.tables import show

app = typer.Typer(help="Audit invented counties against their sealed truth.")

app.command()(candidates)
app.command()(pairs)

Households = Annotated[int, typer.Option(min=500, help="Households in each county.")]
Without = Annotated[
    str,
    typer.Option(
        "--without",
        help="Feeds that never reach the bureau, by commas; or contrary, or later: a group.",
    ),
]
Futures = Annotated[int, typer.Option("--futures", min=2, help="Simulated futures of the oracle.")]
SHOWN = (
    "precision_steady",
    "precision_truth",
    "recall_year",
    "confirmed_year",
    "urgent_alerted",
    "urgent_in_time",
    "precision_red",
    "precision_orange",
    "precision_yellow",
    "precision_blue",
    "share_red",
    "coming_share_of_oracle",
    "model_minus_logistic",
    "lead_months_median",
    "recall_audit",
    "recall_true",
    "need_avoided",
    "need_avoided_of_oracle",
    "visits_per_found",
    "promised_minus_realised",
)

PROMISED = (
    "promised",
    "low",
    "high",
    "found",
    "inside",
    "error_points",
    "naive",
    "naive_inside",
    "naive_error_points",
)


@app.callback(invoke_without_command=True)
def study(
    context: typer.Context,
    seed: Annotated[int, typer.Option(help="Same seed, same county.")] = 7,
    setting: Annotated[
        str, typer.Option(help="Kind of county: calm, recession, poor_data or normal.")
    ] = "normal",
    households: Households = 50_000,
    home: Annotated[
        Path | None, typer.Option("--home", help="Keep the county here.", file_okay=False)
    ] = None,
    audit_only: Annotated[
        bool, typer.Option("--audit-only", help="Audit the county that --home holds already.")
    ] = False,
    without: Without = "",
    futures: Futures = 100,
    as_json: AsJson = False,
) -> None:
    """A county from nothing, then its audit against the sealed truth."""
    if context.invoked_subcommand is not None:
        return
    # Heavy rooms are imported by the command that needs them, so that --help answers at once.
    from simulator.study import county, report
    from simulator.study.feeds import feeds_of

    if audit_only and home is None:
        raise HomeError("--audit-only needs --home, the folder of a finished demo county")
    if audit_only and without:
        raise HomeError("--without is for living a county; --audit-only reads what it lacks")
    withheld = feeds_of(without) if without else ()
    with _home(home) as folder, contextlib.redirect_stdout(sys.stderr):
        if not audit_only:
            county.live(
                folder, households=households, seed=seed, setting=setting, withheld=withheld
            )
        named: dict[str, Any] = {} if audit_only else {"households": households}
        with step("Audit against the sealed truth") as told:
            found = report.audit(
                folder, seed=seed, setting=setting, n_futures=futures, progress=told, **named
            )
    if as_json:
        print_json(found)
        return
    rows = [[name, found[name], found.get(f"{name}_n")] for name in SHOWN]
    show("audit against the sealed truth · synthetic 合成数据", ["measure", "value", "n"], rows)


@app.command("run-all")
def run_all(
    out: Annotated[Path, typer.Option("--out", help="Folder of results, one file a county.")],
    seeds: Annotated[str, typer.Option(help="Seeds, separated by commas.")] = "1,2,3,4,5",
    settings: Annotated[
        str, typer.Option(help="Settings, separated by commas.")
    ] = "calm,recession,poor_data",
    households: Households = 50_000,
    jobs: Annotated[int, typer.Option(min=1, help="Counties at the same time.")] = 1,
    futures: Futures = 100,
) -> None:
    """Study every seed in every setting; what is there already is left alone."""
    from simulator.study.runs import Run, run_all

    numbers = whole_numbers(seeds, "seeds")
    runs = [Run(s, name.strip(), households) for name in settings.split(",") for s in numbers]
    failed = run_all(runs, out, jobs=jobs, n_futures=futures, tell=console.print)
    if failed:
        names = ", ".join(f"{r.setting} {r.seed}" for r in failed)
        raise HomeError(f"these counties failed, their messages are in {out}: {names}")


@app.command()
def table(
    runs: Annotated[Path, typer.Argument(help="Folder of results, one JSON file a county.")],
    out: Annotated[Path, typer.Option("--out", help="Markdown file to write.")],
    before: Annotated[
        Path | None, typer.Option("--before", help="Results of the version before, likewise.")
    ] = None,
) -> None:
    """Results of many counties in one table: means and spreads, before and after."""
    from simulator.study.runs import read_runs
    from simulator.study.table import write_study

    found = read_runs(runs)
    if not found:
        raise HomeError(f"no results in {runs}; run 'doudi study run-all --out {runs}' first")
    write_study(out, found, read_runs(before) if before else [])
    console.print(f"Written: {out}")


@app.command()
def promises(
    counties: Annotated[int, typer.Option(min=1, help="Counties, settings in turn.")] = 20,
    households: Households = 5_000,
    first_seed: Annotated[int, typer.Option(help="Seed of the first; each has its own.")] = 21,
    out: Annotated[
        Path | None, typer.Option("--out", help="Keep one file a county here, to go on later.")
    ] = None,
    page: Annotated[Path | None, typer.Option("--page", help="Markdown file to write.")] = None,
    as_json: AsJson = False,
) -> None:
    """Small counties are promised what a quarter will find; it is lived and compared."""
    from simulator.study import promises, promises_page

    runs = promises.counties(counties, households, first_seed)
    with contextlib.redirect_stdout(sys.stderr):
        rows = promises.keep_promises(runs, out, tell=_told)
    found = promises_page.summary(rows)
    if page is not None:
        promises_page.write_page(page, rows)
    if as_json:
        print_json({**found, "rows": rows})
        return
    shown = [[f"{r['setting']} {r['seed']}", *(r[name] for name in PROMISED)] for r in rows]
    show("promises and what came · synthetic 合成数据", ["county", *PROMISED], shown)
    show("together", ["measure", "value"], found.items())


def _told(row: dict[str, Any]) -> None:
    inside = "inside" if row["inside"] else "outside"
    console.print(
        f"{row['setting']} seed {row['seed']}: {row['promised']:.1f} promised, {row['found']} "
        f"found, {inside}; {row['seconds']:.0f} s",
        highlight=False,
    )


@contextlib.contextmanager
def _home(kept: Path | None) -> Iterator[Home]:
    """The folder to keep, or one that is gone afterwards."""
    if kept is not None:
        yield home_of(kept)
        return
    with (
        tempfile.TemporaryDirectory(prefix="doudi-study-") as scratch,
        scratch_key(Path(scratch)),
    ):
        yield Home(Path(scratch))


@app.command()
def planted(
    households: Households = 10_000,
    months: Annotated[int, typer.Option(min=1, help="Months of deliveries.")] = 12,
    seed: Annotated[int, typer.Option(help="Same seed, same county and troubles.")] = 7,
    each: Annotated[int, typer.Option(min=1, help="Troubles of each kind to plant.")] = 100,
    page: Annotated[Path | None, typer.Option("--page", help="Markdown file to write.")] = None,
    as_json: AsJson = False,
) -> None:
    """Troubles are planted in a county's files: how each ended, and how clean rows fared."""
    from simulator.study import planted as study_of
    from simulator.world import simulate

    with (
        tempfile.TemporaryDirectory(prefix="doudi-study-") as scratch,
        scratch_key(Path(scratch)),
        contextlib.redirect_stdout(sys.stderr),
    ):
        source = Home(Path(scratch) / "county")
        simulate(source, households=households, months=months, seed=seed)
        outcome = study_of.judge(source, Home(Path(scratch) / "home"), seed, each)
    about = f"A county of {households:,} households, {months} months of files, seed {seed}."
    told = study_of.page(outcome, "0005", about)
    if page:
        write_text(page, told)
    if as_json:
        print_json(outcome.figures())
    else:
        typer.echo(told)
