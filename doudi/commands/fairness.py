"""`doudi fairness`: who is found and who is missed, by groups of households.

The services are imported by the command, so that --help answers at once.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from core.home import HomeError, month_end
from doudi.commands.model import Asked, asked
from doudi.commands.options import AsJson, HomeDir, home_of, print_json
from doudi.progress import step
from doudi.tables import show


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command()(fairness)


def fairness(
    home: HomeDir = Path(),
    question: Annotated[
        Asked, typer.Option(help="existing (in need now), coming (in need soon) or both.")
    ] = Asked.both,
    as_of: Annotated[
        str, typer.Option("--as-of", help="Twelve months up to this one, like 2026-06.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Measure alerts and model by groups of households; kept for page, model card and gate."""
    county = home_of(home)
    run = county.months("scores")
    if not run:
        raise HomeError("no month was run yet: 'doudi ingest DIR', then 'doudi run --as-of MONTH'")
    month = month_end(as_of) if as_of else run[-1]
    if month not in run:
        raise HomeError(f"{month:%Y-%m} was not run; the newest month is {run[-1]:%Y-%m}")
    from services.reads import fairness as reads
    from services.reads.base import NothingYet

    found = {}
    for one in asked(question):
        with step(f"groups, {one}, {month:%Y-%m}") as progress:
            try:
                found[one] = reads.measure(str(county.root), month, one, progress)
            except NothingYet as nothing:
                raise HomeError(
                    "no alert was raised yet: 'doudi run --as-of MONTH' first"
                ) from nothing
    if as_json:
        print_json({"county": county.county["name_en"], **found})
        return
    towns = reads.names(str(county.root))
    for one, report in found.items():
        _print(one, report, towns)


def _print(question: str, report: dict[str, Any], towns: dict[str, Any]) -> None:
    """Named groups in words, then every single group's figures by the rulers of a bureau."""
    from services.reads.fairness import FEW_FINDS, MEASURES, RULERS, SMALL, frame, sentence, worst
    from services.reads.fairness import label as words_of

    mark = " [synthetic]" if report["synthetic"] else ""
    for ruler in report["rulers"]:
        about = f"{question}: {RULERS[ruler].en}, {report['as_of'][:7]}{mark}"
        named = worst(report, ruler)
        typer.echo(f"{about}: {len(named)} figures of groups served worse than all others")
        for one in named:
            words = words_of(report, one["dimension"], one["group"], towns)
            typer.echo(f"  {sentence(one, words).en}")
        for measure in ("recall", "precision"):
            rows = frame(report, towns, ruler, measure)
            rows = rows[~rows["crossed"]] if len(rows) else rows
            title = f"{MEASURES[measure].en}; small: n < {SMALL} or fewer than {FEW_FINDS} finds"
            columns = ["group", "share", "low", "high", "n", "all others", "adjusted p", "remark"]
            show(title, columns, [_row(row) for row in rows.to_dict("records")])
    for one in report["absent"]:
        typer.echo(f"not in the data: {one['en']}")
    for why in report["missing"].values():
        typer.echo(f"not measured: {why}")


def _row(row: dict[str, Any]) -> list[Any]:
    remark = "small" if row["small"] else "worse" if row["worse"] else ""
    figures = [row[name] for name in ("value", "low", "high")]
    known = [None if value != value else value for value in (*figures, row["rest"])]
    adjusted = row["adjusted"]
    shown = None if adjusted is None or adjusted != adjusted else float(adjusted)
    return [row["label_en"], *known[:3], int(row["n"]), known[3], shown, remark]
