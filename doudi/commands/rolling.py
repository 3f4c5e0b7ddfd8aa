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

# As the report names them, and as a table heads them.
PLACES = {"0.005": "0.5 %", "0.01": "1 %", "0.02": "2 %", "0.05": "5 %"}

Rows = dict[str, dict[str, Any]]


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
    tell_folds(name, content)
    for flag in content["leaks"]["flags"]:
        console.print(f"[yellow]leak?[/yellow] {flag['feature']}: {flag['kind']} "
                      f"(AUC {flag['auc']:.3f})", highlight=False)  # fmt: skip


def tell_folds(name: str, content: dict[str, Any]) -> None:
    """The candidates over all folds, and what choosing among them would have cost.

    Four tables, each narrow enough for a terminal of 80 columns.
    """
    label = " · synthetic 合成数据" if content["synthetic"] else ""
    folds = len(content["folds"])
    title = f"{name}: {folds} {'fold' if folds == 1 else 'folds'} pooled, 95 % intervals{label}"
    console.print(f"[bold]{title}[/bold]", highlight=False)
    for heading, columns, rows in tables(content):
        show(heading, columns, rows, text=1)
    for row in content["regret"]:
        console.print(
            f"fold {row['fold']}, {row['measure']}: chosen before {row['chosen']}, best "
            f"{row['best']}, regret {row['regret']:.3f}",
            highlight=False,
        )


def tables(content: dict[str, Any]) -> list[tuple[str, list[str], list[list[Any]]]]:
    """Heading, columns and rows: at the real visits, by share visited, as a ranking, as a
    probability."""
    whole = {r["candidate"]: r for r in content["rows"] if r["population"] == "all"}
    at = {place: _pooled(content["capacity"], capacity=place) for place in PLACES}
    promise = _pooled(content["promise"])
    real = _pooled(content["capacity"], capacity="real")
    return [
        (
            "at the real visits",
            ["candidate", "k", "seen", "precision", "ties", "recall"],
            [[n, r["k"], r["n_seen"], _span(r, "precision"), _ties(r), r.get("recall")]
             for n, r in real.items()],
        ),
        (
            "precision by share visited (picks seen)",
            ["candidate", *PLACES.values()],
            [[n, *(_seen(rows.get(n)) for rows in at.values())] for n in whole],
        ),
        (
            f"as a ranking of {next(iter(whole.values()))['n']:,} judged" if whole else "ranking",
            ["candidate", "average precision", "AUC"],
            [[n, _span(r, "ap"), _span(r, "auc")] for n, r in whole.items()],
        ),
        (
            "as a probability; gap: promised minus found at the real visits",
            ["candidate", "Brier", "error", "slope", "gap"],
            [[n, whole[n].get("brier"), whole[n].get("ece"), _span(whole[n], "slope"),
              _span(r, "gap", sign="+")] for n, r in promise.items() if n in whole],
        ),
    ]  # fmt: skip


def _pooled(rows: list[dict[str, Any]], **wanted: Any) -> Rows:
    """Rows over all folds by candidate."""
    wanted = {"fold": None, **wanted}
    return {r["candidate"]: r for r in rows if all(r.get(k) == v for k, v in wanted.items())}


def _span(row: dict[str, Any], name: str, sign: str = "") -> str | None:
    """A figure with its interval in one cell; None where it is not known."""
    value, low, high = (row.get(f"{name}{end}") for end in ("", "_low", "_high"))
    if value is None or low is None or high is None:
        return None if value is None else f"{value:{sign}.3f}"
    return f"{value:{sign}.3f} ({low:{sign}.3f} {high:{sign}.3f})"


def _ties(row: dict[str, Any]) -> str | None:
    """Precision if the tied at the last place were all lost and all won; None without ties."""
    low, high = row.get("tie_low"), row.get("tie_high")
    if low is None or high is None or high - low < 0.005:
        return None
    return f"{low:.2f}–{high:.2f}"


def _seen(row: dict[str, Any] | None) -> str | None:
    """Precision, and how many picks visits saw."""
    if row is None or row.get("precision") is None:
        return None
    return f"{row['precision']:.3f} ({row['n_seen']:,})"
