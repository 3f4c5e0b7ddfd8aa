"""`doudi bands`: fit the bars of the bands on past months, and show those in force."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from core.home import Home, HomeError, add_months, month_end
from doudi.commands.options import AsJson, HomeDir, home_of, print_json, recorded
from doudi.tables import show

if TYPE_CHECKING:
    from models.scorecard.bands import Fit

app = typer.Typer(help="Bars of the bands, fitted to visiting capacity.", no_args_is_help=True)
Month = Annotated[str, typer.Option("--as-of", help="Month, like 2026-06.")]
# Older months tell of another county: standards, rolls and rules have moved.
LOOK_BACK_MONTHS = 12
FALLING = {
    "yes": "what visits found falls from band to band",
    "unclear": "what visits found does not fall everywhere, by no more than chance explains",
    "no": "WARNING: a lower band finds more than the one above it; look at the indicators",
}


@app.command()
def fit(
    as_of: Month,
    home: HomeDir = Path(),
    months: Annotated[int, typer.Option(help="Months to look back.")] = LOOK_BACK_MONTHS,
    as_json: AsJson = False,
) -> None:
    """Fit the bars on the months up to one, and put them in force from its end.

    Where the office's own version of the rules holds, the fit becomes a draft of it instead.
    """
    from models.scorecard.fitting import fit_bands, fitted
    from services import operator, rules

    county, end = home_of(home), month_end(as_of)
    since = add_months(end, -months)
    past = [m for m in county.months("profile") if since < m <= end]
    here = operator.context(str(county.root), end)
    if rules.own_in_force(here):
        found = fitted(county, end, past)
        number = rules.draft_fit(here, f"doudi bands fit {end:%Y-%m}", found)
        _print(end, found, as_json)
        if not as_json:
            typer.echo(f"kept as draft {number} of the rules; try and approve it on the page Rules")
        return
    found = fit_bands(county, end, past)
    recorded(county, "fit_bands", "bands", as_of=end, bars=dict(found.bars))
    _print(end, found, as_json)


@app.command(name="show")
def show_bands(home: HomeDir = Path(), as_of: Month = "", as_json: AsJson = False) -> None:
    """The bars in force on a month, what they were fitted on, and what visits found."""
    county = home_of(home)
    end = month_end(as_of) if as_of else _newest(county)
    from models.scorecard.bands import read_fits
    from models.scorecard.rules import load_rules
    from models.scorecard.schema import in_force, plain

    # A fit holds only while nobody drew other bars after it, on a page or in a file.
    bars = load_rules(end, home=county).bars
    found = in_force(read_fits(county).bands, end)
    if found and found[1].bars == bars:
        _print(*found, as_json)
        return
    told = plain(bars)
    if as_json:
        print_json({"since": None, "bars": told, "check": []})
        return
    rows = [[band, f"{bar:g}"] for band, bar in told.items()]
    show("bands in force, not fitted; 'doudi bands fit' fits them", ["band", "from"], rows)


def _newest(home: Home) -> date:
    months = home.months("scores")
    if not months:
        raise HomeError(
            f"no month is scored in {home.root}: give --as-of, or run 'doudi run' first"
        )
    return months[-1]


def _rows(fit: Fit) -> list[dict[str, Any]]:
    """One row a band: bar, share of the watched, visits, share found with its interval."""
    from alerts.wilson import wilson
    from models.scorecard.schema import plain

    bars = plain(fit.bars)
    rows = []
    for band, check in fit.check.items():
        low, high = wilson(check.found, check.visits)
        share = check.found / check.visits if check.visits else None
        rows.append(
            {"band": band, "from": bars.get(band), "share_of_watched": check.share}
            | {"visits": check.visits, "found": check.found}
            | {"found_share": share, "low": low, "high": high}
        )
    return rows


def _print(since: date, fit: Fit, as_json: bool) -> None:
    rows = _rows(fit)
    curve = fit.expected.model_dump() if fit.expected else None
    if as_json:
        print_json(
            {"since": since, "known_by": fit.known_by, "months": list(fit.months)}
            | {"household_months": fit.household_months, "check": rows}
            | {"falling": fit.falling, "expected": curve}
        )
        return
    columns = list(rows[0])
    title = f"bands since {since}, from {fit.household_months} household-months"
    show(title, columns, [[row[c] for c in columns] for row in rows])
    typer.echo(FALLING[fit.falling])
    if fit.expected is None:
        typer.echo("too few visits for a curve from score to expected finding")
