"""`doudi evaluate`: every candidate on folds of the county's own months."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from alerts.slots import lane_slots
from doudi.commands.model import Asked, Which, asked
from doudi.commands.options import AsJson, HomeDir, home_of, print_json
from doudi.progress import console, step
from doudi.tables import show

COLUMNS = ["candidate", "k", "n_seen", "precision", "precision_low", "precision_high"]
COLUMNS += ["tie_low", "tie_high", "recall", "ap", "ap_low", "ap_high", "auc", "brier", "slope"]
COLUMNS += ["gap"]


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command()(evaluate)


def evaluate(
    home: HomeDir = Path(),
    question: Which = Asked.existing,
    folds: Annotated[int, typer.Option(min=1, max=12, help="How many starts in time.")] = 4,
    budget: Annotated[
        float, typer.Option(min=0, help="Minutes for seeking parameters, over all folds.")
    ] = 2.0,
    split: Annotated[
        str, typer.Option(help="Only 'time': a random split over persons is refused.")
    ] = "time",
    as_json: AsJson = False,
) -> None:
    """Test all candidates on folds by time: what was known at a month judges the months after."""
    from models.risk.rolling.county import evaluate_question

    folder, found = home_of(home), {}
    for name in asked(question):
        with step(f"Rolling test of '{name}'") as report:
            found[name] = evaluate_question(
                folder, name, count=folds, seconds=60 * budget, slots=lane_slots(folder),
                split=split, progress=report,
            )  # fmt: skip
    if as_json:
        print_json(found if len(found) > 1 else next(iter(found.values())))
        return
    for name, content in found.items():
        _tell(name, content)


def _tell(name: str, content: dict[str, Any]) -> None:
    label = " · synthetic 合成数据" if content["synthetic"] else ""
    title = f"{name}: {len(content['folds'])} folds pooled, 95 % intervals{label}"
    show(title, COLUMNS, [[row.get(c) for c in COLUMNS] for row in pooled(content)], text=1)
    for row in content["regret"]:
        console.print(
            f"fold {row['fold']}, {row['measure']}: chosen before {row['chosen']}, best "
            f"{row['best']}, regret {row['regret']:.3f}",
            highlight=False,
        )
    for flag in content["leaks"]["flags"]:
        console.print(f"[yellow]leak?[/yellow] {flag['feature']}: {flag['kind']} "
                      f"(AUC {flag['auc']:.3f})", highlight=False)  # fmt: skip


def pooled(content: dict[str, Any]) -> list[dict[str, Any]]:
    """One row a candidate over all folds: at the real capacity, as a ranking, as a promise."""
    rows = {r["candidate"]: dict(r) for r in content["rows"] if r["population"] == "all"}
    for row in content["capacity"]:
        if row["fold"] is None and row["capacity"] == "real":
            rows[row["candidate"]] |= row
    for row in content["promise"]:
        if row["fold"] is None:
            rows[row["candidate"]]["gap"] = row["gap"]
    return list(rows.values())
